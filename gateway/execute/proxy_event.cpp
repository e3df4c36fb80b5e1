#include "gateway/execute/proxy_event.h"

#include <array>

#include "emulator/core/encoding.h"
#include "gateway/execute/json_text.h"

namespace fractus::gateway::execute {
namespace {

// A map that nothing was sent for is null in a proxy event and {} in a REQUEST authorizer's.
enum class Absent { kNull, kEmpty };

using Pair = std::pair<std::string_view, std::string_view>;

// Headers between the client and API Gateway; functions never see them.
// Source:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
bool IsHiddenHeader(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kHidden = {
      "Connection", "Content-Length", "Content-MD5",        "Expect",
      "Keep-Alive", "Max-Forwards",   "Proxy-Authenticate", "Proxy-Connection",
      "TE",         "Trailer",        "Transfer-Encoding",  "Upgrade"};
  for (const std::string_view hidden : kHidden) {
    if (name.size() == hidden.size() && EqualsIgnoreCase(name, hidden)) return true;
  }
  return false;
}

// The client's headers in its own spelling, with those that API Gateway adds.
std::vector<Pair> EventHeaders(const Exchange& exchange, std::string& forwarded_for,
                               std::string& port) {
  std::vector<Pair> headers;
  headers.reserve(exchange.request.http.headers.size() + 4);
  for (const auto& [name, value] : exchange.request.http.headers) {
    if (IsHiddenHeader(name)) continue;
    if (EqualsIgnoreCase(name, "X-Forwarded-For")) {
      forwarded_for = std::string(value) + ", ";
      continue;
    }
    if (EqualsIgnoreCase(name, "X-Amzn-Trace-Id") || EqualsIgnoreCase(name, "X-Forwarded-Port") ||
        EqualsIgnoreCase(name, "X-Forwarded-Proto")) {
      continue;
    }
    headers.emplace_back(name, value);
  }
  const bool is_https = exchange.request.http.scheme == Scheme::kHttps;
  forwarded_for += exchange.request.context.source_ip;
  const std::string& host = exchange.request.http.host;
  const size_t colon = host.rfind(':');
  port = colon == std::string::npos ? (is_https ? "443" : "80") : host.substr(colon + 1);
  headers.emplace_back("X-Amzn-Trace-Id", exchange.trace_id);
  headers.emplace_back("X-Forwarded-For", forwarded_for);
  headers.emplace_back("X-Forwarded-Port", port);
  headers.emplace_back("X-Forwarded-Proto", is_https ? "https" : "http");
  return headers;
}

enum class Names { kExact, kWithoutCase };

bool SameName(std::string_view a, std::string_view b, Names names) {
  return names == Names::kExact ? a == b : EqualsIgnoreCase(a, b);
}

// `"name":{…},"multiName":{…}`: of several values the first map keeps the last, the second all.
template <class Pairs>
void AppendMaps(std::string& out, std::string_view name, std::string_view multi_name,
                const Pairs& pairs, Names names, Absent absent) {
  if (pairs.empty()) {
    const char* const nothing = absent == Absent::kNull ? "null" : "{}";
    AppendName(out, name);
    out += nothing;
    AppendName(out, multi_name);
    out += nothing;
    return;
  }
  const auto is_first = [&](size_t index) {
    for (size_t i = 0; i < index; ++i) {
      if (SameName(pairs[i].first, pairs[index].first, names)) return false;
    }
    return true;
  };
  AppendName(out, name);
  out += '{';
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (!is_first(i)) continue;
    size_t last = i;
    for (size_t k = i + 1; k < pairs.size(); ++k) {
      if (SameName(pairs[k].first, pairs[i].first, names)) last = k;
    }
    AppendMember(out, pairs[i].first, pairs[last].second);
  }
  out += '}';
  AppendName(out, multi_name);
  out += '{';
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (!is_first(i)) continue;
    AppendName(out, pairs[i].first);
    out += '[';
    for (size_t k = i; k < pairs.size(); ++k) {
      if (!SameName(pairs[k].first, pairs[i].first, names)) continue;
      if (k != i) out += ',';
      AppendQuoted(out, pairs[k].second);
    }
    out += ']';
  }
  out += '}';
}

