#include <algorithm>

#include "emulator/auth/policy.h"
#include "gateway/execute/authorize.h"

namespace fractus::gateway::execute {
namespace {

constexpr const char* kAction = "execute-api:Invoke";

void AddConditionKeys(const Exchange& exchange, auth::AccessQuestion& question) {
  auto& keys = question.condition_keys;
  keys["aws:sourceip"] = {exchange.request.context.source_ip};
  keys["aws:useragent"] = {std::string(exchange.request.http.headers.Get("User-Agent"))};
  keys["aws:currenttime"] = {FormatIso8601(exchange.started)};
  keys["aws:epochtime"] = {std::to_string(EpochMillis(exchange.started) / 1000)};
  keys["aws:securetransport"] = {exchange.request.http.scheme == Scheme::kHttps ? "true" : "false"};
  if (const auto referer = exchange.request.http.headers.Find("Referer")) {
    keys["aws:referer"] = {std::string(*referer)};
  }
}

// "GET /users/abc" of "arn:aws:execute-api:R:A:api/Prod/GET/users/abc".
std::string Describe(const std::string& resource) {
  size_t at = 0;
  for (int colons = 0; colons < 5 && at != std::string::npos; ++colons) {
    at = resource.find(':', at);
    if (at != std::string::npos) ++at;
  }
  if (at == std::string::npos) return resource;
  const size_t stage = resource.find('/', at);
  const size_t verb = stage == std::string::npos ? stage : resource.find('/', stage + 1);
  if (verb == std::string::npos) return resource.substr(at);
  const size_t path = resource.find('/', verb + 1);
  if (path == std::string::npos) return resource.substr(verb + 1);
  return resource.substr(verb + 1, path - verb - 1) + " " + resource.substr(path);
}

// "statement 1 allows only GET /users/abc, PUT /users/abc, …"
std::string DescribeAllows(const json& policy) {
  constexpr size_t kMost = 3;
  const json& statements = policy.at("Statement");
  const bool is_list = statements.is_array();
  std::string text;
  for (size_t i = 0; i < (is_list ? statements.size() : 1); ++i) {
    const json& statement = is_list ? statements[i] : statements;
    if (!statement.is_object() || statement.value("Effect", json()) != "Allow") continue;
    const json resources = statement.value("Resource", json::array());
    std::string list;
    size_t count = 0;
    const auto add = [&](const json& resource) {
      if (!resource.is_string() || ++count > kMost) return;
      if (!list.empty()) list += ", ";
      list += Describe(resource.get<std::string>());
    };
    if (resources.is_array()) {
      std::for_each(resources.begin(), resources.end(), add);
    } else {
      add(resources);
    }
    if (count > kMost) list += ", …";
    if (!text.empty()) text += "; ";
    text += "statement " + std::to_string(i + 1) + " allows only " + list;
  }
  return text.empty() ? "no statement allows anything" : text;
}

}  // namespace

std::optional<Refusal> ApplyPolicy(const Exchange& exchange, const std::string& method_arn) {
  auth::AccessQuestion question;
  question.action = kAction;
  question.resource = method_arn;
  if (exchange.authorizer->has_conditions) AddConditionKeys(exchange, question);
  const auth::Answer answer = auth::Evaluate(exchange.authorizer->policy, question);
  const auto what = [&] { return exchange.verb() + " " + exchange.path; };
  switch (answer.decision) {
    case auth::Decision::kAllow:
      return std::nullopt;
    case auth::Decision::kExplicitDeny:
      return AccessDenied("User is not authorized to access this resource with an explicit deny",
                          "403: the authorizer's policy: " + answer.reason + " denies " + what());
    case auth::Decision::kImplicitDeny:
      break;
  }
  return AccessDenied(
      "User is not authorized to access this resource",
      "403: the authorizer's policy: " + DescribeAllows(exchange.authorizer->policy.front()) +
          "; nothing allows " + what());
}

std::optional<Refusal> CheckResourcePolicy(const Exchange& exchange) {
  if (exchange.stage->policy.empty()) return std::nullopt;
  auth::AccessQuestion question;
  question.action = kAction;
  question.resource = exchange.MethodArn();
  // Differs from AWS: callers are anonymous, signatures of requests to an API are not looked at
  // yet.
  question.principal_kind = "AWS";
  question.principal = "anonymous";
  AddConditionKeys(exchange, question);
  const auth::Answer answer =
      auth::Evaluate(exchange.stage->policy, question, auth::PolicyKind::kResource);
  if (answer.decision == auth::Decision::kAllow) return std::nullopt;
  const bool is_explicit = answer.decision == auth::Decision::kExplicitDeny;
  // An authorizer decides what the resource policy leaves open.
  if (!is_explicit && exchange.method->authorization != Method::Authorization::kNone) {
    return std::nullopt;
  }
  const std::string& account = exchange.api->account;
  std::string hidden = question.resource;
  const size_t at = hidden.find(account);
  if (at != std::string::npos && account.size() == 12) hidden.replace(at, 8, "********");
  return AccessDenied("User: anonymous is not authorized to perform: " + std::string(kAction) +
                          " on resource: " + hidden + (is_explicit ? " with an explicit deny" : ""),
                      "403: the API's resource policy: " +
                          (is_explicit ? answer.reason + " denies " : "nothing allows ") +
                          exchange.verb() + " " + exchange.path);
}

}  // namespace fractus::gateway::execute
