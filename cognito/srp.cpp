#include "cognito/srp.h"

#include <openssl/bn.h>

#include <memory>
#include <stdexcept>

#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito {
namespace {

struct FreeNumber {
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
};
struct FreeContext {
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using Number = std::unique_ptr<BIGNUM, FreeNumber>;
using Context = std::unique_ptr<BN_CTX, FreeContext>;

constexpr BN_ULONG kGenerator = 2;
constexpr size_t kLongestHex = 2 * 3072 / 8 + 2;

void Check(bool done) {
  if (!done) throw std::runtime_error("OpenSSL refused a big number");
}

Number Own(BIGNUM* number) {
  Check(number != nullptr);
  return Number(number);
}

Number FromBytes(std::string_view bytes) {
  return Own(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                       static_cast<int>(bytes.size()), nullptr));
}

std::string ToBytes(const BIGNUM* number) {
  std::string bytes(static_cast<size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes;
}

// As Java's BigInteger writes a positive number: a zero byte in front of a set top bit.
std::string Padded(const BIGNUM* number) {
  std::string bytes = ToBytes(number);
  if (bytes.empty() || (bytes.front() & 0x80) != 0) bytes.insert(bytes.begin(), '\0');
  return bytes;
}

const BIGNUM* Prime() {
  static const Number prime = Own(BN_get_rfc3526_prime_3072(nullptr));
  return prime.get();
}

const BIGNUM* Generator() {
  static const Number generator = [] {
    Number number = Own(BN_new());
    Check(BN_set_word(number.get(), kGenerator) == 1);
    return number;
  }();
  return generator.get();
}

// k = H(N | g)
const BIGNUM* Multiplier() {
  static const Number multiplier = FromBytes(auth::Sha256(Padded(Prime()) + Padded(Generator())));
  return multiplier.get();
}

// base^exponent mod N in a time that does not tell the exponent.
Number Power(const BIGNUM* base, const BIGNUM* exponent, BN_CTX* context) {
  Number result = Own(BN_new());
  Check(BN_mod_exp_mont_consttime(result.get(), base, exponent, Prime(), context, nullptr) == 1);
  return result;
}

Number Product(const BIGNUM* a, const BIGNUM* b, BN_CTX* context) {
  Number result = Own(BN_new());
  Check(BN_mod_mul(result.get(), a, b, Prime(), context) == 1);
  return result;
}

Number PublicValue(const SrpVerifier& verifier, std::string_view secret, BN_CTX* context) {
  const Number v = FromBytes(verifier.verifier), b = FromBytes(secret);
  const Number kv = Product(Multiplier(), v.get(), context);
  const Number gb = Power(Generator(), b.get(), context);
  Number sum = Own(BN_new());
  Check(BN_mod_add(sum.get(), kv.get(), gb.get(), Prime(), context) == 1);
  return sum;
}

// The client's A mod N; nothing when it is zero there, which would make every password the right
// one.
std::optional<Number> ClientPublic(std::string_view hex, BN_CTX* context) {
  std::string even(hex);
  if (even.size() % 2 != 0) even.insert(even.begin(), '0');
  const auto bytes = even.empty() || even.size() > kLongestHex ? std::nullopt : HexDecode(even);
  if (!bytes) return std::nullopt;
  Number reduced = Own(BN_new());
  Check(BN_mod(reduced.get(), FromBytes(*bytes).get(), Prime(), context) == 1);
  if (BN_is_zero(reduced.get())) return std::nullopt;
  return reduced;
}

Context NewContext() {
  Context context(BN_CTX_new());
  Check(context != nullptr);
  return context;
}

}  // namespace

SrpVerifier MakeSrpVerifier(const SrpIdentity& identity, std::string_view password,
                            std::string_view salt) {
  const std::string inner =
      auth::Sha256(identity.group + identity.user + ":" + std::string(password));
  const Number x = FromBytes(auth::Sha256(Padded(FromBytes(salt).get()) + inner));
  const Context context = NewContext();
  return {std::string(salt), ToBytes(Power(Generator(), x.get(), context.get()).get())};
}

std::string SrpPublicHex(const SrpVerifier& verifier, std::string_view secret) {
  const Context context = NewContext();
  return HexEncode(ToBytes(PublicValue(verifier, secret, context.get()).get()));
}

bool IsSrpPublicHex(std::string_view text) {
  const Context context = NewContext();
  return ClientPublic(text, context.get()).has_value();
}

std::optional<std::string> SrpKey(const SrpVerifier& verifier, std::string_view secret,
                                  std::string_view client_public_hex) {
  const Context context = NewContext();
  const auto a = ClientPublic(client_public_hex, context.get());
  if (!a) return std::nullopt;
  const Number b_public = PublicValue(verifier, secret, context.get());
  const Number u = FromBytes(auth::Sha256(Padded(a->get()) + Padded(b_public.get())));
  if (BN_is_zero(u.get())) return std::nullopt;
  const Number v = FromBytes(verifier.verifier), b = FromBytes(secret);
  const Number base =
      Product(a->get(), Power(v.get(), u.get(), context.get()).get(), context.get());
  const Number shared = Power(base.get(), b.get(), context.get());
  // HKDF (RFC 5869) of one block.
  const std::string key = auth::HmacSha256(Padded(u.get()), Padded(shared.get()));
  return auth::HmacSha256(key, std::string("Caldera Derived Key") + '\1').substr(0, 16);
}

std::string SrpSignature(std::string_view key, const SrpIdentity& identity,
                         std::string_view secret_block, std::string_view timestamp) {
  return Base64Encode(auth::HmacSha256(
      key, identity.group + identity.user + std::string(secret_block) + std::string(timestamp)));
}

}  // namespace fractus::cognito
