// DynamoDB's number: up to 38 significant decimal digits, exact.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/core/api_error.h"

namespace fractus::dynamo {

// 38 decimal digits fit: 10^38 < 2^127.
__extension__ typedef unsigned __int128 Coefficient;

// The value is ±coefficient · 10^exponent. Always canonical: the coefficient does not end in a
// decimal zero, and zero is {0, 0, positive}; equal numbers are therefore equal member by member.
class Number {
 public:
  static constexpr int kMostDigits = 38;
  // Bounds of the exponent of the first digit, as in d.ddd · 10^e.
  static constexpr int kLeastMagnitude = -130;
  static constexpr int kGreatestMagnitude = 125;

  Number() = default;
  explicit Number(long long value);

  // AWS's ValidationException for text that is no number, has more than 38 digits, or is out of
  // range.
  static Result<Number> Parse(std::string_view text);
  // For stored numbers: trusts its input to be canonical.
  static Number FromParts(bool negative, Coefficient coefficient, int exponent);

  // Exact, or the error of a result that needs more than 38 digits or is out of range.
  static Result<Number> Add(const Number& a, const Number& b);
  static Result<Number> Subtract(const Number& a, const Number& b);

  // Appends the canonical text: plain decimal notation without exponent, as the service answers.
  void AppendTo(std::string& text) const;
  std::string ToText() const;

  bool IsZero() const { return coefficient_ == 0; }
  bool negative() const { return negative_; }
  Coefficient coefficient() const { return coefficient_; }
  int exponent() const { return exponent_; }
  int DigitCount() const;
  // The exponent of the first digit; only for numbers other than zero.
  int Magnitude() const { return exponent_ + DigitCount() - 1; }
  // Bytes that count towards an item's size.
  size_t BilledSize() const;

  friend bool operator==(const Number&, const Number&) = default;
  friend std::strong_ordering operator<=>(const Number& a, const Number& b);

 private:
  static Result<Number> Checked(bool negative, Coefficient coefficient, int exponent);

  Coefficient coefficient_ = 0;
  int16_t exponent_ = 0;
  bool negative_ = false;
};

// Writes the decimal digits of `coefficient` and returns how many there are (none for 0).
int WriteDigits(Coefficient coefficient, char (&digits)[40]);

}  // namespace fractus::dynamo
