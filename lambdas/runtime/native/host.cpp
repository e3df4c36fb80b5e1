// The native plugin: fractus_native.so.
#include <exception>
#include <thread>

#include "lambdas/runtime/native/environment.h"

namespace fractus::lambdas::native {
namespace {

class NativeHost : public RuntimeHost {
 public:
  explicit NativeHost(const HostSettings& settings) : settings_(settings) {}

  std::unique_ptr<ExecutionEnvironment> Start(const EnvironmentSpec& spec,
                                              OutputSink output) override {
    return std::make_unique<NativeEnvironment>(settings_, clock_, spec, std::move(output));
  }

  void Settle(std::chrono::milliseconds limit) override {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (NativeEnvironment::Alive() > 0 && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

 private:
  const HostSettings settings_;
  const HandlerClock clock_;
};

}  // namespace
}  // namespace fractus::lambdas::native

extern "C" __attribute__((visibility("default"))) fractus::lambdas::RuntimeHost*
fractus_runtime_host(const fractus::lambdas::HostSettings& settings, int interface_version) {
  if (interface_version != fractus::lambdas::kRuntimeInterfaceVersion) return nullptr;
  return new fractus::lambdas::native::NativeHost(settings);
}
