#include "emulator/ports/invoke_within.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>

namespace fractus::ports {
namespace {

namespace asio = boost::asio;
using Answer = std::optional<Result<InvocationResult>>;

// Shared by the one who waits and the invocation, which may outlive it. Touched only on one strand.
struct Race {
  explicit Race(const asio::any_io_executor& strand) : timer(strand) {}

  asio::steady_timer timer;
  Answer answer;
  std::exception_ptr failure;
};

asio::awaitable<void> RunInvocation(FunctionInvoker& invoker, Invocation invocation,
                                    std::shared_ptr<Race> race) {
  try {
    race->answer.emplace(co_await invoker.Invoke(std::move(invocation)));
  } catch (...) {
    race->failure = std::current_exception();
  }
  race->timer.cancel();
}

asio::awaitable<Answer> Run(FunctionInvoker& invoker, Invocation invocation,
                            std::chrono::milliseconds timeout) {
  const auto strand = co_await asio::this_coro::executor;
  auto race = std::make_shared<Race>(strand);
  race->timer.expires_after(timeout);
  asio::co_spawn(strand, RunInvocation(invoker, std::move(invocation), race), asio::detached);
  boost::system::error_code ignored;
  auto token = asio::redirect_error(asio::use_awaitable, ignored);
  if (!race->answer && !race->failure) co_await race->timer.async_wait(token);
  if (race->failure) std::rethrow_exception(race->failure);
  co_return std::move(race->answer);
}

}  // namespace

asio::awaitable<Answer> InvokeWithin(FunctionInvoker& invoker, Invocation invocation,
                                     std::chrono::milliseconds timeout) {
  const auto executor = co_await asio::this_coro::executor;
  const auto strand = asio::make_strand(executor);
  co_return co_await asio::co_spawn(strand, Run(invoker, std::move(invocation), timeout),
                                    asio::use_awaitable);
}

}  // namespace fractus::ports
