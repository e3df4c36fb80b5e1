#include "cognito/triggers.h"

#include <fmt/format.h>

#include "cognito/errors.h"
#include "emulator/ports/invoke_within.h"

namespace fractus::cognito {
namespace {

using namespace std::chrono_literals;

// Source:
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
// Differs from AWS: a trigger that takes longer is not tried again.
constexpr auto kLimit = 5000ms;

std::string FunctionOf(const Pool& pool, std::string_view trigger) {
  const json config = pool.description.value("LambdaConfig", json::object());
  if (trigger == "PreTokenGeneration") {
    const json newer = config.value("PreTokenGenerationConfig", json::object());
    if (newer.contains("LambdaArn")) return newer.at("LambdaArn").get<std::string>();
  }
  return config.value(std::string(trigger), std::string());
}

ApiError Unexpected(const std::string& trigger, const std::string& reason) {
  return {"UnexpectedLambdaException",
          fmt::format("{} invocation failed due to error {}.", trigger, reason)};
}

ApiError Raised(const std::string& trigger, const std::string& payload) {
  const json error = json::parse(payload, nullptr, /*allow_exceptions=*/false);
  const std::string message =
      error.is_object() ? error.value("errorMessage", std::string()) : std::string();
  return {"UserLambdaValidationException",
          fmt::format("{} failed with error {}.", trigger, message)};
}

Result<json> ResponseOf(const std::string& payload, json response) {
  const json event = json::parse(payload, nullptr, /*allow_exceptions=*/false);
  if (!event.is_object() || !event.contains("response")) {
    return ApiError{"InvalidLambdaResponseException", "Unrecognizable lambda output"};
  }
  const json& answered = event.at("response");
  if (answered.is_null()) return response;
  if (!answered.is_object()) {
    return ApiError{"InvalidLambdaResponseException", "Unrecognizable lambda output"};
  }
  response.update(answered);
  return response;
}

ports::Invocation MakeInvocation(const TriggerScene& scene, const std::string& function,
                                 std::string payload) {
  ports::Invocation invocation;
  invocation.function = function;
  invocation.payload = std::move(payload);
  invocation.principal = "cognito-idp.amazonaws.com";
  invocation.source_arn = scene.pool->Arn();
  invocation.context = scene.context;
  invocation.context.account = scene.pool->account;
  invocation.context.region = scene.pool->region;
  return invocation;
}

}  // namespace

bool HasTrigger(const Pool& pool, std::string_view trigger) {
  return !FunctionOf(pool, trigger).empty();
}

Task<json> RunTrigger(Parts& parts, TriggerScene scene, std::string trigger, std::string source,
                      json request, json response, std::string version) {
  const std::string function = FunctionOf(*scene.pool, trigger);
  if (function.empty()) co_return response;
  json event = json::object();
  event["version"] = std::move(version);
  event["region"] = scene.pool->region;
  event["userPoolId"] = scene.pool->id;
  event["userName"] = scene.username;
  event["callerContext"]["awsSdkVersion"] = "aws-sdk-unknown-unknown";
  event["callerContext"]["clientId"] =
      scene.client_id.empty() ? "CLIENT_ID_NOT_APPLICABLE" : scene.client_id;
  event["triggerSource"] = std::move(source);
  event["request"] = std::move(request);
  event["response"] = response;
  auto invocation = MakeInvocation(scene, function, event.dump());
  const auto answer = co_await ports::InvokeWithin(parts.functions, std::move(invocation), kLimit);
  if (!answer) co_return Unexpected(trigger, "Socket timeout while invoking Lambda function");
  if (!*answer) co_return Unexpected(trigger, answer->error().code);
  const ports::InvocationResult& result = **answer;
  if (!result.function_error.empty()) co_return Raised(trigger, result.payload);
  co_return ResponseOf(result.payload, std::move(response));
}

json EventAttributes(const User& user) {
  json attributes = json::object();
  for (const auto& [name, value] : user.attributes) attributes[name] = value;
  attributes["sub"] = user.sub;
  attributes["cognito:user_status"] = user.status;
  return attributes;
}

json MetadataOf(const Request& request) {
  return request.Has("ClientMetadata") ? request.Object("ClientMetadata") : json();
}

}  // namespace fractus::cognito
