// Lets a coroutine wait for a callback that another thread will call.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <utility>

namespace fractus::lambdas {

// Calls `start` with a callback and resumes on the caller's executor with the value the callback is
// given. The callback may be called once, from any thread, also from within `start`; until then the
// executor counts as busy.
template <class T>
boost::asio::awaitable<T> Await(std::function<void(std::function<void(T)> done)> start) {
  namespace asio = boost::asio;
  auto initiate = [start = std::move(start)](auto handler) {
    auto executor = asio::get_associated_executor(handler);
    auto guard = asio::make_work_guard(executor);
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    start([shared, guard](T value) {
      auto resume = [shared, value = std::move(value)]() mutable { (*shared)(std::move(value)); };
      asio::post(guard.get_executor(), std::move(resume));
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(T)>(
      std::move(initiate), asio::use_awaitable);
}

}  // namespace fractus::lambdas
