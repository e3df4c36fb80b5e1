// What a template asks for once its parameters are known: the resources that exist, what each
// needs, in which order.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "emulator/core/api_error.h"
#include "emulator/services/cloudformation/evaluator.h"

namespace fractus::cloudformation {

struct PlannedResource {
  std::string logical_id;
  std::string type;
  // With functions not carried out.
  json properties = json::object();
  json metadata = json::object();
  // "Delete", "Retain", "RetainExceptOnCreate" or "Snapshot".
  std::string deletion_policy = "Delete";
  std::string update_replace_policy = "Delete";
  // All resources it refers to or depends on.
  std::set<std::string> needs;
};

// The resources whose condition holds, each after all that it needs, otherwise by name. Fails with
// ValidationError when something refers to what does not exist, on circles, and when a condition
// cannot be evaluated.
Result<std::vector<PlannedResource>> MakePlan(const json& document, Evaluator& evaluator);

// The first error among the properties that depend on no resource, whose functions can be carried
// out beforehand.
std::optional<ApiError> CheckProperties(const json& document,
                                        const std::vector<PlannedResource>& plan,
                                        Evaluator& evaluator);

// Names of `needs` in an order in which each comes after all it needs, otherwise by name; what is
// not a key is passed over. Members of circles come last.
std::vector<std::string> OrderByNeeds(const std::map<std::string, std::set<std::string>>& needs);

}  // namespace fractus::cloudformation
