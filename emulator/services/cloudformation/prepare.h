// From a request that carries a template to a document ready to be deployed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/core/request.h"
#include "emulator/services/cloudformation/deployment.h"

namespace fractus::cloudformation {

struct Prepared {
  // As the client sent it.
  std::string text;
  // After the transforms; as sent where a transform failed.
  json document = json::object();
  // Texts by name.
  json parameters = json::object();
  bool has_transforms = false;
  // "Transform AWS::Serverless-2016-10-31 failed with: ...", or empty.
  std::string transform_error;
};

// The text of TemplateBody, or of the previous template when the request asks for it.
Result<std::string> TemplateText(const Request& request, const Stack* previous);

// Parses, chooses parameters, transforms and checks. `previous` is the stack to be updated, or
// null.
Result<Prepared> Prepare(const Request& request, const Stack& stack, const Stack* previous);

// Of a processed document: "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM" or nothing.
std::optional<std::string> RequiredCapability(const json& document);
// The resource types that require it.
std::vector<std::string> CapabilityReasons(const json& document);
// Fails with InsufficientCapabilitiesException.
std::optional<ApiError> CheckCapabilities(const json& given, const std::string& required);

std::optional<ApiError> CheckStackName(const std::string& name);

// What an update would do: [{Type, ResourceChange}], in the order of the deployment.
Result<json> FindChanges(const Workshop& workshop, const RequestContext& context,
                         const Stack& stack, const json& document, const json& parameters);
// Whether the update changes nothing that a deployment would act on.
Result<bool> ChangesNothing(const Workshop& workshop, const RequestContext& context,
                            const Stack& stack, const Prepared& prepared, const json& tags,
                            const json& changes);

json PseudoParameters(const Stack& stack);

}  // namespace fractus::cloudformation
