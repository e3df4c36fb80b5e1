// What a stack's template can see while it is deployed, and its outputs.
#include <fmt/format.h>

#include "emulator/services/cloudformation/deployment.h"
#include "emulator/services/cloudformation/parameters.h"
#include "emulator/services/cloudformation/prepare.h"
#include "emulator/services/cloudformation/template.h"

namespace fractus::cloudformation {

json PseudoParameters(const Stack& stack) {
  return {{"AWS::AccountId", stack.account},  {"AWS::NotificationARNs", stack.notification_arns},
          {"AWS::Partition", "aws"},          {"AWS::Region", stack.region},
          {"AWS::StackId", stack.id},         {"AWS::StackName", stack.name},
          {"AWS::URLSuffix", "amazonaws.com"}};
}

Surroundings StackSurroundings(const Workshop& workshop, const RequestContext& context,
                               const Stack& stack, const json& document, const json& parameters,
                               std::set<std::string>& imports) {
  Surroundings surroundings;
  surroundings.document = &document;
  surroundings.parameters = ParameterValues(document, parameters);
  surroundings.pseudo_parameters = PseudoParameters(stack);
  const auto find = [&stack](const std::string& logical_id) -> const StackResource* {
    const auto found = stack.resources.find(logical_id);
    return found == stack.resources.end() || !found->second.exists() ? nullptr : &found->second;
  };
  surroundings.ref = [find](const std::string& logical_id) -> Result<json> {
    const auto* resource = find(logical_id);
    if (!resource) {
      return ValidationError(
          fmt::format("Template format error: Unresolved resource dependencies [{}] in the "
                      "Resources block of the template",
                      logical_id));
    }
    return json(resource->physical_id);
  };
  surroundings.get_att = [find](const std::string& logical_id,
                                const std::string& attribute) -> Result<json> {
    const auto* resource = find(logical_id);
    if (!resource) {
      return ValidationError(
          "Template error: instance of Fn::GetAtt references undefined resource " + logical_id);
    }
    const auto found = resource->attributes.find(attribute);
    if (found == resource->attributes.end()) {
      return ValidationError(fmt::format(
          "Template error: resource {} does not support attribute type {} in Fn::GetAtt",
          logical_id, attribute));
    }
    return *found;
  };
  surroundings.import_value = [&workshop, context,
                               &imports](const std::string& name) -> Result<json> {
    for (const auto& other : workshop.store.List(context)) {
      if (!other.live()) continue;
      for (const json& output : other.outputs) {
        if (output.value("ExportName", "") != name) continue;
        imports.insert(name);
        return json(output.value("OutputValue", ""));
      }
    }
    return ValidationError(fmt::format("No export named {} found", name));
  };
  return surroundings;
}

Result<json> EvaluateOutputs(const json& document, Evaluator& evaluator) {
  json outputs = json::array();
  for (const auto& [name, output] : Section(document, "Outputs").items()) {
    if (output.contains("Condition")) {
      const auto exists = evaluator.Condition(output["Condition"].get<std::string>());
      if (!exists) return exists.error();
      if (!*exists) continue;
    }
    const auto value = evaluator.ResolveValue(output["Value"]);
    if (!value) return value.error();
    if (value->is_null()) continue;
    if (value->is_structured()) {
      return ValidationError(
          fmt::format("Template format error: Output {} is malformed. The Value field of every "
                      "Outputs member must evaluate to a String.",
                      name));
    }
    json entry = {{"OutputKey", name}, {"OutputValue", ScalarText(*value)}};
    if (output.contains("Description")) entry["Description"] = ScalarText(output["Description"]);
    if (output.contains("Export") && output["Export"].is_object() &&
        output["Export"].contains("Name")) {
      const auto export_name = evaluator.ResolveValue(output["Export"]["Name"]);
      if (!export_name) return export_name.error();
      entry["ExportName"] = ScalarText(*export_name);
    }
    outputs.push_back(std::move(entry));
  }
  return outputs;
}

}  // namespace fractus::cloudformation
