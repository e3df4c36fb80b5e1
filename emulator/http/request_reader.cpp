#include "emulator/http/request_reader.h"

#include <fmt/format.h>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <charconv>

#include "emulator/core/json.h"

namespace fractus::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using Parser = beast::http::request_parser<beast::http::string_body>;

constexpr auto kIdle = std::chrono::seconds(120);
// From the first byte of a request to its last: a slow client does not hold memory for ever.
constexpr auto kRequestArrives = std::chrono::seconds(60);
constexpr uint32_t kMostHeaderBytes = 64 * 1024;
// The largest request any service takes is a function's code: 50 MB zipped, base64 in JSON.
constexpr uint64_t kMostBodyBytes = 80ull << 20;
constexpr size_t kSmallBuffer = 4 * 1024;
constexpr size_t kLargeBuffer = 256 * 1024;
// Bodies up to this size go out together with the head.
constexpr size_t kSmallBody = 16 * 1024;

HttpRequest ToRequest(beast::http::request<beast::http::string_body>&& message) {
  HttpRequest request;
  request.method = message.method_string();
  const std::string_view target = message.target();
  const size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
  request.headers.Reserve(16);
  for (const auto& field : message) {
    request.headers.Add(std::string(field.name_string()), std::string(field.value()));
    if (field.name() == beast::http::field::host) request.host = std::string(field.value());
  }
  request.body = std::move(message.body());
  return request;
}

HttpResponse RefusalFor(const error_code& error) {
  if (error == beast::http::error::body_limit)
    return ListenerRefusal(413, "The request is larger than any AWS service takes.");
  if (error == beast::http::error::header_limit || error == beast::http::error::buffer_overflow) {
    return ListenerRefusal(431, "The request's header fields are larger than 64 KB.");
  }
  return ListenerRefusal(400, "This is not an HTTP request: " + error.message() + ".");
}

void AppendHead(const HttpResponse& response, const Framing& framing, std::string& out) {
  const std::string_view reason = beast::http::obsolete_reason(
      beast::http::int_to_status(static_cast<unsigned>(response.status)));
  fmt::format_to(std::back_inserter(out), "HTTP/1.{} {} {}\r\n", framing.http_1_0 ? 0 : 1,
                 response.status, reason.empty() ? "Unknown" : reason);
  for (const auto& [name, value] : response.headers) {
    out += name;
    out += ": ";
    // A line break in a value would let data write header fields.
    for (const char c : value) out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
    out += "\r\n";
  }
  if (response.status != 204 && response.status != 304 && response.status >= 200) {
    char digits[24];
    out += "Content-Length: ";
    out.append(digits, std::to_chars(digits, digits + sizeof digits, response.body.size()).ptr);
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

asio::awaitable<ReadResult> RequestReader::Read() {
  ReadResult result;
  Parser parser;
  parser.eager(true);
  parser.header_limit(kMostHeaderBytes);
  parser.body_limit(kMostBodyBytes);
  bool began = !buffer_.empty(), told_to_continue = false;
  watchdog_.ExpectWithin(began ? kRequestArrives : kIdle);
  while (true) {
    error_code error;
    if (!buffer_.empty()) {
      const size_t used = parser.put(asio::buffer(buffer_), error);
      buffer_.erase(0, used);
      if (error == beast::http::error::need_more) error = {};
      if (error) {
        result.outcome = ReadOutcome::kRefused;
        result.refusal = RefusalFor(error);
        result.framing.keep_alive = false;
        co_return result;
      }
    }
    if (parser.is_done()) break;
    if (parser.is_header_done() && !told_to_continue &&
        beast::iequals(parser.get()[beast::http::field::expect], "100-continue")) {
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      const std::array<asio::const_buffer, 2> parts = {asio::buffer(kContinue),
                                                       asio::const_buffer()};
      co_await stream_.Write(parts);
      told_to_continue = true;
    }
    const size_t held = buffer_.size();
    if (held > kMostHeaderBytes && !parser.is_header_done()) {
      result.outcome = ReadOutcome::kRefused;
      result.refusal = RefusalFor(beast::http::error::header_limit);
      result.framing.keep_alive = false;
      co_return result;
    }
    buffer_.resize(held + (parser.is_header_done() ? kLargeBuffer : kSmallBuffer));
    const size_t size =
        co_await stream_.Read(asio::buffer(buffer_.data() + held, buffer_.size() - held));
    buffer_.resize(held + size);
    if (size == 0) co_return result;
    if (!began) {
      began = true;
      watchdog_.ExpectWithin(kRequestArrives);
    }
  }
  // A large request leaves a large buffer behind: an idle connection keeps a small one.
  if (buffer_.empty() && buffer_.capacity() > kSmallBuffer) buffer_.shrink_to_fit();
  result.framing.keep_alive = parser.keep_alive();
  result.framing.http_1_0 = parser.get().version() == 10;
  result.request = ToRequest(parser.release());
  result.outcome = ReadOutcome::kRequest;
  watchdog_.ExpectNothing();
  co_return result;
}

asio::awaitable<bool> WriteResponse(ByteStream& stream, const HttpResponse& response,
                                    const Framing& framing, bool head_only) {
  std::string head;
  head.reserve(512 + (response.body.size() <= kSmallBody ? response.body.size() : 0));
  AppendHead(response, framing, head);
  const bool with_body = !head_only && response.status != 204 && response.status != 304;
  std::array<asio::const_buffer, 2> parts;
  if (with_body && response.body.size() <= kSmallBody) {
    head += response.body;
  } else if (with_body) {
    parts[1] = asio::buffer(response.body);
  }
  parts[0] = asio::buffer(head);
  co_return co_await stream.Write(parts);
}

}  // namespace fractus::http