void AppendRequestContext(std::string& out, const Exchange& exchange) {
  const RequestContext& context = exchange.request.context;
  AppendName(out, "requestContext");
  out += '{';
  AppendMember(out, "resourceId", exchange.resource->id);
  if (exchange.authorizer) {
    AppendName(out, "authorizer");
    out += '{';
    AppendMember(out, "principalId", exchange.authorizer->principal_id);
    AppendName(out, "integrationLatency");
    out += std::to_string(exchange.authorizer_latency.value_or(0));
    if (!exchange.authorizer->context_members.empty()) {
      out += ',';
      out += exchange.authorizer->context_members;
    }
    out += '}';
  }
  AppendMember(out, "resourcePath", exchange.resource->path);
  AppendMember(out, "httpMethod", exchange.verb());
  AppendMember(out, "extendedRequestId", exchange.extended_id);
  AppendMember(out, "requestTime", FormatCommonLogDate(exchange.started));
  AppendMember(out, "path", exchange.full_path);
  AppendMember(out, "accountId", exchange.api->account);
  AppendMember(out, "protocol", "HTTP/1.1");
  AppendMember(out, "stage", exchange.stage_name);
  AppendMember(out, "domainPrefix", exchange.domain_prefix());
  AppendName(out, "requestTimeEpoch");
  out += std::to_string(EpochMillis(exchange.started));
  AppendMember(out, "requestId", context.request_id);
  AppendName(out, "identity");
  out +=
      R"({"cognitoIdentityPoolId":null,"accountId":null,"cognitoIdentityId":null,"caller":null,)";
  AppendMember(out, "sourceIp", context.source_ip);
  out +=
      R"(,"principalOrgId":null,"accessKey":null,"cognitoAuthenticationType":null,"cognitoAuthenticationProvider":null,"userArn":null,"userAgent":)";
  if (const auto agent = exchange.request.http.headers.Find("User-Agent")) {
    AppendQuoted(out, *agent);
  } else {
    out += "null";
  }
  out += R"(,"user":null})";
  AppendMember(out, "domainName", exchange.domain_name());
  AppendMember(out, "deploymentId", exchange.stage->deployment_id);
  AppendMember(out, "apiId", exchange.api->id);
  out += '}';
}

// Everything from "resource" to "requestContext".
void AppendRequest(std::string& out, const Exchange& exchange, Absent absent) {
  const char* const nothing = absent == Absent::kNull ? "null" : "{}";
  AppendMember(out, "resource", exchange.resource->path);
  AppendMember(out, "path", exchange.path);
  AppendMember(out, "httpMethod", exchange.verb());
  std::string forwarded_for;
  std::string port;
  AppendMaps(out, "headers", "multiValueHeaders", EventHeaders(exchange, forwarded_for, port),
             Names::kWithoutCase, absent);
  AppendMaps(out, "queryStringParameters", "multiValueQueryStringParameters", exchange.query,
             Names::kExact, absent);
  AppendName(out, "pathParameters");
  if (exchange.path_parameters.empty()) {
    out += nothing;
  } else {
    out += '{';
    for (const auto& [name, value] : exchange.path_parameters) AppendMember(out, name, value);
    out += '}';
  }
  AppendName(out, "stageVariables");
  out += exchange.stage->variables.empty() ? nothing : exchange.stage->variables_json;
  AppendRequestContext(out, exchange);
}

}  // namespace

std::string ProxyEvent(const Exchange& exchange) {
  const std::string& body = exchange.request.http.body;
  std::string out;
  out.reserve(2048 + body.size() + body.size() / 3);
  out += '{';
  AppendRequest(out, exchange, Absent::kNull);
  AppendName(out, "body");
  bool is_base64 = false;
  if (body.empty()) {
    out += "null";
  } else if (exchange.stage->IsBinary(exchange.request.http.headers.Get("Content-Type"))) {
    is_base64 = true;
    out += '"';
    out += Base64Encode(body);
    out += '"';
  } else {
    AppendQuoted(out, body);
  }
  out += is_base64 ? R"(,"isBase64Encoded":true})" : R"(,"isBase64Encoded":false})";
  return out;
}

std::string RequestAuthorizerEvent(const Exchange& exchange, const std::string& method_arn) {
  std::string out = "{";
  AppendMember(out, "type", "REQUEST");
  AppendMember(out, "methodArn", method_arn);
  AppendRequest(out, exchange, Absent::kEmpty);
  out += '}';
  return out;
}

std::string TokenAuthorizerEvent(const std::string& method_arn, std::string_view token) {
  std::string out = "{";
  AppendMember(out, "type", "TOKEN");
  AppendMember(out, "methodArn", method_arn);
  AppendMember(out, "authorizationToken", token);
  out += '}';
  return out;
}

}  // namespace fractus::gateway::execute
