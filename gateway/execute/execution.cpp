#include "gateway/execute/execution.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "emulator/core/encoding.h"
#include "emulator/ports/invoke_within.h"
#include "gateway/execute/access_log.h"
#include "gateway/execute/mapping.h"
#include "gateway/execute/mock_integration.h"
#include "gateway/execute/proxy_event.h"
#include "gateway/execute/proxy_response.h"

namespace fractus::gateway::execute {
namespace {

namespace asio = boost::asio;

constexpr std::string_view kBase64Letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

HttpResponse UnknownApi(const Exchange& exchange) {
  HttpResponse response;
  response.status = 404;
  response.body = json{{"message", "The API id '" + exchange.request.id +
                                       "' does not correspond to a deployed API Gateway API"}}
                      .dump();
  response.headers.Add("Content-Type", "application/json");
  AddGatewayHeaders(exchange, response.headers);
  response.log_reason = "404: no API with the id " + exchange.request.id;
  return response;
}

// Splits "/Prod/users/1" into the stage and the path below it, which loses doubled slashes at its
// start only.
void SplitPath(Exchange& exchange) {
  std::string_view path = exchange.request.path;
  while (path.starts_with("//")) path.remove_prefix(1);
  exchange.full_path = path;
  if (path.starts_with('/')) path.remove_prefix(1);
  const size_t slash = path.find('/');
  exchange.stage_name = PercentDecode(path.substr(0, slash));
  path = slash == std::string_view::npos ? std::string_view("/") : path.substr(slash);
  while (path.starts_with("//")) path.remove_prefix(1);
  exchange.path = path;
}

// Stage, resource and method; nothing when all were found.
std::optional<Refusal> Route(Exchange& exchange) {
  const auto stage = exchange.api->stages.find(exchange.stage_name);
  if (stage == exchange.api->stages.end()) {
    return Forbidden("403: the API has no stage '" + exchange.stage_name + "'");
  }
  exchange.stage = stage->second.get();
  if (exchange.stage->endpoint_disabled) {
    return Forbidden("403: the API's execute-api endpoint is disabled");
  }
  exchange.resource = exchange.stage->resources.Find(exchange.path, exchange.path_parameters);
  if (exchange.resource == nullptr) {
    return MissingAuthenticationToken("403: no resource matches " + exchange.path);
  }
  exchange.method = exchange.resource->Find(exchange.verb());
  if (exchange.method == nullptr) {
    // Observed: a less specific resource that has the method is not tried.
    return MissingAuthenticationToken("403: " + exchange.resource->path + " has no method " +
                                      exchange.verb());
  }
  return std::nullopt;
}

std::optional<Refusal> CheckIamAndKeys(const Exchange& exchange) {
  if (exchange.method->authorization == Method::Authorization::kIam) {
    if (!exchange.request.http.headers.Find("Authorization")) {
      return MissingAuthenticationToken("403: the method wants a signed request");
    }
    // Differs from AWS: AWS_IAM authorization of requests to an API is not emulated yet.
    return AuthorizerFailed("500: AWS_IAM authorization of API requests is not emulated yet");
  }
  return std::nullopt;
}

std::optional<Refusal> CheckApiKey(const Exchange& exchange) {
  if (!exchange.method->api_key_required) return std::nullopt;
  if (!exchange.request.http.headers.Find("x-api-key")) {
    return Forbidden("403: the method wants an API key (header x-api-key)");
  }
  // Differs from AWS: API keys and usage plans are not emulated yet, so no key is valid.
  return Forbidden("403: API keys and usage plans are not emulated yet");
}

std::optional<Refusal> CheckRequest(const Exchange& exchange) {
  std::vector<std::string> missing;
  for (const std::string& parameter : exchange.method->required_parameters) {
    if (MappedValue(exchange, parameter).value_or("").empty()) {
      missing.push_back(parameter.substr(parameter.find('.', 15) + 1));
    }
  }
  if (!missing.empty()) {
    const std::string message =
        "Missing required request parameters: [" + Join(missing, ", ") + "]";
    return BadRequestParameters(message, "400: " + message);
  }
  if (exchange.method->validates_body) {
    // Differs from AWS: bodies are not validated against models yet.
    return IntegrationRefused(
        "500: request validators that validate the body are not emulated yet");
  }
  return std::nullopt;
}

}  // namespace

Execution::Execution(const DeployedApis& apis, ports::FunctionInvoker& invoker,
                     ports::LogSink& log_sink, Clock& clock, IdSource& ids, BlockingPool& pool)
    : apis_(apis),
      invoker_(invoker),
      log_sink_(log_sink),
      clock_(clock),
      ids_(ids),
      pool_(pool),
      authorization_(invoker, clock) {}

std::shared_ptr<const CompiledApi> Execution::FindCached(const std::string& api_id) const {
  const std::shared_lock lock(mutex_);
  const auto found = cache_.find(api_id);
  if (found == cache_.end() || found->second.generation != apis_.generation()) return nullptr;
  return found->second.api;
}

std::shared_ptr<const CompiledApi> Execution::Load(const std::string& api_id) {
  // Read first: a deployment that happens meanwhile makes this one stale at once.
  const uint64_t generation = apis_.generation();
  const auto deployed = apis_.FindDeployed(api_id);
  auto compiled = deployed ? Compile(*deployed) : nullptr;
  const std::unique_lock lock(mutex_);
  if (compiled) {
    cache_[api_id] = {generation, compiled};
  } else {
    cache_.erase(api_id);
  }
  return compiled;
}

void Execution::Begin(Exchange& exchange) {
  exchange.started = exchange.request.context.now;
  exchange.extended_id = ids_.Text(15, kBase64Letters) + "=";
  const std::string_view sent = exchange.request.http.headers.Get("X-Amzn-Trace-Id");
  if (sent.starts_with("Root=")) {
    exchange.trace_id = sent;
  } else {
    exchange.trace_id =
        fmt::format("Root=1-{:08x}-{}", static_cast<uint32_t>(EpochMillis(exchange.started) / 1000),
                    ids_.Hex(24));
  }
  if (!exchange.request.http.query.empty()) {
    exchange.query = ParseQuery(exchange.request.http.query);
  }
  SplitPath(exchange);
}

asio::awaitable<HttpResponse> Execution::Serve(ports::EndpointRequest request) {
  Exchange exchange;
  exchange.request = std::move(request);
  Begin(exchange);
  exchange.api = FindCached(exchange.request.id);
  if (!exchange.api) {
    auto load = [this, id = exchange.request.id] { return Load(id); };
    exchange.api = co_await pool_.Run(std::move(load));
  }
  if (!exchange.api) co_return UnknownApi(exchange);

  HttpResponse response = co_await Run(exchange);
  const Time now = clock_.Now();
  exchange.status = response.status;
  exchange.response_length = response.body.size();
  exchange.response_latency =
      std::chrono::duration_cast<std::chrono::milliseconds>(now - exchange.started).count();
  WriteAccessLog(log_sink_, exchange, now);
  co_return response;
}

asio::awaitable<HttpResponse> Execution::Run(Exchange& exchange) {
  std::optional<Refusal> refusal = Route(exchange);
  if (!refusal) refusal = CheckResourcePolicy(exchange);
  if (!refusal) refusal = CheckIamAndKeys(exchange);
  if (!refusal && exchange.method->authorization == Method::Authorization::kAuthorizer) {
    refusal = co_await authorization_.Check(exchange);
  }
  if (!refusal) refusal = CheckApiKey(exchange);
  if (!refusal) refusal = CheckRequest(exchange);
  if (refusal) co_return Refuse(exchange, *refusal);

  switch (exchange.method->integration) {
    case Method::Integration::kLambdaProxy:
      co_return co_await CallFunction(exchange);
    case Method::Integration::kMock:
      exchange.integration_status = 200;
      co_return AnswerMock(exchange);
    case Method::Integration::kNotEmulated:
      break;
  }
  const Refusal not_emulated = IntegrationRefused("500: " + exchange.method->problem);
  co_return Refuse(exchange, not_emulated);
}

asio::awaitable<HttpResponse> Execution::CallFunction(Exchange& exchange) {
  const Method& method = *exchange.method;
  ports::Invocation invocation;
  invocation.function = method.function;
  invocation.payload = ProxyEvent(exchange);
  if (!method.has_credentials) {
    invocation.principal = "apigateway.amazonaws.com";
    invocation.source_arn = exchange.api->arn_prefix + exchange.stage_name + '/' + exchange.verb() +
                            '/' + exchange.resource->arn_path;
  }
  invocation.context = exchange.request.context;
  invocation.context.account = exchange.api->account;
  invocation.context.region = exchange.api->region;

  const Time before = clock_.Now();
  auto answer = co_await ports::InvokeWithin(invoker_, std::move(invocation), method.timeout);
  const Time after = clock_.Now();
  exchange.integration_latency =
      std::chrono::duration_cast<std::chrono::milliseconds>(after - before).count();

  if (!answer) {
    exchange.integration_error = "Execution failed due to a timeout error";
    const Refusal late = IntegrationTimeout(
        fmt::format("504: the function did not answer within {} ms", method.timeout.count()));
    co_return Refuse(exchange, late);
  }
  if (!*answer) {
    const ApiError& error = answer->error();
    exchange.integration_status = error.http_status == 0 ? 500 : error.http_status;
    exchange.integration_error = error.message;
    const Refusal refused =
        IntegrationRefused("500: Invoke was refused: " + error.code + ": " + error.message);
    co_return Refuse(exchange, refused);
  }
  const ports::InvocationResult& result = **answer;
  exchange.integration_status = 200;
  exchange.integration_request_id = result.request_id;
  if (!result.function_error.empty()) {
    exchange.integration_error =
        "The Lambda function returned the following error: " + result.payload;
    const Refusal failed =
        BadIntegrationAnswer("502: the function answered error " + result.payload.substr(0, 500));
    co_return Refuse(exchange, failed);
  }
  auto response = FromProxyAnswer(exchange, result.payload);
  if (!response) {
    exchange.integration_error = "Execution failed due to configuration error: " +
                                 std::string("Malformed Lambda proxy response");
    const Refusal malformed = BadIntegrationAnswer("502: " + response.error().message);
    co_return Refuse(exchange, malformed);
  }
  exchange.function_status = response->status;
  AddGatewayHeaders(exchange, response->headers);
  response->headers.Add("X-Amzn-Trace-Id", exchange.trace_id);
  co_return *std::move(response);
}

}  // namespace fractus::gateway::execute
