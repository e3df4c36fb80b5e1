// The Python plugin: fractus_python.so.
#include <exception>
#include <thread>

#include "lambdas/runtime/python/environment.h"

namespace fractus::lambdas::python {
namespace {

class PythonHost : public RuntimeHost {
 public:
  explicit PythonHost(const HostSettings& settings) : home_(settings) {}

  std::unique_ptr<ExecutionEnvironment> Start(const EnvironmentSpec& spec,
                                              OutputSink output) override {
    return std::make_unique<PythonEnvironment>(home_, spec, std::move(output));
  }

  void Settle(std::chrono::milliseconds limit) override {
    const auto end = std::chrono::steady_clock::now() + limit;
    const Interpreter* interpreter = Home::StartedInterpreter();
    while (interpreter != nullptr && interpreter->Alive() > 0 &&
           std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

 private:
  Home home_;
};

}  // namespace
}  // namespace fractus::lambdas::python

extern "C" __attribute__((visibility("default"))) fractus::lambdas::RuntimeHost*
fractus_runtime_host(const fractus::lambdas::HostSettings& settings, int interface_version) {
  if (interface_version != fractus::lambdas::kRuntimeInterfaceVersion) return nullptr;
  try {
    return new fractus::lambdas::python::PythonHost(settings);
  } catch (const std::exception&) {
    return nullptr;
  }
}
