#include "emulator/services/iam/iam.h"

namespace fractus::iam {

Iam::Iam(storage::Database& database, Clock&, IdSource& ids)
    : ids_(ids),
      roles_(database.OpenRoom("iam"), "role"),
      users_(database.OpenRoom("iam"), "user"),
      policies_(database.OpenRoom("iam"), "policy"),
      keys_(database.OpenRoom("iam"), "key") {}

service::OperationTable Iam::Operations() {
  const auto bind = [this](Operation operation) {
    return service::Operation(
        [this, operation](const Request& request) { return (this->*operation)(request); });
  };
  const auto bind_kind = [this](KindOperation operation, const Kind& kind) {
    return service::Operation([this, operation, &kind](const Request& request) {
      return (this->*operation)(kind, request);
    });
  };
  service::OperationTable table = {
      {"CreateAccessKey", bind(&Iam::CreateAccessKey)},
      {"CreatePolicy", bind(&Iam::CreatePolicy)},
      {"CreatePolicyVersion", bind(&Iam::CreatePolicyVersion)},
      {"CreateRole", bind(&Iam::CreateRole)},
      {"CreateUser", bind(&Iam::CreateUser)},
      {"DeleteAccessKey", bind(&Iam::DeleteAccessKey)},
      {"DeletePolicy", bind(&Iam::DeletePolicy)},
      {"DeletePolicyVersion", bind(&Iam::DeletePolicyVersion)},
      {"DeleteRolePermissionsBoundary", bind(&Iam::DeleteRolePermissionsBoundary)},
      {"DeleteUser", bind(&Iam::DeleteUser)},
      {"GetPolicy", bind(&Iam::GetPolicy)},
      {"GetPolicyVersion", bind(&Iam::GetPolicyVersion)},
      {"GetRole", bind(&Iam::GetRole)},
      {"GetUser", bind(&Iam::GetUser)},
      {"ListAccessKeys", bind(&Iam::ListAccessKeys)},
      {"ListPolicies", bind(&Iam::ListPolicies)},
      {"ListPolicyVersions", bind(&Iam::ListPolicyVersions)},
      {"ListRoles", bind(&Iam::ListRoles)},
      {"ListUsers", bind(&Iam::ListUsers)},
      {"PutRolePermissionsBoundary", bind(&Iam::PutRolePermissionsBoundary)},
      {"SetDefaultPolicyVersion", bind(&Iam::SetDefaultPolicyVersion)},
      {"UpdateAccessKey", bind(&Iam::UpdateAccessKey)},
      {"UpdateAssumeRolePolicy", bind(&Iam::UpdateAssumeRolePolicy)},
      {"UpdateRole", bind(&Iam::UpdateRole)},
      {"DeleteRole", bind_kind(&Iam::Delete, role_kind_)},
  };
  for (const auto* kind : {&role_kind_, &user_kind_}) {
    const std::string word = kind == &role_kind_ ? "Role" : "User";
    table.emplace("Put" + word + "Policy", bind_kind(&Iam::PutInline, *kind));
    table.emplace("Get" + word + "Policy", bind_kind(&Iam::GetInline, *kind));
    table.emplace("List" + word + "Policies", bind_kind(&Iam::ListInline, *kind));
    table.emplace("Delete" + word + "Policy", bind_kind(&Iam::DeleteInline, *kind));
    table.emplace("Attach" + word + "Policy", bind_kind(&Iam::Attach, *kind));
    table.emplace("Detach" + word + "Policy", bind_kind(&Iam::Detach, *kind));
    table.emplace("ListAttached" + word + "Policies", bind_kind(&Iam::ListAttached, *kind));
    table.emplace("Tag" + word, bind_kind(&Iam::Tag, *kind));
    table.emplace("Untag" + word, bind_kind(&Iam::Untag, *kind));
    table.emplace("List" + word + "Tags", bind_kind(&Iam::ListTags, *kind));
  }
  return table;
}

std::optional<ports::Credential> Iam::FindCredential(std::string_view access_key) const {
  const auto key = keys_.Find({}, access_key);
  if (!key || key->at("status") != "Active") return std::nullopt;
  const auto account = key->at("account").get<std::string>();
  const auto user = users_.Find({account, ""}, key->at("user").get<std::string>());
  if (!user) return std::nullopt;
  ports::Credential credential;
  credential.secret = key->at("secret").get<std::string>();
  credential.account = account;
  credential.principal_arn = user->at("Arn").get<std::string>();
  credential.user_id = user->at("UserId").get<std::string>();
  return credential;
}

std::optional<ports::Role> Iam::FindRole(std::string_view account, std::string_view name) const {
  const auto role = roles_.Find({std::string(account), ""}, name);
  if (!role) return std::nullopt;
  return ports::Role{role->at("RoleId").get<std::string>(), role->at("Arn").get<std::string>(),
                     role->at("MaxSessionDuration").get<long long>()};
}

}  // namespace fractus::iam
