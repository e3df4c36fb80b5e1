// Beast's grammar, straight into an HttpRequest.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <string_view>

#include "emulator/core/http_message.h"

namespace fractus::http {

class RequestParser : public boost::beast::http::basic_parser<true> {
 public:
  // The request must be cleared.
  explicit RequestParser(HttpRequest& request);

  bool http_1_0() const { return http_1_0_; }
  bool ExpectsContinue() const;

 private:
  using View = boost::beast::string_view;
  using Error = boost::system::error_code;

  void on_request_impl(boost::beast::http::verb, View method, View target, int version,
                       Error&) override;
  void on_field_impl(boost::beast::http::field field, View name, View value, Error&) override;
  void on_body_init_impl(const boost::optional<uint64_t>& length, Error&) override;
  size_t on_body_impl(View part, Error&) override;
  size_t on_chunk_body_impl(uint64_t, View part, Error&) override;
  void on_response_impl(int, View, int, Error&) override {}
  void on_header_impl(Error&) override {}
  void on_chunk_header_impl(uint64_t, View, Error&) override {}
  void on_finish_impl(Error&) override {}

  HttpRequest& request_;
  bool http_1_0_ = false;
};

// How much is read of a request before it is refused, in bytes.
inline constexpr uint32_t kMostHeaderBytes = 64 * 1024;

}  // namespace fractus::http
