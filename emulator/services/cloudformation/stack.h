// Stacks, their resources, events and change sets as they are kept.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/api_error.h"
#include "emulator/core/clock.h"
#include "emulator/core/request.h"
#include "emulator/storage/database.h"

namespace fractus::cloudformation {

// A resource that exists, or existed, in a stack.
struct StackResource {
  std::string logical_id;
  std::string type;
  // Empty until the resource has been made.
  std::string physical_id;
  std::string status;
  std::string reason;
  // Seconds since 1970.
  double timestamp = 0;
  // With all functions carried out, as they were last applied.
  json properties = json::object();
  // What Fn::GetAtt gives.
  json attributes = json::object();
  json metadata = json::object();
  std::string deletion_policy = "Delete";
  std::string update_replace_policy = "Delete";
  std::set<std::string> needs;

  // It stands in the account now: made and not deleted.
  bool exists() const {
    return !physical_id.empty() && status != "DELETE_COMPLETE" && status != "DELETE_SKIPPED";
  }
};

struct Stack {
  std::string id;
  std::string name;
  std::string account;
  std::string region;
  std::string status;
  std::string reason;
  std::string description;
  double creation_time = 0;
  // 0: never.
  double last_updated_time = 0;
  double deletion_time = 0;
  std::string change_set_id;
  // Texts by name.
  json parameters = json::object();
  // [{Key, Value}]
  json tags = json::array();
  json capabilities = json::array();
  json notification_arns = json::array();
  // [{OutputKey, OutputValue, Description?, ExportName?}]
  json outputs = json::array();
  bool disable_rollback = false;
  // What happens when creation fails: "ROLLBACK", "DELETE" or "DO_NOTHING".
  std::string on_failure = "ROLLBACK";
  bool termination_protection = false;
  std::string role_arn;
  long long timeout_in_minutes = 0;
  // Export names that this stack imports.
  std::set<std::string> imports;
  std::map<std::string, StackResource> resources;
  // As the client sent it, and after its transforms.
  std::string template_text;
  json document = json::object();
  long long event_count = 0;

  bool in_progress() const {
    return status.ends_with("_IN_PROGRESS") && status != "REVIEW_IN_PROGRESS";
  }
  bool live() const { return status != "DELETE_COMPLETE"; }
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(StackResource, logical_id, type, physical_id,
                                                status, reason, timestamp, properties, attributes,
                                                metadata, deletion_policy, update_replace_policy,
                                                needs)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(
    Stack, id, name, account, region, status, reason, description, creation_time, last_updated_time,
    deletion_time, change_set_id, parameters, tags, capabilities, notification_arns, outputs,
    disable_rollback, on_failure, termination_protection, role_arn, timeout_in_minutes, imports,
    resources, template_text, document, event_count)

struct ChangeSet {
  std::string id;
  std::string name;
  std::string stack_id;
  std::string stack_name;
  // "CREATE" or "UPDATE".
  std::string type;
  std::string description;
  std::string status;
  std::string execution_status;
  std::string reason;
  double creation_time = 0;
  json parameters = json::object();
  json tags = json::array();
  json capabilities = json::array();
  json notification_arns = json::array();
  std::string role_arn;
  std::string template_text;
  json document = json::object();
  json changes = json::array();
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ChangeSet, id, name, stack_id, stack_name, type,
                                                description, status, execution_status, reason,
                                                creation_time, parameters, tags, capabilities,
                                                notification_arns, role_arn, template_text,
                                                document, changes)

// Keeps stacks, events and change sets in the room "cloudformation". Thread-safe for single calls;
// who changes a stack holds `mutex` meanwhile, or is the deployment that runs it.
//
// Keys: ("stack", account, region, stack id), ("event", stack id, 10-digit number), ("change set",
// account, region, id).
class StackStore {
 public:
  explicit StackStore(storage::Database& database);

  // By name a live stack, by id any stack; nothing when there is none.
  std::optional<Stack> Find(const RequestContext& context, std::string_view name_or_id) const;
  void Put(const Stack& stack) const;
  // All stacks of the account and region, deleted ones too, oldest first.
  std::vector<Stack> List(const RequestContext& context) const;
  std::vector<Stack> ListEverywhere() const;
  // Forgets a stack that never was deployed, with its events.
  void Forget(const Stack& stack) const;

  // Adds an event and writes the stack. The event's members as DescribeStackEvents answers them.
  void AddEvent(Stack& stack, json event) const;
  // Newest first.
  std::vector<json> Events(const Stack& stack) const;

  void Put(const RequestContext& context, const ChangeSet& change_set) const;
  void Delete(const RequestContext& context, const ChangeSet& change_set) const;
  // By id, or by name within the stack.
  std::optional<ChangeSet> FindChangeSet(const RequestContext& context, std::string_view name_or_id,
                                         std::string_view stack_id) const;
  // Oldest first.
  std::vector<ChangeSet> ListChangeSets(const RequestContext& context,
                                        std::string_view stack_id) const;

  std::mutex& mutex() { return mutex_; }

 private:
  storage::Room room_;
  std::mutex mutex_;
};

}  // namespace fractus::cloudformation
