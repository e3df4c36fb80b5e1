#include "cognito/totp.h"

#include <gtest/gtest.h>

namespace fractus::cognito {
namespace {

using std::chrono::seconds;

constexpr char kSecret[] = "12345678901234567890";

// RFC 6238, appendix B: the last six of its eight digits.
TEST(TotpTest, TheCodesAreThoseOfTheRfc) {
  const std::pair<long long, const char*> cases[] = {
      {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
      {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& [time, code] : cases) {
    EXPECT_EQ(TotpCode(kSecret, TotpStep(Time(seconds(time)))), code);
  }
}

TEST(TotpTest, ACodeIsGoodOneStepBeforeAndAfterItsTime) {
  const Time time{seconds(1111111111)};
  const std::string code = TotpCode(kSecret, TotpStep(time));
  EXPECT_EQ(MatchTotp(kSecret, code, time), TotpStep(time));
  EXPECT_EQ(MatchTotp(kSecret, code, time + seconds(30)), TotpStep(time));
  EXPECT_EQ(MatchTotp(kSecret, code, time - seconds(30)), TotpStep(time));
  EXPECT_EQ(MatchTotp(kSecret, code, time + seconds(60)), std::nullopt);
  EXPECT_EQ(MatchTotp(kSecret, "050472", time), std::nullopt);
  EXPECT_EQ(MatchTotp(kSecret, "", time), std::nullopt);
}

// RFC 4648, section 10, without its padding.
TEST(TotpTest, SecretsTravelInBase32) {
  const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                       {"f", "MY"},
                                                       {"fo", "MZXQ"},
                                                       {"foo", "MZXW6"},
                                                       {"foob", "MZXW6YQ"},
                                                       {"fooba", "MZXW6YTB"},
                                                       {"foobar", "MZXW6YTBOI"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(Base32Encode(bytes), text);
    EXPECT_EQ(Base32Decode(text), bytes);
  }
  EXPECT_EQ(Base32Decode("MZXW1"), std::nullopt);
}

}  // namespace
}  // namespace fractus::cognito
