// All embedded service models, each parsed on its first use.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "emulator/model/service_model.h"

namespace fractus::model {

// Thread-safe. The models live as long as the catalog.
class Catalog {
 public:
  // Null for a service whose model is not embedded.
  const ServiceModel* Find(std::string_view service);

 private:
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<ServiceModel>, std::less<>> models_;
};

}  // namespace fractus::model
