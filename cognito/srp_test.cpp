#include "cognito/srp.h"

#include <gtest/gtest.h>

#include "emulator/core/encoding.h"

namespace fractus::cognito {
namespace {

// Computed by a program of its own from the formulas of RFC 5054 and RFC 5869 with Python's
// numbers.
const SrpIdentity kJane{"Abcdefghi", "jane"};
constexpr char kPassword[] = "Secret-Pass1";
constexpr char kTimestamp[] = "Sat Nov 21 06:35:11 UTC 2026";
constexpr char kPublicHex[] =
    "708862b0cffa71fe166cc12799c8f990817c8bac6984bc27964320f740f0f4c0eb9d72a62b2b27d191ff6b21"
    "f9afd12b8003c232c5ad30d106fff0d87bdb806b7d2df476b395259c0297af4da6cbebfd4f4a3c42c710e8ad"
    "a5b1cbdc06a877a83299787d35b7cd57978e60b2ef73ccf3d7369079715181f3cbde33d94970d315398681d1"
    "a36e5f6ceec78660f1f8eb1500eb805dffc38ff8811ba7611b95eb7053660d3cef6b5aee38d16cfbfd678626"
    "cd81fb187f3314eb8c9b4332a4a0aec18d9e2f228f773def0a05f2a615912166242ab9ac86b4f6f6244dac5d"
    "db93b656cd9df19c3d82eef7a3c0fcbf8f105b9a9257875ce5b48b460bd771e208793a093db63492f01b0a40"
    "c4580abe41fda00e758f1a0b07cb945281a083824bf44e84d1a64652bf372b34d17460ff698bf8bebef27490"
    "2ce1b91f7ea2193b7bdcbe8913e27fab4160748bf5d499fc2ffb99326980ef5856e1eea957c42b724ad53467"
    "de7038e0ade707435611b35ac34e5cec3fb2feabe8a8ca4fdba666377c3803dc";
constexpr char kKeyHex[] = "684a9b28c6482823a7d8bf58f498b24d";
constexpr char kSignature[] = "nQbyRFR0h7o0A+QDFOFNbPJn5r5jKo1VUWjObqClPBU=";

std::string Bytes(char first, size_t count) {
  std::string bytes;
  for (size_t i = 0; i < count; ++i) bytes += static_cast<char>(first + static_cast<char>(i));
  return bytes;
}

SrpVerifier Jane() { return MakeSrpVerifier(kJane, kPassword, Bytes('\x80', 16)); }

TEST(SrpTest, BothSidesComeToTheSameKeyAndSignature) {
  const auto key = SrpKey(Jane(), Bytes(33, 32), kPublicHex);
  ASSERT_TRUE(key);
  EXPECT_EQ(HexEncode(*key), kKeyHex);
  EXPECT_EQ(SrpSignature(*key, kJane, "a secret block", kTimestamp), kSignature);
}

TEST(SrpTest, ThePublicValueIsTheSameForTheSameSecret) {
  EXPECT_EQ(SrpPublicHex(Jane(), Bytes(33, 32)).substr(0, 64),
            "89fd8ec165b48f32c54c8cb2d8843129cda55b11ba7dca7d2b061ad9d7010581");
}

TEST(SrpTest, AnotherPasswordIsAnotherKey) {
  const auto other = MakeSrpVerifier(kJane, "Secret-Pass2", Bytes('\x80', 16));
  EXPECT_NE(HexEncode(*SrpKey(other, Bytes(33, 32), kPublicHex)), kKeyHex);
}

// An A that is zero in the group would make the key known to everybody.
TEST(SrpTest, ValuesWithoutAProofInThemAreRefused) {
  const std::string prime =
      "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a0879"
      "8e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b"
      "0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da4836"
      "1c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804"
      "f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6"
      "955817183995497cea956ae515d2261898fa051015728e5a8aaac42dad33170d04507a33a85521abdf1cba64"
      "ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7abf5ae8cdb0933d71e8c94e04a25619dcee3d226"
      "1ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad946e2"
      "08e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff";
  for (const std::string& bad :
       {std::string(), std::string("0"), std::string("xyz"), prime, std::string(2000, 'f')}) {
    EXPECT_FALSE(IsSrpPublicHex(bad)) << bad;
    EXPECT_FALSE(SrpKey(Jane(), Bytes(33, 32), bad)) << bad;
  }
  EXPECT_TRUE(IsSrpPublicHex(kPublicHex));
}

}  // namespace
}  // namespace fractus::cognito
