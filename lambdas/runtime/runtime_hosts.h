// Picks the runtime host for a function's Runtime, and loads its plugin when it is first needed.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "lambdas/runtime/runtime_host.h"

namespace fractus::lambdas {

struct HostChoice {
  // Lives as long as the RuntimeHosts. Null when the runtime cannot be run, and then `problem` says
  // why.
  RuntimeHost* host = nullptr;
  std::string problem;
  // A sentence for the log, given once for each runtime: it is not quite the one that was asked
  // for.
  std::string note;
};

// Thread-safe. Outlives all environments that its hosts have started.
class RuntimeHosts {
 public:
  // Plugins are looked for in `plugin_folder`; when empty, beside the executable, in the folder
  // above it and in ../lib/fractus.
  explicit RuntimeHosts(HostSettings settings, std::filesystem::path plugin_folder = {});

  // "python3.9", "provided.al2023", ...
  HostChoice For(std::string_view runtime);
  // Waits, at most that long, until environments that were destroyed are gone. Call it before the
  // process ends: customer code should not run while the process takes itself apart.
  void Settle(std::chrono::milliseconds limit);

 private:
  RuntimeHost* Load(const std::string& plugin, std::string& problem);

  const HostSettings settings_;
  const std::filesystem::path plugin_folder_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<RuntimeHost>> loaded_;
  std::set<std::string, std::less<>> noted_;
};

}  // namespace fractus::lambdas
