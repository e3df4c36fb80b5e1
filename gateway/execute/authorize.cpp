#include "gateway/execute/authorize.h"

#include <algorithm>

#include "emulator/ports/invoke_within.h"
#include "gateway/execute/json_text.h"
#include "gateway/execute/mapping.h"
#include "gateway/execute/proxy_event.h"

namespace fractus::gateway::execute {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds kAuthorizerTimeout{30000};

std::string NameOf(const IdentitySource& source) {
  switch (source.place) {
    case IdentitySource::Place::kHeader:
      return "header " + source.name;
    case IdentitySource::Place::kQuery:
      return "query parameter " + source.name;
    case IdentitySource::Place::kStageVariable:
      return "stage variable " + source.name;
    case IdentitySource::Place::kContext:
      return "context." + source.name;
  }
  return source.name;
}

std::string ValueOf(const Exchange& exchange, const IdentitySource& source) {
  switch (source.place) {
    case IdentitySource::Place::kHeader:
      return std::string(exchange.request.http.headers.Get(source.name));
    case IdentitySource::Place::kQuery:
      return MappedValue(exchange, "method.request.querystring." + source.name).value_or("");
    case IdentitySource::Place::kStageVariable:
      return MappedValue(exchange, "stageVariables." + source.name).value_or("");
    case IdentitySource::Place::kContext:
      return ContextValue(exchange, source.name).value_or("");
  }
  return "";
}

// The message of a function's error: {"errorMessage": "Unauthorized", …}.
std::string ErrorMessage(const std::string& payload) {
  const json error = json::parse(payload, nullptr, false);
  if (!error.is_object()) return payload;
  const auto message = error.find("errorMessage");
  return message != error.end() && message->is_string() ? message->get<std::string>() : payload;
}

// The failure of an authorizer call; nothing when it succeeded.
std::optional<Refusal> FailureOf(const std::optional<Result<ports::InvocationResult>>& answer,
                                 const Authorizer& authorizer) {
  const std::string who = "authorizer " + authorizer.name;
  if (!answer) return AuthorizerFailed("500: " + who + " did not answer in time");
  if (!*answer) {
    return AuthorizerFailed("500: " + who + " could not be called: " + answer->error().code + ": " +
                            answer->error().message);
  }
  const ports::InvocationResult& result = **answer;
  if (result.function_error.empty()) return std::nullopt;
  const std::string message = ErrorMessage(result.payload);
  if (message == "Unauthorized") {
    return Unauthorized("401: " + who + " answered error Unauthorized");
  }
  return AuthorizerFailed("500: " + who + " answered error " + message);
}

}  // namespace

std::shared_ptr<const AuthorizerResult> AuthorizerCache::Find(const std::string& key, Time now) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.until <= now) return nullptr;
  return found->second.result;
}

void AuthorizerCache::Put(const std::string& key, std::shared_ptr<const AuthorizerResult> result,
                          Time until) {
  const std::lock_guard lock(mutex_);
  // A full cache starts over: that costs calls, never correctness.
  if (entries_.size() >= kMaxEntries) entries_.clear();
  entries_[key] = {std::move(result), until};
}

asio::awaitable<std::optional<Refusal>> Authorization::Check(Exchange& exchange) {
  const Authorizer* const authorizer = exchange.method->authorizer;
  if (authorizer == nullptr) {
    co_return AuthorizerFailed("500: the method's authorizer does not exist");
  }
  if (authorizer->kind == Authorizer::Kind::kUserPools) {
    co_return AuthorizerFailed("500: authorizer " + authorizer->name +
                               ": COGNITO_USER_POOLS authorizers are not emulated yet");
  }
  if (authorizer->validation_is_malformed) {
    co_return AuthorizerFailed("500: authorizer " + authorizer->name +
                               ": identityValidationExpression is malformed");
  }

  std::string cache_key = exchange.stage->authorizer_epoch + '/' + authorizer->id;
  std::string token;
  for (const IdentitySource& source : authorizer->sources) {
    std::string value = ValueOf(exchange, source);
    if (value.empty()) co_return Unauthorized("401: " + NameOf(source) + " is missing or empty");
    cache_key += '\0';
    cache_key += value;
    token = std::move(value);
  }
  const bool is_token = authorizer->kind == Authorizer::Kind::kToken;
  if (is_token && token.empty()) co_return Unauthorized("401: the authorizer names no header");
  // Observed: the expression has to match the whole token.
  if (is_token && authorizer->validation && !boost::regex_match(token, *authorizer->validation)) {
    co_return Unauthorized("401: the token does not match identityValidationExpression");
  }

  const std::string method_arn = exchange.MethodArn();
  const bool keeps = authorizer->ttl.count() > 0 && !authorizer->sources.empty();
  if (keeps) exchange.authorizer = cache_.Find(cache_key, exchange.started);
  if (exchange.authorizer) {
    exchange.authorizer_latency = 0;
  } else {
    std::string event = is_token ? TokenAuthorizerEvent(method_arn, token)
                                 : RequestAuthorizerEvent(exchange, method_arn);
    if (!keeps) cache_key.clear();
    auto refusal = co_await Call(exchange, std::move(event), cache_key);
    if (refusal) co_return refusal;
  }
  co_return ApplyPolicy(exchange, method_arn);
}

