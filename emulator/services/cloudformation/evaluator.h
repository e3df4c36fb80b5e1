// The functions of a template (Ref, Fn::Sub, conditions and the others) given what they may see.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "emulator/core/api_error.h"

namespace fractus::cloudformation {

// What a template's functions can see.
struct Surroundings {
  // The template's sections "Mappings" and "Conditions" are read from here. Outlives the evaluator.
  const json* document = nullptr;
  // Template parameters: a text, or a list of texts for the list types.
  json parameters = json::object();
  // "AWS::Region" and the others, except AWS::NoValue.
  json pseudo_parameters = json::object();
  // What Ref and Fn::GetAtt of a resource give. Fail for a resource that does not exist.
  std::function<Result<json>(const std::string& logical_id)> ref;
  std::function<Result<json>(const std::string& logical_id, const std::string& attribute)> get_att;
  std::function<Result<json>(const std::string& export_name)> import_value;
};

// Not thread-safe: conditions are evaluated once and kept.
class Evaluator {
 public:
  explicit Evaluator(Surroundings surroundings) : surroundings_(std::move(surroundings)) {}

  // The value with all functions carried out; nothing for AWS::NoValue. Fails with ValidationError
  // and AWS's wording.
  Result<std::optional<json>> Resolve(const json& value);
  // The same for places that must have a value: AWS::NoValue becomes null.
  Result<json> ResolveValue(const json& value);
  // The named condition. Fails when it does not exist or depends on itself.
  Result<bool> Condition(const std::string& name);

  const Surroundings& surroundings() const { return surroundings_; }

 private:
  Result<std::optional<json>> ResolveFunction(const std::string& name, const json& argument);
  Result<std::optional<json>> Ref(const json& argument);
  Result<json> GetAtt(const json& argument);
  Result<json> Sub(const json& argument);
  Result<json> Join(const json& argument);
  Result<json> Select(const json& argument);
  Result<json> Split(const json& argument);
  Result<json> FindInMap(const json& argument);
  Result<std::optional<json>> If(const json& argument);
  // An expression of the Conditions section.
  Result<bool> Test(const json& expression);

  Surroundings surroundings_;
  std::map<std::string, bool> conditions_;
  std::set<std::string> open_conditions_;
};

// One variable or literal of an Fn::Sub text. A literal has no variable.
struct SubPart {
  std::string literal;
  std::optional<std::string> variable;
};

// "a${B.C}${!D}" → "a", variable "B.C", "${D}".
std::vector<SubPart> ParseSub(std::string_view text);

// The name of the function when `value` is an object of one function call; nothing for plain data.
std::optional<std::string> FunctionName(const json& value);

// A list parameter's text at its commas, without blanks around the parts.
json SplitList(std::string_view text);

}  // namespace fractus::cloudformation
