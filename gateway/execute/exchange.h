// All that is known of one request on its way through the stages; read by events, templates and
// access logs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/ports/http_endpoint.h"
#include "gateway/execute/compiled_api.h"

namespace fractus::gateway::execute {

// What an authorizer said about a caller; shared by all requests that hit the cache.
struct AuthorizerResult {
  std::string principal_id;
  std::vector<json> policy;
  // Whether the policy looks at the request beyond its ARN.
  bool has_conditions = false;
  // The context's members as JSON text, values stringified: `"a":"1","b":"true"`, or empty.
  std::string context_members;
  std::vector<std::pair<std::string, std::string>> context;
};

struct Exchange {
  ports::EndpointRequest request;
  std::shared_ptr<const CompiledApi> api;
  const Stage* stage = nullptr;
  const Resource* resource = nullptr;
  const Method* method = nullptr;

  Time started;
  // "x-amz-apigw-id".
  std::string extended_id;
  // "Root=1-5759e988-bd862e3fe1be46a994272793"
  std::string trace_id;
  std::string stage_name;
  // Below the stage: "/users/1".
  std::string path;
  // With the stage, as sent: "/Prod/users/1".
  std::string full_path;
  PathParameters path_parameters;
  // Decoded, in order.
  std::vector<std::pair<std::string, std::string>> query;

  std::shared_ptr<const AuthorizerResult> authorizer;
  std::optional<long long> authorizer_latency;
  std::optional<int> authorizer_status;
  std::optional<int> integration_status;
  std::optional<long long> integration_latency;
  // The status in the function's own answer.
  std::optional<int> function_status;
  std::string integration_request_id;
  std::string integration_error;

  // Set when API Gateway itself answered.
  std::string error_type;
  std::optional<std::string> error_message;

  // The answer, once there is one.
  int status = 0;
  size_t response_length = 0;
  std::optional<long long> response_latency;

  const std::string& verb() const { return request.http.method; }
  // "localhost:4566" → "localhost".
  std::string_view domain_name() const {
    const std::string_view host = request.http.host;
    return host.substr(0, host.find(':'));
  }
  std::string_view domain_prefix() const {
    return domain_name().substr(0, domain_name().find('.'));
  }
  // "arn:aws:execute-api:R:A:api/Prod/GET/users/1", with the path as sent.
  std::string MethodArn() const { return api->arn_prefix + stage_name + '/' + verb() + path; }
};

// The value of "$context.{name}"; nothing when it does not exist for this request.
std::optional<std::string> ContextValue(const Exchange& exchange, std::string_view name);

}  // namespace fractus::gateway::execute
