#include "cognito/errors.h"
#include "cognito/operations.h"

namespace fractus::cognito {
namespace {

using storage::MakeKey;

std::string GroupKey(const Pool& pool, const std::string& name) {
  return MakeKey({"group", pool.id, name});
}

std::optional<json> FindGroup(Parts& parts, const Pool& pool, const Request& request) {
  return parts.store.room().GetJson(GroupKey(pool, request.Text("GroupName")));
}

void CopySettings(const Request& request, json& group) {
  for (const char* member : {"Description", "RoleArn", "Precedence"}) {
    if (request.Has(member)) group[member] = request.input.at(member);
  }
  group["LastModifiedDate"] = EpochSeconds(request.context.now);
}

// The groups that a page's rows hold or, as rows of "membership", name.
enum class Rows { kGroups, kNames };

json GroupPage(Parts& parts, const Pool& pool, const Page& page, Rows rows) {
  json output = {{"Groups", json::array()}};
  for (const auto& row : page.rows) {
    const auto group =
        parts.store.room().GetJson(rows == Rows::kGroups ? row.key : GroupKey(pool, row.value));
    if (group) output["Groups"].push_back(*group);
  }
  if (page.next) output["NextToken"] = *page.next;
  return output;
}

}  // namespace

Result<json> CreateGroup(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  if (FindGroup(parts, **pool, request)) {
    return ApiError{"GroupExistsException", "A group with the name already exists."};
  }
  json group = {{"GroupName", request.Text("GroupName")},
                {"UserPoolId", (*pool)->id},
                {"CreationDate", EpochSeconds(request.context.now)}};
  CopySettings(request, group);
  parts.store.room().PutJson(GroupKey(**pool, request.Text("GroupName")), group);
  return json{{"Group", group}};
}

Result<json> GetGroup(Parts& parts, const Request& request) {
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const auto group = FindGroup(parts, **pool, request);
  if (!group) return GroupNotFound();
  return json{{"Group", *group}};
}

Result<json> UpdateGroup(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  auto group = FindGroup(parts, **pool, request);
  if (!group) return GroupNotFound();
  CopySettings(request, *group);
  parts.store.room().PutJson(GroupKey(**pool, request.Text("GroupName")), *group);
  return json{{"Group", *group}};
}

Result<json> DeleteGroup(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const std::string name = request.Text("GroupName");
  if (!FindGroup(parts, **pool, request)) return GroupNotFound();
  auto& room = parts.store.room();
  storage::Batch batch;
  room.Scan(MakeKey({"member", (*pool)->id, name}),
            [&](std::string_view key, std::string_view user) {
              room.Delete(batch, key);
              room.Delete(batch, MakeKey({"membership", (*pool)->id, user, name}));
              return true;
            });
  room.Delete(batch, GroupKey(**pool, name));
  room.Write(std::move(batch));
  return json::object();
}

Result<json> ListGroups(Parts& parts, const Request& request) {
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const auto page = parts.store.ReadPage(MakeKey({"group", (*pool)->id}), request.Text("NextToken"),
                                         PageSize(request, "Limit"));
  if (!page) return BadPageToken();
  return GroupPage(parts, **pool, *page, Rows::kGroups);
}

Result<json> AdminListGroupsForUser(Parts& parts, const Request& request) {
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const auto user = RequireUser(parts, **pool, request);
  if (!user) return user.error();
  const std::string prefix = MakeKey({"membership", (*pool)->id, (*pool)->Fold(user->username)});
  const auto page =
      parts.store.ReadPage(prefix, request.Text("NextToken"), PageSize(request, "Limit"));
  if (!page) return BadPageToken();
  return GroupPage(parts, **pool, *page, Rows::kNames);
}

Result<json> ListUsersInGroup(Parts& parts, const Request& request) {
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  if (!FindGroup(parts, **pool, request)) return GroupNotFound();
  const std::string prefix = MakeKey({"member", (*pool)->id, request.Text("GroupName")});
  const auto page =
      parts.store.ReadPage(prefix, request.Text("NextToken"), PageSize(request, "Limit"));
  if (!page) return BadPageToken();
  json output = {{"Users", json::array()}};
  for (const auto& row : page->rows) {
    if (const auto user = parts.store.ReadUser(**pool, row.value)) {
      output["Users"].push_back(user->Describe());
    }
  }
  if (page->next) output["NextToken"] = *page->next;
  return output;
}

Result<json> AdminAddUserToGroup(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const auto user = RequireUser(parts, **pool, request);
  if (!user) return user.error();
  if (!FindGroup(parts, **pool, request)) return GroupNotFound();
  const std::string folded = (*pool)->Fold(user->username), name = request.Text("GroupName");
  auto& room = parts.store.room();
  storage::Batch batch;
  room.Put(batch, MakeKey({"member", (*pool)->id, name, folded}), folded);
  room.Put(batch, MakeKey({"membership", (*pool)->id, folded, name}), name);
  room.Write(std::move(batch));
  return json::object();
}

Result<json> AdminRemoveUserFromGroup(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const auto user = RequireUser(parts, **pool, request);
  if (!user) return user.error();
  if (!FindGroup(parts, **pool, request)) return GroupNotFound();
  const std::string folded = (*pool)->Fold(user->username), name = request.Text("GroupName");
  auto& room = parts.store.room();
  storage::Batch batch;
  room.Delete(batch, MakeKey({"member", (*pool)->id, name, folded}));
  room.Delete(batch, MakeKey({"membership", (*pool)->id, folded, name}));
  room.Write(std::move(batch));
  return json::object();
}

}  // namespace fractus::cognito
