// Calling a function for no longer than its caller waits.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>

#include "emulator/ports/function_invoker.h"

namespace fractus::ports {

// Nothing when the time is over first; the function runs on then and its answer is dropped.
// `invoker` must outlive the invocation, not just this call.
boost::asio::awaitable<std::optional<Result<ports::InvocationResult>>> InvokeWithin(
    ports::FunctionInvoker& invoker, ports::Invocation invocation,
    std::chrono::milliseconds timeout);

}  // namespace fractus::ports
