#include "cognito/cognito.h"

#include <utility>

#include "cognito/operations.h"

namespace fractus::cognito {

namespace {

using Waiting = Task<json> (*)(Parts&, const Request&);

// Keeps the request for as long as the operation runs.
boost::asio::awaitable<Result<json>> RunOnPool(Parts& parts, Waiting operation, Request request) {
  auto task = operation(parts, request);
  co_return co_await parts.pool.Run(std::move(task));
}

}  // namespace

Cognito::Cognito(storage::Database& database, Clock& clock, IdSource& ids,
                 ports::FunctionInvoker& functions, ports::Mailbox& mailbox, BlockingPool& pool,
                 Settings settings)
    : parts_(database, clock, ids, functions, mailbox, pool),
      settings_(settings),
      issuer_(parts_) {}

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
      {"AddUserPoolClientSecret", AddUserPoolClientSecret},
      {"ListUserPoolClientSecrets", ListUserPoolClientSecrets},
      {"DeleteUserPoolClientSecret", DeleteUserPoolClientSecret},
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
      {"AdminSetUserPassword", AdminSetUserPassword},
      {"AdminGetUser", AdminGetUser},
      {"AdminDeleteUser", AdminDeleteUser},
      {"AdminDeleteUserAttributes", AdminDeleteUserAttributes},
      {"AdminEnableUser", AdminEnableUser},
      {"AdminDisableUser", AdminDisableUser},
      {"AdminUserGlobalSignOut", AdminUserGlobalSignOut},
      {"ListUsers", ListUsers},
      {"GetUser", GetUser},
      {"DeleteUserAttributes", DeleteUserAttributes},
      {"VerifyUserAttribute", VerifyUserAttribute},
      {"ChangePassword", ChangePassword},
      {"DeleteUser", DeleteUser},
      {"GlobalSignOut", GlobalSignOut},
      {"RevokeToken", RevokeToken},
      {"SetUserPoolMfaConfig", SetUserPoolMfaConfig},
      {"GetUserPoolMfaConfig", GetUserPoolMfaConfig},
      {"SetUserMFAPreference", SetUserMFAPreference},
      {"AdminSetUserMFAPreference", AdminSetUserMFAPreference},
      {"SetUserSettings", SetUserSettings},
      {"AdminSetUserSettings", AdminSetUserSettings},
      {"GetUserAuthFactors", GetUserAuthFactors},
      {"AssociateSoftwareToken", AssociateSoftwareToken},
      {"VerifySoftwareToken", VerifySoftwareToken},
      {"ConfirmDevice", ConfirmDevice},
      {"GetDevice", GetDevice},
      {"ListDevices", ListDevices},
      {"ForgetDevice", ForgetDevice},
      {"UpdateDeviceStatus", UpdateDeviceStatus},
      {"AdminGetDevice", AdminGetDevice},
      {"AdminListDevices", AdminListDevices},
      {"AdminForgetDevice", AdminForgetDevice},
      {"AdminUpdateDeviceStatus", AdminUpdateDeviceStatus},
      {"CreateResourceServer", CreateResourceServer},
      {"DescribeResourceServer", DescribeResourceServer},
      {"UpdateResourceServer", UpdateResourceServer},
      {"DeleteResourceServer", DeleteResourceServer},
      {"ListResourceServers", ListResourceServers},
      {"CreateIdentityProvider", CreateIdentityProvider},
      {"DescribeIdentityProvider", DescribeIdentityProvider},
      {"UpdateIdentityProvider", UpdateIdentityProvider},
      {"DeleteIdentityProvider", DeleteIdentityProvider},
      {"ListIdentityProviders", ListIdentityProviders},
      {"GetIdentityProviderByIdentifier", GetIdentityProviderByIdentifier},
      {"GetUICustomization", GetUICustomization},
      {"SetUICustomization", SetUICustomization},
  };
  constexpr std::pair<const char*, Waiting> kWaiting[] = {
      {"SignUp", SignUp},
      {"ConfirmSignUp", ConfirmSignUp},
      {"ResendConfirmationCode", ResendConfirmationCode},
      {"AdminConfirmSignUp", AdminConfirmSignUp},
      {"AdminCreateUser", AdminCreateUser},
      {"AdminUpdateUserAttributes", AdminUpdateUserAttributes},
      {"AdminResetUserPassword", AdminResetUserPassword},
      {"UpdateUserAttributes", UpdateUserAttributes},
      {"GetUserAttributeVerificationCode", GetUserAttributeVerificationCode},
      {"ForgotPassword", ForgotPassword},
      {"ConfirmForgotPassword", ConfirmForgotPassword},
      {"InitiateAuth", InitiateAuth},
      {"AdminInitiateAuth", AdminInitiateAuth},
      {"RespondToAuthChallenge", RespondToAuthChallenge},
      {"AdminRespondToAuthChallenge", AdminRespondToAuthChallenge},
      {"GetTokensFromRefreshToken", GetTokensFromRefreshToken},
  };
  service::OperationTable table;
  for (const auto& [name, function] : kOperations) {
    table.emplace(name, service::Operation([this, function = function](const Request& request) {
                    if (settings_.make_keys_ahead) parts_.keys.Start();
                    return function(parts_, request);
                  }));
  }
  for (const auto& [name, function] : kWaiting) {
    table.emplace(name, service::AsyncOperation([this, function = function](Request request) {
                    if (settings_.make_keys_ahead) parts_.keys.Start();
                    return RunOnPool(parts_, function, std::move(request));
                  }));
  }
  return table;
}

}  // namespace fractus::cognito
