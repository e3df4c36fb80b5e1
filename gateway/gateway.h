// The control plane of API Gateway's REST APIs: the operations of the service model `apigateway`.
#pragma once

#include "emulator/service/operation_table.h"
#include "gateway/api_store.h"

namespace fractus::gateway {

class Gateway {
 public:
  Gateway(storage::Database& database, IdSource& ids) : store_(database, ids) {}

  service::OperationTable Operations();
  // For the execution path; lives as long as the Gateway.
  const DeployedApis& deployed_apis() const { return store_; }

 private:
  ApiStore store_;
};

}  // namespace fractus::gateway
