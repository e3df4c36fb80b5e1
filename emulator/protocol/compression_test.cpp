#include "emulator/protocol/compression.h"

#include <gtest/gtest.h>

namespace fractus::protocol {
namespace {

TEST(CompressionTest, WhatIsPackedComesBack) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i * 7919);
  EXPECT_EQ(Gunzip(Gzip(text), text.size()), text);
  EXPECT_EQ(Gunzip(Gzip(""), 0), "");
  EXPECT_LT(Gzip(std::string(10'000, 'a')).size(), 200u);
}

TEST(CompressionTest, NonsenseAndBombsAreRefused) {
  EXPECT_FALSE(Gunzip("", 100));
  EXPECT_FALSE(Gunzip("no gzip at all", 100));
  const std::string packed = Gzip(std::string(1'000'000, 'a'));
  EXPECT_FALSE(Gunzip(packed, 999'999));
  EXPECT_TRUE(Gunzip(packed, 1'000'000));
  EXPECT_FALSE(Gunzip(std::string_view(packed).substr(0, packed.size() / 2), 1'000'000));
}

TEST(CompressionTest, HeadersSayWhatAClientTakes) {
  const auto takes = [](const std::string& value) {
    HttpRequest request;
    request.headers.Add("Accept-Encoding", value);
    return TakesGzip(request);
  };
  EXPECT_TRUE(takes("gzip"));
  EXPECT_TRUE(takes("deflate, GZIP;q=0.5, br"));
  EXPECT_FALSE(takes("identity"));
  EXPECT_FALSE(takes("gzip;q=0"));
  EXPECT_FALSE(takes(""));
}

}  // namespace
}  // namespace fractus::protocol
