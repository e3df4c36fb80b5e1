// Requests to deployed REST APIs: routing, policies, authorizers, integrations, access logs, in
// AWS's order.
#pragma once

#include <atomic>
#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "emulator/core/blocking_pool.h"
#include "emulator/core/clock.h"
#include "emulator/core/id_source.h"
#include "emulator/ports/function_invoker.h"
#include "emulator/ports/http_endpoint.h"
#include "emulator/ports/log_sink.h"
#include "gateway/deployed_apis.h"
#include "gateway/execute/authorize.h"

namespace fractus::gateway::execute {

// Thread-safe. APIs are compiled on their first request and served from memory until something is
// deployed.
class Execution : public ports::HttpEndpoint {
 public:
  Execution(const DeployedApis& apis, ports::FunctionInvoker& invoker, ports::LogSink& log_sink,
            Clock& clock, IdSource& ids, BlockingPool& pool);

  // `request.id` is the API's id, `request.path` starts with the stage.
  boost::asio::awaitable<HttpResponse> Serve(ports::EndpointRequest request) override;

 private:
  struct Cached {
    uint64_t generation = 0;
    std::shared_ptr<const CompiledApi> api;
  };

  std::shared_ptr<const CompiledApi> FindCached(const std::string& api_id) const;
  std::shared_ptr<const CompiledApi> Load(const std::string& api_id);
  void Begin(Exchange& exchange);
  boost::asio::awaitable<HttpResponse> Run(Exchange& exchange);
  boost::asio::awaitable<HttpResponse> CallFunction(Exchange& exchange);

  const DeployedApis& apis_;
  ports::FunctionInvoker& invoker_;
  ports::LogSink& log_sink_;
  Clock& clock_;
  IdSource& ids_;
  BlockingPool& pool_;
  Authorization authorization_;
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, Cached> cache_;
};

}  // namespace fractus::gateway::execute

namespace fractus::gateway {
using execute::Execution;
}  // namespace fractus::gateway
