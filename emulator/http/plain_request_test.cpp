#include "emulator/http/plain_request.h"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>

#include "emulator/http/request_parser.h"

namespace fractus::http {
namespace {

constexpr std::string_view kPost =
    "POST /path?query=1 HTTP/1.1\r\nHost: localhost:4566\r\nX-Amz-Target: DynamoDB.GetItem\r\n"
    "Content-Length: 2\r\n\r\n{}";

// The request, or nothing when it is left to Beast.
std::optional<HttpRequest> Read(std::string_view bytes) {
  HttpRequest request;
  if (ReadPlainRequest(bytes, request) == 0) return std::nullopt;
  return request;
}

std::string WithField(std::string_view field) {
  return "GET / HTTP/1.1\r\n" + std::string(field) + "\r\n\r\n";
}

void ExpectSame(const HttpRequest& a, const HttpRequest& b) {
  EXPECT_EQ(a.method, b.method);
  EXPECT_EQ(a.path, b.path);
  EXPECT_EQ(a.query, b.query);
  EXPECT_EQ(a.host, b.host);
  EXPECT_EQ(a.body, b.body);
  EXPECT_TRUE(std::equal(a.headers.begin(), a.headers.end(), b.headers.begin(), b.headers.end()));
}

TEST(PlainRequestTest, AWholeRequestIsTaken) {
  HttpRequest request;
  EXPECT_EQ(ReadPlainRequest(std::string(kPost) + "GET / HTTP", request), kPost.size());
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/path");
  EXPECT_EQ(request.query, "query=1");
  EXPECT_EQ(request.host, "localhost:4566");
  EXPECT_EQ(request.headers.Get("x-amz-target"), "DynamoDB.GetItem");
  EXPECT_EQ(request.body, "{}");
}

TEST(PlainRequestTest, WhatIsNotWholeIsLeft) {
  for (size_t size = 0; size < kPost.size(); ++size)
    EXPECT_FALSE(Read(kPost.substr(0, size))) << size;
}

TEST(PlainRequestTest, BeastReadsItInTheSameWay) {
  for (const std::string& bytes :
       {std::string(kPost), WithField("Empty:"), WithField("A:b"), WithField("A:   b c  "),
        WithField("Host: a\r\nHOST: b"), WithField("Connection: Keep-Alive"),
        WithField("!#$%&'*+-.^_`|~0: \"quoted\""),
        std::string("GET http://host/x?y HTTP/1.1\r\n\r\n"),
        std::string("CONNECT host:443 HTTP/1.1\r\nHost: host:443\r\n\r\n"),
        std::string("OPTIONS * HTTP/1.1\r\n\r\n")}) {
    const auto plain = Read(bytes);
    ASSERT_TRUE(plain) << bytes;
    HttpRequest request;
    RequestParser parser(request);
    boost::system::error_code error;
    EXPECT_EQ(parser.put(boost::asio::buffer(bytes), error), bytes.size()) << bytes;
    EXPECT_FALSE(error) << bytes << error.message();
    EXPECT_TRUE(parser.is_done() && parser.keep_alive());
    ExpectSame(*plain, request);
  }
}

TEST(PlainRequestTest, WhatSteersTheConnectionIsLeft) {
  for (const char* field :
       {"Connection: close", "connection: keep-alive, Upgrade", "Upgrade: h2c",
        "Expect: 100-continue", "Transfer-Encoding: chunked", "Proxy-Connection: close",
        "Content-Length: 0\r\nContent-Length: 0", "Content-Length: +1",
        "Content-Length: 1234567890", "Content-Length:"}) {
    EXPECT_FALSE(Read(WithField(field))) << field;
  }
}

TEST(PlainRequestTest, UnusualBytesAreLeft) {
  for (const char* field : {"A : b", " folded", "A: b\r\n folded", "A: \tb", "A: \x7f", "A: b\n",
                            "A\x80: b", ": b", "A: \xc3\xa9", "A: b\rC: d"}) {
    EXPECT_FALSE(Read(WithField(field))) << field;
  }
  for (const char* line :
       {"get / HTTP/1.1\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\n\n", "GET /\x80 HTTP/1.1\r\n\r\n", " / HTTP/1.1\r\n\r\n",
        "GET  HTTP/1.1\r\n\r\n", "\r\nGET / HTTP/1.1\r\n\r\n", ""}) {
    EXPECT_FALSE(Read(line)) << line;
  }
}

}  // namespace
}  // namespace fractus::http
