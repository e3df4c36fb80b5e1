#include "emulator/services/cloudformation/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <regex>
#include <vector>

#include "emulator/services/cloudformation/evaluator.h"
#include "emulator/services/cloudformation/template.h"

namespace fractus::cloudformation {
namespace {

std::optional<double> NumberOf(const json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool IsList(const std::string& type) {
  return type == "CommaDelimitedList" || type.starts_with("List<");
}

bool IsNoEcho(const json& declaration) {
  const auto found = declaration.find("NoEcho");
  return found != declaration.end() && (*found == true || *found == "true");
}

// A default in a template may be a number or a boolean.
std::string DefaultText(const json& value) {
  if (!value.is_array()) return ScalarText(value);
  std::string text;
  for (const json& part : value) text += (text.empty() ? "" : ",") + ScalarText(part);
  return text;
}

class Checker {
 public:
  Checker(const std::string& name, const json& declaration)
      : name_(name), declaration_(declaration) {}

  std::optional<ApiError> Check(const std::string& text) const {
    const std::string type = declaration_.at("Type").get<std::string>();
    if (type == "Number" && !NumberOf(text)) {
      return ValidationError(fmt::format("Parameter '{}' must be a number.", name_));
    }
    const json parts = IsList(type) ? SplitList(text) : json::array({text});
    if (type == "List<Number>") {
      for (const json& part : parts) {
        if (!NumberOf(part)) {
          return ValidationError(fmt::format("Parameter '{}' must be a list of numbers.", name_));
        }
      }
    }
    for (const json& part : parts) {
      if (auto error = CheckAllowed(part.get<std::string>())) return error;
    }
    if (const auto pattern = declaration_.find("AllowedPattern");
        pattern != declaration_.end() && pattern->is_string()) {
      for (const json& part : parts) {
        if (auto error = CheckPattern(part.get<std::string>(), pattern->get<std::string>()))
          return error;
      }
    }
    if (type == "Number") return CheckRange(*NumberOf(text));
    if (type == "String") return CheckLength(text.size());
    return std::nullopt;
  }

 private:
  ApiError Failed(const std::string& otherwise) const {
    const auto described = declaration_.find("ConstraintDescription");
    if (described != declaration_.end() && described->is_string()) {
      return ValidationError(fmt::format("Parameter '{}' failed to satisfy constraint: {}", name_,
                                         described->get<std::string>()));
    }
    return ValidationError(fmt::format("Parameter '{}' {}", name_, otherwise));
  }

  std::optional<double> Limit(const char* member) const {
    const auto found = declaration_.find(member);
    return found == declaration_.end() ? std::nullopt : NumberOf(*found);
  }

  std::optional<ApiError> CheckAllowed(const std::string& text) const {
    const auto allowed = declaration_.find("AllowedValues");
    if (allowed == declaration_.end() || !allowed->is_array()) return std::nullopt;
    const bool found = std::any_of(allowed->begin(), allowed->end(), [&text](const json& value) {
      return ScalarText(value) == text;
    });
    if (found) return std::nullopt;
    return Failed("must be one of AllowedValues");
  }

  std::optional<ApiError> CheckPattern(const std::string& text, const std::string& pattern) const {
    // std::regex recurses on the length of the text.
    if (text.size() > 4096) return Failed("is too long to be matched with its pattern");
    try {
      if (std::regex_match(text, std::regex(pattern))) return std::nullopt;
    } catch (const std::regex_error&) {
      return ValidationError(
          fmt::format("Template format error: invalid AllowedPattern of parameter '{}'", name_));
    }
    return Failed("must match pattern " + pattern);
  }

  std::optional<ApiError> CheckRange(double number) const {
    const auto least = Limit("MinValue");
    if (least && number < *least)
      return Failed(fmt::format("must be a number not less than {}", *least));
    const auto most = Limit("MaxValue");
    if (most && number > *most)
      return Failed(fmt::format("must be a number not greater than {}", *most));
    return std::nullopt;
  }

  std::optional<ApiError> CheckLength(size_t length) const {
    const auto least = Limit("MinLength");
    if (least && static_cast<double>(length) < *least) {
      return Failed(fmt::format("must contain at least {} characters", *least));
    }
    const auto most = Limit("MaxLength");
    if (most && static_cast<double>(length) > *most) {
      return Failed(fmt::format("must contain at most {} characters", *most));
    }
    return std::nullopt;
  }

  const std::string& name_;
  const json& declaration_;
};

}  // namespace

Result<json> ChooseParameters(const json& document, const json& given, const json& previous) {
  const json& declared = Section(document, "Parameters");
  json texts = json::object();
  std::vector<std::string> unknown;
  for (const json& parameter : given) {
    const std::string key = parameter.value("ParameterKey", "");
    const bool keep = parameter.value("UsePreviousValue", false);
    if (!declared.contains(key)) {
      unknown.push_back(key);
      continue;
    }
    if (keep && !parameter.value("ParameterValue", "").empty()) {
      return ValidationError(
          fmt::format("Invalid input for parameter key {}. Cannot specify usePreviousValue as true "
                      "and non empty value for a parameter",
                      key));
    }
    if (!keep) {
      texts[key] = parameter.value("ParameterValue", "");
    } else if (previous.contains(key)) {
      texts[key] = previous[key];
    } else {
      return ValidationError(
          fmt::format("Invalid input for parameter key {}. Cannot specify usePreviousValue as true "
                      "for a parameter key not in the "
                      "previous template",
                      key));
    }
  }
  if (!unknown.empty()) {
    return ValidationError(
        fmt::format("Parameters: [{}] do not exist in the template", fmt::join(unknown, ", ")));
  }
  std::vector<std::string> missing;
  for (const auto& [name, declaration] : declared.items()) {
    if (texts.contains(name)) continue;
    if (declaration.contains("Default")) {
      texts[name] = DefaultText(declaration["Default"]);
    } else {
      missing.push_back(name);
    }
  }
  if (!missing.empty()) {
    return ValidationError(
        fmt::format("Parameters: [{}] must have values", fmt::join(missing, ", ")));
  }
  for (const auto& [name, text] : texts.items()) {
    if (auto error = Checker(name, declared[name]).Check(text.get<std::string>())) return *error;
  }
  return texts;
}

json ParameterValues(const json& document, const json& texts) {
  json values = json::object();
  const json& declared = Section(document, "Parameters");
  for (const auto& [name, text] : texts.items()) {
    const bool list = declared.contains(name) && IsList(declared[name].value("Type", "String"));
    values[name] = list ? SplitList(text.get<std::string>()) : text;
  }
  return values;
}

json DescribeParameters(const json& document, const json& texts) {
  json list = json::array();
  const json& declared = Section(document, "Parameters");
  for (const auto& [name, text] : texts.items()) {
    const bool hidden = declared.contains(name) && IsNoEcho(declared[name]);
    list.push_back({{"ParameterKey", name}, {"ParameterValue", hidden ? json("****") : text}});
  }
  return list;
}

}  // namespace fractus::cloudformation
