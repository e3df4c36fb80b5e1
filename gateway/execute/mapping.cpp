#include "gateway/execute/mapping.h"

#include <algorithm>
#include <array>

namespace fractus::gateway::execute {
namespace {

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<std::string> HeaderValue(const Exchange& exchange, std::string_view name) {
  const auto found = exchange.request.http.headers.Find(name);
  if (!found) return std::nullopt;
  return std::string(*found);
}

template <class Pairs>
std::optional<std::string> LastValue(const Pairs& pairs, std::string_view name) {
  const auto found = std::find_if(pairs.rbegin(), pairs.rend(),
                                  [&](const auto& pair) { return pair.first == name; });
  if (found == pairs.rend()) return std::nullopt;
  return found->second;
}

std::optional<std::string> StageVariable(const Exchange& exchange, std::string_view name) {
  if (exchange.stage == nullptr) return std::nullopt;
  const auto found = exchange.stage->variables.find(name);
  if (found == exchange.stage->variables.end()) return std::nullopt;
  return found->second;
}

ApiError NotEmulated(std::string_view what) {
  return {"NotImplemented", "mapping templates with " + std::string(what) + " are not emulated"};
}

bool IsDirective(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kDirectives = {
      "set",   "if",    "elseif", "else",  "end",      "foreach",
      "macro", "parse", "stop",   "break", "evaluate", "define"};
  if (text.starts_with('{')) text.remove_prefix(1);
  return std::any_of(kDirectives.begin(), kDirectives.end(), [&](std::string_view directive) {
    return text.starts_with(directive) &&
           (text.size() == directive.size() ||
            !std::isalnum(static_cast<unsigned char>(text[directive.size()])));
  });
}

// The text up to the first character that cannot be part of a dotted name.
std::string_view TakeName(std::string_view& text) {
  size_t end = 0;
  const auto is_part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
  };
  while (end < text.size() && (is_part(text[end]) || (text[end] == '.' && end + 1 < text.size() &&
                                                      is_part(text[end + 1])))) {
    ++end;
  }
  const std::string_view name = text.substr(0, end);
  text.remove_prefix(end);
  return name;
}

// `('X')` or `("X")`; nothing when it is something else.
std::optional<std::string_view> TakeArgument(std::string_view& text) {
  if (text.size() < 4 || text[0] != '(' || (text[1] != '\'' && text[1] != '"')) return std::nullopt;
  const size_t end = text.find(text[1], 2);
  if (end == std::string_view::npos || end + 1 >= text.size() || text[end + 1] != ')') {
    return std::nullopt;
  }
  const std::string_view argument = text.substr(2, end - 2);
  text.remove_prefix(end + 2);
  return argument;
}

// One reference, `text` being what follows "$". Nothing when it is no reference but plain text.
Result<std::optional<std::string>> Reference(const Exchange& exchange, std::string_view& text,
                                             std::string_view body) {
  using Value = std::optional<std::string>;
  std::string_view rest = text;
  TakePrefix(rest, "!");
  const bool in_braces = TakePrefix(rest, "{");
  Value value;
  if (TakePrefix(rest, "context.")) {
    value = ContextValue(exchange, TakeName(rest)).value_or("");
  } else if (TakePrefix(rest, "stageVariables.")) {
    value = StageVariable(exchange, TakeName(rest)).value_or("");
  } else if (TakePrefix(rest, "input.body")) {
    value = std::string(body);
  } else if (TakePrefix(rest, "input.params")) {
    const auto name = TakeArgument(rest);
    if (!name) return NotEmulated("$input.params() other than $input.params('name')");
    value = RequestParameter(exchange, *name).value_or("");
  } else if (TakePrefix(rest, "input.json")) {
    const auto path = TakeArgument(rest);
    if (!path || *path != "$") return NotEmulated("JSONPath other than $input.json('$')");
    value = body.empty() ? "{}" : std::string(body);
  } else if (rest.starts_with("input.") || rest.starts_with("util.")) {
    return NotEmulated("$" + std::string(TakeName(rest)));
  } else {
    return Value();
  }
  if (in_braces) TakePrefix(rest, "}");
  text = rest;
  return value;
}

}  // namespace

std::optional<std::string> RequestParameter(const Exchange& exchange, std::string_view name) {
  if (auto value = LastValue(exchange.path_parameters, name)) return value;
  if (auto value = LastValue(exchange.query, name)) return value;
  return HeaderValue(exchange, name);
}

std::optional<std::string> MappedValue(const Exchange& exchange, std::string_view expression) {
  if (expression.size() >= 2 && expression.front() == '\'' && expression.back() == '\'') {
    return std::string(expression.substr(1, expression.size() - 2));
  }
  if (TakePrefix(expression, "method.request.header.")) return HeaderValue(exchange, expression);
  if (TakePrefix(expression, "method.request.querystring.")) {
    return LastValue(exchange.query, expression);
  }
  if (TakePrefix(expression, "method.request.path.")) {
    return LastValue(exchange.path_parameters, expression);
  }
  if (expression == "method.request.body") return exchange.request.http.body;
  if (TakePrefix(expression, "context.")) return ContextValue(exchange, expression);
  if (TakePrefix(expression, "stageVariables.")) return StageVariable(exchange, expression);
  return std::nullopt;
}

Result<std::string> ExpandTemplate(const Exchange& exchange, std::string_view text,
                                   std::string_view body) {
  std::string out;
  while (!text.empty()) {
    if (text.starts_with("##")) {
      text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
      continue;
    }
    if (text.front() == '#' && IsDirective(text.substr(1))) {
      std::string_view rest = text.substr(1);
      TakePrefix(rest, "{");
      return NotEmulated("#" + std::string(TakeName(rest)));
    }
    if (text.front() == '$') {
      std::string_view rest = text.substr(1);
      auto value = Reference(exchange, rest, body);
      if (!value) return value.error();
      if (*value) {
        out += **value;
        text = rest;
        continue;
      }
    }
    out += text.front();
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace fractus::gateway::execute
