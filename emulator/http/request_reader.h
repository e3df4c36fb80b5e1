// Bytes to HttpRequest: reads one request after the other from a connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <optional>
#include <string>

#include "emulator/core/http_message.h"
#include "emulator/http/byte_stream.h"

namespace fractus::http {

// What the request line and the fields say about the connection.
struct Framing {
  bool keep_alive = true;
  bool http_1_0 = false;
};

enum class ReadOutcome {
  kRequest,
  // The client ended between two requests, or in the middle of one: nothing to answer.
  kEnd,
  // The client sent what is no request: answer `refusal` and close.
  kRefused,
};

struct ReadResult {
  ReadOutcome outcome = ReadOutcome::kEnd;
  // `path` holds the whole request target for CONNECT and for the absolute form; see proxy.h.
  HttpRequest request;
  Framing framing;
  HttpResponse refusal;
};

// Not thread-safe; one per connection.
class RequestReader {
 public:
  RequestReader(ByteStream& stream, Watchdog& watchdog) : stream_(stream), watchdog_(watchdog) {}

  boost::asio::awaitable<ReadResult> Read();
  // What was read beyond the last request, e.g. the first bytes of a tunnel.
  std::string TakeRest();

 private:
  ByteStream& stream_;
  Watchdog& watchdog_;
  boost::beast::flat_buffer buffer_;
};

// A JSON answer of the listener itself.
HttpResponse ListenerRefusal(int status, std::string message);

// Status line and fields, and for a short answer the body too.
boost::asio::awaitable<bool> WriteResponse(ByteStream& stream, const HttpResponse& response,
                                           const Framing& framing, bool head_only);

}  // namespace fractus::http
