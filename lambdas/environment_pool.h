// The execution environments of all functions: made when needed, kept warm, reclaimed.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "emulator/core/clock.h"
#include "lambdas/environment.h"

namespace fractus::lambdas {

class EnvironmentPool {
 public:
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
  std::optional<ApiError> Start(Work work, int unreserved, InvocationDone done);

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
  struct State;

  const std::shared_ptr<State> state_;
};

}  // namespace fractus::lambdas
