// An execution environment for Python code: in this process while that is possible, else in a
// worker process.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "lambdas/runtime/python/runner.h"
#include "lambdas/runtime/runtime_host.h"

namespace fractus::lambdas::python {

// Differs from AWS: all Python runtimes run on the machine's Python 3.11.
// Differs from AWS: a Python function in the emulator's process has no memory limit, and a crash of
// its extension modules is the emulator's crash; --isolation process gives every environment a
// process of its own.
//
// Differs from AWS: a named tuple in a Python handler's answer is a JSON array, not an object.
class PythonEnvironment : public ExecutionEnvironment {
 public:
  PythonEnvironment(Home& home, EnvironmentSpec spec, OutputSink output);

  InvokeOutcome Invoke(const InvokeInput& input) override;
  Isolation isolation() const override;
  std::string isolation_reason() const override { return reason_; }

 private:
  using Deadline = Channel::Deadline;

  // Starts the code and waits for its init; sets ending_ when that fails.
  void Launch(Deadline deadline);
  // The same for one kind of runner; false when the code needs a worker process, for reason_.
  bool LaunchRunner(Isolation isolation, Deadline deadline);
  // Why code in this process would not run or should not; nothing when it may.
  std::optional<std::string> WhyWorker();
  // Waits for an answer. Nothing when the code never saw the event because Python was frozen.
  std::optional<InvokeOutcome> Await(const InvokeInput& input);
  InvokeOutcome TimedOut(const InvokeInput& input);
  InvokeOutcome Exited(const std::string& reason);
  // The ending as the answer to this invocation.
  InvokeOutcome Ending(const InvokeInput& input) const;

  Home& home_;
  const EnvironmentSpec spec_;
  const OutputSink output_;
  std::unique_ptr<Runner> runner_;
  std::string reason_;
  // Set once the environment is of no more use.
  std::optional<InvokeOutcome> ending_;
  // The code should go on in a worker process from the next invocation on.
  bool move_ = false;
};

}  // namespace fractus::lambdas::python
