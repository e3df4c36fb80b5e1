#include "cognito/cognito.h"

#include <utility>

#include "cognito/operations.h"

namespace fractus::cognito {

Cognito::Cognito(storage::Database& database, Clock& clock, IdSource& ids, Settings settings)
    : parts_(database, clock, ids), settings_(settings), issuer_(parts_) {}

std::optional<TokenVerifier> Cognito::VerifierOf(std::string_view pool_id) {
  const PoolRef pool = parts_.store.FindPool(pool_id);
  const auto keys = pool ? parts_.keys.Get(pool_id) : nullptr;
  if (!keys) return std::nullopt;
  return TokenVerifier(pool->Issuer(), *keys);
}

service::OperationTable Cognito::Operations() {
  using Function = Result<json> (*)(Parts&, const Request&);
  constexpr std::pair<const char*, Function> kOperations[] = {
      {"CreateUserPool", CreateUserPool},
      {"DescribeUserPool", DescribeUserPool},
      {"UpdateUserPool", UpdateUserPool},
      {"DeleteUserPool", DeleteUserPool},
      {"ListUserPools", ListUserPools},
      {"AddCustomAttributes", AddCustomAttributes},
      {"TagResource", TagResource},
      {"UntagResource", UntagResource},
      {"ListTagsForResource", ListTagsForResource},
      {"CreateUserPoolClient", CreateUserPoolClient},
      {"DescribeUserPoolClient", DescribeUserPoolClient},
      {"UpdateUserPoolClient", UpdateUserPoolClient},
      {"DeleteUserPoolClient", DeleteUserPoolClient},
      {"ListUserPoolClients", ListUserPoolClients},
      {"CreateUserPoolDomain", CreateUserPoolDomain},
      {"DescribeUserPoolDomain", DescribeUserPoolDomain},
      {"UpdateUserPoolDomain", UpdateUserPoolDomain},
      {"DeleteUserPoolDomain", DeleteUserPoolDomain},
      {"CreateGroup", CreateGroup},
      {"GetGroup", GetGroup},
      {"UpdateGroup", UpdateGroup},
      {"DeleteGroup", DeleteGroup},
      {"ListGroups", ListGroups},
      {"AdminListGroupsForUser", AdminListGroupsForUser},
      {"ListUsersInGroup", ListUsersInGroup},
      {"AdminAddUserToGroup", AdminAddUserToGroup},
      {"AdminRemoveUserFromGroup", AdminRemoveUserFromGroup},
      {"SignUp", SignUp},
      {"ConfirmSignUp", ConfirmSignUp},
      {"ResendConfirmationCode", ResendConfirmationCode},
      {"AdminConfirmSignUp", AdminConfirmSignUp},
      {"AdminCreateUser", AdminCreateUser},
      {"AdminSetUserPassword", AdminSetUserPassword},
      {"AdminGetUser", AdminGetUser},
      {"AdminDeleteUser", AdminDeleteUser},
      {"AdminUpdateUserAttributes", AdminUpdateUserAttributes},
      {"AdminDeleteUserAttributes", AdminDeleteUserAttributes},
      {"AdminEnableUser", AdminEnableUser},
      {"AdminDisableUser", AdminDisableUser},
      {"AdminResetUserPassword", AdminResetUserPassword},
      {"AdminUserGlobalSignOut", AdminUserGlobalSignOut},
      {"ListUsers", ListUsers},
      {"GetUser", GetUser},
      {"UpdateUserAttributes", UpdateUserAttributes},
      {"DeleteUserAttributes", DeleteUserAttributes},
      {"GetUserAttributeVerificationCode", GetUserAttributeVerificationCode},
      {"VerifyUserAttribute", VerifyUserAttribute},
      {"ChangePassword", ChangePassword},
      {"DeleteUser", DeleteUser},
      {"GlobalSignOut", GlobalSignOut},
      {"RevokeToken", RevokeToken},
      {"ForgotPassword", ForgotPassword},
      {"ConfirmForgotPassword", ConfirmForgotPassword},
      {"InitiateAuth", InitiateAuth},
      {"AdminInitiateAuth", AdminInitiateAuth},
      {"RespondToAuthChallenge", RespondToAuthChallenge},
      {"AdminRespondToAuthChallenge", AdminRespondToAuthChallenge},
  };
  service::OperationTable table;
  for (const auto& [name, function] : kOperations) {
    table.emplace(name, [this, function = function](const Request& request) {
      if (settings_.make_keys_ahead) parts_.keys.Start();
      return function(parts_, request);
    });
  }
  return table;
}

}  // namespace fractus::cognito
