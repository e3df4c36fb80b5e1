#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "lambdas/runtime/native/environment.h"

namespace fractus::lambdas::native {
namespace {

namespace fs = std::filesystem;

// Loads a private copy, so that each environment has its own static variables, and that a rebuild
// of the file does not pull the code away from under a running handler. The copy's name is gone
// when this returns; it is never used twice, since the loader knows objects by their names. Nullptr
// when there is no place for a copy or it does not load.
void* LoadCopy(const fs::path& file, std::string& problem) {
  std::error_code error;
  std::string name = (fs::temp_directory_path(error) / "fractus-XXXXXX.so").string();
  const int descriptor = mkostemps(name.data(), 3, O_CLOEXEC);
  if (descriptor < 0) return nullptr;
  close(descriptor);
  void* library = nullptr;
  if (fs::copy_file(file, name, fs::copy_options::overwrite_existing, error)) {
    library = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      problem = dlerror();
      // The user knows the file by its own name.
      if (problem.starts_with(name)) problem.replace(0, name.size(), file.string());
    }
  }
  unlink(name.c_str());
  return library;
}

void* Load(const fs::path& file, std::string& problem) {
  if (void* library = LoadCopy(file, problem)) return library;
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
