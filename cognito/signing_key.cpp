#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <stdexcept>

#include "cognito/signing_keys.h"
#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito {
namespace {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Number = std::unique_ptr<BIGNUM, Freer<BN_clear_free>>;
using NumberContext = std::unique_ptr<BN_CTX, Freer<BN_CTX_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Freer<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freer<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;

constexpr int kPrimeBits = 1024;
constexpr unsigned kExponent = 65537;

void Check(bool done) {
  if (!done) throw std::runtime_error("OpenSSL refused an RSA operation");
}

const unsigned char* Unsigned(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// An endless stream of bytes from a seed: HMAC-SHA256 of a counter.
class SeedStream {
 public:
  explicit SeedStream(std::string_view seed) : seed_(seed) {}

  std::string Bytes(size_t count) {
    std::string bytes;
    while (bytes.size() < count) bytes += auth::HmacSha256(seed_, std::to_string(counter_++));
    bytes.resize(count);
    return bytes;
  }

 private:
  std::string seed_;
  uint64_t counter_ = 0;
};

// The first prime at or above a random start whose predecessor has no factor in common with the
// exponent.
Number MakePrime(SeedStream& stream, BN_CTX* context) {
  while (true) {
    std::string bytes = stream.Bytes(kPrimeBits / 8);
    // Two top bits make the product of two primes full length.
    bytes.front() = static_cast<char>(bytes.front() | 0xc0);
    bytes.back() = static_cast<char>(bytes.back() | 1);
    Number candidate(BN_bin2bn(Unsigned(bytes), static_cast<int>(bytes.size()), nullptr));
    Check(candidate != nullptr);
    for (int step = 0; step < 4096; ++step, BN_add_word(candidate.get(), 2)) {
      if (BN_num_bits(candidate.get()) != kPrimeBits) break;
      if (BN_mod_word(candidate.get(), kExponent) == 1) continue;
      const int prime = BN_check_prime(candidate.get(), context, nullptr);
      Check(prime >= 0);
      if (prime == 1) return candidate;
    }
  }
}

Number NewNumber() {
  Number number(BN_secure_new());
  Check(number != nullptr);
  return number;
}

std::shared_ptr<EVP_PKEY> Own(EVP_PKEY* key) {
  return std::shared_ptr<EVP_PKEY>(key, EVP_PKEY_free);
}

std::shared_ptr<EVP_PKEY> BuildKey(OSSL_PARAM_BLD* builder, int selection) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  Check(params && context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
        EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) == 1);
  return Own(key);
}

std::string PublicNumber(EVP_PKEY* key, const char* name) {
  BIGNUM* raw = nullptr;
  Check(EVP_PKEY_get_bn_param(key, name, &raw) == 1);
  const Number number(raw);
  std::string bytes(static_cast<size_t>(BN_num_bytes(raw)), '\0');
  BN_bn2bin(raw, reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes;
}

}  // namespace

