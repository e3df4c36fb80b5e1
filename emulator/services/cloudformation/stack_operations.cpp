// CreateStack, UpdateStack, DeleteStack, UpdateTerminationProtection.
#include <fmt/format.h>

#include "emulator/services/cloudformation/cloudformation.h"
#include "emulator/services/cloudformation/template.h"

namespace fractus::cloudformation {
namespace {

// An update is possible once a stack has come to rest and has something to update.
bool CanBeUpdated(const Stack& stack) {
  return stack.status == "CREATE_COMPLETE" || stack.status == "CREATE_FAILED" ||
         stack.status == "UPDATE_COMPLETE" || stack.status == "UPDATE_FAILED" ||
         stack.status == "UPDATE_ROLLBACK_COMPLETE";
}

std::optional<ApiError> RefuseNotEmulated(const Request& request) {
  for (const char* member : {"StackPolicyURL", "StackPolicyBody", "StackPolicyDuringUpdateBody",
                             "StackPolicyDuringUpdateURL"}) {
    if (request.Has(member))
      return ValidationError(fmt::format("{} is not emulated by fractus", member));
  }
  if (!request.Array("ResourceTypes").empty())
    return ValidationError("ResourceTypes is not emulated by fractus");
  if (!request.Array("ResourcesToImport").empty()) {
    return ValidationError("ResourcesToImport is not emulated by fractus");
  }
  return std::nullopt;
}

}  // namespace

Stack CloudFormation::NewStack(const Request& request, const std::string& name) {
  Stack stack;
  stack.name = name;
  stack.account = request.context.account;
  stack.region = request.context.region;
  stack.id = fmt::format("arn:aws:cloudformation:{}:{}:stack/{}/{}", stack.region, stack.account,
                         name, workshop_.ids.Uuid());
  stack.creation_time = EpochSeconds(workshop_.clock.Now());
  stack.tags = request.Array("Tags");
  stack.capabilities = request.Array("Capabilities");
  stack.notification_arns = request.Array("NotificationARNs");
  stack.role_arn = request.Text("RoleARN");
  stack.timeout_in_minutes = request.Integer("TimeoutInMinutes", 0);
  stack.termination_protection = request.Flag("EnableTerminationProtection", false);
  return stack;
}

void CloudFormation::StartCreate(Stack& stack, const Prepared& prepared, Job job) {
  stack.template_text = prepared.text;
  stack.document = prepared.document;
  stack.parameters = prepared.parameters;
  if (prepared.document.contains("Description"))
    stack.description = ScalarText(prepared.document["Description"]);
  SetStackStatus(workshop_, stack, "CREATE_IN_PROGRESS", "User Initiated");
  job.kind = Job::Kind::kCreate;
  job.stack_id = stack.id;
  job.transform_error = prepared.transform_error;
  Enqueue(std::move(job));
}

void CloudFormation::StartUpdate(Stack& stack, Job job) {
  stack.last_updated_time = EpochSeconds(workshop_.clock.Now());
  SetStackStatus(workshop_, stack, "UPDATE_IN_PROGRESS", "User Initiated");
  job.kind = Job::Kind::kUpdate;
  job.stack_id = stack.id;
  Enqueue(std::move(job));
}

Result<json> CloudFormation::CreateStack(const Request& request) {
  const auto name = request.Text("StackName");
  if (auto error = CheckStackName(name)) return *error;
  if (auto error = RefuseNotEmulated(request)) return *error;
  if (request.Has("DisableRollback") && request.Has("OnFailure")) {
    return ValidationError("Either DisableRollback or OnFailure can be specified, not both.");
  }
  const std::lock_guard lock(store_.mutex());
  const auto existing = store_.Find(request.context, name);
  // A stack that only was reviewed becomes this one, under its id.
  const bool reviewed = existing && existing->status == "REVIEW_IN_PROGRESS";
  if (existing && !reviewed) {
    return ApiError{"AlreadyExistsException", fmt::format("Stack [{}] already exists", name)};
  }
  Stack stack = NewStack(request, name);
  if (reviewed) {
    stack.id = existing->id;
    stack.event_count = existing->event_count;
  }
  const auto prepared = Prepare(request, stack, nullptr);
  if (!prepared) return prepared.error();
  const json& given = request.Array("Capabilities");
  if (prepared->has_transforms) {
    if (auto error = CheckCapabilities(given, "CAPABILITY_AUTO_EXPAND")) return *error;
  }
  if (const auto required = RequiredCapability(prepared->document)) {
    if (auto error = CheckCapabilities(given, *required)) return *error;
  }
  stack.disable_rollback = request.Flag("DisableRollback", false);
  stack.on_failure = request.Text("OnFailure", stack.disable_rollback ? "DO_NOTHING" : "ROLLBACK");
  if (reviewed) {
    for (auto& change_set : store_.ListChangeSets(request.context, stack.id)) {
      change_set.execution_status = "OBSOLETE";
      store_.Put(request.context, change_set);
    }
  }
  Job job;
  job.context = request.context;
  StartCreate(stack, *prepared, std::move(job));
  return json{{"StackId", stack.id}};
}

Result<json> CloudFormation::UpdateStack(const Request& request) {
  const auto name = request.Text("StackName");
  if (auto error = RefuseNotEmulated(request)) return *error;
  const std::lock_guard lock(store_.mutex());
  auto stack = store_.Find(request.context, name);
  if (!stack) return ValidationError(fmt::format("Stack [{}] does not exist", name));
  if (!CanBeUpdated(*stack)) return CannotBeUpdated(*stack);
  const auto prepared = Prepare(request, *stack, &*stack);
  if (!prepared) return prepared.error();
  const json& given = request.Array("Capabilities");
  if (prepared->has_transforms) {
    if (auto error = CheckCapabilities(given, "CAPABILITY_AUTO_EXPAND")) return *error;
  }
  if (const auto required = RequiredCapability(prepared->document)) {
    if (auto error = CheckCapabilities(given, *required)) return *error;
  }
  const json tags = request.Has("Tags") ? request.Array("Tags") : stack->tags;
  if (prepared->transform_error.empty()) {
    const auto changes =
        FindChanges(workshop_, request.context, *stack, prepared->document, prepared->parameters);
    if (!changes) return changes.error();
    const auto nothing =
        ChangesNothing(workshop_, request.context, *stack, *prepared, tags, *changes);
    if (!nothing) return nothing.error();
    if (*nothing) return ValidationError("No updates are to be performed.");
  }
  stack->capabilities = given;
  if (request.Has("NotificationARNs")) stack->notification_arns = request.Array("NotificationARNs");
  if (request.Has("RoleARN")) stack->role_arn = request.Text("RoleARN");
  Job job;
  job.context = request.context;
  job.template_text = prepared->text;
  job.document = prepared->document;
  job.parameters = prepared->parameters;
  job.tags = tags;
  job.transform_error = prepared->transform_error;
  job.disable_rollback = request.Flag("DisableRollback", false);
  StartUpdate(*stack, std::move(job));
  return json{{"StackId", stack->id}};
}

std::optional<std::string> ImporterOf(const StackStore& store, const RequestContext& context,
                                      const Stack& stack, const std::string& export_name) {
  for (const auto& other : store.List(context)) {
    if (other.live() && other.id != stack.id && other.imports.contains(export_name))
      return other.name;
  }
  return std::nullopt;
}

Result<json> CloudFormation::DeleteStack(const Request& request) {
  const std::lock_guard lock(store_.mutex());
  auto stack = store_.Find(request.context, request.Text("StackName"));
  // Deleting what is not there is no error.
  if (!stack || !stack->live()) return json::object();
  if (stack->termination_protection) {
    return ValidationError(fmt::format(
        "Stack [{}] cannot be deleted while TerminationProtection is enabled", stack->name));
  }
  Job job;
  job.kind = Job::Kind::kDelete;
  job.context = request.context;
  job.stack_id = stack->id;
  for (const json& name : request.Array("RetainResources"))
    job.retain.insert(name.get<std::string>());
  if (!job.retain.empty() && stack->status != "DELETE_FAILED") {
    return ValidationError(
        "Invalid operation on stack. RetainResources can only be specified for stacks in the "
        "DELETE_FAILED state");
  }
  for (const json& output : stack->outputs) {
    const std::string name = output.value("ExportName", "");
    if (name.empty()) continue;
    if (const auto importer = ImporterOf(store_, request.context, *stack, name)) {
      const std::string reason = fmt::format(
          "Delete canceled. Cannot delete export {} as it is in use by {}.", name, *importer);
      // Observed: the stack keeps its status; the refusal shows in its reason and events.
      SetStackStatus(workshop_, *stack, stack->status, reason);
      return json::object();
    }
  }
  // The deployment that runs now owns the stack; the deletion waits for it.
  if (!stack->in_progress())
    SetStackStatus(workshop_, *stack, "DELETE_IN_PROGRESS", "User Initiated");
  Enqueue(std::move(job));
  return json::object();
}

Result<json> CloudFormation::UpdateTerminationProtection(const Request& request) {
  const std::lock_guard lock(store_.mutex());
  auto stack = store_.Find(request.context, request.Text("StackName"));
  if (!stack || !stack->live()) {
    return ValidationError(fmt::format("Stack [{}] does not exist", request.Text("StackName")));
  }
  if (stack->in_progress()) return CannotBeUpdated(*stack);
  stack->termination_protection = request.Flag("EnableTerminationProtection", false);
  store_.Put(*stack);
  return json{{"StackId", stack->id}};
}

}  // namespace fractus::cloudformation
