#include <functional>
#include <map>

#include "gateway/execute/exchange.h"
#include "gateway/execute/json_text.h"

namespace fractus::gateway::execute {
namespace {

using Value = std::optional<std::string>;
using Reader = Value (*)(const Exchange&);

template <class T>
Value Number(const std::optional<T>& number) {
  if (!number) return std::nullopt;
  return std::to_string(*number);
}

Value Some(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

const std::map<std::string_view, Reader>& Readers() {
  static const std::map<std::string_view, Reader> readers = {
      {"accountId", [](const Exchange& e) -> Value { return e.api->account; }},
      {"apiId", [](const Exchange& e) -> Value { return e.api->id; }},
      {"authorizer.integrationLatency",
       [](const Exchange& e) { return Number(e.authorizer_latency); }},
      {"authorizer.latency", [](const Exchange& e) { return Number(e.authorizer_latency); }},
      {"authorizer.integrationStatus",
       [](const Exchange& e) { return Number(e.authorizer_status); }},
      {"authorizer.status", [](const Exchange& e) { return Number(e.authorizer_status); }},
      {"authorizer.principalId",
       [](const Exchange& e) { return e.authorizer ? Some(e.authorizer->principal_id) : Value(); }},
      {"awsEndpointRequestId", [](const Exchange& e) { return Some(e.integration_request_id); }},
      {"deploymentId",
       [](const Exchange& e) { return e.stage ? Some(e.stage->deployment_id) : Value(); }},
      {"domainName", [](const Exchange& e) { return Some(e.domain_name()); }},
      {"domainPrefix", [](const Exchange& e) { return Some(e.domain_prefix()); }},
      {"error.message", [](const Exchange& e) { return e.error_message; }},
      {"error.messageString",
       [](const Exchange& e) -> Value {
         if (!e.error_message) return e.error_type.empty() ? Value() : Value("null");
         std::string quoted;
         AppendQuoted(quoted, *e.error_message);
         return quoted;
       }},
      {"error.responseType", [](const Exchange& e) { return Some(e.error_type); }},
      {"extendedRequestId", [](const Exchange& e) { return Some(e.extended_id); }},
      {"httpMethod", [](const Exchange& e) { return Some(e.verb()); }},
      {"identity.sourceIp", [](const Exchange& e) { return Some(e.request.context.source_ip); }},
      {"identity.userAgent",
       [](const Exchange& e) { return Some(e.request.http.headers.Get("User-Agent")); }},
      {"integration.error", [](const Exchange& e) { return Some(e.integration_error); }},
      {"integration.integrationStatus",
       [](const Exchange& e) { return Number(e.function_status); }},
      {"integration.latency", [](const Exchange& e) { return Number(e.integration_latency); }},
      {"integration.requestId", [](const Exchange& e) { return Some(e.integration_request_id); }},
      {"integration.status", [](const Exchange& e) { return Number(e.integration_status); }},
      {"integrationErrorMessage", [](const Exchange& e) { return Some(e.integration_error); }},
      {"integrationLatency", [](const Exchange& e) { return Number(e.integration_latency); }},
      {"integrationStatus", [](const Exchange& e) { return Number(e.integration_status); }},
      {"path", [](const Exchange& e) { return Some(e.full_path); }},
      {"protocol", [](const Exchange&) -> Value { return "HTTP/1.1"; }},
      {"requestId", [](const Exchange& e) { return Some(e.request.context.request_id); }},
      {"requestTime", [](const Exchange& e) -> Value { return FormatCommonLogDate(e.started); }},
      {"requestTimeEpoch",
       [](const Exchange& e) -> Value { return std::to_string(EpochMillis(e.started)); }},
      {"resourceId", [](const Exchange& e) { return e.resource ? Some(e.resource->id) : Value(); }},
      {"resourcePath",
       [](const Exchange& e) { return e.resource ? Some(e.resource->path) : Value(); }},
      {"responseLatency", [](const Exchange& e) { return Number(e.response_latency); }},
      {"responseLength",
       [](const Exchange& e) -> Value {
         return e.status == 0 ? Value() : Value(std::to_string(e.response_length));
       }},
      {"stage", [](const Exchange& e) { return Some(e.stage_name); }},
      {"status",
       [](const Exchange& e) -> Value {
         return e.status == 0 ? Value() : Value(std::to_string(e.status));
       }},
      {"xrayTraceId", [](const Exchange& e) { return Some(e.trace_id); }},
  };
  return readers;
}

}  // namespace

std::optional<std::string> ContextValue(const Exchange& exchange, std::string_view name) {
  const auto reader = Readers().find(name);
  if (reader != Readers().end()) return reader->second(exchange);
  constexpr std::string_view kAuthorizer = "authorizer.";
  if (name.starts_with(kAuthorizer) && exchange.authorizer) {
    for (const auto& [key, value] : exchange.authorizer->context) {
      if (key == name.substr(kAuthorizer.size())) return value;
    }
  }
  return std::nullopt;
}

}  // namespace fractus::gateway::execute
