// An execution environment for handlers in C++: a shared object of its own, and a thread that runs
// it.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "lambdas/native.h"
#include "lambdas/runtime/handler_clock.h"
#include "lambdas/runtime/runtime_host.h"

namespace fractus::lambdas::native {

// A handler found in a loaded shared object, or why there is none.
struct LoadedHandler {
  fractus_handler function = nullptr;
  std::string error_type;
  std::string problem;
};

// "build/libusers.get" in a code folder.
LoadedHandler LoadHandler(const std::string& code_folder, const std::string& handler);

// Differs from AWS: a function of runtime provided* is a shared object with handlers
// (lambdas/native.h); an executable named bootstrap is refused.
class NativeEnvironment : public ExecutionEnvironment {
 public:
  NativeEnvironment(const HostSettings& settings, const HandlerClock& clock,
                    const EnvironmentSpec& spec, OutputSink output);
  // A handler that still runs goes on alone.
  ~NativeEnvironment() override;

  InvokeOutcome Invoke(const InvokeInput& input) override;
  Isolation isolation() const override { return Isolation::kInProcess; }

  // Threads of all environments.
  static size_t Alive();

 private:
  // What the environment and its thread share; the thread may outlive the environment.
  struct Shared;

  static void ThreadMain(const std::shared_ptr<Shared>& shared, const HandlerClock& clock);
  void PassOnLines(std::unique_lock<std::mutex>& lock);

  const HostSettings& settings_;
  const HandlerClock& clock_;
  const OutputSink output_;
  std::shared_ptr<Shared> shared_;
  std::optional<InvokeOutcome> ending_;
};

}  // namespace fractus::lambdas::native
