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

  // Lives until the next call.
  boost::asio::awaitable<ReadResult*> Read();
  // What was read beyond the last request, e.g. the first bytes of a tunnel.
  std::string TakeRest();

 private:
  // False at the end of the connection.
  boost::asio::awaitable<bool> ReadMore(size_t most);
  // A request that ReadPlainRequest left alone, of which some bytes are there.
  boost::asio::awaitable<void> ReadByBeast();

  ByteStream& stream_;
  Watchdog& watchdog_;
  boost::beast::flat_buffer buffer_;
  ReadResult result_;
};

// A JSON answer of the listener itself.
HttpResponse ListenerRefusal(int status, std::string message);

// HttpResponse to bytes. Not thread-safe; one per connection.
class ResponseWriter {
 public:
  explicit ResponseWriter(ByteStream& stream) : stream_(stream) {}

  // False when the connection broke. The response must live until then.
  boost::asio::awaitable<bool> Write(const HttpResponse& response, const Framing& framing,
                                     bool head_only);

 private:
  ByteStream& stream_;
  // Status line and fields, and a short body too; its memory is used again.
  std::string head_;
};

}  // namespace fractus::http
