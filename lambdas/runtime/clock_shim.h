// The clock as handlers see it: clock_gettime, gettimeofday and time are interposed in the
// executable, and in worker processes by a preloaded object, so that customer code follows the
// emulator's clock.
//
// In the executable only threads that asked for it see the moved time: the emulator's own libraries
// go on with the machine's. In a worker process every thread does.
#pragma once

#include <atomic>
#include <cstdint>

namespace fractus::lambdas {

// What CLOCK_REALTIME shows; may lie in memory shared with worker processes.
struct ClockPage {
  // Added to the machine's time while `frozen_ns` is 0.
  std::atomic<int64_t> offset_ns{0};
  // Nanoseconds since 1970 at which time stands still; 0 while it runs.
  std::atomic<int64_t> frozen_ns{0};
};

}  // namespace fractus::lambdas

// Looked up by name (dlsym), since hosts are plugins and an executable may do without the shim.
extern "C" {
// The page of this process. Lives as long as the process.
fractus::lambdas::ClockPage* fractus_clock_shim_page();
// From now on the calling thread sees the page's time.
void fractus_clock_shim_follow();
}
