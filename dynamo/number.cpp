#include "dynamo/number.h"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>

#include "dynamo/errors.h"

namespace fractus::dynamo {
namespace {

using Wide = boost::multiprecision::uint256_t;

constexpr char kTooPrecise[] = "Attempting to store more than 38 significant digits in a Number";
constexpr char kTooLarge[] =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";
constexpr char kTooSmall[] =
    "Number underflow. Attempting to store a number with magnitude smaller than supported range";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

ApiError NotNumeric(std::string_view text) {
  if (text.empty()) return Invalid("The parameter cannot be converted to a numeric value");
  return Invalid("The parameter cannot be converted to a numeric value: " + std::string(text));
}

Wide Widen(Coefficient value) {
  return (Wide(static_cast<uint64_t>(value >> 64)) << 64) | Wide(static_cast<uint64_t>(value));
}

Coefficient Narrow(const Wide& value) {
  const Wide low = value & Wide(UINT64_MAX);
  const Wide high = value >> 64;
  return (static_cast<Coefficient>(high.convert_to<uint64_t>()) << 64) | low.convert_to<uint64_t>();
}

}  // namespace

Number::Number(long long value)
    : Number(FromParts(
          value < 0, value < 0 ? -static_cast<Coefficient>(value) : static_cast<Coefficient>(value),
          0)) {
  while (coefficient_ != 0 && coefficient_ % 10 == 0) {
    coefficient_ /= 10;
    ++exponent_;
  }
}

Number Number::FromParts(bool negative, Coefficient coefficient, int exponent) {
  Number number;
  number.negative_ = negative;
  number.coefficient_ = coefficient;
  number.exponent_ = static_cast<int16_t>(exponent);
  return number;
}

// Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
// (range).
Result<Number> Number::Checked(bool negative, Coefficient coefficient, int exponent) {
  if (coefficient == 0) return Number();
  while (coefficient % 10 == 0) {
    coefficient /= 10;
    ++exponent;
  }
  char digits[40];
  const int count = WriteDigits(coefficient, digits);
  if (count > kMostDigits) return Invalid(kTooPrecise);
  const int magnitude = exponent + count - 1;
  if (magnitude > kGreatestMagnitude) return Invalid(kTooLarge);
  if (magnitude < kLeastMagnitude) return Invalid(kTooSmall);
  return FromParts(negative, coefficient, exponent);
}

Result<Number> Number::Parse(std::string_view text) {
  size_t at = 0;
  bool negative = false;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
  Coefficient coefficient = 0;
  int significant = 0;
  // Zeros seen since the last non-zero digit; they count only when another digit follows.
  long long zeros = 0;
  long long after_point = 0;
  bool any_digit = false;
  bool point = false;
  bool too_precise = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (!IsDigit(c)) break;
    any_digit = true;
    if (point) ++after_point;
    if (c == '0') {
      if (significant > 0) ++zeros;
      continue;
    }
    if (significant + zeros + 1 > kMostDigits) {
      too_precise = true;
      zeros = 0;
      continue;
    }
    for (; zeros > 0; --zeros, ++significant) coefficient *= 10;
    coefficient = coefficient * 10 + static_cast<unsigned>(c - '0');
    ++significant;
  }
  if (!any_digit) return NotNumeric(text);
  long long exponent = zeros - after_point;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    bool minus = false;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) minus = text[at++] == '-';
    if (at == text.size()) return NotNumeric(text);
    long long given = 0;
    for (; at < text.size() && IsDigit(text[at]); ++at) {
      if (given < 1'000'000'000) given = given * 10 + (text[at] - '0');
    }
    exponent += minus ? -given : given;
  }
  if (at != text.size()) return NotNumeric(text);
  if (coefficient == 0) return Number();
  if (too_precise) return Invalid(kTooPrecise);
  if (exponent > 1000) return Invalid(kTooLarge);
  if (exponent < -1000) return Invalid(kTooSmall);
  return Checked(negative, coefficient, static_cast<int>(exponent));
}

