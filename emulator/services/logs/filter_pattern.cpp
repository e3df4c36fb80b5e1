#include "emulator/services/logs/filter_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace fractus::logs {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

ApiError NotEmulated(std::string_view what) {
  return {"NotImplemented", fmt::format("FilterLogEvents does not emulate {} yet.", what), 501};
}

// Letters, digits and '_'; bytes beyond ASCII belong to letters of other scripts.
bool IsTermCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80);
}

bool ContainsAny(std::string_view message, const std::vector<std::string>& terms) {
  return std::any_of(terms.begin(), terms.end(), [&](const std::string& term) {
    return message.find(term) != std::string_view::npos;
  });
}

}  // namespace

Result<FilterPattern> FilterPattern::Parse(std::string_view pattern) {
  FilterPattern parsed;
  pattern = Trim(pattern);
  if (pattern.starts_with('{')) {
    if (!pattern.ends_with('}'))
      return ApiError{"InvalidParameterException", "Invalid filter pattern"};
    auto condition = ParseJsonCondition(pattern.substr(1, pattern.size() - 2));
    if (!condition) return condition.error();
    parsed.condition_ = std::make_unique<JsonCondition>(*std::move(condition));
    return parsed;
  }
  if (pattern.starts_with('[')) return NotEmulated("space-delimited filter patterns");
  if (pattern.starts_with('%')) return NotEmulated("regular expressions in filter patterns");

  while (!(pattern = Trim(pattern)).empty()) {
    auto* terms = &parsed.required_;
    if (pattern.front() == '?' || pattern.front() == '-') {
      terms = pattern.front() == '?' ? &parsed.optional_ : &parsed.excluded_;
      pattern.remove_prefix(1);
    }
    std::string term;
    if (pattern.starts_with('"')) {
      size_t i = 1;
      for (; i < pattern.size() && pattern[i] != '"'; ++i) {
        if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
        term += pattern[i];
      }
      if (i >= pattern.size())
        return ApiError{"InvalidParameterException", "Invalid filter pattern"};
      pattern.remove_prefix(i + 1);
    } else {
      const auto end = std::find_if(pattern.begin(), pattern.end(), IsBlank);
      term = std::string(pattern.begin(), end);
      pattern.remove_prefix(term.size());
      if (!std::all_of(term.begin(), term.end(), IsTermCharacter) || term.empty()) {
        return ApiError{"InvalidParameterException",
                        fmt::format("Invalid character(s) in term '{}'", term)};
      }
    }
    if (!term.empty()) terms->push_back(std::move(term));
  }
  return parsed;
}

bool FilterPattern::Matches(std::string_view message) const {
  if (condition_) {
    const auto document = json::parse(message, nullptr, false);
    return document.is_object() && condition_->Holds(document);
  }
  if (ContainsAny(message, excluded_)) return false;
  for (const auto& term : required_) {
    if (message.find(term) == std::string_view::npos) return false;
  }
  // Optional terms count only where nothing else is asked for.
  if (required_.empty() && excluded_.empty() && !optional_.empty())
    return ContainsAny(message, optional_);
  return true;
}

}  // namespace fractus::logs
