#include <fmt/format.h>

#include "emulator/core/encoding.h"
#include "emulator/service/tags.h"
#include "emulator/services/iam/iam.h"

namespace fractus::iam {
namespace {

enum class Answer { kCreated, kListed, kFull };

// AWS answers fewer members for a role that was just made or that is in a list.
json Describe(const json& role, Answer answer) {
  json output = json::object();
  for (const auto* member : {"Path", "RoleName", "RoleId", "Arn", "CreateDate"})
    output[member] = role.at(member);
  output["AssumeRolePolicyDocument"] =
      PercentEncode(role.at("AssumeRolePolicyDocument").get<std::string>());
  if (role.contains("Description")) output["Description"] = role.at("Description");
  if (answer != Answer::kCreated) output["MaxSessionDuration"] = role.at("MaxSessionDuration");
  if (answer != Answer::kListed) {
    const auto tags = service::ListTags(role.at("tags"));
    if (!tags.empty()) output["Tags"] = tags;
    if (role.contains("PermissionsBoundary")) {
      output["PermissionsBoundary"] = {{"PermissionsBoundaryType", "Policy"},
                                       {"PermissionsBoundaryArn", role.at("PermissionsBoundary")}};
    }
  }
  if (answer == Answer::kFull) output["RoleLastUsed"] = json::object();
  return output;
}

}  // namespace

Result<json> Iam::CreateRole(const Request& request) {
  const auto scope = storage::Scope::GlobalOf(request.context);
  const auto name = request.Text("RoleName");
  const auto document = request.Text("AssumeRolePolicyDocument");
  const auto path = request.Text("Path", "/");
  if (auto error = CheckDocument(document, DocumentKind::kTrust)) return *std::move(error);
  json role = {{"Path", path},
               {"RoleName", name},
               {"RoleId", MakeId("AROA", ids_)},
               {"Arn", fmt::format("arn:aws:iam::{}:role{}{}", scope.account, path, name)},
               {"CreateDate", EpochSeconds(request.context.now)},
               {"AssumeRolePolicyDocument", document},
               {"MaxSessionDuration", request.Integer("MaxSessionDuration", 3600)},
               {"inline", json::object()},
               {"attached", json::object()},
               {"tags", json::object()}};
  for (const auto* member : {"Description", "PermissionsBoundary"}) {
    if (request.Has(member)) role[member] = request.input.at(member);
  }
  service::AddTags(role["tags"], request.Array("Tags"));
  const std::lock_guard lock(mutex_);
  if (roles_.Contains(scope, name)) {
    return ApiError{"EntityAlreadyExistsException",
                    fmt::format("Role with name {} already exists.", name)};
  }
  roles_.Put(scope, name, role);
  return json{{"Role", Describe(role, Answer::kCreated)}};
}

Result<json> Iam::GetRole(const Request& request) {
  const auto role = Find(role_kind_, request);
  if (!role) return role;
  return json{{"Role", Describe(*role, Answer::kFull)}};
}

Result<json> Iam::ListRoles(const Request& request) {
  const auto prefix = request.Text("PathPrefix", "/");
  json roles = json::array();
  for (const auto& role : roles_.All(storage::Scope::GlobalOf(request.context))) {
    if (role.at("Path").get<std::string>().starts_with(prefix))
      roles.push_back(Describe(role, Answer::kListed));
  }
  return MakePage(request, "Roles", roles, "RoleName");
}

Result<json> Iam::UpdateRole(const Request& request) {
  const std::lock_guard lock(mutex_);
  auto role = Find(role_kind_, request);
  if (!role) return role;
  for (const auto* member : {"Description", "MaxSessionDuration"}) {
    if (request.Has(member)) (*role)[member] = request.input.at(member);
  }
  roles_.Put(storage::Scope::GlobalOf(request.context), request.Text("RoleName"), *role);
  return json::object();
}

Result<json> Iam::UpdateAssumeRolePolicy(const Request& request) {
  const auto document = request.Text("PolicyDocument");
  if (auto error = CheckDocument(document, DocumentKind::kTrust)) return *std::move(error);
  const std::lock_guard lock(mutex_);
  auto role = Find(role_kind_, request);
  if (!role) return role;
  (*role)["AssumeRolePolicyDocument"] = document;
  roles_.Put(storage::Scope::GlobalOf(request.context), request.Text("RoleName"), *role);
  return json::object();
}

Result<json> Iam::PutRolePermissionsBoundary(const Request& request) {
  const std::lock_guard lock(mutex_);
  auto role = Find(role_kind_, request);
  if (!role) return role;
  (*role)["PermissionsBoundary"] = request.Text("PermissionsBoundary");
  roles_.Put(storage::Scope::GlobalOf(request.context), request.Text("RoleName"), *role);
  return json::object();
}

Result<json> Iam::DeleteRolePermissionsBoundary(const Request& request) {
  const std::lock_guard lock(mutex_);
  auto role = Find(role_kind_, request);
  if (!role) return role;
  role->erase("PermissionsBoundary");
  roles_.Put(storage::Scope::GlobalOf(request.context), request.Text("RoleName"), *role);
  return json::object();
}

}  // namespace fractus::iam
