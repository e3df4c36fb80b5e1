#include <fmt/format.h>

#include "emulator/auth/access_key.h"
#include "emulator/service/tags.h"
#include "emulator/services/iam/iam.h"

namespace fractus::iam {
namespace {

constexpr size_t kMostKeys = 2;

json Describe(const json& user) {
  json output = json::object();
  for (const auto* member : {"Path", "UserName", "UserId", "Arn", "CreateDate"})
    output[member] = user.at(member);
  const auto tags = service::ListTags(user.at("tags"));
  if (!tags.empty()) output["Tags"] = tags;
  return output;
}

ApiError KeyNotFound(std::string_view key) {
  return NoSuchEntity(fmt::format("The Access Key with id {} cannot be found.", key));
}

}  // namespace

Result<json> Iam::CreateUser(const Request& request) {
  const auto scope = storage::Scope::GlobalOf(request.context);
  const auto name = request.Text("UserName");
  const auto path = request.Text("Path", "/");
  json user = {{"Path", path},
               {"UserName", name},
               {"UserId", MakeId("AIDA", ids_)},
               {"Arn", fmt::format("arn:aws:iam::{}:user{}{}", scope.account, path, name)},
               {"CreateDate", EpochSeconds(request.context.now)},
               {"inline", json::object()},
               {"attached", json::object()},
               {"keys", json::array()},
               {"tags", json::object()}};
  service::AddTags(user["tags"], request.Array("Tags"));
  const std::lock_guard lock(mutex_);
  if (users_.Contains(scope, name)) {
    return ApiError{"EntityAlreadyExistsException",
                    fmt::format("User with name {} already exists.", name)};
  }
  users_.Put(scope, name, user);
  return json{{"User", Describe(user)}};
}

// Without a name: the user whose key signed the request, or the account's root.
Result<json> Iam::GetUser(const Request& request) {
  if (request.Has("UserName")) {
    const auto user = Find(user_kind_, request);
    if (!user) return user;
    return json{{"User", Describe(*user)}};
  }
  const auto key = keys_.Find({}, request.context.access_key);
  if (key) {
    const auto user = users_.Find({key->at("account").get<std::string>(), ""},
                                  key->at("user").get<std::string>());
    if (user) return json{{"User", Describe(*user)}};
  }
  const auto& account = request.context.account;
  return json{{"User",
               {{"Path", "/"},
                {"UserName", "root"},
                {"UserId", account},
                {"Arn", fmt::format("arn:aws:iam::{}:root", account)},
                {"CreateDate", EpochSeconds(request.context.now)}}}};
}

Result<json> Iam::ListUsers(const Request& request) {
  const auto prefix = request.Text("PathPrefix", "/");
  json users = json::array();
  for (const auto& user : users_.All(storage::Scope::GlobalOf(request.context))) {
    if (!user.at("Path").get<std::string>().starts_with(prefix)) continue;
    auto described = Describe(user);
    described.erase("Tags");
    users.push_back(std::move(described));
  }
  return MakePage(request, "Users", users, "UserName");
}

Result<json> Iam::DeleteUser(const Request& request) {
  {
    const std::lock_guard lock(mutex_);
    const auto user = Find(user_kind_, request);
    if (!user) return user;
    if (!user->at("keys").empty()) {
      return ApiError{"DeleteConflictException",
                      "Cannot delete entity, must delete access keys first."};
    }
  }
  return Delete(user_kind_, request);
}

Result<json> Iam::CreateAccessKey(const Request& request) {
  const auto scope = storage::Scope::GlobalOf(request.context);
  const auto name = request.Text("UserName");
  const std::lock_guard lock(mutex_);
  auto user = Find(user_kind_, request);
  if (!user) return user;
  if (user->at("keys").size() >= kMostKeys) {
    return ApiError{"LimitExceededException",
                    fmt::format("Cannot exceed quota for AccessKeysPerUser: {}", kMostKeys)};
  }
  std::string id;
  do {
    id = auth::MintAccessKey("AKIA", scope.account, ids_);
  } while (keys_.Contains({}, id));
  const auto secret = auth::MintSecretKey(ids_);
  const auto now = EpochSeconds(request.context.now);
  keys_.Put({}, id,
            {{"account", scope.account},
             {"user", name},
             {"secret", secret},
             {"status", "Active"},
             {"created", now}});
  (*user)["keys"].push_back(id);
  users_.Put(scope, name, *user);
  return json{{"AccessKey",
               {{"UserName", name},
                {"AccessKeyId", id},
                {"Status", "Active"},
                {"SecretAccessKey", secret},
                {"CreateDate", now}}}};
}

Result<json> Iam::ListAccessKeys(const Request& request) {
  const auto user = Find(user_kind_, request);
  if (!user) return user;
  json list = json::array();
  for (const auto& id : user->at("keys")) {
    const auto key = keys_.Find({}, id.get<std::string>());
    if (!key) continue;
    list.push_back({{"UserName", request.Text("UserName")},
                    {"AccessKeyId", id},
                    {"Status", key->at("status")},
                    {"CreateDate", key->at("created")}});
  }
  return json{{"AccessKeyMetadata", std::move(list)}, {"IsTruncated", false}};
}

Result<json> Iam::UpdateAccessKey(const Request& request) {
  const auto id = request.Text("AccessKeyId");
  const std::lock_guard lock(mutex_);
  auto key = keys_.Find({}, id);
  if (!key || key->at("account") != request.context.account) return KeyNotFound(id);
  (*key)["status"] = request.Text("Status");
  keys_.Put({}, id, *key);
  return json::object();
}

Result<json> Iam::DeleteAccessKey(const Request& request) {
  const auto scope = storage::Scope::GlobalOf(request.context);
  const auto id = request.Text("AccessKeyId");
  const std::lock_guard lock(mutex_);
  const auto key = keys_.Find({}, id);
  if (!key || key->at("account") != scope.account) return KeyNotFound(id);
  const auto name = key->at("user").get<std::string>();
  if (request.Has("UserName") && request.Text("UserName") != name) return KeyNotFound(id);
  if (auto user = users_.Find(scope, name)) {
    auto& keys = (*user)["keys"];
    for (size_t i = keys.size(); i-- > 0;) {
      if (keys[i] == id) keys.erase(i);
    }
    users_.Put(scope, name, *user);
  }
  keys_.Delete({}, id);
  return json::object();
}

}  // namespace fractus::iam
