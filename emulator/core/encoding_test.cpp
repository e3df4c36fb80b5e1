#include "emulator/core/encoding.h"

#include <gtest/gtest.h>

#include "emulator/core/arn.h"
#include "emulator/core/id_source.h"

namespace fractus {
namespace {

TEST(EncodingTest, Base64IsReadStrictly) {
  EXPECT_EQ(Base64Encode("fractus!"), "ZnJhY3R1cyE=");
  EXPECT_EQ(Base64Decode("ZnJhY3R1cyE="), "fractus!");
  EXPECT_EQ(Base64Decode(""), "");
  for (const char* wrong : {"ZnJhY3R1cyE", "Zn=hY3R1", "Zn J", "ZnJh\n"})
    EXPECT_FALSE(Base64Decode(wrong)) << wrong;
}

TEST(EncodingTest, Base64UrlHasNoPaddingAndItsOwnAlphabet) {
  const std::string bytes("\xfb\xff\xfe", 3);
  EXPECT_EQ(Base64UrlEncode(bytes), "-__-");
  EXPECT_EQ(Base64UrlDecode("-__-"), bytes);
  EXPECT_FALSE(Base64UrlDecode("+//+"));
}

TEST(EncodingTest, PercentCodingKeepsUnreservedCharacters) {
  EXPECT_EQ(PercentEncode("a b/ü~"), "a%20b%2F%C3%BC~");
  EXPECT_EQ(PercentEncode("a/b", Slash::kKeep), "a/b");
  EXPECT_EQ(PercentDecode("a%20b+c%zz%4"), "a b+c%zz%4");
  EXPECT_EQ(PercentDecode("a+b", Plus::kIsBlank), "a b");
}

TEST(EncodingTest, QueriesKeepOrderAndRepeatedNames) {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"a", "1"}, {"b", ""}, {"a", "x y"}};
  EXPECT_EQ(ParseQuery("a=1&b&&a=x+y"), expected);
}

TEST(EncodingTest, Crc32IsThatOfZlib) {
  EXPECT_EQ(Crc32(""), 0u);
  EXPECT_EQ(Crc32("123456789"), 0xCBF43926u);
  EXPECT_EQ(Crc32("The quick brown fox jumps over the lazy dog"), 0x414FA339u);
}

TEST(EncodingTest, Utf8IsCheckedByItsDefinition) {
  EXPECT_TRUE(IsValidUtf8("grüße €𝄞"));
  for (const char* wrong : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xe2\x82", "\xf5\x80\x80\x80"})
    EXPECT_FALSE(IsValidUtf8(wrong));
}

TEST(EncodingTest, ArnsComeApartAndTogether) {
  const auto arn = Arn::Parse("arn:aws:lambda:us-east-1:000000000000:function:echo:1");
  ASSERT_TRUE(arn);
  EXPECT_EQ(arn->service, "lambda");
  EXPECT_EQ(arn->resource, "function:echo:1");
  EXPECT_EQ(arn->ToString(), "arn:aws:lambda:us-east-1:000000000000:function:echo:1");
  EXPECT_FALSE(Arn::Parse("arn:aws:lambda"));
}

TEST(IdSourceTest, TheSameSeedGivesTheSameIds) {
  IdSource one(42), two(42), other(43);
  EXPECT_EQ(one.Uuid(), two.Uuid());
  EXPECT_EQ(one.LowerAlnum(10), two.LowerAlnum(10));
  EXPECT_EQ(one.Digits(6), two.Digits(6));
  EXPECT_NE(one.Uuid(), other.Uuid());
}

TEST(IdSourceTest, WithoutASeedIdsDiffer) {
  IdSource one, two;
  EXPECT_NE(one.Uuid(), two.Uuid());
  EXPECT_EQ(one.Uuid().size(), 36u);
  EXPECT_EQ(one.Uuid()[14], '4');
  for (int i = 0; i < 1000; ++i) EXPECT_LT(one.Number(7), 7u);
}

}  // namespace
}  // namespace fractus