SigningKey SigningKey::FromSeed(std::string_view seed) {
  SeedStream stream(seed);
  std::string kid = Base64Encode(stream.Bytes(32));
  const NumberContext context(BN_CTX_secure_new());
  Check(context != nullptr);
  Number p = MakePrime(stream, context.get());
  Number q = MakePrime(stream, context.get());
  if (BN_cmp(p.get(), q.get()) < 0) std::swap(p, q);
  const Number n = NewNumber(), e = NewNumber(), d = NewNumber(), p1 = NewNumber(),
               q1 = NewNumber(), lambda = NewNumber(), gcd = NewNumber(), dp = NewNumber(),
               dq = NewNumber(), qi = NewNumber();
  BN_CTX* ctx = context.get();
  Check(BN_set_word(e.get(), kExponent) == 1 && BN_mul(n.get(), p.get(), q.get(), ctx) == 1 &&
        BN_copy(p1.get(), p.get()) && BN_sub_word(p1.get(), 1) == 1 && BN_copy(q1.get(), q.get()) &&
        BN_sub_word(q1.get(), 1) == 1 && BN_gcd(gcd.get(), p1.get(), q1.get(), ctx) == 1 &&
        BN_mul(lambda.get(), p1.get(), q1.get(), ctx) == 1 &&
        BN_div(lambda.get(), nullptr, lambda.get(), gcd.get(), ctx) == 1 &&
        BN_mod_inverse(d.get(), e.get(), lambda.get(), ctx) &&
        BN_mod(dp.get(), d.get(), p1.get(), ctx) == 1 &&
        BN_mod(dq.get(), d.get(), q1.get(), ctx) == 1 &&
        BN_mod_inverse(qi.get(), q.get(), p.get(), ctx));
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  const std::pair<const char*, const Number&> parts[] = {
      {OSSL_PKEY_PARAM_RSA_N, n},          {OSSL_PKEY_PARAM_RSA_E, e},
      {OSSL_PKEY_PARAM_RSA_D, d},          {OSSL_PKEY_PARAM_RSA_FACTOR1, p},
      {OSSL_PKEY_PARAM_RSA_FACTOR2, q},    {OSSL_PKEY_PARAM_RSA_EXPONENT1, dp},
      {OSSL_PKEY_PARAM_RSA_EXPONENT2, dq}, {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, qi}};
  for (const auto& [name, number] : parts) {
    Check(OSSL_PARAM_BLD_push_BN(builder.get(), name, number.get()) == 1);
  }
  return SigningKey(BuildKey(builder.get(), EVP_PKEY_KEYPAIR), std::move(kid));
}

std::optional<SigningKey> SigningKey::FromPrivateDer(std::string_view der, std::string kid) {
  const unsigned char* at = Unsigned(der);
  EVP_PKEY* key = d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size()));
  if (!key) return std::nullopt;
  return SigningKey(Own(key), std::move(kid));
}

std::optional<SigningKey> SigningKey::FromJwk(const json& jwk) {
  const auto text = [&](const char* member) {
    const auto found = jwk.find(member);
    return found != jwk.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto modulus = Base64UrlDecode(text("n")), exponent = Base64UrlDecode(text("e"));
  if (text("kty") != "RSA" || !modulus || !exponent || modulus->empty() || exponent->empty()) {
    return std::nullopt;
  }
  const Number n(BN_bin2bn(Unsigned(*modulus), static_cast<int>(modulus->size()), nullptr));
  const Number e(BN_bin2bn(Unsigned(*exponent), static_cast<int>(exponent->size()), nullptr));
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  Check(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
  return SigningKey(BuildKey(builder.get(), EVP_PKEY_PUBLIC_KEY), text("kid"));
}

std::string SigningKey::PrivateDer() const {
  unsigned char* der = nullptr;
  const int size = i2d_PrivateKey(key_.get(), &der);
  Check(size > 0);
  std::string bytes(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_clear_free(der, static_cast<size_t>(size));
  return bytes;
}

json SigningKey::Jwk() const {
  return {{"alg", "RS256"},
          {"e", Base64UrlEncode(PublicNumber(key_.get(), OSSL_PKEY_PARAM_RSA_E))},
          {"kid", kid_},
          {"kty", "RSA"},
          {"n", Base64UrlEncode(PublicNumber(key_.get(), OSSL_PKEY_PARAM_RSA_N))},
          {"use", "sig"}};
}

std::string SigningKey::Sign(std::string_view bytes) const {
  const DigestContext context(EVP_MD_CTX_new());
  size_t size = 0;
  Check(context &&
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
        EVP_DigestSign(context.get(), nullptr, &size, Unsigned(bytes), bytes.size()) == 1);
  std::string signature(size, '\0');
  Check(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       Unsigned(bytes), bytes.size()) == 1);
  signature.resize(size);
  return signature;
}

bool SigningKey::Verify(std::string_view bytes, std::string_view signature) const {
  const DigestContext context(EVP_MD_CTX_new());
  Check(context &&
        EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
  return EVP_DigestVerify(context.get(), Unsigned(signature), signature.size(), Unsigned(bytes),
                          bytes.size()) == 1;
}

}  // namespace fractus::cognito
