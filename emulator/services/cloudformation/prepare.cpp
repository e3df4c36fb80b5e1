#include "emulator/services/cloudformation/prepare.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <set>

#include "emulator/services/cloudformation/parameters.h"
#include "emulator/services/cloudformation/sam/sam.h"
#include "emulator/services/cloudformation/template.h"

namespace fractus::cloudformation {
namespace {

// Differs from AWS: a TemplateBody may be as long as a template in S3 (AWS: 51,200 bytes), since
// TemplateURL is not emulated.
constexpr size_t kMaxTemplate = 1024 * 1024;
constexpr std::string_view kServerless = "AWS::Serverless-2016-10-31";
constexpr std::string_view kLanguageExtensions = "AWS::LanguageExtensions";

// Functions of a template that is only checked: resources are not there yet.
Evaluator DryEvaluator(const Stack& stack, const json& document, const json& parameters) {
  Surroundings surroundings;
  surroundings.document = &document;
  surroundings.parameters = ParameterValues(document, parameters);
  surroundings.pseudo_parameters = PseudoParameters(stack);
  surroundings.ref = [](const std::string&) -> Result<json> { return json("unknown"); };
  surroundings.get_att = [](const std::string&, const std::string&) -> Result<json> {
    return json("unknown");
  };
  surroundings.import_value = [](const std::string&) -> Result<json> { return json("unknown"); };
  return Evaluator(std::move(surroundings));
}

std::optional<ApiError> Transform(Prepared& prepared, const Stack& stack) {
  const auto transforms = Transforms(prepared.document);
  if (!transforms) return transforms.error();
  for (const auto& name : *transforms) {
    prepared.has_transforms = true;
    if (name == kLanguageExtensions) continue;
    if (name != kServerless) {
      if (name.starts_with("AWS::"))
        return ValidationError(fmt::format("The transform {} is not emulated by fractus", name));
      return ValidationError(fmt::format("No transform named {} found.", name));
    }
    json values = ParameterValues(prepared.document, prepared.parameters);
    values.update(PseudoParameters(stack));
    auto transformed = TransformServerless(prepared.document, values);
    if (!transformed) {
      prepared.transform_error =
          fmt::format("Transform {} failed with: {}", name, transformed.error().message);
      return std::nullopt;
    }
    prepared.document = *std::move(transformed);
  }
  prepared.document.erase("Transform");
  return std::nullopt;
}

Result<Prepared> PrepareWellFormed(const Request& request, const Stack& stack,
                                   const Stack* previous) {
  Prepared prepared;
  auto text = TemplateText(request, previous);
  if (!text) return text.error();
  prepared.text = *std::move(text);
  auto document = ParseTemplate(prepared.text);
  if (!document) return document.error();
  prepared.document = *std::move(document);
  if (auto error = CheckForm(prepared.document)) return *error;

  auto parameters = ChooseParameters(prepared.document, request.Array("Parameters"),
                                     previous ? previous->parameters : json::object());
  if (!parameters) return parameters.error();
  prepared.parameters = *std::move(parameters);

  if (auto error = Transform(prepared, stack)) return *error;
  if (!prepared.transform_error.empty()) return prepared;
  if (auto error = CheckForm(prepared.document)) return *error;
  Evaluator evaluator = DryEvaluator(stack, prepared.document, prepared.parameters);
  const auto plan = MakePlan(prepared.document, evaluator);
  if (!plan) return plan.error();
  if (auto error = CheckProperties(prepared.document, *plan, evaluator)) return *error;
  return prepared;
}

bool IsIam(const std::string& type) {
  static const std::set<std::string> kTypes = {"AWS::IAM::AccessKey",
                                               "AWS::IAM::Group",
                                               "AWS::IAM::InstanceProfile",
                                               "AWS::IAM::ManagedPolicy",
                                               "AWS::IAM::Policy",
                                               "AWS::IAM::Role",
                                               "AWS::IAM::User",
                                               "AWS::IAM::UserToGroupAddition"};
  return kTypes.contains(type);
}

}  // namespace

Result<std::string> TemplateText(const Request& request, const Stack* previous) {
  if (request.Has("TemplateURL")) {
    return ValidationError(
        "TemplateURL is not emulated by fractus: send the template in TemplateBody");
  }
  if (request.Flag("UsePreviousTemplate", false) && previous) return previous->template_text;
  const std::string text = request.Text("TemplateBody");
  if (text.empty())
    return ValidationError("Either Template URL or Template Body must be specified.");
  if (text.size() > kMaxTemplate) {
    return ValidationError(
        fmt::format("1 validation error detected: Value at 'templateBody' failed to satisfy "
                    "constraint: Member must have length less than "
                    "or equal to {}",
                    kMaxTemplate));
  }
  return text;
}

Result<Prepared> Prepare(const Request& request, const Stack& stack, const Stack* previous) {
  try {
    return PrepareWellFormed(request, stack, previous);
  } catch (const json::exception&) {
    // A member of a kind that no check expects.
    return ValidationError("Template format error: unsupported structure.");
  }
}

std::vector<std::string> CapabilityReasons(const json& document) {
  std::set<std::string> types;
  for (const auto& [name, resource] : Section(document, "Resources").items()) {
    const std::string type = ScalarText(Section(resource, "Type"));
    if (IsIam(type)) types.insert(type);
  }
  return {types.begin(), types.end()};
}

std::optional<std::string> RequiredCapability(const json& document) {
  if (CapabilityReasons(document).empty()) return std::nullopt;
  for (const auto& [name, resource] : Section(document, "Resources").items()) {
    if (!IsIam(ScalarText(Section(resource, "Type")))) continue;
    for (const char* property :
         {"RoleName", "ManagedPolicyName", "UserName", "GroupName", "InstanceProfileName"}) {
      if (Section(resource, "Properties").contains(property)) return "CAPABILITY_NAMED_IAM";
    }
  }
  return "CAPABILITY_IAM";
}

std::optional<ApiError> CheckCapabilities(const json& given, const std::string& required) {
  for (const json& capability : given) {
    if (capability == required) return std::nullopt;
    if (required == "CAPABILITY_IAM" && capability == "CAPABILITY_NAMED_IAM") return std::nullopt;
  }
  return ApiError{"InsufficientCapabilitiesException",
                  fmt::format("Requires capabilities : [{}]", required)};
}

std::optional<ApiError> CheckStackName(const std::string& name) {
  static const std::regex kName("[a-zA-Z][-a-zA-Z0-9]*");
  if (name.size() > 128) {
    return ValidationError(fmt::format(
        "1 validation error detected: Value '{}' at 'stackName' failed to satisfy constraint: "
        "Member must have length less than or equal to 128",
        name));
  }
  if (std::regex_match(name, kName)) return std::nullopt;
  return ValidationError(
      fmt::format("1 validation error detected: Value '{}' at 'stackName' failed to satisfy "
                  "constraint: Member must satisfy regular "
                  "expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*",
                  name));
}

}  // namespace fractus::cloudformation
