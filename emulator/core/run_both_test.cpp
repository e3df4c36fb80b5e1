#include "emulator/core/run_both.h"

#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <thread>

namespace fractus {
namespace {

// Each waits for the other to have begun: one after the other they would never end.
TEST(RunBothTest, BothRunAtOnceAndTheCallerGoesOnAfterThem) {
  BlockingPool pool(1);
  std::latch begun(2);
  std::thread::id first, second;
  auto here = [&] {
    begun.arrive_and_wait();
    first = std::this_thread::get_id();
  };
  auto there = [&] {
    begun.arrive_and_wait();
    second = std::this_thread::get_id();
  };
  RunBoth(pool, here, there);
  EXPECT_EQ(first, std::this_thread::get_id());
  EXPECT_NE(first, second);
  pool.Stop();
}

TEST(RunBothTest, ACallerOnTheOnlyThreadDoesAllOfItItself) {
  BlockingPool pool(1);
  std::promise<int> sum;
  pool.Post([&] {
    int a = 0, b = 0;
    auto here = [&] { a = 1; };
    auto there = [&] { b = 2; };
    RunBoth(pool, here, there);
    sum.set_value(a + b);
  });
  EXPECT_EQ(sum.get_future().get(), 3);
  pool.Stop();
}

TEST(RunBothTest, ManyCallersShareAFewThreads) {
  BlockingPool pool(2);
  constexpr int kCallers = 100;
  std::atomic<int> sum = 0;
  std::latch done(kCallers);
  for (int i = 0; i < kCallers; ++i) {
    pool.Post([&] {
      int a = 0, b = 0;
      auto here = [&] { a = 1; };
      auto there = [&] { b = 1; };
      RunBoth(pool, here, there);
      sum += a + b;
      done.count_down();
    });
  }
  done.wait();
  EXPECT_EQ(sum, 2 * kCallers);
  pool.Stop();
}

}  // namespace
}  // namespace fractus
