// The execution environments: made when needed, kept warm, run one invocation at a time, each on a
// thread of its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "emulator/core/clock.h"
#include "emulator/ports/function_invoker.h"
#include "lambdas/environment_log.h"
#include "lambdas/function.h"
#include "lambdas/host_source.h"
#include "lambdas/settings.h"

namespace fractus::lambdas {

// One invocation to run.
struct Work {
  std::shared_ptr<const Function> function;
  std::shared_ptr<const FunctionVersion> version;
  // As the caller named the function: with the qualifier, if there was one.
  std::string invoked_arn;
  std::string request_id;
  std::string payload;
  // JSON text or empty.
  std::string client_context;
  std::string trace_id;
  EnvironmentLog::Tail tail = EnvironmentLog::Tail::kDrop;
};

class EnvironmentPool {
 public:
  // The invocation's result, or why no environment could be had. Called on the environment's
  // thread, which it must not block.
  using Done = std::function<void(Result<ports::InvocationResult>)>;

  // What runs at most in an account's region, but for functions that have concurrency of their own.
  static constexpr int kAccountConcurrency = 1000;

  EnvironmentPool(HostSource& hosts, Clock& clock, IdSource& ids, ports::LogSink& sink,
                  const Settings& settings);
  // Lets go of everything. Handlers that still run get a moment, then their threads are left behind
  // and their callers are never answered: the network threads must have stopped.
  ~EnvironmentPool();
  EnvironmentPool(const EnvironmentPool&) = delete;
  EnvironmentPool& operator=(const EnvironmentPool&) = delete;

  // Runs the work in the environment that was used last, or in a new one; does not wait.
  // `unreserved` is what the account has for functions without reserved concurrency. Fails at once,
  // without calling `done`, with TooManyRequestsException.
  std::optional<ApiError> Start(Work work, int unreserved, Done done);

  // Environments made from versions older than `version` end: at once, or after their invocation.
  void RetireOlder(const FunctionId& id, const FunctionVersion& version);
  // The function is gone.
  void RetireAll(const Function& function);
  // Ends what was last used before that time; returns when the longest idle of the rest was last
  // used.
  std::optional<Time> RetireIdle(Time before);
  // Called, on an environment's thread, when an environment becomes idle.
  void OnIdle(std::function<void()> listener);

  // How many there are, for tests and the emulator's own pages.
  struct Count {
    int busy = 0;
    int idle = 0;
  };
  Count CountOf(const FunctionId& id) const;

 private:
  class Environment;
  struct State;

  const std::shared_ptr<State> state_;
};

}  // namespace fractus::lambdas
