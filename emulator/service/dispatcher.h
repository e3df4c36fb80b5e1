// Dispatch: from a service's HTTP request to its operation and back; the one place that catches
// what operations throw.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/blocking_pool.h"
#include "emulator/model/catalog.h"
#include "emulator/ports/api_caller.h"
#include "emulator/service/operation_table.h"

namespace fractus::service {

class Dispatcher : public ports::ApiCaller {
 public:
  Dispatcher(model::Catalog& catalog, BlockingPool& pool) : catalog_(catalog), pool_(pool) {}

  // Adds a service under its model's name. While wiring, before requests run.
  void Mount(std::string service, OperationTable operations);
  // Names of the mounted services.
  std::vector<std::string> Services() const;

  // Answers at once on the calling thread, or nothing when the operation needs the pool or waits
  // for others. Then Handle must be called with the same request.
  std::optional<HttpResponse> HandleInline(std::string_view service, const HttpRequest& request,
                                           const RequestContext& context);
  // Answers every request, also for services and operations that are not emulated (501 by name).
  // Does not throw.
  boost::asio::awaitable<HttpResponse> Handle(std::string service, HttpRequest request,
                                              RequestContext context);

  Result<json> Call(std::string_view service, std::string_view operation, json input,
                    const RequestContext& context) override;

 private:
  struct Mounted {
    OperationTable operations;
    const model::ServiceModel* model = nullptr;
  };

  const Mounted* Find(std::string_view service);

  model::Catalog& catalog_;
  BlockingPool& pool_;
  std::map<std::string, Mounted, std::less<>> services_;
};

}  // namespace fractus::service
