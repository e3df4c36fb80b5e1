// Lambda authorizers: calling them, remembering what they said, and applying their policies.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "emulator/core/clock.h"
#include "emulator/ports/function_invoker.h"
#include "gateway/execute/exchange.h"
#include "gateway/execute/refusal.h"

namespace fractus::gateway::execute {

// Results by authorizer and identity, each until its time is over. Thread-safe.
class AuthorizerCache {
 public:
  std::shared_ptr<const AuthorizerResult> Find(const std::string& key, Time now);
  void Put(const std::string& key, std::shared_ptr<const AuthorizerResult> result, Time until);

 private:
  struct Entry {
    std::shared_ptr<const AuthorizerResult> result;
    Time until;
  };
  static constexpr size_t kMaxEntries = 10000;

  std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
};

class Authorization {
 public:
  Authorization(ports::FunctionInvoker& invoker, const Clock& clock)
      : invoker_(invoker), clock_(clock) {}

  // Nothing when the caller may go on; notes in the exchange what the authorizer said.
  //
  // A TOKEN authorizer is not called without a token, and its result is kept by token: the policy
  // of a kept result is evaluated against each new request. Failures are not kept. Source:
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
  boost::asio::awaitable<std::optional<Refusal>> Check(Exchange& exchange);

 private:
  boost::asio::awaitable<std::optional<Refusal>> Call(Exchange& exchange, std::string event,
                                                      const std::string& cache_key);

  ports::FunctionInvoker& invoker_;
  const Clock& clock_;
  AuthorizerCache cache_;
};

// What the API's resource policy says, before any authorizer. Nothing when the caller may go on.
std::optional<Refusal> CheckResourcePolicy(const Exchange& exchange);

// An authorizer function's answer. Fails with a sentence for the log when it is no valid one.
Result<std::shared_ptr<const AuthorizerResult>> ReadAuthorizerResult(const std::string& payload);

// The policy of the exchange's authorizer result applied to this request.
std::optional<Refusal> ApplyPolicy(const Exchange& exchange, const std::string& method_arn);

}  // namespace fractus::gateway::execute
