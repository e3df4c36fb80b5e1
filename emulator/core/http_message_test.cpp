#include "emulator/core/http_message.h"

#include <gtest/gtest.h>

namespace fractus {
namespace {

TEST(HttpHeadersTest, NamesCompareWithoutCase) {
  HttpHeaders headers;
  headers.Add("Content-Type", "text/plain");
  headers.Add("content-typo", "wrong");
  EXPECT_EQ(headers.Get("CONTENT-TYPE"), "text/plain");
  EXPECT_FALSE(headers.Find("Content-Typ"));
  EXPECT_FALSE(headers.Find(""));
}

TEST(HttpHeadersTest, FieldsKeepTheirOrderAndSpelling) {
  HttpHeaders headers;
  headers.Add("B", "1");
  headers.Add("a", "");
  headers.Add("B", "2");
  EXPECT_EQ(headers.size(), 3u);
  EXPECT_EQ(headers.Get("b"), "1");
  EXPECT_EQ(headers.wire(), "B: 1\r\na: \r\nB: 2\r\n");
  std::string names;
  for (const auto& [name, value] : headers) names += name;
  EXPECT_EQ(names, "BaB");
}

TEST(HttpHeadersTest, SetReplacesAllFieldsOfTheName) {
  HttpHeaders headers;
  headers.Add("A", "1");
  headers.Add("B", "2");
  headers.Add("a", "3");
  headers.Set("A", "4");
  EXPECT_EQ(headers.wire(), "B: 2\r\nA: 4\r\n");
  headers.Remove("b");
  EXPECT_EQ(headers.wire(), "A: 4\r\n");
}

TEST(HttpHeadersTest, AValueMayBeOneOfItsOwn) {
  HttpHeaders headers;
  headers.Add("A", std::string(100, 'x'));
  for (int i = 0; i < 20; ++i) headers.Add("B", headers.Get("A"));
  headers.Set("A", headers.Get("B"));
  EXPECT_EQ(headers.Get("A"), std::string(100, 'x'));
  EXPECT_EQ(headers.size(), 21u);
}

TEST(HttpHeadersTest, AValueWritesNoFieldsOfItsOwn) {
  HttpHeaders headers;
  headers.Add("A", std::string("b\r\nSet-Cookie: c\0d", 18));
  headers.Add("Long", std::string(40, 'x') + "\n\xc3\xa9\t\r");
  EXPECT_EQ(headers.wire(),
            "A: b  Set-Cookie: c d\r\nLong: " + std::string(40, 'x') + " \xc3\xa9\t \r\n");
}

TEST(HttpRequestTest, ClearedItIsAsNew) {
  HttpRequest request;
  request.method = request.path = request.query = request.body = request.host = "x";
  request.scheme = Scheme::kHttps;
  request.peer_ip = "::1";
  request.headers.Add("A", "b");
  request.Clear();
  const HttpRequest fresh;
  EXPECT_EQ(request.method + request.path + request.query + request.body + request.host, "");
  EXPECT_EQ(request.scheme, fresh.scheme);
  EXPECT_EQ(request.peer_ip, fresh.peer_ip);
  EXPECT_EQ(request.headers.size(), 0u);
}

}  // namespace
}  // namespace fractus
