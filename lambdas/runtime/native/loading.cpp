#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <filesystem>

#include "lambdas/runtime/native/environment.h"

namespace fractus::lambdas::native {
namespace {

namespace fs = std::filesystem;

// A private copy, so that each environment has its own static variables, and that a rebuild of the
// file does not pull the code away from under a running handler. -1 when it cannot be made.
int CopyToMemory(const fs::path& file) {
  const int source = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (source < 0) return -1;
  const int copy = memfd_create(file.filename().c_str(), MFD_CLOEXEC);
  ssize_t sent = -1;
  if (copy >= 0) {
    do {
      sent = sendfile(copy, source, nullptr, 1 << 30);
    } while (sent > 0);
  }
  close(source);
  if (sent == 0) return copy;
  if (copy >= 0) close(copy);
  return -1;
}

void* Load(const fs::path& file, std::string& problem) {
  const int copy = CopyToMemory(file);
  if (copy >= 0) {
    const std::string path = "/proc/self/fd/" + std::to_string(copy);
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      problem = dlerror();
      // The user knows the file by its own name.
      if (problem.starts_with(path)) problem.replace(0, path.size(), file.string());
    }
    close(copy);
    if (library != nullptr) return library;
  }
  // Libraries that it expects beside itself are found only from its own place.
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) problem = dlerror();
  return library;
}

}  // namespace

LoadedHandler LoadHandler(const std::string& code_folder, const std::string& handler) {
  LoadedHandler result;
  result.error_type = "Runtime.ImportModuleError";
  const auto dot = handler.rfind('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == handler.size()) {
    // What AWS itself runs for these runtimes.
    std::error_code error;
    const bool bootstrap = fs::exists(fs::path(code_folder) / "bootstrap", error);
    result.error_type = bootstrap ? "Runtime.NotEmulated" : "Runtime.MalformedHandlerName";
    result.problem = bootstrap ? "Custom runtimes (an executable named bootstrap) are not emulated "
                                 "yet: only shared objects with handlers are"
                               : "Bad handler '" + handler + "': expected <file>.<handler>";
    return result;
  }
  const std::string module = handler.substr(0, dot), name = handler.substr(dot + 1);
  const fs::path base = fs::path(code_folder) / module;
  fs::path file;
  std::error_code error;
  for (const auto& candidate : {fs::path(base.string() + ".so"),
                                base.parent_path() / ("lib" + base.filename().string() + ".so")}) {
    if (file.empty() && fs::is_regular_file(candidate, error)) file = candidate;
  }
  if (file.empty()) {
    if (fs::exists(fs::path(code_folder) / "bootstrap", error)) {
      result.error_type = "Runtime.NotEmulated";
      result.problem =
          "Custom runtimes (an executable named bootstrap) are not emulated yet: only shared "
          "objects "
          "with handlers are";
    } else {
      result.problem = "Unable to load '" + module + "': there is no " + module + ".so in the code";
    }
    return result;
  }
  std::string problem;
  void* library = Load(file, problem);
  if (library == nullptr) {
    result.problem = "Unable to load '" + module + "': " + problem;
    return result;
  }
  const auto abi =
      reinterpret_cast<fractus_native_abi_function>(dlsym(library, "fractus_native_abi"));
  result.function =
      reinterpret_cast<fractus_handler>(dlsym(library, ("fractus_handler_" + name).c_str()));
  if (result.function == nullptr) {
    result.error_type = "Runtime.HandlerNotFound";
    result.problem = "Handler '" + name + "' missing in '" + module + ".so'";
  } else if (abi != nullptr && abi() > FRACTUS_NATIVE_ABI) {
    result.function = nullptr;
    result.problem = "Unable to load '" + module + "': it was built for version " +
                     std::to_string(abi()) + " of lambdas/native.h, the emulator has version " +
                     std::to_string(FRACTUS_NATIVE_ABI);
  }
  return result;
}

}  // namespace fractus::lambdas::native
