// GetTemplate, ValidateTemplate, GetTemplateSummary, ListExports, ListImports.
#include <fmt/format.h>

#include <map>

#include "emulator/services/cloudformation/cloudformation.h"
#include "emulator/services/cloudformation/template.h"

namespace fractus::cloudformation {
namespace {

bool NoEcho(const json& declaration) {
  const json& value = Section(declaration, "NoEcho");
  return value == true || value == "true";
}

std::string DefaultOf(const json& declaration) { return ScalarText(declaration["Default"]); }

json DeclaredTransforms(const json& document) {
  const auto names = Transforms(document);
  return names ? json(*names) : json::array();
}

// Capabilities, CapabilitiesReason and DeclaredTransforms, as far as there are any.
void AddRequirements(json& output, const json& document) {
  json capabilities = json::array();
  std::vector<std::string> reasons = CapabilityReasons(document);
  if (const auto required = RequiredCapability(document)) capabilities.push_back(*required);
  const json transforms = DeclaredTransforms(document);
  if (!transforms.empty()) {
    capabilities.push_back("CAPABILITY_AUTO_EXPAND");
    for (const auto& [name, resource] : Section(document, "Resources").items()) {
      if (ScalarText(Section(resource, "Type")) != "AWS::Serverless::Function") continue;
      // Its role is made by the transform.
      if (!RequiredCapability(document) && !Section(resource, "Properties").contains("Role")) {
        capabilities.insert(capabilities.begin(), "CAPABILITY_IAM");
        reasons.push_back("AWS::Serverless::Function");
        break;
      }
    }
    output["DeclaredTransforms"] = transforms;
  }
  if (capabilities.empty()) return;
  output["Capabilities"] = capabilities;
  if (!reasons.empty()) {
    output["CapabilitiesReason"] = fmt::format(
        "The following resource(s) require capabilities: [{}]", fmt::join(reasons, ", "));
  }
}

Result<json> Checked(const std::string& text) {
  auto document = ParseTemplate(text);
  if (!document) return document.error();
  if (auto error = CheckForm(*document)) return *error;
  return document;
}

}  // namespace

Result<json> CloudFormation::GetTemplate(const Request& request) {
  const auto stack_name = request.Text("StackName");
  const auto change_set_name = request.Text("ChangeSetName");
  const bool processed = request.Text("TemplateStage") == "Processed";
  std::string text;
  json document;
  if (!change_set_name.empty()) {
    if (stack_name.empty() && !change_set_name.starts_with("arn:")) {
      return ValidationError("StackName is a required parameter.");
    }
    const auto change_set = NamedChangeSet(request);
    if (!change_set) return change_set.error();
    text = change_set->template_text;
    document = change_set->document;
  } else {
    if (stack_name.empty())
      return ValidationError("StackName is required if ChangeSetName is not specified.");
    const auto stack = store_.Find(request.context, stack_name);
    if (!stack) return ValidationError(fmt::format("Stack with id {} does not exist", stack_name));
    text = stack->template_text;
    document = stack->document;
  }
  return json{{"TemplateBody", processed ? document.dump() : text},
              {"StagesAvailable", json::array({"Original", "Processed"})}};
}

Result<json> CloudFormation::ValidateTemplate(const Request& request) {
  const auto text = TemplateText(request, nullptr);
  if (!text) return text.error();
  const auto document = Checked(*text);
  if (!document) return document.error();
  json output = {{"Parameters", json::array()}};
  for (const auto& [name, declaration] : Section(*document, "Parameters").items()) {
    json entry = {{"ParameterKey", name}, {"NoEcho", NoEcho(declaration)}};
    if (declaration.contains("Default")) entry["DefaultValue"] = DefaultOf(declaration);
    if (declaration.contains("Description"))
      entry["Description"] = ScalarText(declaration["Description"]);
    output["Parameters"].push_back(std::move(entry));
  }
  if (document->contains("Description"))
    output["Description"] = ScalarText((*document)["Description"]);
  AddRequirements(output, *document);
  return output;
}

Result<json> CloudFormation::GetTemplateSummary(const Request& request) {
  std::string text;
  if (const auto name = request.Text("StackName"); !name.empty()) {
    const auto stack = store_.Find(request.context, name);
    if (!stack) return ValidationError(fmt::format("Stack with id {} does not exist", name));
    if (stack->status == "REVIEW_IN_PROGRESS") {
      return ValidationError("GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.");
    }
    text = stack->template_text;
  } else {
    auto given = TemplateText(request, nullptr);
    if (!given) return given.error();
    text = *std::move(given);
  }
  const auto document = Checked(text);
  if (!document) return document.error();
  json output = {{"Parameters", json::array()}, {"ResourceTypes", json::array()}};
  for (const auto& [name, declaration] : Section(*document, "Parameters").items()) {
    json entry = {{"ParameterKey", name},
                  {"ParameterType", declaration["Type"]},
                  {"NoEcho", NoEcho(declaration)},
                  {"ParameterConstraints", json::object()}};
    if (declaration.contains("Default")) entry["DefaultValue"] = DefaultOf(declaration);
    if (declaration.contains("Description"))
      entry["Description"] = ScalarText(declaration["Description"]);
    for (const json& value : Section(declaration, "AllowedValues")) {
      entry["ParameterConstraints"]["AllowedValues"].push_back(ScalarText(value));
    }
    output["Parameters"].push_back(std::move(entry));
  }
  std::map<std::string, json> by_type;
  for (const auto& [name, resource] : Section(*document, "Resources").items()) {
    by_type[resource["Type"].get<std::string>()].push_back(name);
  }
  output["ResourceIdentifierSummaries"] = json::array();
  for (const auto& [type, names] : by_type) {
    output["ResourceTypes"].push_back(type);
    output["ResourceIdentifierSummaries"].push_back(
        {{"ResourceType", type}, {"LogicalResourceIds", names}});
  }
  if (document->contains("Description"))
    output["Description"] = ScalarText((*document)["Description"]);
  if (document->contains("Metadata")) output["Metadata"] = (*document)["Metadata"].dump();
  output["Version"] = "2010-09-09";
  AddRequirements(output, *document);
  return output;
}

Result<json> CloudFormation::ListExports(const Request& request) {
  std::map<std::string, json> exports;
  for (const auto& stack : store_.List(request.context)) {
    if (!stack.live()) continue;
    for (const json& output : stack.outputs) {
      const std::string name = output.value("ExportName", "");
      if (name.empty()) continue;
      exports[name] = {
          {"ExportingStackId", stack.id}, {"Name", name}, {"Value", output["OutputValue"]}};
    }
  }
  json list = json::array();
  for (auto& [name, entry] : exports) list.push_back(std::move(entry));
  return json{{"Exports", list}};
}

Result<json> CloudFormation::ListImports(const Request& request) {
  const auto name = request.Text("ExportName");
  json importers = json::array();
  for (const auto& stack : store_.List(request.context)) {
    if (stack.live() && stack.imports.contains(name)) importers.push_back(stack.name);
  }
  if (importers.empty())
    return ValidationError(fmt::format("Export '{}' is not imported by any stack.", name));
  return json{{"Imports", importers}};
}

}  // namespace fractus::cloudformation
