#include "emulator/core/run_both.h"

#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <latch>
#include <thread>

namespace fractus {
namespace {

// Each waits for the other to have begun: one after the other they would never end.
TEST(RunBothTest, BothRunAtOnceAndTheCallerGoesOnAfterThem) {
  BlockingPool pool(2);
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
  const auto both = [&]() -> boost::asio::awaitable<bool> {
    co_await RunBoth(pool, here, there);
    co_return first != second;
  };
  boost::asio::io_context io;
  auto task = pool.Run(both());
  auto differ = boost::asio::co_spawn(io, std::move(task), boost::asio::use_future);
  io.run();
  EXPECT_TRUE(differ.get());
  pool.Stop();
}

TEST(RunBothTest, ManyCallersShareAFewThreads) {
  BlockingPool pool(2);
  std::atomic<int> done = 0;
  const auto both = [&]() -> boost::asio::awaitable<int> {
    int a = 0, b = 0;
    auto here = [&] { a = 1; };
    auto there = [&] { b = 1; };
    co_await RunBoth(pool, here, there);
    done += a + b;
    co_return a + b;
  };
  boost::asio::io_context io;
  for (int i = 0; i < 100; ++i) {
    auto task = pool.Run(both());
    boost::asio::co_spawn(io, std::move(task), boost::asio::detached);
  }
  io.run();
  EXPECT_EQ(done, 200);
  pool.Stop();
}

}  // namespace
}  // namespace fractus
