#include "emulator/auth/policy_pattern.h"

#include <algorithm>

#include "emulator/core/encoding.h"
#include "emulator/core/http_message.h"

namespace fractus::auth {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Bytes of the character that starts at `at`.
size_t CharacterLength(std::string_view text, size_t at) {
  size_t length = 1;
  while (at + length < text.size() &&
         (static_cast<unsigned char>(text[at + length]) & 0xC0) == 0x80) {
    ++length;
  }
  return length;
}

// The value of "aws:username" or "aws:username, 'somebody'".
std::optional<std::string> VariableValue(std::string_view inside, const ConditionKeys& keys) {
  std::optional<std::string> otherwise;
  std::string_view name = inside;
  if (const size_t comma = inside.find(','); comma != std::string_view::npos) {
    name = inside.substr(0, comma);
    const std::string_view quoted = Trim(inside.substr(comma + 1));
    if (quoted.size() >= 2 && quoted.front() == '\'' && quoted.back() == '\'') {
      otherwise = quoted.substr(1, quoted.size() - 2);
    }
  }
  const auto found = keys.find(ToLower(Trim(name)));
  if (found == keys.end()) return otherwise;
  if (found->second.size() != 1) return std::nullopt;
  return found->second.front();
}

}  // namespace

void Pattern::Append(std::string_view literal) {
  for (const char c : literal) units_.push_back(static_cast<unsigned char>(c));
}

std::optional<Pattern> Pattern::Compile(std::string_view source, Wildcards wildcards,
                                        Variables variables, const ConditionKeys& keys) {
  Pattern pattern;
  pattern.units_.reserve(source.size());
  for (size_t at = 0; at < source.size(); ++at) {
    if (variables == Variables::kExpand && source.substr(at, 2) == "${") {
      const size_t end = source.find('}', at);
      if (end != std::string_view::npos) {
        const std::string_view inside = source.substr(at + 2, end - at - 2);
        if (inside == "*" || inside == "?" || inside == "$") {
          pattern.Append(inside);
        } else {
          const auto value = VariableValue(inside, keys);
          if (!value) return std::nullopt;
          pattern.Append(*value);
        }
        at = end;
        continue;
      }
    }
    if (wildcards == Wildcards::kYes && source[at] == '*') {
      pattern.units_.push_back(kAnyRun);
    } else if (wildcards == Wildcards::kYes && source[at] == '?') {
      pattern.units_.push_back(kOneCharacter);
    } else {
      pattern.units_.push_back(static_cast<unsigned char>(source[at]));
    }
  }
  return pattern;
}

bool Pattern::Match(const Unit* unit, const Unit* end, std::string_view text, Case letters) {
  // After a mismatch only the last run needs to grow: linear in practice, at worst |pattern| *
  // |text|.
  const Unit* after_run = nullptr;
  size_t run_end = 0;
  size_t at = 0;
  while (true) {
    if (unit != end && *unit == kAnyRun) {
      after_run = ++unit;
      run_end = at;
      continue;
    }
    if (at == text.size()) {
      return unit == end;
    }
    if (unit != end) {
      if (*unit == kOneCharacter) {
        at += CharacterLength(text, at);
        ++unit;
        continue;
      }
      const char wanted = static_cast<char>(*unit);
      if (wanted == text[at] ||
          (letters == Case::kInsensitive && Lower(wanted) == Lower(text[at]))) {
        ++at;
        ++unit;
        continue;
      }
    }
    if (after_run == nullptr) return false;
    unit = after_run;
    at = ++run_end;
  }
}

bool Pattern::Matches(std::string_view text, Case letters) const {
  return Match(units_.data(), units_.data() + units_.size(), text, letters);
}

bool Pattern::MatchesArn(std::string_view arn) const {
  const Unit* const end = units_.data() + units_.size();
  const Unit* part = units_.data();
  for (int colons = 0; colons < 5; ++colons) {
    const Unit* const part_end = std::find(part, end, static_cast<Unit>(':'));
    // Fewer parts than an ARN has: only "*", "arn:aws:s3:*" and the like match.
    if (part_end == end) {
      if (colons == 0 && !std::all_of(part, end, [](Unit unit) { return unit == kAnyRun; })) {
        return false;
      }
      return part != end && *(end - 1) == kAnyRun && Match(part, end, arn, Case::kSensitive);
    }
    const size_t colon = arn.find(':');
    if (colon == std::string_view::npos) return false;
    if (!Match(part, part_end, arn.substr(0, colon), Case::kSensitive)) return false;
    part = part_end + 1;
    arn.remove_prefix(colon + 1);
  }
  return Match(part, end, arn, Case::kSensitive);
}

}  // namespace fractus::auth
