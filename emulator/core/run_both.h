// Two pieces of work at once, for a caller that needs both.
#pragma once

#include <atomic>
#include <concepts>
#include <memory>

#include "emulator/core/blocking_pool.h"

namespace fractus {

// Runs `here` on this thread and `there` on one of the pool meanwhile, or here too when no thread
// was free for it: a pool whose threads all wait this way goes on. Neither may throw.
template <std::invocable Here, std::invocable There>
void RunBoth(BlockingPool& pool, Here& here, There& there) {
  struct Progress {
    std::atomic<bool> taken = false, done = false;
  };
  const auto progress = std::make_shared<Progress>();
  // Touches nothing of the caller's when it comes too late.
  pool.Post([progress, &there] {
    if (progress->taken.exchange(true)) return;
    there();
    progress->done = true;
    progress->done.notify_one();
  });
  here();
  if (progress->taken.exchange(true)) {
    progress->done.wait(false);
  } else {
    there();
  }
}

}  // namespace fractus
