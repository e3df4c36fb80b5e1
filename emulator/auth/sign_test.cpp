#include "emulator/auth/sign.h"

#include <gtest/gtest.h>

#include "emulator/auth/sigv4.h"

namespace fractus::auth {
namespace {

TEST(SignTest, WhatIsSignedHereIsVerifiedHere) {
  HttpRequest request;
  request.method = "POST";
  request.path = "/";
  request.host = "127.0.0.1:4566";
  request.headers.Add("Host", request.host);
  request.body = "{}";
  const Time now = FromEpochSeconds(1767225600);
  SignRequest(request, {"test", "secret", "eu-west-1", "dynamodb"}, now);
  const auto claim = FindSignature(request, ErrorDialect::kJson);
  ASSERT_TRUE(claim && *claim);
  EXPECT_EQ((*claim)->region, "eu-west-1");
  EXPECT_TRUE(VerifySignature(request, **claim, {"secret", now}));
  EXPECT_FALSE(VerifySignature(request, **claim, {"other", now}));
  request.body = "{ }";
  EXPECT_FALSE(VerifySignature(request, **claim, {"secret", now}));
}

}  // namespace
}  // namespace fractus::auth
