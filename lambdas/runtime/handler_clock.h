// How a runtime host shows the emulator's clock to its handlers.
#pragma once

#include <dlfcn.h>

#include <chrono>

#include "lambdas/runtime/clock_shim.h"
#include "lambdas/runtime/runtime_host.h"

namespace fractus::lambdas {

// Finds the shim in the executable; without one, handlers in this process see the machine's time.
class HandlerClock {
 public:
  HandlerClock() {
    if (auto* find = Symbol<ClockPage* (*)()>("fractus_clock_shim_page")) page_ = find();
    follow_ = Symbol<void (*)()>("fractus_clock_shim_follow");
  }

  // The calling thread, which runs a handler, sees the emulator's time.
  void Follow() const {
    if (follow_ != nullptr) follow_();
  }

  // Reads the settings and shows them to this process, and on another page when there is one.
  void Refresh(const HostSettings& settings, ClockPage* other = nullptr) const {
    using std::chrono::nanoseconds;
    int64_t offset = 0, frozen = 0;
    if (settings.clock_offset) {
      if (const auto value = settings.clock_offset()) offset = nanoseconds(*value).count();
    }
    if (settings.clock_frozen_at) {
      if (const auto value = settings.clock_frozen_at()) frozen = nanoseconds(*value).count();
    }
    for (ClockPage* page : {page_, other}) {
      if (page == nullptr) continue;
      page->offset_ns.store(offset, std::memory_order_relaxed);
      page->frozen_ns.store(frozen, std::memory_order_relaxed);
    }
  }

 private:
  template <class Function>
  static Function Symbol(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
  }

  ClockPage* page_ = nullptr;
  void (*follow_)() = nullptr;
};

}  // namespace fractus::lambdas
