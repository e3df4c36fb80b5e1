#include <algorithm>
#include <charconv>
#include <optional>

#include "emulator/services/logs/filter_pattern.h"

namespace fractus::logs {
namespace {

using Kind = JsonCondition::Kind;

constexpr int kDeepest = 32;

// '*' stands for any run of characters.
bool MatchesStars(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::optional<double> ToNumber(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool Compares(Kind kind, double a, double b) {
  switch (kind) {
    case Kind::kEqual:
      return a == b;
    case Kind::kNotEqual:
      return a != b;
    case Kind::kLess:
      return a < b;
    case Kind::kLessOrEqual:
      return a <= b;
    case Kind::kGreater:
      return a > b;
    case Kind::kGreaterOrEqual:
      return a >= b;
    default:
      return false;
  }
}

void Select(const json& value, const std::vector<JsonCondition::Step>& steps, size_t at,
            std::vector<const json*>& found) {
  if (at == steps.size()) {
    found.push_back(&value);
    return;
  }
  const auto& step = steps[at];
  if (step.any_element) {
    if (!value.is_array()) return;
    for (const auto& element : value) Select(element, steps, at + 1, found);
  } else if (step.index >= 0) {
    if (value.is_array() && static_cast<size_t>(step.index) < value.size()) {
      Select(value[static_cast<size_t>(step.index)], steps, at + 1, found);
    }
  } else if (value.is_object()) {
    const auto member = value.find(step.name);
    if (member != value.end()) Select(*member, steps, at + 1, found);
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  std::optional<JsonCondition> ParseAll() {
    auto condition = ParseOr(0);
    SkipBlanks();
    if (!condition || !rest_.empty()) return std::nullopt;
    return condition;
  }
  bool met_regex() const { return met_regex_; }

 private:
  void SkipBlanks() {
    while (!rest_.empty() &&
           (rest_.front() == ' ' || rest_.front() == '\t' || rest_.front() == '\n')) {
      rest_.remove_prefix(1);
    }
  }
  bool Take(std::string_view token) {
    SkipBlanks();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  std::optional<JsonCondition> ParseOr(int depth) { return ParseChain(depth, "||", Kind::kOr); }

  std::optional<JsonCondition> ParseChain(int depth, std::string_view separator, Kind kind) {
    JsonCondition chain;
    chain.kind = kind;
    do {
      auto child = kind == Kind::kOr ? ParseChain(depth, "&&", Kind::kAnd) : ParsePrimary(depth);
      if (!child) return std::nullopt;
      chain.children.push_back(*std::move(child));
    } while (Take(separator));
    return chain;
  }

  std::optional<JsonCondition> ParsePrimary(int depth) {
    if (depth > kDeepest) return std::nullopt;
    if (Take("(")) {
      auto inner = ParseOr(depth + 1);
      if (!inner || !Take(")")) return std::nullopt;
      return inner;
    }
    JsonCondition comparison;
    if (!ParseSelector(comparison.selector)) return std::nullopt;
    if (Take("IS")) {
      if (Take("NULL"))
        comparison.kind = Kind::kIsNull;
      else if (Take("TRUE"))
        comparison.kind = Kind::kIsTrue;
      else if (Take("FALSE"))
        comparison.kind = Kind::kIsFalse;
      else
        return std::nullopt;
      return comparison;
    }
    if (Take("NOT")) {
      if (!Take("EXISTS")) return std::nullopt;
      comparison.kind = Kind::kNotExists;
      return comparison;
    }
    if (Take("!="))
      comparison.kind = Kind::kNotEqual;
    else if (Take("<="))
      comparison.kind = Kind::kLessOrEqual;
    else if (Take(">="))
      comparison.kind = Kind::kGreaterOrEqual;
    else if (Take("<"))
      comparison.kind = Kind::kLess;
    else if (Take(">"))
      comparison.kind = Kind::kGreater;
    else if (Take("="))
      comparison.kind = Kind::kEqual;
    else
      return std::nullopt;
    if (!ParseValue(comparison)) return std::nullopt;
    const bool ordered = comparison.kind != Kind::kEqual && comparison.kind != Kind::kNotEqual;
    if (ordered && (comparison.quoted || !ToNumber(comparison.text))) return std::nullopt;
    return comparison;
  }

  bool ParseSelector(std::vector<JsonCondition::Step>& steps) {
    if (!Take("$")) return false;
    while (!rest_.empty() && (rest_.front() == '.' || rest_.front() == '[')) {
      const bool bracket = rest_.front() == '[';
      rest_.remove_prefix(1);
      JsonCondition::Step step;
      if (!bracket) {
        const auto end = rest_.find_first_of(" \t\n.[]=!<>()&|");
        step.name = std::string(rest_.substr(0, end));
        if (step.name.empty()) return false;
        rest_.remove_prefix(step.name.size());
      } else {
        const auto end = rest_.find(']');
        if (end == std::string_view::npos) return false;
        const auto inside = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        if (inside == "*") {
          step.any_element = true;
        } else if (inside.size() >= 2 && (inside.front() == '\'' || inside.front() == '"') &&
                   inside.back() == inside.front()) {
          step.name = std::string(inside.substr(1, inside.size() - 2));
        } else {
          const auto [stop, error] =
              std::from_chars(inside.data(), inside.data() + inside.size(), step.index);
          if (error != std::errc() || stop != inside.data() + inside.size() || step.index < 0)
            return false;
        }
      }
      steps.push_back(std::move(step));
    }
    return !steps.empty();
  }

  bool ParseValue(JsonCondition& comparison) {
    SkipBlanks();
    if (rest_.starts_with('%')) {
      met_regex_ = true;
      return false;
    }
    if (rest_.starts_with('"')) {
      size_t i = 1;
      for (; i < rest_.size() && rest_[i] != '"'; ++i) {
        if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
        comparison.text += rest_[i];
      }
      if (i >= rest_.size()) return false;
      rest_.remove_prefix(i + 1);
      comparison.quoted = true;
      return true;
    }
    const auto end = rest_.find_first_of(" \t\n()&|");
    comparison.text = std::string(rest_.substr(0, end));
    rest_.remove_prefix(comparison.text.size());
    return !comparison.text.empty();
  }

  std::string_view rest_;
  bool met_regex_ = false;
};

}  // namespace

Result<JsonCondition> ParseJsonCondition(std::string_view text) {
  Parser parser(text);
  auto condition = parser.ParseAll();
  if (condition) return *std::move(condition);
  if (parser.met_regex()) {
    return ApiError{"NotImplemented",
                    "FilterLogEvents does not emulate regular expressions in filter patterns yet.",
                    501};
  }
  return ApiError{"InvalidParameterException", "Invalid filter pattern"};
}

// Observed: a comparison of a member that is not there is false, also for !=.
bool JsonCondition::Holds(const json& document) const {
  const auto holds = [&](const JsonCondition& child) { return child.Holds(document); };
  if (kind == Kind::kAnd) return std::all_of(children.begin(), children.end(), holds);
  if (kind == Kind::kOr) return std::any_of(children.begin(), children.end(), holds);

  std::vector<const json*> found;
  Select(document, selector, 0, found);
  if (kind == Kind::kNotExists) return found.empty();
  return std::any_of(found.begin(), found.end(), [&](const json* value) {
    if (kind == Kind::kIsNull) return value->is_null();
    if (kind == Kind::kIsTrue) return value->is_boolean() && value->get<bool>();
    if (kind == Kind::kIsFalse) return value->is_boolean() && !value->get<bool>();
    if (value->is_number()) {
      const auto number = ToNumber(text);
      return number && Compares(kind, value->get<double>(), *number);
    }
    if (value->is_structured() || value->is_null()) return false;
    const auto own = value->is_string() ? value->get<std::string>() : value->dump();
    if (kind == Kind::kEqual) return MatchesStars(text, own);
    if (kind == Kind::kNotEqual) return !MatchesStars(text, own);
    const auto number = ToNumber(own);
    return number && Compares(kind, *number, *ToNumber(text));
  });
}

}  // namespace fractus::logs
