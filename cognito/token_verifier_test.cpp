#include "cognito/token_verifier.h"

#include <gtest/gtest.h>

#include "emulator/core/encoding.h"

namespace fractus::cognito {
namespace {

using namespace std::chrono_literals;

constexpr char kIssuer[] = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc";

class TokenVerifierTest : public testing::Test {
 protected:
  // RSA keys take long to make: once for all tests.
  static const PoolKeys& Keys() {
    static const PoolKeys keys{{SigningKey::FromSeed("one"), SigningKey::FromSeed("two")}};
    return keys;
  }

  static std::string Token(const json& claims, json header = json::object(),
                           const SigningKey* key = nullptr) {
    if (!key) key = &Keys().keys[0];
    json full = {{"kid", key->kid()}, {"alg", "RS256"}};
    full.update(header);
    const std::string input = Base64UrlEncode(full.dump()) + "." + Base64UrlEncode(claims.dump());
    return input + "." + Base64UrlEncode(key->Sign(input));
  }

  static json Claims() {
    return {{"iss", kIssuer}, {"exp", 2000000000}, {"token_use", "id"}, {"aud", "app"}};
  }

  static std::optional<TokenFault> Fault(const std::string& token,
                                         TokenExpectations expectations = {},
                                         Time now = FromEpochSeconds(1900000000)) {
    const auto verdict = TokenVerifier(kIssuer, Keys()).Verify(token, now, expectations);
    if (const auto* refusal = std::get_if<TokenRefusal>(&verdict)) return refusal->fault;
    return std::nullopt;
  }
};

TEST_F(TokenVerifierTest, AGoodTokenGivesItsClaims) {
  const auto verdict = TokenVerifier(kIssuer, Keys().Jwks())
                           .Verify(Token(Claims()), FromEpochSeconds(1),
                                   {.token_use = "id", .clients = {"x", "app"}});
  ASSERT_TRUE(std::holds_alternative<json>(verdict));
  EXPECT_EQ(std::get<json>(verdict).at("aud"), "app");
}

TEST_F(TokenVerifierTest, AnythingButThreePartsIsMalformed) {
  for (const char* text :
       {"", ".", "..", "a.b", "a.b.c", "a.b.c.d", "\xff.\xff.\xff", "e30.e30.e30"}) {
    EXPECT_EQ(Fault(text), TokenFault::kMalformed) << text;
  }
}

TEST_F(TokenVerifierTest, OtherAlgorithmsAreNotTried) {
  EXPECT_EQ(Fault(Token(Claims(), {{"alg", "none"}})), TokenFault::kMalformed);
  EXPECT_EQ(Fault(Token(Claims(), {{"alg", "HS256"}})), TokenFault::kMalformed);
}

TEST_F(TokenVerifierTest, AKeyOfAnotherPoolIsUnknown) {
  const SigningKey stranger = SigningKey::FromSeed("three");
  EXPECT_EQ(Fault(Token(Claims(), json::object(), &stranger)), TokenFault::kUnknownKey);
  EXPECT_EQ(Fault(Token(Claims(), {{"kid", Keys().keys[0].kid()}}, &stranger)),
            TokenFault::kBadSignature);
}

TEST_F(TokenVerifierTest, OneChangedCharacterBreaksTheSignature) {
  std::string token = Token(Claims());
  const size_t middle = token.find('.') + 5;
  token[middle] = token[middle] == 'A' ? 'B' : 'A';
  EXPECT_NE(Fault(token), std::nullopt);
}

TEST_F(TokenVerifierTest, ATokenExpiresInTheSecondOfItsExp) {
  EXPECT_EQ(Fault(Token(Claims()), {}, FromEpochSeconds(1999999999)), std::nullopt);
  EXPECT_EQ(Fault(Token(Claims()), {}, FromEpochSeconds(2000000000)), TokenFault::kExpired);
}

TEST_F(TokenVerifierTest, IssuerUseAndClientAreChecked) {
  json claims = Claims();
  claims["iss"] = "https://elsewhere";
  EXPECT_EQ(Fault(Token(claims)), TokenFault::kWrongIssuer);
  EXPECT_EQ(Fault(Token(Claims()), {.token_use = "access", .clients = {}}), TokenFault::kWrongUse);
  EXPECT_EQ(Fault(Token(Claims()), {.token_use = {}, .clients = {"other"}}),
            TokenFault::kWrongAudience);
  claims = {{"iss", kIssuer}, {"exp", 2000000000}, {"token_use", "access"}, {"client_id", "app"}};
  EXPECT_EQ(Fault(Token(claims), {.token_use = "access", .clients = {"app"}}), std::nullopt);
}

TEST_F(TokenVerifierTest, KeysSurviveTheirPrivateForm) {
  const auto copy = SigningKey::FromPrivateDer(Keys().keys[0].PrivateDer(), Keys().keys[0].kid());
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->Jwk(), Keys().keys[0].Jwk());
  EXPECT_EQ(copy->Sign("text"), Keys().keys[0].Sign("text"));
  EXPECT_FALSE(SigningKey::FromPrivateDer("nonsense", "kid"));
}

}  // namespace
}  // namespace fractus::cognito
