#include "emulator/http/request_reader.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>
#include <charconv>

#include "emulator/core/json.h"

namespace fractus::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

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

// Beast's grammar, straight into an HttpRequest.
class Parser : public beast::http::basic_parser<true> {
 public:
  Parser() { request_.headers.Reserve(16); }

  HttpRequest Release() { return std::move(request_); }
  bool http_1_0() const { return http_1_0_; }
  bool ExpectsContinue() const {
    return EqualsIgnoreCase(request_.headers.Get("Expect"), "100-continue");
  }

 private:
  using View = beast::string_view;

  static std::string_view Std(View text) { return {text.data(), text.size()}; }

  void on_request_impl(beast::http::verb, View method, View target, int version,
                       error_code&) override {
    http_1_0_ = version == 10;
    request_.method = Std(method);
    const std::string_view whole = Std(target);
    const size_t mark = whole.find('?');
    request_.path = whole.substr(0, mark);
    if (mark != std::string_view::npos) request_.query = whole.substr(mark + 1);
  }
  void on_field_impl(beast::http::field field, View name, View value, error_code&) override {
    if (field == beast::http::field::host) request_.host = Std(value);
    request_.headers.Add(std::string(Std(name)), std::string(Std(value)));
  }
  void on_body_init_impl(const boost::optional<uint64_t>& length, error_code&) override {
    // More is reserved only when it has come: the length is the client's word.
    if (length) request_.body.reserve(std::min<uint64_t>(*length, kLargeBuffer));
  }
  size_t on_body_impl(View part, error_code&) override {
    request_.body += Std(part);
    return part.size();
  }
  size_t on_chunk_body_impl(uint64_t, View part, error_code&) override {
    request_.body += Std(part);
    return part.size();
  }
  void on_response_impl(int, View, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_chunk_header_impl(uint64_t, View, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  HttpRequest request_;
  bool http_1_0_ = false;
};

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

// A line break in a value would let data write header fields.
void AppendFieldValue(std::string_view value, std::string& out) {
  const size_t begin = out.size();
  out += value;
  for (size_t i = begin; i < out.size(); ++i) {
    if (out[i] == '\r' || out[i] == '\n' || out[i] == '\0') out[i] = ' ';
  }
}

void AppendHead(const HttpResponse& response, const Framing& framing, std::string& out) {
  const std::string_view reason = beast::http::obsolete_reason(
      beast::http::int_to_status(static_cast<unsigned>(response.status)));
  out += framing.http_1_0 ? "HTTP/1.0 " : "HTTP/1.1 ";
  AppendNumber(static_cast<size_t>(response.status), out);
  out += ' ';
  out += reason.empty() ? "Unknown" : reason;
  out += "\r\n";
  for (const auto& [name, value] : response.headers) {
    out += name;
    out += ": ";
    AppendFieldValue(value, out);
    out += "\r\n";
  }
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

asio::awaitable<ReadResult> RequestReader::Read() {
  ReadResult result;
  Parser parser;
  parser.eager(true);
  parser.header_limit(kMostHeaderBytes);
  parser.body_limit(kMostBodyBytes);
  const auto refuse = [&result](const error_code& error) {
    result.outcome = ReadOutcome::kRefused;
    result.refusal = RefusalFor(error);
    result.framing.keep_alive = false;
  };
  bool began = buffer_.size() > 0, told_to_continue = false;
  watchdog_.ExpectWithin(began ? kRequestArrives : kIdle);
  while (true) {
    error_code error;
    if (buffer_.size() > 0) {
      buffer_.consume(parser.put(buffer_.cdata(), error));
      if (error == beast::http::error::need_more) error = {};
      if (error) {
        refuse(error);
        co_return result;
      }
    }
    if (parser.is_done()) break;
    if (parser.is_header_done() && !told_to_continue && parser.ExpectsContinue()) {
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      const std::array<asio::const_buffer, 2> parts = {asio::buffer(kContinue),
                                                       asio::const_buffer()};
      co_await stream_.Write(parts);
      told_to_continue = true;
    }
    if (buffer_.size() > kMostHeaderBytes && !parser.is_header_done()) {
      refuse(beast::http::error::header_limit);
      co_return result;
    }
    const auto room = buffer_.prepare(parser.is_header_done() ? kLargeBuffer : kSmallBuffer);
    const size_t size = co_await stream_.Read(room);
    buffer_.commit(size);
    if (size == 0) co_return result;
    if (!began) {
      began = true;
      watchdog_.ExpectWithin(kRequestArrives);
    }
  }
  // A large request leaves a large buffer behind: an idle connection keeps a small one.
  if (buffer_.size() == 0 && buffer_.capacity() > kSmallBuffer) buffer_.shrink_to_fit();
  result.framing.keep_alive = parser.keep_alive();
  result.framing.http_1_0 = parser.http_1_0();
  result.request = parser.Release();
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
