#include "emulator/services/cloudformation/deployment.h"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/core/log.h"
#include "emulator/services/cloudformation/parameters.h"
#include "emulator/services/cloudformation/template.h"

namespace fractus::cloudformation {
namespace {

json StackEvent(const Workshop& workshop, const Stack& stack) {
  return {{"StackId", stack.id},
          {"StackName", stack.name},
          {"Timestamp", EpochSeconds(workshop.clock.Now())},
          {"EventId", workshop.ids.Uuid()}};
}

}  // namespace

ApiError CannotBeUpdated(const Stack& stack) {
  return ValidationError(
      fmt::format("Stack:{} is in {} state and can not be updated.", stack.id, stack.status));
}

void SetStackStatus(const Workshop& workshop, Stack& stack, const std::string& status,
                    const std::string& reason) {
  stack.status = status;
  stack.reason = reason;
  json event = StackEvent(workshop, stack);
  event["LogicalResourceId"] = stack.name;
  event["PhysicalResourceId"] = stack.id;
  event["ResourceType"] = "AWS::CloudFormation::Stack";
  event["ResourceStatus"] = status;
  if (!reason.empty()) event["ResourceStatusReason"] = reason;
  workshop.store.AddEvent(stack, std::move(event));
}

void Deployment::SetStatus(const std::string& status, const std::string& reason) {
  SetStackStatus(workshop_, stack_, status, reason);
}

void Deployment::SetResourceStatus(StackResource& resource, const std::string& status,
                                   const std::string& reason) {
  resource.status = status;
  resource.reason = reason;
  resource.timestamp = EpochSeconds(workshop_.clock.Now());
  json event = StackEvent(workshop_, stack_);
  event["EventId"] = fmt::format("{}-{}-{}", resource.logical_id, status,
                                 FormatIso8601Millis(workshop_.clock.Now()));
  event["LogicalResourceId"] = resource.logical_id;
  event["PhysicalResourceId"] = resource.physical_id;
  event["ResourceType"] = resource.type;
  event["ResourceStatus"] = status;
  if (!reason.empty()) event["ResourceStatusReason"] = reason;
  event["ResourceProperties"] = resource.properties.dump();
  workshop_.store.AddEvent(stack_, std::move(event));
}

RequestContext Deployment::Context() const {
  RequestContext context = job_.context;
  context.now = workshop_.clock.Now();
  context.request_id = workshop_.ids.Uuid();
  return context;
}

Scene Deployment::MakeScene(const std::string& logical_id) const {
  Scene scene(workshop_.api, workshop_.catalog, workshop_.ids, Context(), stack_.name, logical_id);
  scene.stack_tags = stack_.tags;
  return scene;
}

void Deployment::Run() {
  auto stack = workshop_.store.Find(job_.context, job_.stack_id);
  if (!stack || !stack->live()) return;
  stack_ = *std::move(stack);
  switch (job_.kind) {
    case Job::Kind::kCreate:
      return Create();
    case Job::Kind::kUpdate:
      return Update();
    case Job::Kind::kDelete:
      return Delete();
  }
}

void Deployment::Create() {
  if (!job_.transform_error.empty()) return RollBackCreation(job_.transform_error + ".");
  const json document = stack_.document;
  Evaluator evaluator(
      StackSurroundings(workshop_, job_.context, stack_, document, stack_.parameters, imports_));
  const auto plan = MakePlan(document, evaluator);
  if (!plan) return RollBackCreation(plan.error().message + ".");
  for (const auto& planned : *plan) {
    if (Stopped()) return;
    if (CreateResource(planned, evaluator)) continue;
    return RollBackCreation(
        fmt::format("The following resource(s) failed to create: [{}].", failed_create_));
  }
  std::string failure;
  if (!Finish(document, evaluator, failure)) return RollBackCreation(failure + ".");
  SetStatus("CREATE_COMPLETE");
}

void Deployment::RollBackCreation(const std::string& reason) {
  if (stack_.on_failure == "DO_NOTHING") return SetStatus("CREATE_FAILED", reason + " ");
  const bool remove_stack = stack_.on_failure == "DELETE";
  const std::string verb = remove_stack ? "Delete" : "Rollback";
  SetStatus(remove_stack ? "DELETE_IN_PROGRESS" : "ROLLBACK_IN_PROGRESS",
            reason + " " + verb + " requested by user.");
  std::map<std::string, StackResource*> resources;
  for (auto& [name, resource] : stack_.resources) resources[name] = &resource;
  const auto stayed = DeleteResources(resources);
  if (Stopped()) return;
  // What never came to be is not listed afterwards.
  std::erase_if(stack_.resources,
                [](const auto& entry) { return entry.second.physical_id.empty(); });
  stack_.deletion_time = EpochSeconds(workshop_.clock.Now());
  if (!stayed.empty()) {
    return SetStatus(
        remove_stack ? "DELETE_FAILED" : "ROLLBACK_FAILED",
        fmt::format("The following resource(s) failed to delete: [{}]. ", fmt::join(stayed, ", ")));
  }
  SetStatus(remove_stack ? "DELETE_COMPLETE" : "ROLLBACK_COMPLETE");
}

bool Deployment::Finish(const json& document, Evaluator& evaluator, std::string& failure) {
  auto outputs = EvaluateOutputs(document, evaluator);
  if (!outputs) {
    failure = outputs.error().message;
    return false;
  }
  for (const json& output : *outputs) {
    if (!output.contains("ExportName")) continue;
    for (const auto& other : workshop_.store.List(job_.context)) {
      if (other.id == stack_.id || !other.live()) continue;
      for (const json& known : other.outputs) {
        if (!known.contains("ExportName") || known["ExportName"] != output["ExportName"]) continue;
        failure = fmt::format("Export with name {} is already exported by stack {}",
                              output["ExportName"].get<std::string>(), other.name);
        return false;
      }
    }
  }
  for (const json& old_output : stack_.outputs) {
    const std::string name = old_output.value("ExportName", "");
    if (name.empty()) continue;
    const auto kept = std::find_if(outputs->begin(), outputs->end(), [&name](const json& output) {
      return output.value("ExportName", "") == name;
    });
    if (kept != outputs->end() && (*kept)["OutputValue"] == old_output["OutputValue"]) continue;
    if (const auto importer = ImporterOf(workshop_.store, job_.context, stack_, name)) {
      failure = fmt::format("Cannot {} export {} as it is in use by {}",
                            kept == outputs->end() ? "delete" : "update", name, *importer);
      return false;
    }
  }
  stack_.outputs = *std::move(outputs);
  stack_.imports = imports_;
  const auto alarms = std::count_if(changes_.begin(), changes_.end(), [this](const Change& change) {
    return !change.before &&
           stack_.resources.at(change.logical_id).type == "AWS::CloudWatch::Alarm";
  });
  if (alarms > 0) {
    Log(LogLevel::kWarning,
        "stack {}: {} CloudWatch alarm(s) are stored and described, but not evaluated in this "
        "release",
        stack_.name, alarms);
  }
  return true;
}

void Deployment::Update() {
  if (!job_.transform_error.empty()) return RollBackUpdate(job_.transform_error + ".");
  const json previous_tags = std::exchange(stack_.tags, job_.tags);
  Evaluator evaluator(
      StackSurroundings(workshop_, job_.context, stack_, job_.document, job_.parameters, imports_));
  const auto fail = [&](const std::string& reason) {
    stack_.tags = previous_tags;
    RollBackUpdate(reason);
  };
  const auto plan = MakePlan(job_.document, evaluator);
  if (!plan) return fail(plan.error().message + ".");
  std::set<std::string> wanted;
  for (const auto& planned : *plan) {
    if (Stopped()) return;
    wanted.insert(planned.logical_id);
    const auto existing = stack_.resources.find(planned.logical_id);
    const bool exists = existing != stack_.resources.end() && existing->second.exists();
    if (exists ? UpdateResource(planned, evaluator) : CreateResource(planned, evaluator)) continue;
    return fail(fmt::format("The following resource(s) failed to {}: [{}].",
                            failed_create_.empty() ? "update" : "create",
                            failed_create_.empty() ? failed_update_ : failed_create_));
  }
  std::string failure;
  if (!Finish(job_.document, evaluator, failure)) return fail(failure + ".");
  stack_.template_text = job_.template_text;
  stack_.document = job_.document;
  stack_.parameters = job_.parameters;
  stack_.description = ScalarText(job_.document.value("Description", json("")));
  for (auto resource = stack_.resources.begin(); resource != stack_.resources.end();) {
    if (wanted.contains(resource->first)) {
      ++resource;
      continue;
    }
    if (resource->second.exists()) left_over_.push_back(std::move(resource->second));
    resource = stack_.resources.erase(resource);
  }
  SetStatus("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
  CleanUp();
  if (Stopped()) return;
  SetStatus("UPDATE_COMPLETE");
}

void Deployment::CleanUp() {
  std::map<std::string, StackResource*> resources;
  for (size_t i = 0; i < left_over_.size(); ++i) {
    // A replaced resource and its successor have the same logical id: the position keeps the keys
    // apart.
    resources[fmt::format("{}/{}", left_over_[i].logical_id, i)] = &left_over_[i];
  }
  const auto stayed = DeleteResources(std::move(resources));
  for (const auto& name : stayed) {
    Log(LogLevel::kWarning, "stack {}: the replaced or removed resource {} could not be deleted",
        stack_.name, name);
  }
}

void Deployment::RollBackUpdate(const std::string& reason) {
  if (job_.disable_rollback) return SetStatus("UPDATE_FAILED", reason + " ");
  SetStatus("UPDATE_ROLLBACK_IN_PROGRESS", reason + " Rollback requested by user.");
  left_over_.clear();
  // Backwards, so that what others need is restored after those that need it no longer.
  for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
    if (Stopped()) return;
    RestoreResource(*change);
  }
  SetStatus("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
  CleanUp();
  if (Stopped()) return;
  SetStatus("UPDATE_ROLLBACK_COMPLETE");
}

void Deployment::RestoreResource(const Change& change) {
  StackResource& now = stack_.resources[change.logical_id];
  if (!change.before) {
    if (now.deletion_policy == "RetainExceptOnCreate") now.deletion_policy = "Delete";
    if (now.exists()) left_over_.push_back(now);
    stack_.resources.erase(change.logical_id);
    return;
  }
  if (change.replaced) {
    if (now.exists() && now.physical_id != change.before->physical_id) left_over_.push_back(now);
    now = *change.before;
    SetResourceStatus(now, "UPDATE_COMPLETE");
    return;
  }
  const ResourceType* type = FindResourceType(now.type);
  const json applied = now.properties;
  now.properties = change.before->properties;
  now.metadata = change.before->metadata;
  SetResourceStatus(now, "UPDATE_IN_PROGRESS");
  Scene scene = MakeScene(now.logical_id);
  const auto made = type && type->update
                        ? type->update(scene, now.physical_id, applied, now.properties)
                        : Result<Made>(Made{now.physical_id, now.attributes});
  if (!made) return SetResourceStatus(now, "UPDATE_FAILED", made.error().message);
  now = *change.before;
  SetResourceStatus(now, "UPDATE_COMPLETE");
}

void Deployment::Delete() {
  if (stack_.status != "DELETE_IN_PROGRESS") SetStatus("DELETE_IN_PROGRESS", "User Initiated");
  std::map<std::string, StackResource*> resources;
  for (auto& [name, resource] : stack_.resources) {
    if (job_.retain.contains(name) && resource.exists()) {
      SetResourceStatus(resource, "DELETE_SKIPPED");
    } else {
      resources[name] = &resource;
    }
  }
  const auto stayed = DeleteResources(resources);
  if (Stopped()) return;
  stack_.deletion_time = EpochSeconds(workshop_.clock.Now());
  if (!stayed.empty()) {
    return SetStatus(
        "DELETE_FAILED",
        fmt::format("The following resource(s) failed to delete: [{}]. ", fmt::join(stayed, ", ")));
  }
  stack_.outputs = json::array();
  stack_.imports.clear();
  std::erase_if(stack_.resources,
                [](const auto& entry) { return entry.second.physical_id.empty(); });
  SetStatus("DELETE_COMPLETE");
}

std::vector<std::string> Deployment::DeleteResources(
    std::map<std::string, StackResource*> resources) {
  std::map<std::string, std::set<std::string>> needs;
  for (const auto& [key, resource] : resources) {
    for (const auto& [other_key, other] : resources) {
      if (key != other_key && resource->needs.contains(other->logical_id))
        needs[key].insert(other_key);
    }
    needs[key];
  }
  auto order = OrderByNeeds(needs);
  std::reverse(order.begin(), order.end());
  std::vector<std::string> stayed;
  for (const auto& key : order) {
    if (Stopped()) break;
    StackResource& resource = *resources.at(key);
    if (resource.exists() && !DeleteResource(resource)) stayed.push_back(resource.logical_id);
  }
  std::sort(stayed.begin(), stayed.end());
  return stayed;
}

}  // namespace fractus::cloudformation
