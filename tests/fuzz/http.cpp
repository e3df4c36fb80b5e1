// Any bytes as an HTTP request: whatever the fast way takes, Beast reads in the same way.
#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cstdlib>
#include <string_view>

#include "emulator/http/plain_request.h"
#include "emulator/http/request_parser.h"

using namespace fractus;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  HttpRequest plain, request;
  http::RequestParser parser(request);
  boost::system::error_code error;
  const size_t read = parser.put(boost::asio::buffer(data, size), error);
  const size_t taken = http::ReadPlainRequest(bytes, plain);
  if (taken == 0) return 0;
  if (error || read != taken || !parser.is_done() || !parser.keep_alive() || parser.http_1_0() ||
      parser.ExpectsContinue())
    std::abort();
  if (plain.method != request.method || plain.path != request.path ||
      plain.query != request.query || plain.host != request.host || plain.body != request.body ||
      !std::equal(plain.headers.begin(), plain.headers.end(), request.headers.begin(),
                  request.headers.end()))
    std::abort();
  return 0;
}
