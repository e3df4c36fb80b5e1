// DescribeStacks, ListStacks, DescribeStackEvents, DescribeStackResource(s), ListStackResources.
#include <fmt/format.h>

#include <algorithm>

#include "emulator/services/cloudformation/cloudformation.h"
#include "emulator/services/cloudformation/parameters.h"
#include "emulator/services/cloudformation/template.h"

// Differs from AWS: lists of stacks, events and resources are answered whole, without pages.
namespace fractus::cloudformation {
namespace {

ApiError NoStackWithId(const std::string& name) {
  return ValidationError(fmt::format("Stack with id {} does not exist", name));
}

// Source: recorded cloudformation/api/test_stacks.
json Description(const Stack& stack) {
  json entry = {{"StackId", stack.id},
                {"StackName", stack.name},
                {"CreationTime", stack.creation_time},
                {"RollbackConfiguration", json::object()},
                {"StackStatus", stack.status},
                {"DisableRollback", stack.disable_rollback},
                {"NotificationARNs", stack.notification_arns},
                {"Tags", stack.tags},
                {"DriftInformation", {{"StackDriftStatus", "NOT_CHECKED"}}}};
  if (!stack.reason.empty()) entry["StackStatusReason"] = stack.reason;
  if (!stack.description.empty()) entry["Description"] = stack.description;
  if (!stack.parameters.empty()) {
    // Parameters are declared in the template as it is after its transforms too.
    entry["Parameters"] = DescribeParameters(stack.document, stack.parameters);
  }
  if (!stack.outputs.empty()) entry["Outputs"] = stack.outputs;
  if (!stack.capabilities.empty()) entry["Capabilities"] = stack.capabilities;
  if (!stack.role_arn.empty()) entry["RoleARN"] = stack.role_arn;
  if (stack.timeout_in_minutes > 0) entry["TimeoutInMinutes"] = stack.timeout_in_minutes;
  if (stack.last_updated_time > 0) entry["LastUpdatedTime"] = stack.last_updated_time;
  if (stack.deletion_time > 0) entry["DeletionTime"] = stack.deletion_time;
  if (stack.live()) {
    entry["EnableTerminationProtection"] = stack.termination_protection;
    if (!stack.change_set_id.empty()) entry["ChangeSetId"] = stack.change_set_id;
  }
  return entry;
}

enum class Form { kSummary, kResource, kDetail };

json ResourceDescription(const Stack& stack, const StackResource& resource, Form form) {
  json entry = {
      {"LogicalResourceId", resource.logical_id},
      {"ResourceType", resource.type},
      {"ResourceStatus", resource.status},
      {form == Form::kResource ? "Timestamp" : "LastUpdatedTimestamp", resource.timestamp},
      {"DriftInformation", {{"StackResourceDriftStatus", "NOT_CHECKED"}}}};
  if (!resource.physical_id.empty()) entry["PhysicalResourceId"] = resource.physical_id;
  if (!resource.reason.empty()) entry["ResourceStatusReason"] = resource.reason;
  if (form != Form::kSummary) {
    entry["StackId"] = stack.id;
    entry["StackName"] = stack.name;
  }
  if (form == Form::kDetail) entry["Metadata"] = resource.metadata.dump();
  return entry;
}

}  // namespace

Result<json> CloudFormation::DescribeStacks(const Request& request) {
  json list = json::array();
  if (const auto name = request.Text("StackName"); !name.empty()) {
    const auto stack = store_.Find(request.context, name);
    if (!stack) return NoStackWithId(name);
    list.push_back(Description(*stack));
  } else {
    auto stacks = store_.List(request.context);
    std::reverse(stacks.begin(), stacks.end());
    for (const auto& stack : stacks) {
      if (stack.live()) list.push_back(Description(stack));
    }
  }
  return json{{"Stacks", list}};
}

Result<json> CloudFormation::ListStacks(const Request& request) {
  const json& filter = request.Array("StackStatusFilter");
  json list = json::array();
  auto stacks = store_.List(request.context);
  std::reverse(stacks.begin(), stacks.end());
  for (const auto& stack : stacks) {
    if (!filter.empty() && std::find(filter.begin(), filter.end(), stack.status) == filter.end())
      continue;
    json entry = {{"StackId", stack.id},
                  {"StackName", stack.name},
                  {"CreationTime", stack.creation_time},
                  {"StackStatus", stack.status},
                  {"DriftInformation", {{"StackDriftStatus", "NOT_CHECKED"}}}};
    if (!stack.reason.empty()) entry["StackStatusReason"] = stack.reason;
    if (!stack.description.empty()) entry["TemplateDescription"] = stack.description;
    if (stack.last_updated_time > 0) entry["LastUpdatedTime"] = stack.last_updated_time;
    if (stack.deletion_time > 0) entry["DeletionTime"] = stack.deletion_time;
    list.push_back(std::move(entry));
  }
  return json{{"StackSummaries", list}};
}

Result<json> CloudFormation::DescribeStackEvents(const Request& request) {
  const auto name = request.Text("StackName");
  const auto stack = store_.Find(request.context, name);
  if (!stack) return ValidationError(fmt::format("Stack [{}] does not exist", name));
  return json{{"StackEvents", store_.Events(*stack)}};
}

Result<json> CloudFormation::DescribeStackResource(const Request& request) {
  const auto name = request.Text("StackName");
  const auto stack = store_.Find(request.context, name);
  if (!stack) return ValidationError(fmt::format("Stack '{}' does not exist", name));
  const auto logical_id = request.Text("LogicalResourceId");
  const auto resource = stack->resources.find(logical_id);
  if (resource == stack->resources.end()) {
    return ValidationError(
        fmt::format("Resource {} does not exist for stack {}", logical_id, name));
  }
  return json{
      {"StackResourceDetail", ResourceDescription(*stack, resource->second, Form::kDetail)}};
}

Result<json> CloudFormation::DescribeStackResources(const Request& request) {
  const auto name = request.Text("StackName");
  const auto physical_id = request.Text("PhysicalResourceId");
  const auto logical_id = request.Text("LogicalResourceId");
  std::optional<Stack> stack;
  if (!name.empty()) {
    stack = store_.Find(request.context, name);
    if (!stack) return NoStackWithId(name);
  } else if (!physical_id.empty()) {
    // The stack that has the resource, with all its resources.
    for (auto& candidate : store_.List(request.context)) {
      for (const auto& [unused, resource] : candidate.resources) {
        if (candidate.live() && resource.exists() && resource.physical_id == physical_id) {
          stack = candidate;
          break;
        }
      }
    }
    if (!stack) return ValidationError(fmt::format("Stack for {} does not exist", physical_id));
  } else {
    return ValidationError("Either StackName or PhysicalResourceId must be specified.");
  }
  json list = json::array();
  for (const auto& [id, resource] : stack->resources) {
    if (!logical_id.empty() && id != logical_id) continue;
    list.push_back(ResourceDescription(*stack, resource, Form::kResource));
  }
  if (!logical_id.empty() && list.empty()) {
    return ValidationError(
        fmt::format("Resource {} does not exist for stack {}", logical_id, stack->name));
  }
  return json{{"StackResources", list}};
}

Result<json> CloudFormation::ListStackResources(const Request& request) {
  const auto name = request.Text("StackName");
  const auto stack = store_.Find(request.context, name);
  if (!stack) return NoStackWithId(name);
  json list = json::array();
  for (const auto& [id, resource] : stack->resources) {
    list.push_back(ResourceDescription(*stack, resource, Form::kSummary));
  }
  return json{{"StackResourceSummaries", list}};
}

}  // namespace fractus::cloudformation
