#include "lambdas/runtime/clock_shim.h"

#include <dlfcn.h>
#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>

namespace {

using fractus::lambdas::ClockPage;

ClockPage own_page;

#ifdef FRACTUS_CLOCK_PRELOAD
ClockPage* page = &own_page;
constexpr bool Follows() { return true; }

__attribute__((constructor)) void MapSharedPage() {
  const char* descriptor = getenv("FRACTUS_CLOCK_FD");
  if (descriptor == nullptr) return;
  void* memory = mmap(nullptr, sizeof(ClockPage), PROT_READ, MAP_SHARED, atoi(descriptor), 0);
  if (memory != MAP_FAILED) page = static_cast<ClockPage*>(memory);
}
#else
ClockPage* const page = &own_page;
thread_local bool follows = false;
bool Follows() { return follows; }
#endif

constexpr int64_t kSecond = 1'000'000'000;

// The library's function, which reads the clock without a system call.
int RealClock(clockid_t clock, timespec* time) {
  using Function = int (*)(clockid_t, timespec*);
  static std::atomic<Function> real{nullptr};
  Function function = real.load(std::memory_order_relaxed);
  if (function == nullptr) {
    function = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "clock_gettime"));
    real.store(function, std::memory_order_relaxed);
  }
  if (function == nullptr) return static_cast<int>(syscall(SYS_clock_gettime, clock, time));
  return function(clock, time);
}

void ShowPage(timespec* time) {
  const int64_t frozen = page->frozen_ns.load(std::memory_order_relaxed);
  const int64_t offset = page->offset_ns.load(std::memory_order_relaxed);
  if (frozen == 0 && offset == 0) return;
  const int64_t machine = static_cast<int64_t>(time->tv_sec) * kSecond + time->tv_nsec;
  const int64_t shown = frozen != 0 ? frozen : machine + offset;
  time->tv_sec = shown / kSecond;
  time->tv_nsec = shown % kSecond;
}

}  // namespace

#define FRACTUS_EXPORT extern "C" __attribute__((visibility("default")))

FRACTUS_EXPORT ClockPage* fractus_clock_shim_page() { return page; }

FRACTUS_EXPORT void fractus_clock_shim_follow() {
#ifndef FRACTUS_CLOCK_PRELOAD
  follows = true;
#endif
}

FRACTUS_EXPORT int clock_gettime(clockid_t clock, timespec* shown) noexcept {
  const int result = RealClock(clock, shown);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) && Follows()) {
    ShowPage(shown);
  }
  return result;
}

FRACTUS_EXPORT int gettimeofday(timeval* shown, void* zone) noexcept {
  if (zone != nullptr) *static_cast<struct timezone*>(zone) = {};
  timespec now{};
  const int result = clock_gettime(CLOCK_REALTIME, &now);
  shown->tv_sec = now.tv_sec;
  shown->tv_usec = now.tv_nsec / 1000;
  return result;
}

FRACTUS_EXPORT time_t time(time_t* shown) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (shown != nullptr) *shown = now.tv_sec;
  return now.tv_sec;
}
