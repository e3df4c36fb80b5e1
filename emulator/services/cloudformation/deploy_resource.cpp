// The steps of a deployment for one resource.
#include <fmt/format.h>

#include <algorithm>

#include "emulator/core/log.h"
#include "emulator/services/cloudformation/deployment.h"
#include "emulator/services/cloudformation/template.h"

namespace fractus::cloudformation {
namespace {

std::string ServiceName(const std::string& type) {
  const auto begin = type.find("::");
  const auto end = begin == std::string::npos ? begin : type.find("::", begin + 2);
  if (end == std::string::npos) return type;
  const std::string name = type.substr(begin + 2, end - begin - 2);
  return name == "DynamoDB" ? "DynamoDb" : name;
}

// The code that resource handlers report for an error of the service.
std::string HandlerErrorCode(const std::string& code) {
  const auto has = [&code](std::string_view part) { return code.find(part) != std::string::npos; };
  if (has("AlreadyExists") || has("ResourceInUse") || has("ResourceConflict"))
    return "AlreadyExists";
  if (has("NotFound") || has("NoSuchEntity")) return "NotFound";
  if (has("AccessDenied") || has("Unauthorized")) return "AccessDenied";
  if (has("Throttl") || has("TooManyRequests")) return "Throttling";
  if (has("LimitExceeded")) return "ServiceLimitExceeded";
  if (has("Validation") || has("Invalid") || has("BadRequest") || has("Malformed"))
    return "InvalidRequest";
  return "GeneralServiceException";
}

std::string HandlerMessage(const ApiError& error, const std::string& type,
                           const RequestContext& context, IdSource& ids) {
  if (error.code == "NotImplemented") return error.message;
  return fmt::format(
      "Resource handler returned message: \"{} (Service: {}, Status Code: {}, Request ID: {})\" "
      "(RequestToken: {}, "
      "HandlerErrorCode: {})",
      error.message, ServiceName(type), error.http_status ? error.http_status : 400,
      context.request_id, ids.Uuid(), HandlerErrorCode(error.code));
}

bool Has(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> NotActedOn(const ResourceType& type, const json& properties) {
  std::vector<std::string> names;
  for (const auto& [name, value] : properties.items()) {
    if (!Has(type.properties, name)) names.push_back(name);
  }
  return names;
}

std::optional<std::string> MissingProperties(const ResourceType& type, const json& properties) {
  std::vector<std::string> missing;
  for (const auto name : type.required) {
    if (Property(properties, name).is_null())
      missing.push_back(fmt::format("The property {{/{}}} is required", name));
  }
  if (missing.empty()) return std::nullopt;
  return fmt::format("Property validation failure: [{}]", fmt::join(missing, ", "));
}

// Runs a step of a provider. A property of a kind that the provider does not expect is the
// template's fault.
template <class Step>
auto Guarded(Step step) -> decltype(step()) {
  try {
    return step();
  } catch (const json::exception& error) {
    return ApiError{"ValidationException",
                    fmt::format("Model validation failed: {}", error.what())};
  }
}

void Describe(StackResource& resource, const PlannedResource& planned) {
  resource.logical_id = planned.logical_id;
  resource.type = planned.type;
  resource.metadata = planned.metadata;
  resource.deletion_policy = planned.deletion_policy;
  resource.update_replace_policy = planned.update_replace_policy;
  resource.needs = planned.needs;
}

}  // namespace

bool Deployment::CreateResource(const PlannedResource& planned, Evaluator& evaluator) {
  StackResource& resource = stack_.resources[planned.logical_id];
  resource = StackResource();
  Describe(resource, planned);
  changes_.push_back({planned.logical_id, std::nullopt, false});
  const auto fail = [&](const std::string& reason) {
    SetResourceStatus(resource, "CREATE_FAILED", reason);
    failed_create_ = planned.logical_id;
    return false;
  };
  const ResourceType* type = FindResourceType(planned.type);
  if (!type) {
    SetResourceStatus(resource, "CREATE_IN_PROGRESS");
    return fail(planned.type + " is not emulated by fractus");
  }
  auto properties = evaluator.ResolveValue(planned.properties);
  if (!properties) {
    SetResourceStatus(resource, "CREATE_IN_PROGRESS");
    return fail(properties.error().message);
  }
  resource.properties = *std::move(properties);
  SetResourceStatus(resource, "CREATE_IN_PROGRESS");
  if (auto missing = MissingProperties(*type, resource.properties)) return fail(*missing);
  if (Make(resource, *type, "CREATE")) return true;
  failed_create_ = planned.logical_id;
  return false;
}

bool Deployment::Make(StackResource& resource, const ResourceType& type, const std::string& verb) {
  Scene scene = MakeScene(resource.logical_id);
  scene.ignored = NotActedOn(type, resource.properties);
  auto made = Guarded([&] { return type.create(scene, resource.properties); });
  if (!made) {
    SetResourceStatus(resource, verb + "_FAILED",
                      HandlerMessage(made.error(), resource.type, scene.context, workshop_.ids));
    return false;
  }
  resource.physical_id = std::move(made->physical_id);
  resource.attributes = std::move(made->attributes);
  SetResourceStatus(resource, verb + "_IN_PROGRESS", "Resource creation Initiated");
  std::string note;
  if (!scene.ignored.empty()) {
    note = fmt::format("Not acted on by fractus: {}", fmt::join(scene.ignored, ", "));
    Log(LogLevel::kWarning, "stack {}: {} ({}): not acted on: {}", stack_.name, resource.logical_id,
        resource.type, fmt::join(scene.ignored, ", "));
  }
  SetResourceStatus(resource, verb + "_COMPLETE", note);
  return true;
}

bool Deployment::UpdateResource(const PlannedResource& planned, Evaluator& evaluator) {
  StackResource& resource = stack_.resources[planned.logical_id];
  const ResourceType* type = FindResourceType(planned.type);
  auto properties = evaluator.ResolveValue(planned.properties);
  const StackResource before = resource;
  const auto fail = [&](const std::string& reason) {
    SetResourceStatus(resource, "UPDATE_FAILED", reason);
    failed_update_ = planned.logical_id;
    return false;
  };
  if (!type || !properties) {
    changes_.push_back({planned.logical_id, before, true});
    return fail(!type ? planned.type + " is not emulated by fractus" : properties.error().message);
  }
  Describe(resource, planned);
  std::vector<std::string> changed;
  json all = before.properties;
  all.update(*properties);
  for (const auto& [name, value] : all.items()) {
    if (Differs(before.properties, *properties, name)) changed.push_back(name);
  }
  if (changed.empty() && before.metadata == planned.metadata && before.status != "UPDATE_FAILED")
    return true;

  const bool replace = std::any_of(changed.begin(), changed.end(), [type](const std::string& name) {
    return !type->update || Has(type->create_only, name);
  });
  changes_.push_back({planned.logical_id, before, replace});
  resource.properties = *properties;
  if (auto missing = MissingProperties(*type, resource.properties)) return fail(*missing);
  if (replace) {
    const json& name = Property(before.properties, type->name_property);
    if (!type->name_property.empty() && !name.is_null() &&
        name == Property(*properties, type->name_property)) {
      resource.properties = before.properties;
      return fail(
          fmt::format("CloudFormation cannot update a stack when a custom-named resource requires "
                      "replacing. Rename {} and update the "
                      "stack again.",
                      ScalarText(name)));
    }
    SetResourceStatus(
        resource, "UPDATE_IN_PROGRESS",
        "Requested update requires the creation of a new physical resource; hence creating one.");
    if (!Make(resource, *type, "UPDATE")) {
      failed_update_ = planned.logical_id;
      return false;
    }
    StackResource replaced = before;
    replaced.deletion_policy = before.update_replace_policy;
    left_over_.push_back(std::move(replaced));
    return true;
  }
  SetResourceStatus(resource, "UPDATE_IN_PROGRESS");
  Scene scene = MakeScene(resource.logical_id);
  scene.ignored = NotActedOn(*type, resource.properties);
  if (type->update && !changed.empty()) {
    auto made = Guarded([&] {
      return type->update(scene, resource.physical_id, before.properties, resource.properties);
    });
    if (!made)
      return fail(HandlerMessage(made.error(), resource.type, scene.context, workshop_.ids));
    resource.physical_id = std::move(made->physical_id);
    // A type's update answers what it learnt; the rest stays.
    resource.attributes.update(made->attributes);
  }
  SetResourceStatus(resource, "UPDATE_COMPLETE");
  return true;
}

bool Deployment::DeleteResource(StackResource& resource) {
  const bool failed_creation = job_.kind == Job::Kind::kCreate;
  if (resource.deletion_policy == "Retain" ||
      (resource.deletion_policy == "RetainExceptOnCreate" && !failed_creation)) {
    // AWS keeps resources with Retain also when a creation is rolled back.
    SetResourceStatus(resource, "DELETE_SKIPPED");
    return true;
  }
  SetResourceStatus(resource, "DELETE_IN_PROGRESS");
  const ResourceType* type = FindResourceType(resource.type);
  Scene scene = MakeScene(resource.logical_id);
  if (type) {
    if (const auto error = Guarded(
            [&] { return type->remove(scene, resource.physical_id, resource.properties); })) {
      SetResourceStatus(resource, "DELETE_FAILED",
                        HandlerMessage(*error, resource.type, scene.context, workshop_.ids));
      return false;
    }
  }
  SetResourceStatus(resource, "DELETE_COMPLETE");
  return true;
}

}  // namespace fractus::cloudformation
