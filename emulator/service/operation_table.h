// A service as a table of operations: what a room hands to the dispatcher.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "emulator/core/api_error.h"
#include "emulator/core/request.h"

namespace fractus::service {

// A plain function: runs on the blocking pool and may use storage.
using Operation = std::function<Result<json>(const Request&)>;
// Waits for others (a handler, HTTP): runs as a coroutine on a network thread and may not block it.
using AsyncOperation = std::function<boost::asio::awaitable<Result<json>>(Request)>;
// Reads and writes its own wire form, for operations whose speed is what people come for. Takes the
// body as sent and answers the body to send. json 1.0 and 1.1 only. Runs on the network thread when
// it is short, else on the pool.
using RawOperation =
    std::function<Result<std::string>(const RequestContext&, std::string_view body)>;

enum class RunOn { kBlockingPool, kNetworkThread };

struct RawEntry {
  RawOperation run;
  RunOn where = RunOn::kBlockingPool;
};

using OperationEntry = std::variant<Operation, AsyncOperation, RawEntry>;

// The operation's name as in the service model → what it does.
using OperationTable = std::map<std::string, OperationEntry, std::less<>>;

// For operations that answer something else than JSON members, an output tree may carry these two
// beside the members:
//   "$status"   the HTTP status when it differs from the model's
//   "$headers"  an object of further response headers
// A member that the model maps to the HTTP payload (Lambda Invoke's Payload) is a json::binary or a
// text.

}  // namespace fractus::service
