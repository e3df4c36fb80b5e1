#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "emulator/core/encoding.h"
#include "emulator/services/logs/operations.h"

namespace fractus::logs {
namespace {

constexpr size_t kLongestName = 512;
constexpr std::array kRetentionDays = {1,    3,    5,    7,    14,   30,  60,  90,
                                       120,  150,  180,  365,  400,  545, 731, 1096,
                                       1827, 2192, 2557, 2922, 3288, 3653};

json Describe(const RequestContext& context, const json& group) {
  const auto arn = GroupArn(context, group.at("logGroupName").get<std::string>());
  json output = {{"logGroupName", group.at("logGroupName")},
                 {"creationTime", group.at("creationTime")},
                 {"metricFilterCount", 0},
                 {"arn", arn + ":*"},
                 {"storedBytes", group.at("storedBytes")},
                 {"logGroupClass", group.value("logGroupClass", "STANDARD")},
                 {"logGroupArn", arn},
                 {"deletionProtectionEnabled", group.value("deletionProtectionEnabled", false)}};
  for (const auto* member : {"retentionInDays", "kmsKeyId"}) {
    if (group.contains(member)) output[member] = group.at(member);
  }
  return output;
}

}  // namespace

Result<json> CreateLogGroup(EventStore& store, const Request& request) {
  const auto name = request.Text("logGroupName");
  if (name.size() > kLongestName) {
    return InvalidParameter(
        "Invalid LogGroup or LogStream, both must have length less than or equal to 512.");
  }
  json group = NewGroup(name, EpochMillis(request.context.now));
  group["tags"] = request.Object("tags");
  for (const auto* member : {"kmsKeyId", "logGroupClass", "deletionProtectionEnabled"}) {
    if (request.Has(member)) group[member] = request.input.at(member);
  }
  if (!store.CreateGroup(storage::Scope::Of(request.context), name, group)) {
    return ApiError{"ResourceAlreadyExistsException", "The specified log group already exists"};
  }
  return json::object();
}

Result<json> DeleteLogGroup(EventStore& store, const Request& request) {
  const auto scope = storage::Scope::Of(request.context);
  const auto name = request.Text("logGroupName");
  store.Flush();
  const auto group = store.FindGroup(scope, name);
  if (!group) return GroupNotFound();
  // Observed: the wording is not confirmed.
  if (group->value("deletionProtectionEnabled", false)) {
    return ApiError{"ValidationException",
                    "The specified log group has deletion protection enabled."};
  }
  if (!store.DeleteGroup(scope, name)) return GroupNotFound();
  return json::object();
}

Result<json> DescribeLogGroups(EventStore& store, const Request& request) {
  const auto prefix = request.Text("logGroupNamePrefix");
  const auto pattern = request.Text("logGroupNamePattern");
  if (!prefix.empty() && !pattern.empty()) {
    return InvalidParameter(
        "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  }
  const auto limit = LimitOf(request, 50, 50);
  if (!limit) return limit.error();
  const auto after = storage::ReadToken(request.Text("nextToken"));
  if (!after) return InvalidToken();

  store.Flush();
  const auto scope = storage::Scope::Of(request.context);
  json output = {{"logGroups", json::array()}};
  std::string last = *after;
  // A pattern may leave out whole pages.
  while (true) {
    const auto page = store.ListGroups(scope, prefix, last, *limit);
    for (const auto& group : page.documents) {
      const auto name = group.at("logGroupName").get<std::string>();
      if (name.find(pattern) == std::string::npos) continue;
      if (output["logGroups"].size() == *limit) {
        output["nextToken"] = storage::MakeToken(last);
        return output;
      }
      output["logGroups"].push_back(Describe(request.context, group));
      last = name;
    }
    if (!page.more) return output;
    if (output["logGroups"].size() == *limit) {
      output["nextToken"] = storage::MakeToken(last);
      return output;
    }
    last = *page.more;
  }
}

Result<json> PutRetentionPolicy(EventStore& store, const Request& request) {
  const auto days = request.Integer("retentionInDays", 0);
  if (std::find(kRetentionDays.begin(), kRetentionDays.end(), days) == kRetentionDays.end()) {
    std::vector<std::string> allowed;
    for (const int value : kRetentionDays) allowed.push_back(std::to_string(value));
    // Observed: AWS lists the values in another order.
    return InvalidParameter(fmt::format(
        "1 validation error detected: Value '{}' at 'retentionInDays' failed to satisfy "
        "constraint: Member must satisfy enum value set: [{}]",
        days, Join(allowed, ", ")));
  }
  store.Flush();
  const bool found =
      store.ChangeGroup(storage::Scope::Of(request.context), request.Text("logGroupName"),
                        [&](json& group) { group["retentionInDays"] = days; });
  if (!found) return GroupNotFound();
  return json::object();
}

Result<json> DeleteRetentionPolicy(EventStore& store, const Request& request) {
  store.Flush();
  const bool found =
      store.ChangeGroup(storage::Scope::Of(request.context), request.Text("logGroupName"),
                        [](json& group) { group.erase("retentionInDays"); });
  if (!found) return GroupNotFound();
  return json::object();
}

}  // namespace fractus::logs
