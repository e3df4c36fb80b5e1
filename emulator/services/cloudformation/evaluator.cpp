#include "emulator/services/cloudformation/evaluator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "emulator/core/encoding.h"
#include "emulator/services/cloudformation/template.h"

namespace fractus::cloudformation {
namespace {

std::optional<long long> IntegerOf(const json& value) {
  if (value.is_number_integer()) return value.get<long long>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  const bool digits =
      !text.empty() && text.size() < 10 &&
      std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
  if (!digits) return std::nullopt;
  return std::stoll(text);
}

}  // namespace

std::optional<std::string> FunctionName(const json& value) {
  if (!value.is_object() || value.size() != 1) return std::nullopt;
  const std::string& key = value.begin().key();
  if (key == "Ref" || key.starts_with("Fn::")) return key;
  return std::nullopt;
}

json SplitList(std::string_view text) {
  json list = json::array();
  for (const std::string& part : fractus::Split(text, ',')) {
    const size_t first = part.find_first_not_of(" \t\n");
    const size_t last = part.find_last_not_of(" \t\n");
    list.push_back(first == std::string::npos ? "" : part.substr(first, last - first + 1));
  }
  return list;
}

std::vector<SubPart> ParseSub(std::string_view text) {
  std::vector<SubPart> parts;
  const auto add_literal = [&parts](std::string_view literal) {
    if (!literal.empty()) parts.push_back({std::string(literal), std::nullopt});
  };
  while (!text.empty()) {
    const size_t open = text.find("${");
    const size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) break;
    add_literal(text.substr(0, open));
    const std::string_view name = text.substr(open + 2, close - open - 2);
    if (name.starts_with('!')) {
      add_literal(fmt::format("${{{}}}", name.substr(1)));
    } else {
      parts.push_back({"", std::string(name)});
    }
    text.remove_prefix(close + 1);
  }
  add_literal(text);
  return parts;
}

Result<json> Evaluator::ResolveValue(const json& value) {
  auto resolved = Resolve(value);
  if (!resolved) return resolved.error();
  return resolved->has_value() ? **std::move(resolved) : json(nullptr);
}

Result<std::optional<json>> Evaluator::Resolve(const json& value) {
  if (const auto function = FunctionName(value)) {
    return ResolveFunction(*function, value.begin().value());
  }
  if (value.is_object()) {
    json object = json::object();
    for (const auto& [key, member] : value.items()) {
      auto resolved = Resolve(member);
      if (!resolved) return resolved.error();
      if (resolved->has_value()) object[key] = **std::move(resolved);
    }
    return std::optional<json>(std::move(object));
  }
  if (value.is_array()) {
    json array = json::array();
    for (const json& member : value) {
      auto resolved = Resolve(member);
      if (!resolved) return resolved.error();
      if (resolved->has_value()) array.push_back(**std::move(resolved));
    }
    return std::optional<json>(std::move(array));
  }
  return std::optional<json>(value);
}

Result<std::optional<json>> Evaluator::ResolveFunction(const std::string& name,
                                                       const json& argument) {
  const auto wrap = [](Result<json> result) -> Result<std::optional<json>> {
    if (!result) return result.error();
    return std::optional<json>(*std::move(result));
  };
  if (name == "Ref") return Ref(argument);
  if (name == "Fn::If") return If(argument);
  if (name == "Fn::GetAtt") return wrap(GetAtt(argument));
  if (name == "Fn::Sub") return wrap(Sub(argument));
  if (name == "Fn::Join") return wrap(Join(argument));
  if (name == "Fn::Select") return wrap(Select(argument));
  if (name == "Fn::Split") return wrap(Split(argument));
  if (name == "Fn::FindInMap") return wrap(FindInMap(argument));
  if (name == "Fn::And" || name == "Fn::Or" || name == "Fn::Not" || name == "Fn::Equals") {
    auto truth = Test(json{{name, argument}});
    if (!truth) return truth.error();
    return std::optional<json>(json(*truth));
  }

  auto resolved = ResolveValue(argument);
  if (!resolved) return resolved.error();
  if (name == "Fn::ImportValue") {
    if (!resolved->is_string()) {
      return TemplateError(
          "the attribute in Fn::ImportValue must be a string or a function that returns a string");
    }
    return wrap(surroundings_.import_value(resolved->get<std::string>()));
  }
  if (name == "Fn::Base64") {
    if (!IsScalar(*resolved))
      return TemplateError("every Fn::Base64 object must have a String-typed value.");
    return std::optional<json>(Base64Encode(ScalarText(*resolved)));
  }
  if (name == "Fn::GetAZs") {
    std::string region = resolved->is_string() ? resolved->get<std::string>() : "";
    if (region.empty()) region = surroundings_.pseudo_parameters.value("AWS::Region", "us-east-1");
    // Differs from AWS: every region has the zones a, b and c.
    return std::optional<json>(json::array({region + "a", region + "b", region + "c"}));
  }
  if (name == "Fn::ToJsonString") return std::optional<json>(resolved->dump());
  if (name == "Fn::Length") {
    if (!resolved->is_array()) return TemplateError("Fn::Length requires a list.");
    return std::optional<json>(json(resolved->size()));
  }
  return TemplateError(name + " is not emulated by fractus");
}

