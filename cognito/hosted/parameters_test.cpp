#include "cognito/hosted/parameters.h"

#include <gtest/gtest.h>

#include <random>

#include "emulator/core/encoding.h"

namespace fractus::cognito::hosted {
namespace {

TEST(ParametersTest, FieldsAreDecodedAndEncodedAgain) {
  const auto parsed = Parameters::Parse("a=1&b=x+y%26%2B&c&d=");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->Get("b"), "x y&+");
  EXPECT_TRUE(parsed->Has("c"));
  EXPECT_FALSE(parsed->Has("e"));
  EXPECT_EQ(parsed->Encode(), "a=1&b=x%20y%26%2B&c=&d=");
}

TEST(ParametersTest, RepeatedControlAndBrokenFieldsAreRefused) {
  for (const char* text : {"a=1&a=2", "a=%0d%0aSet-Cookie:x", "a=%00", "%0a=1", "a=%ff", "a=%c3%28",
                           "a=\x01", "a=%7f", "a=%ed%a0%80"}) {
    EXPECT_FALSE(Parameters::Parse(text)) << text;
  }
  EXPECT_FALSE(Parameters::Parse(std::string(Parameters::kLongest + 1, 'a')));
  std::string many;
  for (size_t i = 0; i <= Parameters::kMost; ++i) many += "&a" + std::to_string(i) + "=1";
  EXPECT_FALSE(Parameters::Parse(many));
}

TEST(ParametersTest, AnyBytesAreEitherRefusedOrComeBackUnchanged) {
  std::mt19937 random(7);
  for (int round = 0; round < 20000; ++round) {
    std::string text(random() % 40, '\0');
    for (char& c : text) {
      c = random() % 3 ? "ab=&%+;#?0fF \x80"[random() % 14] : static_cast<char>(random() % 256);
    }
    const auto parsed = Parameters::Parse(text);
    FindCookie(
        [&] {
          HttpHeaders headers;
          headers.Add("Cookie", text);
          return headers;
        }(),
        "a");
    ReadBasic("Basic " + text);
    ReadBearer("Bearer " + text);
    ReadScopes(text);
    if (!parsed) continue;
    const auto again = Parameters::Parse(parsed->Encode());
    ASSERT_TRUE(again) << HexEncode(text);
    EXPECT_EQ(again->Encode(), parsed->Encode()) << HexEncode(text);
  }
}

TEST(ParametersTest, CookiesAreFoundByTheirWholeName) {
  HttpHeaders headers;
  headers.Add("Cookie", "xcognito=1; cognito = two ;broken; cognito=3");
  headers.Add("cookie", "other=4=5");
  EXPECT_EQ(FindCookie(headers, "cognito"), "two");
  EXPECT_EQ(FindCookie(headers, "other"), "4=5");
  EXPECT_EQ(FindCookie(headers, "broken"), std::nullopt);
}

TEST(ParametersTest, BasicCredentialsMayHoldColonsInTheSecret) {
  const auto read = ReadBasic("basic  " + Base64Encode("id:a:b"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, "id");
  EXPECT_EQ(read->secret, "a:b");
  for (const std::string text : {"", "Basic", "Basic ", "Basic !!!", "Bearer aWQ6eA==",
                                 "Basic aWQ=", "BasicaWQ6eA==", "Basic aWQ6eA", "Basic aWQ6\n"}) {
    EXPECT_FALSE(ReadBasic(text)) << text;
  }
  EXPECT_FALSE(ReadBasic("Basic " + Base64Encode("id:\r\nx")));
}

TEST(ParametersTest, ScopesAreTakenOnceInOrder) {
  EXPECT_EQ(ReadScopes("openid  email openid"), (std::vector<std::string>{"openid", "email"}));
  EXPECT_EQ(ReadScopes(""), std::vector<std::string>());
  EXPECT_FALSE(ReadScopes("openid\temail"));
  EXPECT_FALSE(ReadScopes("open\"id"));
  EXPECT_FALSE(ReadScopes("caf\xc3\xa9"));
}

// Source: RFC 7636, Appendix B.
TEST(ParametersTest, AProofKeyMatchesItsChallengeAlone) {
  const std::string verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  EXPECT_TRUE(MatchesProofKey(verifier, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
  EXPECT_FALSE(MatchesProofKey(verifier, verifier));
  EXPECT_FALSE(MatchesProofKey("", ""));
  EXPECT_FALSE(IsProofKey(std::string(42, 'a')));
  EXPECT_FALSE(IsProofKey(std::string(129, 'a')));
  EXPECT_FALSE(IsProofKey(std::string(43, '=')));
}

TEST(ParametersTest, AnswersAreAddedToWhatTheUriHas) {
  Parameters code;
  code.Set("code", "1");
  code.Set("state", "a&b=c\r\n");
  EXPECT_EQ(WithQuery("http://localhost", code), "http://localhost?code=1&state=a%26b%3Dc%0D%0A");
  EXPECT_EQ(WithQuery("http://x/?a=b", code), "http://x/?a=b&code=1&state=a%26b%3Dc%0D%0A");
  EXPECT_EQ(WithQuery("app://x?#/top", code), "app://x?code=1&state=a%26b%3Dc%0D%0A#/top");
  EXPECT_EQ(WithFragment("http://x/", code), "http://x/#code=1&state=a%26b%3Dc%0D%0A");
}

}  // namespace
}  // namespace fractus::cognito::hosted
