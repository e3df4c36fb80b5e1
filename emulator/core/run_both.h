// Two pieces of work at once, for a coroutine that needs both.
#pragma once

#include <atomic>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <concepts>
#include <memory>
#include <utility>

#include "emulator/core/blocking_pool.h"

namespace fractus {

// Runs `here` on the caller's thread and `there` on a thread of the pool meanwhile; resumes the
// caller when both are done. Both must outlive the call and may not throw.
template <std::invocable Here, std::invocable There>
boost::asio::awaitable<void> RunBoth(BlockingPool& pool, Here& here, There& there) {
  namespace asio = boost::asio;
  // Whichever ends second resumes the caller; the other touches nothing after its exchange.
  std::atomic<bool> one_is_done = false;
  auto start = [&](auto handler) {
    auto resume = std::make_shared<decltype(handler)>(std::move(handler));
    const auto finish = [&one_is_done, resume] {
      if (!one_is_done.exchange(true)) return;
      const auto home = asio::get_associated_executor(*resume);
      asio::post(home, std::move(*resume));
    };
    pool.Post([&there, finish] {
      there();
      finish();
    });
    here();
    finish();
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(start, asio::use_awaitable);
}

}  // namespace fractus