Result<std::optional<json>> Evaluator::Ref(const json& argument) {
  if (!argument.is_string())
    return TemplateError("every Ref object must have a single String value.");
  const auto name = argument.get<std::string>();
  if (name == "AWS::NoValue") return std::optional<json>();
  for (const json* known : {&surroundings_.parameters, &surroundings_.pseudo_parameters}) {
    const auto found = known->find(name);
    if (found != known->end()) return std::optional<json>(*found);
  }
  auto value = surroundings_.ref(name);
  if (!value) return value.error();
  return std::optional<json>(*std::move(value));
}

Result<json> Evaluator::GetAtt(const json& argument) {
  static const char kWrong[] =
      "every Fn::GetAtt object requires two non-empty parameters, the resource name and the "
      "resource attribute";
  std::string logical_id;
  json attribute;
  if (argument.is_string()) {
    const auto text = argument.get<std::string>();
    const size_t dot = text.find('.');
    if (dot == std::string::npos) return TemplateError(kWrong);
    logical_id = text.substr(0, dot);
    attribute = text.substr(dot + 1);
  } else if (argument.is_array() && argument.size() == 2 && argument[0].is_string()) {
    logical_id = argument[0].get<std::string>();
    auto resolved = ResolveValue(argument[1]);
    if (!resolved) return resolved.error();
    attribute = *std::move(resolved);
  }
  if (logical_id.empty() || !attribute.is_string() || attribute == "") return TemplateError(kWrong);
  return surroundings_.get_att(logical_id, attribute.get<std::string>());
}

Result<json> Evaluator::Sub(const json& argument) {
  static const char kWrong[] =
      "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string "
      "as first argument, "
      "and an optional second argument to specify a mapping of values to replace in the string";
  json variables = json::object();
  const json* text = &argument;
  if (argument.is_array()) {
    if (argument.empty() || argument.size() > 2) return TemplateError(kWrong);
    text = &argument[0];
    if (argument.size() == 2) {
      if (!argument[1].is_object()) return TemplateError(kWrong);
      variables = argument[1];
    }
  }
  if (!text->is_string()) return TemplateError(kWrong);
  std::string result;
  for (const SubPart& part : ParseSub(text->get<std::string>())) {
    if (!part.variable) {
      result += part.literal;
      continue;
    }
    const std::string& name = *part.variable;
    const bool well_formed =
        !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
          return std::isalnum(c) || c == '_' || c == '.' || c == ':';
        });
    if (!well_formed) {
      return TemplateError(
          "variable names in Fn::Sub syntax must contain only alphanumeric characters, "
          "underscores, periods, and colons");
    }
    Result<json> value = variables.contains(name)              ? ResolveValue(variables[name])
                         : name.find('.') != std::string::npos ? GetAtt(name)
                                                               : ResolveValue(json{{"Ref", name}});
    if (!value) return value.error();
    if (value->is_null()) continue;
    if (!IsScalar(*value)) {
      return TemplateError(
          fmt::format("variable {} in Fn::Sub expression does not resolve to a string", name));
    }
    result += ScalarText(*value);
  }
  return json(std::move(result));
}

