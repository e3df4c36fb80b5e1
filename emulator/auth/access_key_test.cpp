#include "emulator/auth/access_key.h"

#include <gtest/gtest.h>

namespace fractus::auth {
namespace {

TEST(AccessKey, TwelveDigitsAreTheAccount) {
  EXPECT_EQ(AccountOfAccessKey("123456789012"), "123456789012");
  EXPECT_EQ(AccountOfAccessKey("12345678901x"), std::nullopt);
}

TEST(AccessKey, OrdinaryAndRealLookingKeysNameNoAccount) {
  EXPECT_EQ(AccountOfAccessKey("test"), std::nullopt);
  EXPECT_EQ(AccountOfAccessKey(""), std::nullopt);
  EXPECT_EQ(AccountOfAccessKey("AKIAIOSFODNN7EXAMPLE"), std::nullopt);
}

// Source: the published example of AWS's encoding: ASIAQNZGKIQY56JQ7WML belongs to 029608264753.
TEST(AccessKey, StructuredLocalKeysCarryTheirAccountInTheEncodingOfAws) {
  EXPECT_EQ(AccountOfAccessKey("LSIAQNZGKIQY56JQ7WML"), "029608264753");
  EXPECT_EQ(AccountOfAccessKey("LKIAQNZGKIQY56JQ7WML"), "029608264753");
  EXPECT_EQ(AccountOfAccessKey("ASIAQNZGKIQY56JQ7WML"), std::nullopt);
  EXPECT_EQ(AccountOfAccessKey("LSIAQNZGKIQ!56JQ7WML"), std::nullopt);
}

TEST(AccessKey, MintedKeysCarryTheirAccount) {
  IdSource ids(7);
  for (const auto* account : {"000000000000", "123456789012", "999999999999"}) {
    for (const auto* prefix : {"AKIA", "ASIA"}) {
      const auto key = MintAccessKey(prefix, account, ids);
      EXPECT_EQ(key.size(), 20u);
      EXPECT_TRUE(key.starts_with(prefix));
      EXPECT_EQ(AccountOfAccessKey(key), account) << key;
    }
  }
  EXPECT_EQ(MintSecretKey(ids).size(), 40u);
}

}  // namespace
}  // namespace fractus::auth
