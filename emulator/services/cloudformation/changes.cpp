// What an update would change, found without doing it.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "emulator/services/cloudformation/prepare.h"
#include "emulator/services/cloudformation/template.h"

namespace fractus::cloudformation {
namespace {

constexpr char kUnknown[] = "{{changeSet:KNOWN_AFTER_APPLY}}";

bool MentionsUnknown(const json& value) {
  if (value.is_string())
    return value.get_ref<const std::string&>().find(kUnknown) != std::string::npos;
  if (!value.is_structured()) return false;
  return std::any_of(value.begin(), value.end(), MentionsUnknown);
}

bool Has(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

json Change(json resource_change) {
  return {{"Type", "Resource"}, {"ResourceChange", std::move(resource_change)}};
}

// The difference of a resource that exists, or nothing. Adds the resource to `replaced` when its
// physical id will change.
std::optional<json> Modification(const StackResource& before, const PlannedResource& planned,
                                 const json& properties, std::set<std::string>& replaced) {
  const ResourceType* type = FindResourceType(planned.type);
  json all = before.properties;
  all.update(properties);
  json details = json::array();
  bool replace = false;
  for (const auto& [name, unused] : all.items()) {
    if (!Differs(before.properties, properties, name)) continue;
    const bool recreate = type && (!type->update || Has(type->create_only, name));
    const bool dynamic = MentionsUnknown(Property(properties, name));
    replace = replace || recreate;
    details.push_back({{"Target",
                        {{"Attribute", "Properties"},
                         {"Name", name},
                         {"RequiresRecreation", recreate ? "Always" : "Never"}}},
                       {"Evaluation", dynamic ? "Dynamic" : "Static"},
                       {"ChangeSource", dynamic ? "ResourceReference" : "DirectModification"}});
  }
  json scope = json::array();
  if (!details.empty()) scope.push_back("Properties");
  if (before.metadata != planned.metadata) {
    scope.push_back("Metadata");
    details.push_back({{"Target", {{"Attribute", "Metadata"}, {"RequiresRecreation", "Never"}}},
                       {"Evaluation", "Static"},
                       {"ChangeSource", "DirectModification"}});
  }
  if (scope.empty()) return std::nullopt;
  if (replace) replaced.insert(planned.logical_id);
  return Change({{"Action", "Modify"},
                 {"LogicalResourceId", planned.logical_id},
                 {"PhysicalResourceId", before.physical_id},
                 {"ResourceType", planned.type},
                 {"Replacement", replace ? "True" : "False"},
                 {"Scope", scope},
                 {"Details", details}});
}

}  // namespace

Result<json> FindChanges(const Workshop& workshop, const RequestContext& context,
                         const Stack& stack, const json& document, const json& parameters) {
  std::set<std::string> replaced, imports;
  Surroundings surroundings =
      StackSurroundings(workshop, context, stack, document, parameters, imports);
  // What is not known before the deployment gets a value that no property has.
  const auto known = [&replaced](const std::string& logical_id,
                                 Result<json> value) -> Result<json> {
    if (replaced.contains(logical_id) || !value) return json(kUnknown);
    return value;
  };
  surroundings.ref = [known, ref = surroundings.ref](const std::string& logical_id) {
    return known(logical_id, ref(logical_id));
  };
  surroundings.get_att = [known, get_att = surroundings.get_att](const std::string& logical_id,
                                                                 const std::string& attribute) {
    return known(logical_id, get_att(logical_id, attribute));
  };
  surroundings.import_value =
      [import_value = surroundings.import_value](const std::string& name) -> Result<json> {
    auto value = import_value(name);
    if (!value) return json(kUnknown);
    return value;
  };
  Evaluator evaluator(std::move(surroundings));
  const auto plan = MakePlan(document, evaluator);
  if (!plan) return plan.error();

  json changes = json::array();
  std::set<std::string> wanted, other_type;
  for (const auto& planned : *plan) {
    wanted.insert(planned.logical_id);
    const auto existing = stack.resources.find(planned.logical_id);
    if (existing == stack.resources.end() || !existing->second.exists()) {
      changes.push_back(Change({{"Action", "Add"},
                                {"LogicalResourceId", planned.logical_id},
                                {"ResourceType", planned.type},
                                {"Scope", json::array()},
                                {"Details", json::array()}}));
      continue;
    }
    if (existing->second.type != planned.type) {
      other_type.insert(planned.logical_id);
      continue;
    }
    auto properties = evaluator.ResolveValue(planned.properties);
    // Select or Split of an unknown value may fail: it will be different then.
    const json values = properties ? *properties : json{{"Fractus", kUnknown}};
    if (auto change = Modification(existing->second, planned, values, replaced))
      changes.push_back(*std::move(change));
  }
  if (!other_type.empty()) {
    return ValidationError(
        fmt::format("Update of resource type is not permitted. The new template modifies resource "
                    "type of the following resources: [{}]",
                    fmt::join(other_type, ", ")));
  }
  for (const auto& [name, resource] : stack.resources) {
    if (wanted.contains(name) || !resource.exists()) continue;
    changes.push_back(Change({{"Action", "Remove"},
                              {"LogicalResourceId", name},
                              {"PhysicalResourceId", resource.physical_id},
                              {"ResourceType", resource.type},
                              {"Scope", json::array()},
                              {"Details", json::array()}}));
  }
  return changes;
}

Result<bool> ChangesNothing(const Workshop& workshop, const RequestContext& context,
                            const Stack& stack, const Prepared& prepared, const json& tags,
                            const json& changes) {
  if (!changes.empty() || tags != stack.tags) return false;
  // After a failure there is always something to be put right.
  if (stack.status.ends_with("_FAILED")) return false;
  std::set<std::string> imports;
  Evaluator evaluator(
      StackSurroundings(workshop, context, stack, prepared.document, prepared.parameters, imports));
  const auto outputs = EvaluateOutputs(prepared.document, evaluator);
  if (!outputs) return outputs.error();
  return *outputs == stack.outputs;
}

}  // namespace fractus::cloudformation