Result<json> Evaluator::Join(const json& argument) {
  const auto wrong = [] {
    return TemplateError(
        "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of "
        "strings to be joined or "
        "a function that returns a list of strings (such as Fn::GetAZs) to be joined.");
  };
  if (!argument.is_array() || argument.size() != 2 || !argument[0].is_string()) return wrong();
  auto list = ResolveValue(argument[1]);
  if (!list) return list.error();
  if (!list->is_array()) return wrong();
  std::vector<std::string> parts;
  for (const json& part : *list) {
    if (!IsScalar(part)) return wrong();
    parts.push_back(ScalarText(part));
  }
  return json(fractus::Join(parts, argument[0].get<std::string>()));
}

Result<json> Evaluator::Select(const json& argument) {
  const auto wrong = [] {
    return TemplateError(
        "Fn::Select requires a list argument with two elements: an integer index and a list");
  };
  if (!argument.is_array() || argument.size() != 2) return wrong();
  auto index = ResolveValue(argument[0]);
  if (!index) return index.error();
  auto list = ResolveValue(argument[1]);
  if (!list) return list.error();
  const auto position = IntegerOf(*index);
  if (!position || !list->is_array()) return wrong();
  if (*position < 0 || static_cast<size_t>(*position) >= list->size()) {
    return TemplateError(
        fmt::format("Fn::Select cannot select nonexistent value at index {}", *position));
  }
  return list->at(static_cast<size_t>(*position));
}

Result<json> Evaluator::Split(const json& argument) {
  const auto wrong = [] {
    return TemplateError(
        "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string "
        "to be split or a "
        "function that returns a string to be split.");
  };
  if (!argument.is_array() || argument.size() != 2 || !argument[0].is_string() ||
      argument[0] == "") {
    return wrong();
  }
  auto text = ResolveValue(argument[1]);
  if (!text) return text.error();
  if (!text->is_string()) return wrong();
  const auto delimiter = argument[0].get<std::string>();
  std::string_view rest = text->get_ref<const std::string&>();
  json parts = json::array();
  for (size_t at = rest.find(delimiter); at != std::string_view::npos; at = rest.find(delimiter)) {
    parts.push_back(rest.substr(0, at));
    rest.remove_prefix(at + delimiter.size());
  }
  parts.push_back(rest);
  return parts;
}

Result<json> Evaluator::FindInMap(const json& argument) {
  if (!argument.is_array() || argument.size() < 3 || argument.size() > 4) {
    return TemplateError(
        "every Fn::FindInMap object requires three parameters, the map name, map key and the "
        "attribute for return value");
  }
  auto names = ResolveValue(json::array({argument[0], argument[1], argument[2]}));
  if (!names) return names.error();
  std::vector<std::string> path;
  for (const json& name : *names) {
    if (!IsScalar(name)) {
      return TemplateError(
          "every Fn::FindInMap object requires three parameters, the map name, map key and the "
          "attribute for return "
          "value");
    }
    path.push_back(ScalarText(name));
  }
  const json& mappings = Section(*surroundings_.document, "Mappings");
  const json* value = path.size() == 3 && mappings.contains(path[0]) ? &mappings[path[0]] : nullptr;
  if (value) value = value->contains(path[1]) ? &(*value)[path[1]] : nullptr;
  if (value) value = value->contains(path[2]) ? &(*value)[path[2]] : nullptr;
  if (value) return *value;
  if (argument.size() == 4 && argument[3].is_object() && argument[3].contains("DefaultValue")) {
    return ResolveValue(argument[3]["DefaultValue"]);
  }
  if (!mappings.contains(path[0])) {
    return TemplateError(fmt::format(
        "Mapping named '{}' is not present in the 'Mappings' section of template.", path[0]));
  }
  return TemplateError(fmt::format("Unable to get mapping for {}", fmt::join(path, "::")));
}

Result<std::optional<json>> Evaluator::If(const json& argument) {
  if (!argument.is_array() || argument.size() != 3 || !argument[0].is_string()) {
    return TemplateError(
        "Fn::If requires a list argument with the first element being a condition");
  }
  const auto name = argument[0].get<std::string>();
  if (!Section(*surroundings_.document, "Conditions").contains(name)) {
    return TemplateError(fmt::format("unresolved condition dependency {} in Fn::If", name));
  }
  const auto truth = Condition(name);
  if (!truth) return truth.error();
  return Resolve(argument[*truth ? 1 : 2]);
}

}  // namespace fractus::cloudformation