asio::awaitable<std::optional<Refusal>> Authorization::Call(Exchange& exchange, std::string event,
                                                            const std::string& cache_key) {
  const Authorizer& authorizer = *exchange.method->authorizer;
  if (authorizer.function.empty()) {
    co_return AuthorizerFailed("500: authorizer " + authorizer.name +
                               ": its URI names no Lambda function");
  }
  ports::Invocation invocation;
  invocation.function = authorizer.function;
  invocation.payload = std::move(event);
  if (!authorizer.has_credentials) {
    invocation.principal = "apigateway.amazonaws.com";
    invocation.source_arn = authorizer.source_arn;
  }
  invocation.context = exchange.request.context;
  invocation.context.account = exchange.api->account;
  invocation.context.region = exchange.api->region;

  const Time before = clock_.Now();
  auto answer = co_await ports::InvokeWithin(invoker_, std::move(invocation), kAuthorizerTimeout);
  const Time after = clock_.Now();
  exchange.authorizer_latency =
      std::chrono::duration_cast<std::chrono::milliseconds>(after - before).count();
  if (auto failure = FailureOf(answer, authorizer)) {
    exchange.authorizer_status = failure->status;
    co_return failure;
  }
  auto result = ReadAuthorizerResult((*answer)->payload);
  if (!result) {
    exchange.authorizer_status = 500;
    co_return AuthorizerFailed("500: authorizer " + authorizer.name + ": " +
                               result.error().message);
  }
  exchange.authorizer_status = 200;
  exchange.authorizer = *result;
  if (!cache_key.empty()) cache_.Put(cache_key, *result, after + authorizer.ttl);
  co_return std::nullopt;
}

Result<std::shared_ptr<const AuthorizerResult>> ReadAuthorizerResult(const std::string& payload) {
  const auto invalid = [](const char* why) {
    return ApiError{"InvalidAuthorizerResult", std::string("its answer ") + why};
  };
  const json answer = json::parse(payload, nullptr, false);
  if (!answer.is_object()) return invalid("is no JSON object");
  auto result = std::make_shared<AuthorizerResult>();
  const auto principal = answer.find("principalId");
  if (principal == answer.end() || !principal->is_string()) {
    return invalid("has no principalId that is a text");
  }
  result->principal_id = principal->get<std::string>();
  const auto policy = answer.find("policyDocument");
  if (policy == answer.end() || !policy->is_object() || !policy->contains("Statement")) {
    return invalid("has no policyDocument with a Statement");
  }
  const std::string policy_text = policy->dump();
  result->has_conditions = policy_text.find("\"Condition\"") != std::string::npos ||
                           policy_text.find("${") != std::string::npos;
  result->policy.push_back(*policy);
  const auto context = answer.find("context");
  if (context != answer.end() && !context->is_null()) {
    if (!context->is_object()) return invalid("has a context that is no object");
    for (const auto& [name, value] : context->items()) {
      if (value.is_object() || value.is_array()) {
        return invalid("has a context member that is no text, number or boolean");
      }
      if (value.is_null()) continue;
      std::string text = value.is_string() ? value.get<std::string>() : value.dump();
      AppendMember(result->context_members, name, text);
      result->context.emplace_back(name, std::move(text));
    }
  }
  return std::shared_ptr<const AuthorizerResult>(std::move(result));
}

}  // namespace fractus::gateway::execute
