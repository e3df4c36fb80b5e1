// One life of an environment's code: a sub-interpreter or a worker process.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "lambdas/runtime/python/channel.h"
#include "lambdas/runtime/python/interpreter.h"
#include "lambdas/runtime/python/zygote.h"
#include "lambdas/runtime/runtime_host.h"

namespace fractus::lambdas::python {

// What all environments share.
class Home {
 public:
  explicit Home(HostSettings host_settings);

  // Python in this process, started when first asked for and shared by all hosts: there can be only
  // one. Throws std::runtime_error.
  static Interpreter& ProcessInterpreter();
  // Nullptr while no environment has needed Python in this process.
  static Interpreter* StartedInterpreter();

  // Why the function's next environments have to be worker processes; nothing while they need not.
  std::optional<std::string> WorkerReason(const std::string& function_arn);
  void NeedsWorker(const std::string& function_arn, const std::string& reason);
  void RefreshClock() { clock_.Refresh(settings, shared_clock.page()); }

  const HostSettings settings;
  SharedClock shared_clock;
  Zygote warm_zygote;
  Zygote bare_zygote;

 private:
  HandlerClock clock_;
  std::mutex mutex_;
  std::map<std::string, std::string> worker_reasons_;
};

class Runner {
 public:
  explicit Runner(std::unique_ptr<Channel> channel) : channel_(std::move(channel)) {}
  // Ends the code, without waiting for it.
  virtual ~Runner() = default;

  Channel& channel() { return *channel_; }
  virtual Isolation isolation() const = 0;
  virtual void SetBusy() {}
  virtual void SetIdle() {}
  // The code cannot run because another function's code keeps all of Python.
  virtual bool Frozen() const { return false; }
  // The deadline has passed: ends the code; false when it does not end.
  virtual bool Stop() = 0;
  // The far end has closed its channel: "exit status 4", "signal: killed", or empty for status 0.
  virtual std::string ExitReason() = 0;

 protected:
  std::unique_ptr<Channel> channel_;
};

// Configuration for boot.py; `token` is random.
std::string BootConfig(const EnvironmentSpec& spec, const HostSettings& settings,
                       const std::string& token);

// Both throw std::exception when the system refuses.
std::unique_ptr<Runner> StartInProcess(Home& home, const EnvironmentSpec& spec, OutputSink output);
std::unique_ptr<Runner> StartWorker(Home& home, const EnvironmentSpec& spec, OutputSink output);

}  // namespace fractus::lambdas::python
