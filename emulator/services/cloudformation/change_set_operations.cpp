// CreateChangeSet, DescribeChangeSet, ExecuteChangeSet, DeleteChangeSet, ListChangeSets.
#include <fmt/format.h>

#include "emulator/services/cloudformation/cloudformation.h"
#include "emulator/services/cloudformation/parameters.h"
#include "emulator/services/cloudformation/template.h"

namespace fractus::cloudformation {
namespace {

constexpr char kNoChanges[] =
    "The submitted information didn't contain changes. Submit different information to create a "
    "change set.";

ApiError ChangeSetNotFound(const std::string& name) {
  return ApiError{"ChangeSetNotFoundException", fmt::format("ChangeSet [{}] does not exist", name)};
}

void Fail(ChangeSet& change_set, const std::string& reason) {
  change_set.status = "FAILED";
  change_set.execution_status = "UNAVAILABLE";
  change_set.reason = reason;
}

}  // namespace

Result<json> CloudFormation::CreateChangeSet(const Request& request) {
  const auto stack_name = request.Text("StackName");
  const auto change_set_name = request.Text("ChangeSetName");
  const auto type = request.Text("ChangeSetType", "UPDATE");
  const bool by_id = stack_name.starts_with("arn:");
  if (!by_id) {
    if (auto error = CheckStackName(stack_name)) return *error;
  }
  if (type == "IMPORT") return ValidationError("ChangeSetType IMPORT is not emulated by fractus");
  const std::lock_guard lock(store_.mutex());
  auto existing = store_.Find(request.context, stack_name);
  const bool reviewed = existing && existing->status == "REVIEW_IN_PROGRESS";
  if (type == "CREATE" && existing && !reviewed) {
    return ValidationError(fmt::format(
        "Stack [{}] already exists and cannot be created again with the changeSet [{}].",
        stack_name, change_set_name));
  }
  if (!existing && (type != "CREATE" || by_id)) {
    return ValidationError(fmt::format("Stack [{}] does not exist", stack_name));
  }
  if (type == "UPDATE" && existing && (!existing->live() || existing->in_progress() || reviewed)) {
    return CannotBeUpdated(*existing);
  }
  // Differs from AWS: the name of an executed change set may be given again. Clients name theirs by
  // the second, and two deployments may end within one here.
  const auto same = existing ? store_.FindChangeSet(request.context, change_set_name, existing->id)
                             : std::nullopt;
  if (same && same->execution_status != "EXECUTE_COMPLETE") {
    return ApiError{
        "AlreadyExistsException",
        fmt::format(
            "ChangeSet {} cannot be created due to a mismatch with existing attribute Template",
            change_set_name)};
  }
  Stack stack = existing ? *existing : NewStack(request, stack_name);
  const bool update = type == "UPDATE";
  const auto prepared = Prepare(request, stack, update ? &stack : nullptr);
  if (!prepared) return prepared.error();

  ChangeSet change_set;
  change_set.name = change_set_name;
  change_set.stack_id = stack.id;
  change_set.stack_name = stack.name;
  change_set.type = type;
  change_set.description = request.Text("Description");
  change_set.status = "CREATE_COMPLETE";
  change_set.execution_status = "AVAILABLE";
  change_set.creation_time = EpochSeconds(workshop_.clock.Now());
  change_set.parameters = prepared->parameters;
  change_set.tags = update && !request.Has("Tags") ? stack.tags : request.Array("Tags");
  change_set.capabilities = request.Array("Capabilities");
  change_set.notification_arns = request.Array("NotificationARNs");
  change_set.role_arn = request.Text("RoleARN");
  change_set.template_text = prepared->text;
  change_set.document = prepared->document;
  if (!prepared->transform_error.empty()) {
    Fail(change_set, prepared->transform_error);
  } else {
    if (const auto required = RequiredCapability(prepared->document)) {
      if (auto error = CheckCapabilities(change_set.capabilities, *required)) {
        // What a transform makes is known too late for an error of the request.
        if (!prepared->has_transforms) return *error;
        Fail(change_set, error->message);
      }
    }
    auto changes =
        FindChanges(workshop_, request.context, stack, prepared->document, prepared->parameters);
    if (!changes) return changes.error();
    if (update && change_set.reason.empty()) {
      const auto nothing =
          ChangesNothing(workshop_, request.context, stack, *prepared, change_set.tags, *changes);
      if (!nothing) return nothing.error();
      if (*nothing)
        Fail(change_set, prepared->has_transforms ? "No updates are to be performed." : kNoChanges);
    }
    change_set.changes = *std::move(changes);
  }
  change_set.id = fmt::format("arn:aws:cloudformation:{}:{}:changeSet/{}/{}", stack.region,
                              stack.account, change_set_name, workshop_.ids.Uuid());
  if (!existing) SetStackStatus(workshop_, stack, "REVIEW_IN_PROGRESS", "User Initiated");
  if (same) store_.Delete(request.context, *same);
  store_.Put(request.context, change_set);
  return json{{"Id", change_set.id}, {"StackId", stack.id}};
}

Result<ChangeSet> CloudFormation::NamedChangeSet(const Request& request) {
  const auto name = request.Text("ChangeSetName");
  if (name.starts_with("arn:")) {
    if (auto change_set = store_.FindChangeSet(request.context, name, ""))
      return *std::move(change_set);
    return ChangeSetNotFound(name);
  }
  const auto stack_name = request.Text("StackName");
  if (stack_name.empty()) {
    return ValidationError(
        "StackName must be specified if ChangeSetName is not specified as an ARN.");
  }
  const auto stack = store_.Find(request.context, stack_name);
  if (!stack) return ValidationError(fmt::format("Stack [{}] does not exist", stack_name));
  if (auto change_set = store_.FindChangeSet(request.context, name, stack->id))
    return *std::move(change_set);
  return ChangeSetNotFound(name);
}

Result<json> CloudFormation::DescribeChangeSet(const Request& request) {
  const auto found = NamedChangeSet(request);
  if (!found) return found.error();
  const ChangeSet& change_set = *found;
  json output = {{"ChangeSetName", change_set.name},
                 {"ChangeSetId", change_set.id},
                 {"StackId", change_set.stack_id},
                 {"StackName", change_set.stack_name},
                 {"CreationTime", change_set.creation_time},
                 {"ExecutionStatus", change_set.execution_status},
                 {"Status", change_set.status},
                 {"NotificationARNs", change_set.notification_arns},
                 {"RollbackConfiguration", json::object()},
                 {"Capabilities", change_set.capabilities},
                 {"Changes", change_set.status == "FAILED" ? json::array() : change_set.changes},
                 {"IncludeNestedStacks", false}};
  if (!change_set.reason.empty()) output["StatusReason"] = change_set.reason;
  if (!change_set.description.empty()) output["Description"] = change_set.description;
  if (!change_set.tags.empty()) output["Tags"] = change_set.tags;
  if (!change_set.parameters.empty()) {
    output["Parameters"] = DescribeParameters(change_set.document, change_set.parameters);
  }
  return output;
}

Result<json> CloudFormation::ExecuteChangeSet(const Request& request) {
  const std::lock_guard lock(store_.mutex());
  auto change_set = NamedChangeSet(request);
  if (!change_set) return change_set.error();
  if (change_set->status != "CREATE_COMPLETE" || change_set->execution_status != "AVAILABLE") {
    const std::string status =
        change_set->status == "CREATE_COMPLETE" ? change_set->execution_status : change_set->status;
    return ApiError{"InvalidChangeSetStatusException",
                    fmt::format("ChangeSet [{}] cannot be executed in its current status of [{}]",
                                change_set->id, status)};
  }
  auto stack = store_.Find(request.context, change_set->stack_id);
  if (!stack)
    return ValidationError(fmt::format("Stack [{}] does not exist", change_set->stack_name));
  if (stack->in_progress()) return CannotBeUpdated(*stack);

  stack->change_set_id = change_set->id;
  stack->capabilities = change_set->capabilities;
  stack->notification_arns = change_set->notification_arns;
  if (!change_set->role_arn.empty()) stack->role_arn = change_set->role_arn;
  stack->last_updated_time = EpochSeconds(workshop_.clock.Now());
  Job job;
  job.context = request.context;
  job.disable_rollback = request.Flag("DisableRollback", false);
  if (change_set->type == "CREATE") {
    stack->tags = change_set->tags;
    stack->disable_rollback = job.disable_rollback;
    stack->on_failure = job.disable_rollback ? "DO_NOTHING" : "ROLLBACK";
    Prepared prepared;
    prepared.text = change_set->template_text;
    prepared.document = change_set->document;
    prepared.parameters = change_set->parameters;
    StartCreate(*stack, prepared, std::move(job));
  } else {
    job.template_text = change_set->template_text;
    job.document = change_set->document;
    job.parameters = change_set->parameters;
    job.tags = change_set->tags;
    StartUpdate(*stack, std::move(job));
  }
  for (auto& other : store_.ListChangeSets(request.context, stack->id)) {
    other.execution_status = other.id == change_set->id ? "EXECUTE_COMPLETE" : "OBSOLETE";
    store_.Put(request.context, other);
  }
  return json::object();
}

Result<json> CloudFormation::DeleteChangeSet(const Request& request) {
  const std::lock_guard lock(store_.mutex());
  const auto change_set = NamedChangeSet(request);
  if (!change_set) {
    // Deleting what is not there is no error once the stack is known.
    if (change_set.error().code == "ChangeSetNotFoundException") return json::object();
    return change_set.error();
  }
  store_.Delete(request.context, *change_set);
  return json::object();
}

Result<json> CloudFormation::ListChangeSets(const Request& request) {
  const auto name = request.Text("StackName");
  const auto stack = store_.Find(request.context, name);
  if (!stack) return ValidationError(fmt::format("Stack [{}] does not exist", name));
  json list = json::array();
  for (const auto& change_set : store_.ListChangeSets(request.context, stack->id)) {
    if (change_set.execution_status == "EXECUTE_COMPLETE") continue;
    json entry = {{"StackId", stack->id},
                  {"StackName", stack->name},
                  {"ChangeSetId", change_set.id},
                  {"ChangeSetName", change_set.name},
                  {"ExecutionStatus", change_set.execution_status},
                  {"Status", change_set.status},
                  {"CreationTime", change_set.creation_time},
                  {"IncludeNestedStacks", false}};
    if (!change_set.reason.empty()) entry["StatusReason"] = change_set.reason;
    if (!change_set.description.empty()) entry["Description"] = change_set.description;
    list.push_back(std::move(entry));
  }
  return json{{"Summaries", list}};
}

}  // namespace fractus::cloudformation
