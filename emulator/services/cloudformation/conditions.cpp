// The section Conditions: which of a template's conditions hold.
#include <fmt/format.h>

#include "emulator/services/cloudformation/evaluator.h"
#include "emulator/services/cloudformation/template.h"

namespace fractus::cloudformation {

Result<bool> Evaluator::Condition(const std::string& name) {
  const auto known = conditions_.find(name);
  if (known != conditions_.end()) return known->second;
  const json& definitions = Section(*surroundings_.document, "Conditions");
  if (!definitions.contains(name)) {
    return ValidationError(
        fmt::format("Template format error: Unresolved condition dependency {} in the Conditions "
                    "block of the template",
                    name));
  }
  if (!open_conditions_.insert(name).second) {
    return ValidationError(fmt::format("Circular dependency between conditions: [{}]", name));
  }
  auto truth = Test(definitions[name]);
  open_conditions_.erase(name);
  if (!truth) return truth.error();
  conditions_[name] = *truth;
  return *truth;
}

Result<bool> Evaluator::Test(const json& expression) {
  if (expression.is_boolean()) return expression.get<bool>();
  if (expression == "true" || expression == "false") return expression == "true";
  if (!expression.is_object() || expression.size() != 1) {
    return ValidationError(
        "Template format error: Every Conditions member must be a condition function.");
  }
  const std::string& name = expression.begin().key();
  const json& argument = expression.begin().value();
  if (name == "Condition") {
    if (!argument.is_string()) return TemplateError("every Condition object requires a string.");
    return Condition(argument.get<std::string>());
  }
  if (name == "Fn::Equals") {
    if (!argument.is_array() || argument.size() != 2) {
      return TemplateError("every Fn::Equals object requires a list of 2 string parameters.");
    }
    auto sides = ResolveValue(argument);
    if (!sides) return sides.error();
    if (sides->size() != 2) return false;
    const json& a = (*sides)[0];
    const json& b = (*sides)[1];
    if (IsScalar(a) && IsScalar(b)) return ScalarText(a) == ScalarText(b);
    return a == b;
  }
  if (name == "Fn::Not") {
    if (!argument.is_array() || argument.size() != 1) {
      return TemplateError("every Fn::Not object requires one boolean parameter.");
    }
    const auto truth = Test(argument[0]);
    if (!truth) return truth.error();
    return !*truth;
  }
  if (name == "Fn::And" || name == "Fn::Or") {
    if (!argument.is_array() || argument.size() < 2 || argument.size() > 10) {
      return TemplateError(fmt::format(
          "every {} object requires a list of at least 2 and at most 10 boolean parameters.",
          name));
    }
    bool all = true, any = false;
    for (const json& part : argument) {
      const auto truth = Test(part);
      if (!truth) return truth.error();
      all = all && *truth;
      any = any || *truth;
    }
    return name == "Fn::And" ? all : any;
  }
  auto value = ResolveValue(expression);
  if (!value) return value.error();
  if (*value == "true" || *value == "false") return *value == "true";
  if (value->is_boolean()) return value->get<bool>();
  return TemplateError("unsupported function in the Conditions block: " + name);
}

}  // namespace fractus::cloudformation
