#include "cognito/totp.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "emulator/auth/digest.h"

namespace fractus::cognito {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr long long kStepSeconds = 30;

}  // namespace

std::string Base32Encode(std::string_view bytes) {
  std::string text;
  unsigned buffer = 0;
  int bits = 0;
  for (const char byte : bytes) {
    buffer = (buffer << 8 | static_cast<unsigned char>(byte)) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += kAlphabet[buffer >> (bits - 5) & 31];
  }
  if (bits > 0) text += kAlphabet[buffer << (5 - bits) & 31];
  return text;
}

std::optional<std::string> Base32Decode(std::string_view text) {
  std::string bytes;
  unsigned buffer = 0;
  int bits = 0;
  for (const char character : text) {
    const size_t value = kAlphabet.find(character);
    if (value == std::string_view::npos) return std::nullopt;
    buffer = (buffer << 5 | static_cast<unsigned>(value)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(buffer >> bits & 0xff);
  }
  return bytes;
}

long long TotpStep(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count() / kStepSeconds;
}

std::string TotpCode(std::string_view secret, long long step) {
  std::array<unsigned char, 8> counter;
  for (int i = 7; i >= 0; --i, step >>= 8) counter[i] = static_cast<unsigned char>(step & 0xff);
  std::array<unsigned char, 20> mac;
  unsigned size = mac.size();
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(),
       mac.data(), &size);
  const size_t offset = mac[19] & 0xf;
  const unsigned number = (mac[offset] & 0x7fu) << 24 |
                          static_cast<unsigned>(mac[offset + 1]) << 16 |
                          static_cast<unsigned>(mac[offset + 2]) << 8 | mac[offset + 3];
  return fmt::format("{:06}", number % 1'000'000);
}

std::optional<long long> MatchTotp(std::string_view secret, std::string_view code, Time now) {
  const long long present = TotpStep(now);
  std::optional<long long> matched;
  for (const long long step : {present - 1, present + 1, present}) {
    if (auth::EqualsInConstantTime(TotpCode(secret, step), code)) matched = step;
  }
  return matched;
}

}  // namespace fractus::cognito
