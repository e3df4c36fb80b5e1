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
#include "emulator/service/signature_check.h"

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

  // From then on every request must be signed by a credential that `identities` knows, or by the
  // emulator's own. While wiring; both outlive it.
  void RequireSignatures(const ports::IdentityDirectory& identities, const Clock& clock) {
    signatures_.emplace(identities, clock);
  }

  Result<json> Call(std::string_view service, std::string_view operation, json input,
                    const RequestContext& context) override;

 private:
  struct Mounted {
    OperationTable operations;
    const model::ServiceModel* model = nullptr;
  };

  const Mounted* Find(std::string_view service);
  // The answer to a request that does not come as far as its operation; unpacks the body of others.
  std::optional<HttpResponse> Admit(const model::ServiceModel& service, HttpRequest& request,
                                    const RequestContext& context) const;
  boost::asio::awaitable<HttpResponse> Run(const Mounted& mounted, const HttpRequest& request,
                                           const RequestContext& context);

  model::Catalog& catalog_;
  BlockingPool& pool_;
  std::map<std::string, Mounted, std::less<>> services_;
  std::optional<SignatureCheck> signatures_;
};

}  // namespace fractus::service
