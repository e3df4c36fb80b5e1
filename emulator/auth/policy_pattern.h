// Patterns of IAM policies: wildcards, and policy variables whose values are never taken as
// wildcards.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fractus::auth {

// Condition keys in lower case → values.
using ConditionKeys = std::map<std::string, std::vector<std::string>>;

enum class Case { kSensitive, kInsensitive };
// Policy variables exist since version 2012-10-17 of the policy language; before, "${" is just
// text.
enum class Variables { kExpand, kLiteral };
enum class Wildcards { kYes, kNo };

// A text in which some places stand for any run of characters or for one character.
class Pattern {
 public:
  // Nothing when a variable has no single value and no default: such an element matches nothing.
  static std::optional<Pattern> Compile(std::string_view source, Wildcards wildcards,
                                        Variables variables, const ConditionKeys& keys);

  bool Matches(std::string_view text, Case letters = Case::kSensitive) const;
  // Part by part up to the fifth colon; a '*' that ends the pattern also runs over colons.
  bool MatchesArn(std::string_view arn) const;

 private:
  // 0-255 are bytes, kAnyRun and kOneCharacter the wildcards.
  using Unit = uint16_t;
  static constexpr Unit kAnyRun = 0x100;
  static constexpr Unit kOneCharacter = 0x101;

  static bool Match(const Unit* unit, const Unit* end, std::string_view text, Case letters);
  void Append(std::string_view literal);

  std::vector<Unit> units_;
};

}  // namespace fractus::auth
