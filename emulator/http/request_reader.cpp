#include "emulator/http/request_reader.h"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>
#include <charconv>

#include "emulator/core/json.h"
#include "emulator/http/plain_request.h"
#include "emulator/http/request_parser.h"

namespace fractus::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

constexpr auto kIdle = std::chrono::seconds(120);
// From the first byte of a request to its last: a slow client does not hold memory for ever.
constexpr auto kRequestArrives = std::chrono::seconds(60);
constexpr size_t kSmallBuffer = 4 * 1024;
constexpr size_t kLargeBuffer = 256 * 1024;
// Bodies up to this size are copied behind the head.
constexpr size_t kSmallBody = 4 * 1024;

HttpResponse RefusalFor(const error_code& error) {
  if (error == beast::http::error::body_limit)
    return ListenerRefusal(413, "The request is larger than any AWS service takes.");
  if (error == beast::http::error::header_limit || error == beast::http::error::buffer_overflow) {
    return ListenerRefusal(431, "The request's header fields are larger than 64 KB.");
  }
  return ListenerRefusal(400, "This is not an HTTP request: " + error.message() + ".");
}

void AppendNumber(size_t number, std::string& out) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void AppendHead(const HttpResponse& response, const Framing& framing, std::string& out) {
  const std::string_view reason = beast::http::obsolete_reason(
      beast::http::int_to_status(static_cast<unsigned>(response.status)));
  out += framing.http_1_0 ? "HTTP/1.0 " : "HTTP/1.1 ";
  AppendNumber(static_cast<size_t>(response.status), out);
  out += ' ';
  out += reason.empty() ? "Unknown" : reason;
  out += "\r\n";
  out += response.headers.wire();
  if (response.status != 204 && response.status != 304 && response.status >= 200) {
    out += "Content-Length: ";
    AppendNumber(response.body.size(), out);
    out += "\r\n";
  }
  if (!framing.keep_alive) {
    out += "Connection: close\r\n";
  } else if (framing.http_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

}  // namespace

HttpResponse ListenerRefusal(int status, std::string message) {
  HttpResponse response;
  response.status = status;
  response.headers.Add("Content-Type", "application/json");
  response.body = json{{"message", std::move(message)}}.dump();
  return response;
}

std::string RequestReader::TakeRest() {
  std::string rest(static_cast<const char*>(buffer_.cdata().data()), buffer_.size());
  buffer_.clear();
  return rest;
}

asio::awaitable<bool> RequestReader::ReadMore(size_t most) {
  const auto room = buffer_.prepare(most);
  const size_t size = co_await stream_.Read(room);
  buffer_.commit(size);
  co_return size > 0;
}

asio::awaitable<ReadResult*> RequestReader::Read() {
  result_.outcome = ReadOutcome::kEnd;
  result_.framing = {};
  // A large request leaves large buffers behind: an idle connection keeps small ones.
  if (buffer_.size() == 0 && buffer_.capacity() > kSmallBuffer) buffer_.shrink_to_fit();
  if (result_.request.body.capacity() > kSmallBuffer) result_.request.body = std::string();
  if (result_.request.headers.wire().size() > kSmallBuffer) result_.request.headers = HttpHeaders();
  result_.request.Clear();
  watchdog_.ExpectWithin(kIdle);
  if (buffer_.size() == 0 && !co_await ReadMore(kSmallBuffer)) co_return &result_;
  const std::string_view bytes(static_cast<const char*>(buffer_.cdata().data()), buffer_.size());
  if (const size_t size = ReadPlainRequest(bytes, result_.request)) {
    buffer_.consume(size);
    result_.outcome = ReadOutcome::kRequest;
  } else {
    result_.request.Clear();
    watchdog_.ExpectWithin(kRequestArrives);
    co_await ReadByBeast();
  }
  watchdog_.ExpectNothing();
  co_return &result_;
}

asio::awaitable<void> RequestReader::ReadByBeast() {
  RequestParser parser(result_.request);
  const auto refuse = [this](const error_code& error) {
    result_.outcome = ReadOutcome::kRefused;
    result_.refusal = RefusalFor(error);
    result_.framing.keep_alive = false;
  };
  bool told_to_continue = false;
  while (true) {
    error_code error;
    buffer_.consume(parser.put(buffer_.cdata(), error));
    if (error && error != beast::http::error::need_more) co_return refuse(error);
    if (parser.is_done()) break;
    if (parser.is_header_done() && !told_to_continue && parser.ExpectsContinue()) {
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      const std::array<asio::const_buffer, 2> parts = {asio::buffer(kContinue),
                                                       asio::const_buffer()};
      co_await stream_.Write(parts);
      told_to_continue = true;
    }
    if (buffer_.size() > kMostHeaderBytes && !parser.is_header_done())
      co_return refuse(beast::http::error::header_limit);
    if (!co_await ReadMore(parser.is_header_done() ? kLargeBuffer : kSmallBuffer)) co_return;
  }
  result_.framing.keep_alive = parser.keep_alive();
  result_.framing.http_1_0 = parser.http_1_0();
  result_.outcome = ReadOutcome::kRequest;
}

asio::awaitable<bool> ResponseWriter::Write(const HttpResponse& response, const Framing& framing,
                                            bool head_only) {
  head_.clear();
  AppendHead(response, framing, head_);
  const bool with_body = !head_only && response.status != 204 && response.status != 304;
  std::array<asio::const_buffer, 2> parts;
  if (with_body && response.body.size() <= kSmallBody) {
    head_ += response.body;
  } else if (with_body) {
    parts[1] = asio::buffer(response.body);
  }
  parts[0] = asio::buffer(head_);
  return stream_.Write(parts);
}

}  // namespace fractus::http
