// The command line: up, start, deploy, outputs, invoke, logs, env, version.
#pragma once

#include <functional>
#include <memory>

#include "emulator/cli/options.h"

namespace fractus::cli {

// An emulator that answers requests until it is destroyed.
class RunningEmulator {
 public:
  virtual ~RunningEmulator() = default;
  virtual uint16_t port() const = 0;
};

// Starts one; throws std::runtime_error with a sentence for the user when that fails.
using StartEmulator = std::function<std::unique_ptr<RunningEmulator>(const ServeOptions&)>;

// Exit codes: 0 done, 1 the request failed (a stack, an invocation), 2 the command line or its
// files are wrong.
int Run(int argc, char** argv, const StartEmulator& start, const std::string& version);

}  // namespace fractus::cli
