#include "dynamo/key_codec.h"

#include <stdexcept>

namespace fractus::dynamo {
namespace {

constexpr unsigned char kZero = 0x80, kPositive = 0x81, kNegative = 0x7f;
constexpr char kEscaped[] = {'\x00', '\xff'};
constexpr char kEnd[] = {'\x00', '\x01'};

void AppendNumber(std::string& key, const Number& number) {
  if (number.IsZero()) {
    key += static_cast<char>(kZero);
    return;
  }
  const unsigned char turn = number.negative() ? 0xff : 0;
  key += static_cast<char>(number.negative() ? kNegative : kPositive);
  const auto put = [&](int byte) {
    key += static_cast<char>(static_cast<unsigned char>(byte) ^ turn);
  };
  put(number.Magnitude() - Number::kLeastMagnitude);
  char digits[40];
  const int count = WriteDigits(number.coefficient(), digits);
  for (int i = 0; i < count; i += 2) {
    const int low = i + 1 < count ? digits[i + 1] - '0' : 0;
    put((digits[i] - '0') * 10 + low + 1);
  }
  put(0);
}

}  // namespace

uint64_t StableHash(std::string_view bytes) {
  // FNV-1a.
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash ^ hash >> 32;
}

void AppendKeyPrefix(std::string& key, std::string_view prefix) {
  size_t begin = 0;
  for (size_t zero; (zero = prefix.find('\0', begin)) != std::string_view::npos; begin = zero + 1) {
    key.append(prefix, begin, zero - begin);
    key.append(kEscaped, 2);
  }
  key.append(prefix, begin, prefix.size() - begin);
}

void AppendKeyPart(std::string& key, const Value& value) {
  if (value.Is(Type::kNumber)) {
    AppendNumber(key, value.AsNumber());
    return;
  }
  AppendKeyPrefix(key, value.Text());
  key.append(kEnd, 2);
}

size_t KeyPartLength(std::string_view bytes, Type type) {
  if (type == Type::kNumber) {
    if (!bytes.empty() && static_cast<unsigned char>(bytes[0]) == kZero) return 1;
    const bool negative = !bytes.empty() && static_cast<unsigned char>(bytes[0]) == kNegative;
    // The byte after the sign may have any value; the end is looked for behind it.
    const size_t end = bytes.find(negative ? '\xff' : '\x00', 2);
    if (end != std::string_view::npos) return end + 1;
  } else {
    for (size_t at = 0;
         (at = bytes.find('\0', at)) != std::string_view::npos && at + 1 < bytes.size(); at += 2) {
      if (bytes[at + 1] == '\x01') return at + 2;
    }
  }
  throw std::runtime_error("a stored key is damaged");
}

}  // namespace fractus::dynamo
