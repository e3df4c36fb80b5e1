#include "emulator/http/request_parser.h"

#include <algorithm>

namespace fractus::http {
namespace {

// The largest request any service takes is a function's code: 50 MB zipped, base64 in JSON.
constexpr uint64_t kMostBodyBytes = 80ull << 20;
// What a client's word about its body is believed at first.
constexpr uint64_t kMostReserved = 256 * 1024;

std::string_view Std(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

RequestParser::RequestParser(HttpRequest& request) : request_(request) {
  eager(true);
  header_limit(kMostHeaderBytes);
  body_limit(kMostBodyBytes);
}

bool RequestParser::ExpectsContinue() const {
  return EqualsIgnoreCase(request_.headers.Get("Expect"), "100-continue");
}

void RequestParser::on_request_impl(boost::beast::http::verb, View method, View target, int version,
                                    Error&) {
  http_1_0_ = version == 10;
  request_.method = Std(method);
  const std::string_view whole = Std(target);
  const size_t mark = whole.find('?');
  request_.path = whole.substr(0, mark);
  if (mark != std::string_view::npos) request_.query = whole.substr(mark + 1);
}

void RequestParser::on_field_impl(boost::beast::http::field field, View name, View value, Error&) {
  if (field == boost::beast::http::field::host) request_.host = Std(value);
  request_.headers.Add(Std(name), Std(value));
}

void RequestParser::on_body_init_impl(const boost::optional<uint64_t>& length, Error&) {
  if (length) request_.body.reserve(std::min<uint64_t>(*length, kMostReserved));
}

size_t RequestParser::on_body_impl(View part, Error&) {
  request_.body += Std(part);
  return part.size();
}

size_t RequestParser::on_chunk_body_impl(uint64_t, View part, Error&) {
  request_.body += Std(part);
  return part.size();
}

}  // namespace fractus::http
