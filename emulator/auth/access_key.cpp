#include "emulator/auth/access_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace fractus::auth {
namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr size_t kKeyLength = 20;
constexpr size_t kPrefixLength = 4;
constexpr size_t kCheckLength = 3;
constexpr uint64_t kAccountLimit = 1'000'000'000'000;

bool IsDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// After the prefix come base32 characters of 5 bits: a one bit, 40 bits of account, then free bits.
std::optional<uint64_t> DecodeAccount(std::string_view body) {
  uint64_t bits = 0;
  for (const char c : body.substr(0, 9)) {
    const auto value = kBase32.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 5 | value;
  }
  const uint64_t account = (bits >> 4) & 0xFFFFFFFFFF;
  if (account >= kAccountLimit) return std::nullopt;
  return account;
}

// 15 bits over all but the last three characters (FNV-1a, folded): tells our keys from real ones.
std::string Check(std::string_view text) {
  uint32_t hash = 2166136261u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  hash = (hash ^ hash >> 15) & 0x7FFF;
  return {kBase32[hash >> 10], kBase32[hash >> 5 & 31], kBase32[hash & 31]};
}

}  // namespace

std::optional<std::string> AccountOfAccessKey(std::string_view access_key) {
  if (access_key.size() == 12 && IsDigits(access_key)) return std::string(access_key);
  if (access_key.size() != kKeyLength) return std::nullopt;
  const auto prefix = access_key.substr(0, kPrefixLength);
  const bool local = prefix == "LSIA" || prefix == "LKIA";
  if (!local) {
    if (prefix != "ASIA" && prefix != "AKIA") return std::nullopt;
    const auto signed_part = access_key.substr(0, kKeyLength - kCheckLength);
    if (Check(signed_part) != access_key.substr(signed_part.size())) return std::nullopt;
  }
  const auto account = DecodeAccount(access_key.substr(kPrefixLength));
  if (!account) return std::nullopt;
  return fmt::format("{:012}", *account);
}

std::string MintAccessKey(std::string_view prefix, std::string_view account, IdSource& ids) {
  uint64_t number = 0;
  for (const char c : account) number = number * 10 + static_cast<uint64_t>(c - '0');
  // 45 bits: one, 40 of account, 4 random; then 20 random bits and the check.
  const uint64_t bits = uint64_t{1} << 44 | (number & 0xFFFFFFFFFF) << 4 | ids.Number(16);
  std::string key(prefix);
  for (int shift = 40; shift >= 0; shift -= 5) key += kBase32[bits >> shift & 31];
  key += ids.Text(kKeyLength - kCheckLength - key.size(), kBase32);
  return key + Check(key);
}

std::string MintSecretKey(IdSource& ids) {
  return ids.Text(40, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
}

}  // namespace fractus::auth
