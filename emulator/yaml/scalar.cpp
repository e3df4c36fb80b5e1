#include "emulator/yaml/scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

namespace fractus::yaml {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// YAML 1.1 knows each word in lower case, in capitals and with a capital first letter.
bool IsWord(std::string_view text, std::string_view word) {
  if (text.size() != word.size()) return false;
  bool lower = true, upper = true, title = true;
  for (size_t i = 0; i < text.size(); ++i) {
    const char small = word[i];
    const char big = small >= 'a' && small <= 'z' ? static_cast<char>(small - 'a' + 'A') : small;
    lower = lower && text[i] == small;
    upper = upper && text[i] == big;
    title = title && text[i] == (i == 0 ? big : small);
  }
  return lower || upper || title;
}

template <size_t N>
bool IsOneOf(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(),
                     [text](std::string_view word) { return IsWord(text, word); });
}

std::optional<json> ParseInteger(std::string_view text) {
  std::string_view body = text;
  bool negative = false;
  if (!body.empty() && (body[0] == '+' || body[0] == '-')) {
    negative = body[0] == '-';
    body.remove_prefix(1);
  }
  int base = 10;
  if (body.starts_with("0x")) {
    base = 16;
    body.remove_prefix(2);
  } else if (body.starts_with("0b")) {
    base = 2;
    body.remove_prefix(2);
  } else if (body.size() > 1 && body[0] == '0') {
    base = 8;
    body.remove_prefix(1);
  }
  if (body.empty() || body[0] == '_') return std::nullopt;
  std::string digits;
  for (const char c : body) {
    if (c != '_') digits += c;
  }
  uint64_t magnitude = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (!negative) {
    if (magnitude <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      return json(static_cast<int64_t>(magnitude));
    }
    return json(magnitude);
  }
  if (magnitude > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return std::nullopt;
  return json(-static_cast<int64_t>(magnitude));
}

std::optional<json> ParseFloat(std::string_view text) {
  std::string_view body = text;
  std::string digits;
  if (!body.empty() && (body[0] == '+' || body[0] == '-')) {
    if (body[0] == '-') digits = "-";
    body.remove_prefix(1);
  }
  const size_t dot = body.find('.');
  // Without a dot it is no YAML 1.1 float: "1e3" is text.
  if (dot == std::string_view::npos) return std::nullopt;
  bool any_digit = false;
  size_t i = 0;
  for (; i < body.size(); ++i) {
    const char c = body[i];
    if (IsDigit(c)) {
      any_digit = true;
      digits += c;
    } else if (c == '.' && i == dot) {
      digits += c;
    } else if (c != '_' || i == 0) {
      break;
    }
  }
  if (!any_digit || i < dot) return std::nullopt;
  if (i < body.size()) {
    if (body[i] != 'e' && body[i] != 'E') return std::nullopt;
    const std::string_view exponent = body.substr(i + 1);
    if (exponent.size() < 2 || (exponent[0] != '+' && exponent[0] != '-') ||
        !std::all_of(exponent.begin() + 1, exponent.end(), IsDigit)) {
      return std::nullopt;
    }
    digits += 'e';
    digits += exponent;
  }
  if (digits[0] == '.') digits.insert(0, "0");
  if (digits.starts_with("-.")) digits.insert(1, "0");
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return json(value);
}

}  // namespace

json TypedScalar(std::string_view text) {
  static constexpr std::array<std::string_view, 3> kTrue = {"true", "yes", "on"};
  static constexpr std::array<std::string_view, 3> kFalse = {"false", "no", "off"};
  if (text.empty() || text == "~" || IsWord(text, "null")) return nullptr;
  if (IsOneOf(text, kTrue)) return true;
  if (IsOneOf(text, kFalse)) return false;
  const char first = text[0];
  if (IsDigit(first) || first == '+' || first == '-' || first == '.') {
    if (auto integer = ParseInteger(text)) return *integer;
    if (auto number = ParseFloat(text)) return *number;
  }
  return std::string(text);
}

}  // namespace fractus::yaml