Result<Number> Number::Add(const Number& a, const Number& b) {
  if (a.IsZero()) return b;
  if (b.IsZero()) return a;
  const Number& high = a.exponent_ >= b.exponent_ ? a : b;
  const Number& low = a.exponent_ >= b.exponent_ ? b : a;
  const int shift = high.exponent_ - low.exponent_;
  // The lowest digit of `low` is not zero, so a sum this long cannot be shortened to 38 digits.
  if (shift + high.DigitCount() > kMostDigits + 2) return Invalid(kTooPrecise);
  Wide left = Widen(high.coefficient_);
  for (int i = 0; i < shift; ++i) left *= 10;
  const Wide right = Widen(low.coefficient_);
  bool negative = high.negative_;
  Wide sum;
  if (high.negative_ == low.negative_) {
    sum = left + right;
  } else if (left >= right) {
    sum = left - right;
  } else {
    sum = right - left;
    negative = low.negative_;
  }
  if (sum == 0) return Number();
  int exponent = low.exponent_;
  while (sum % 10 == 0) {
    sum /= 10;
    ++exponent;
  }
  static const Wide kLimit = boost::multiprecision::pow(Wide(10), kMostDigits);
  if (sum >= kLimit) return Invalid(kTooPrecise);
  return Checked(negative, Narrow(sum), exponent);
}

Result<Number> Number::Subtract(const Number& a, const Number& b) {
  Number negated = b;
  if (!negated.IsZero()) negated.negative_ = !negated.negative_;
  return Add(a, negated);
}

int WriteDigits(Coefficient coefficient, char (&digits)[40]) {
  int at = 40;
  // Most numbers fit a machine word, which divides much faster.
  while (coefficient > UINT64_MAX) {
    digits[--at] = static_cast<char>('0' + static_cast<int>(coefficient % 10));
    coefficient /= 10;
  }
  for (auto word = static_cast<uint64_t>(coefficient); word != 0; word /= 10) {
    digits[--at] = static_cast<char>('0' + word % 10);
  }
  std::move(digits + at, digits + 40, digits);
  return 40 - at;
}

int Number::DigitCount() const {
  int count = 0;
  Coefficient rest = coefficient_;
  for (; rest > UINT64_MAX; rest /= 10) ++count;
  for (auto word = static_cast<uint64_t>(rest); word != 0; word /= 10) ++count;
  return count;
}

void Number::AppendTo(std::string& text) const {
  if (IsZero()) {
    text += '0';
    return;
  }
  char digits[40];
  const int count = WriteDigits(coefficient_, digits);
  if (negative_) text += '-';
  if (exponent_ >= 0) {
    text.append(digits, static_cast<size_t>(count));
    text.append(static_cast<size_t>(exponent_), '0');
    return;
  }
  const int whole = count + exponent_;
  if (whole > 0) {
    text.append(digits, static_cast<size_t>(whole));
    text += '.';
    text.append(digits + whole, static_cast<size_t>(count - whole));
    return;
  }
  text += "0.";
  text.append(static_cast<size_t>(-whole), '0');
  text.append(digits, static_cast<size_t>(count));
}

std::string Number::ToText() const {
  std::string text;
  AppendTo(text);
  return text;
}

// Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
// ("approximately (length of attribute name) + (1 byte per two significant digits) + (1 byte)").
// Observed: a negative number takes one byte more.
size_t Number::BilledSize() const {
  if (IsZero()) return 1;
  return static_cast<size_t>((DigitCount() + 1) / 2) + 1 + (negative_ ? 1 : 0);
}

std::strong_ordering operator<=>(const Number& a, const Number& b) {
  if (a == b) return std::strong_ordering::equal;
  const int sign_a = a.IsZero() ? 0 : (a.negative_ ? -1 : 1);
  const int sign_b = b.IsZero() ? 0 : (b.negative_ ? -1 : 1);
  if (sign_a != sign_b) return sign_a <=> sign_b;
  const auto turn = [&](std::strong_ordering order) { return sign_a < 0 ? 0 <=> order : order; };
  if (a.Magnitude() != b.Magnitude()) return turn(a.Magnitude() <=> b.Magnitude());
  char left[40], right[40];
  const int left_count = WriteDigits(a.coefficient_, left);
  const int right_count = WriteDigits(b.coefficient_, right);
  const int common = std::min(left_count, right_count);
  const int order = std::char_traits<char>::compare(left, right, static_cast<size_t>(common));
  if (order != 0) return turn(order <=> 0);
  return turn(left_count <=> right_count);
}

}  // namespace fractus::dynamo
