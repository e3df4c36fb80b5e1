#include <fmt/format.h>

#include "emulator/core/arn.h"
#include "emulator/services/logs/operations.h"

namespace fractus::logs {
namespace {

constexpr size_t kMostTags = 50;

// resourceArn names a group, with or without the ":*" at its end.
Result<std::string> GroupOfArn(const Request& request) {
  const auto arn = Arn::Parse(request.Text("resourceArn"));
  constexpr std::string_view kKind = "log-group:";
  if (!arn || !arn->resource.starts_with(kKind)) {
    return InvalidParameter("Invalid resource ARN: " + request.Text("resourceArn"));
  }
  auto group = arn->resource.substr(kKind.size());
  if (group.ends_with(":*")) group.resize(group.size() - 2);
  return group;
}

Result<json> AddTags(EventStore& store, const Request& request, const std::string& group_name) {
  bool too_many = false;
  const bool found =
      store.ChangeGroup(storage::Scope::Of(request.context), group_name, [&](json& group) {
        json tags = group.at("tags");
        tags.update(request.Object("tags"));
        too_many = tags.size() > kMostTags;
        if (!too_many) group["tags"] = std::move(tags);
      });
  if (!found) return GroupNotFound();
  if (too_many) {
    return ApiError{"TooManyTagsException",
                    fmt::format("A resource may have at most {} tags.", kMostTags), 0,
                    json{{"resourceName", group_name}}};
  }
  return json::object();
}

Result<json> RemoveTags(EventStore& store, const Request& request, const std::string& group_name,
                        const json& keys) {
  const bool found =
      store.ChangeGroup(storage::Scope::Of(request.context), group_name, [&](json& group) {
        for (const auto& key : keys) group["tags"].erase(key.get<std::string>());
      });
  if (!found) return GroupNotFound();
  return json::object();
}

Result<json> Tags(EventStore& store, const Request& request, const std::string& group_name) {
  store.Flush();
  const auto group = store.FindGroup(storage::Scope::Of(request.context), group_name);
  if (!group) return GroupNotFound();
  return json{{"tags", group->at("tags")}};
}

}  // namespace

Result<json> TagLogGroup(EventStore& store, const Request& request) {
  store.Flush();
  return AddTags(store, request, request.Text("logGroupName"));
}

Result<json> UntagLogGroup(EventStore& store, const Request& request) {
  store.Flush();
  return RemoveTags(store, request, request.Text("logGroupName"), request.Array("tags"));
}

Result<json> ListTagsLogGroup(EventStore& store, const Request& request) {
  return Tags(store, request, request.Text("logGroupName"));
}

Result<json> TagResource(EventStore& store, const Request& request) {
  const auto group = GroupOfArn(request);
  if (!group) return group.error();
  store.Flush();
  return AddTags(store, request, *group);
}

Result<json> UntagResource(EventStore& store, const Request& request) {
  const auto group = GroupOfArn(request);
  if (!group) return group.error();
  store.Flush();
  return RemoveTags(store, request, *group, request.Array("tagKeys"));
}

Result<json> ListTagsForResource(EventStore& store, const Request& request) {
  const auto group = GroupOfArn(request);
  if (!group) return group.error();
  return Tags(store, request, *group);
}

}  // namespace fractus::logs
