// The fork server whose children are worker processes.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "lambdas/runtime/clock_shim.h"
#include "lambdas/runtime/python/channel.h"
#include "lambdas/runtime/runtime_host.h"

namespace fractus::lambdas::python {

// Memory for a ClockPage that worker processes map too.
class SharedClock {
 public:
  SharedClock();

  ClockPage* page() const { return page_; }
  int descriptor() const { return descriptor_.get(); }

 private:
  Descriptor descriptor_;
  ClockPage* page_ = nullptr;
};

struct Spawned {
  pid_t pid = 0;
  // Why there is no process.
  std::string problem;
  // The code brings its own copy of a package that this fork server has imported already.
  bool vendored = false;
};

// Started when first used, and again when it was lost. Thread-safe.
class Zygote {
 public:
  enum class Kind {
    kWarm,  // has imported what most handlers import
    kBare,
  };

  Zygote(Kind kind, const HostSettings& settings, const SharedClock& clock);

  // Starts the process in the background, to have it ready.
  void Prepare();
  // A child that runs boot.py with that configuration (JSON text).
  Spawned Spawn(const std::string& config, const FarEnds& ends);
  // The child's wait status; a child that lives after the grace is killed.
  int Reap(pid_t pid, std::chrono::milliseconds grace);

 private:
  bool Launch(std::string& problem);
  // One request, one answer; nothing when the process is gone.
  std::optional<std::string> Ask(const std::string& request, const FarEnds* ends);

  const Kind kind_;
  const HostSettings& settings_;
  const SharedClock& clock_;
  std::mutex mutex_;
  Descriptor control_;
};

}  // namespace fractus::lambdas::python
