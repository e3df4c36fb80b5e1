#include "lambdas/runtime/runtime_hosts.h"

#include <dlfcn.h>

#include <utility>
#include <vector>

namespace fractus::lambdas {
namespace {

// The Python that fractus_python.so is linked to.
constexpr std::string_view kHostedPython = "python3.11";

std::vector<std::filesystem::path> PluginFolders(const std::filesystem::path& given) {
  if (!given.empty()) return {given};
  std::error_code error;
  const auto folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  return {folder, folder.parent_path(), folder.parent_path() / "lib" / "fractus"};
}

}  // namespace

RuntimeHosts::RuntimeHosts(HostSettings settings, std::filesystem::path plugin_folder)
    : settings_(std::move(settings)), plugin_folder_(std::move(plugin_folder)) {}

HostChoice RuntimeHosts::For(std::string_view runtime) {
  HostChoice choice;
  std::string plugin;
  if (runtime.starts_with("python")) {
    plugin = "fractus_python.so";
  } else if (runtime == "provided" || runtime.starts_with("provided.")) {
    plugin = "fractus_native.so";
  } else if (runtime.empty()) {
    choice.problem = "The function has no runtime: container images are not emulated yet";
    return choice;
  } else {
    choice.problem = "runtime " + std::string(runtime) + " is not emulated yet";
    return choice;
  }
  const std::lock_guard lock(mutex_);
  choice.host = Load(plugin, choice.problem);
  if (choice.host != nullptr && runtime.starts_with("python") && runtime != kHostedPython &&
      noted_.emplace(runtime).second) {
    choice.note = std::string(runtime) + " code runs on Python 3.11, which is this machine's";
  }
  return choice;
}

RuntimeHost* RuntimeHosts::Load(const std::string& plugin, std::string& problem) {
  if (const auto found = loaded_.find(plugin); found != loaded_.end()) {
    return found->second.get();
  }
  std::filesystem::path path;
  std::string searched;
  for (const auto& folder : PluginFolders(plugin_folder_)) {
    std::error_code error;
    if (std::filesystem::exists(folder / plugin, error)) {
      path = folder / plugin;
      break;
    }
    searched += (searched.empty() ? "" : ", ") + folder.string();
  }
  if (path.empty()) {
    problem = plugin + " is missing; looked for it in " + searched;
    return nullptr;
  }
  // Extension modules expect the interpreter's symbols to be global.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (library == nullptr) {
    problem = std::string("The runtime cannot be loaded: ") + dlerror();
    return nullptr;
  }
  const auto entry = reinterpret_cast<RuntimeHostEntry>(dlsym(library, "fractus_runtime_host"));
  std::unique_ptr<RuntimeHost> host(entry != nullptr ? entry(settings_, kRuntimeInterfaceVersion)
                                                     : nullptr);
  if (host == nullptr) {
    problem = plugin + " does not fit this version of the emulator";
    return nullptr;
  }
  return (loaded_[plugin] = std::move(host)).get();
}

void RuntimeHosts::Settle(std::chrono::milliseconds limit) {
  const std::lock_guard lock(mutex_);
  const auto end = std::chrono::steady_clock::now() + limit;
  for (const auto& [plugin, host] : loaded_) {
    const auto left = end - std::chrono::steady_clock::now();
    host->Settle(std::max(std::chrono::milliseconds(0),
                          std::chrono::duration_cast<std::chrono::milliseconds>(left)));
  }
}

}  // namespace fractus::lambdas
