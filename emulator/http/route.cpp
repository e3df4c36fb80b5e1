#include "emulator/http/route.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "emulator/auth/sigv4.h"
#include "emulator/core/encoding.h"

namespace fractus::http {
namespace {

bool EndsWithDomain(std::string_view name, std::string_view domain) {
  return name == domain || (name.size() > domain.size() && name.ends_with(domain) &&
                            name[name.size() - domain.size() - 1] == '.');
}

// Splits "/head/rest" into "head" and "/rest".
std::pair<std::string_view, std::string_view> FirstSegment(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  const size_t slash = path.find('/');
  if (slash == std::string_view::npos) return {path, "/"};
  return {path.substr(0, slash), path.substr(slash)};
}

// "us-east-1_AbCdEfGhI"
bool LooksLikePoolId(std::string_view text) {
  const size_t underscore = text.find('_');
  if (underscore == std::string_view::npos || underscore < 7 || underscore + 1 >= text.size())
    return false;
  const auto region = text.substr(0, underscore);
  return std::count(region.begin(), region.end(), '-') >= 2 &&
         std::all_of(region.begin(), region.end(), [](char c) {
           return c == '-' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
         });
}

std::optional<Route> ExecuteApiByHost(const std::string& host, const HttpRequest& request) {
  const size_t at = host.find(".execute-api.");
  if (at == std::string::npos) return std::nullopt;
  Route route{Door::kExecuteApi, host.substr(0, at), "", request.path};
  route.id = route.id.substr(0, route.id.find("-vpce-"));
  const auto rest = Split(std::string_view(host).substr(at + 13), '.');
  if (rest.size() > 1 && rest[0] != "localhost") route.region = rest[0];
  return route;
}

std::optional<Route> ByPath(const HttpRequest& request) {
  const std::string_view path = request.path;
  // Where nearly all calls of AWS APIs go.
  if (path == "/") return std::nullopt;
  if (path == "/_fractus/inbox" || path == "/_aws/ses" || path == "/_aws/sns/sms-messages")
    return Route{Door::kInbox, "", "", std::string(path)};
  if (path.starts_with("/_fractus/") || path.starts_with("/_localstack/") || path == "/_fractus")
    return Route{Door::kInternal, "", "", std::string(path)};
  if (path.starts_with("/_aws/execute-api/")) {
    const auto [id, rest] = FirstSegment(path.substr(17));
    return Route{Door::kExecuteApi, std::string(id), "", std::string(rest)};
  }
  if (path.starts_with("/_aws/cognito-idp/"))
    return Route{Door::kHostedUi, "", "", std::string(path.substr(17))};
  if (path.starts_with("/restapis/")) {
    const auto [id, rest] = FirstSegment(path.substr(9));
    const auto [stage, below] = FirstSegment(rest);
    if (below == "/_user_request_" || below.starts_with("/_user_request_/")) {
      const auto user_path = below.substr(15);
      return Route{Door::kExecuteApi, std::string(id), "",
                   "/" + std::string(stage) + (user_path.empty() ? "/" : std::string(user_path))};
    }
  }
  const auto [first, rest] = FirstSegment(path);
  if (LooksLikePoolId(first) && rest.starts_with("/.well-known/")) {
    return Route{Door::kCognitoIssuer, std::string(first),
                 std::string(first.substr(0, first.find('_'))), std::string(rest)};
  }
  return std::nullopt;
}

bool IsRegion(std::string_view text) {
  return std::count(text.begin(), text.end(), '-') >= 2 && !text.empty() &&
         std::isdigit(static_cast<unsigned char>(text.back()));
}

// "<service>.<region>.amazonaws.com", "<service>.localhost.localstack.cloud" and the like.
std::optional<std::string> ServiceByHost(const std::string& host, std::string& region) {
  auto labels = Split(host, '.');
  if (labels.size() < 2) return std::nullopt;
  if (!EndsWithDomain(host, "amazonaws.com") && !EndsWithDomain(host, "localstack.cloud") &&
      !EndsWithDomain(host, "api.aws") && labels.back() != "localhost") {
    return std::nullopt;
  }
  if (labels[0] == "localhost") return std::nullopt;
  if (IsRegion(labels[1])) region = labels[1];
  // S3's virtual-hosted buckets stand before the service.
  for (const auto& label : labels) {
    if (label == "s3") return "s3";
  }
  return ModelName(labels[0]);
}

std::optional<std::string> ServiceByTarget(std::string_view target) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kPrefixes = {{
      {"DynamoDB_", "dynamodb"},
      {"DynamoDBStreams_", "dynamodbstreams"},
      {"AWSCognitoIdentityProviderService", "cognito-idp"},
      {"AWSCognitoIdentityService", "cognito-identity"},
      {"Logs_", "logs"},
      {"secretsmanager", "secretsmanager"},
      {"AmazonSSM", "ssm"},
      {"TrentService", "kms"},
      {"AWSEvents", "events"},
      {"AmazonSQS", "sqs"},
      {"AWSStepFunctions", "stepfunctions"},
      {"Kinesis_", "kinesis"},
  }};
  if (target.starts_with("DynamoDBStreams_")) return "dynamodbstreams";
  for (const auto& [prefix, service] : kPrefixes) {
    if (target.starts_with(prefix)) return std::string(service);
  }
  return std::nullopt;
}

std::optional<std::string> ServiceByRestPath(std::string_view path) {
  static constexpr std::string_view kLambda[] = {"/2014-11-13/", "/2015-03-31/", "/2016-08-19/",
                                                 "/2017-03-31/", "/2017-10-31/", "/2018-10-31/",
                                                 "/2019-09-25/", "/2019-09-30/", "/2020-04-22/",
                                                 "/2020-06-30/", "/2021-10-31/", "/2021-11-15/"};
  for (const auto prefix : kLambda) {
    if (path.starts_with(prefix)) return "lambda";
  }
  for (const std::string_view prefix :
       {"/restapis", "/account", "/apikeys", "/usageplans", "/domainnames", "/vpclinks"}) {
    if (path == prefix || (path.starts_with(prefix) && path[prefix.size()] == '/'))
      return "apigateway";
  }
  return std::nullopt;
}

// Query requests without a signature: only some actions may come so.
std::optional<std::string> ServiceByForm(const HttpRequest& request) {
  if (request.method != "POST" && request.method != "GET") return std::nullopt;
  const std::string_view form =
      request.body.empty() ? std::string_view(request.query) : std::string_view(request.body);
  if (form.find("Action=") == std::string_view::npos) return std::nullopt;
  static const std::map<std::string, std::string, std::less<>> kByVersion = {
      {"2011-06-15", "sts"}, {"2010-05-08", "iam"},        {"2010-05-15", "cloudformation"},
      {"2010-03-31", "sns"}, {"2010-08-01", "cloudwatch"}, {"2012-11-05", "sqs"}};
  for (const auto& [name, value] : ParseQuery(form)) {
    if (name != "Version") continue;
    if (const auto found = kByVersion.find(value); found != kByVersion.end()) return found->second;
  }
  return std::nullopt;
}

bool IsAddress(std::string_view name) {
  return name.find(':') != std::string_view::npos ||
         std::all_of(name.begin(), name.end(),
                     [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

}  // namespace

std::string ModelName(std::string_view signing_name) {
  if (signing_name == "monitoring") return "cloudwatch";
  if (signing_name == "email") return "ses";
  if (signing_name == "states") return "stepfunctions";
  return std::string(signing_name);
}

std::string HostName(std::string_view host_header) {
  if (host_header.starts_with('['))
    return ToLower(host_header.substr(1, host_header.find(']') - 1));
  return ToLower(host_header.substr(0, host_header.rfind(':')));
}

bool IsAwsHost(std::string_view host_name) {
  for (const auto domain :
       {"amazonaws.com", "amazoncognito.com", "api.aws", "on.aws", "amazonaws.com.cn"}) {
    if (EndsWithDomain(host_name, domain)) return true;
  }
  return false;
}

bool IsTrustedHost(std::string_view host_name) {
  if (host_name.empty() || IsAddress(host_name) || host_name.find('.') == std::string_view::npos)
    return true;
  for (const auto domain : {"localhost", "localstack.cloud", "localhost.floci.io",
                            "host.docker.internal", "docker.internal"}) {
    if (EndsWithDomain(host_name, domain)) return true;
  }
  return IsAwsHost(host_name);
}

bool IsTrustedOrigin(std::string_view origin) {
  if (origin.empty() || origin == "null") return origin.empty();
  const size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return false;
  const std::string host = HostName(origin.substr(scheme + 3));
  // Pages of AWS itself do not call a laptop; of the names that Host may have, only this machine's
  // make an origin.
  return !host.empty() && IsTrustedHost(host) && !IsAwsHost(host);
}

Route FindRoute(const HttpRequest& request) {
  const std::string host = HostName(request.host);
  if (request.path.starts_with("/_fractus/") || request.path.starts_with("/_localstack/"))
    return *ByPath(request);
  if (auto route = ExecuteApiByHost(host, request)) return *route;
  if (const size_t at = host.find(".auth."); at != std::string::npos && at > 0) {
    const auto rest = Split(std::string_view(host).substr(at + 6), '.');
    if (EndsWithDomain(host, "amazoncognito.com") || EndsWithDomain(host, "localhost") ||
        EndsWithDomain(host, "localstack.cloud")) {
      return {Door::kHostedUi, host.substr(0, at), rest[0] == "localhost" ? "" : rest[0],
              request.path};
    }
  }
  if (auto route = ByPath(request)) return *route;

  Route route{Door::kAwsApi, "", "", request.path};
  if (const auto claim = auth::PeekSignature(request)) {
    route.id = ModelName(claim->service);
    route.region = claim->region;
    route.access_key = claim->access_key;
    // The name "dynamodb" signs for streams too.
    if (route.id == "dynamodb" &&
        request.headers.Get("X-Amz-Target").starts_with("DynamoDBStreams_"))
      route.id = "dynamodbstreams";
    return route;
  }
  if (const auto target = request.headers.Find("X-Amz-Target")) {
    if (auto service = ServiceByTarget(*target)) {
      route.id = *std::move(service);
      std::string ignored;
      ServiceByHost(host, route.region);
      return route;
    }
  }
  if (auto service = ServiceByHost(host, route.region)) {
    route.id = *std::move(service);
  } else if (auto by_path = ServiceByRestPath(request.path)) {
    route.id = *std::move(by_path);
  } else if (auto by_form = ServiceByForm(request)) {
    route.id = *std::move(by_form);
  }
  return route;
}

}  // namespace fractus::http
