// The bridge between coroutines on the network threads and functions that block.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

namespace fractus {

// Runs operations and RocksDB. Work posted here must never wait for a handler or for HTTP.
class BlockingPool {
 public:
  explicit BlockingPool(size_t threads) : pool_(threads) {}

  // Runs `work` on the pool and resumes the caller on its own executor with the result.
  // An exception of `work` is rethrown in the caller.
  template <std::invocable Work>
  boost::asio::awaitable<std::invoke_result_t<Work>> Run(Work work) {
    namespace asio = boost::asio;
    using Value = std::invoke_result_t<Work>;
    auto home = co_await asio::this_coro::executor;
    std::exception_ptr failure;
    std::optional<Value> value;
    co_await asio::post(pool_.get_executor(), asio::use_awaitable);
    try {
      value.emplace(work());
    } catch (...) {
      failure = std::current_exception();
    }
    co_await asio::post(home, asio::use_awaitable);
    if (failure) std::rethrow_exception(failure);
    co_return *std::move(value);
  }

  // Runs a coroutine on the pool and resumes the caller on its own executor with the result. A
  // thread is taken only while the coroutine runs: it may wait for a handler with co_await.
  template <class T>
  boost::asio::awaitable<T> Run(boost::asio::awaitable<T> work) {
    co_return co_await boost::asio::co_spawn(pool_.get_executor(), std::move(work),
                                             boost::asio::use_awaitable);
  }

  // Runs `work` some time later; its exceptions end the process.
  template <class Work>
  void Post(Work work) {
    boost::asio::post(pool_, std::move(work));
  }

  void Stop() {
    pool_.stop();
    pool_.join();
  }

 private:
  boost::asio::thread_pool pool_;
};

}  // namespace fractus
