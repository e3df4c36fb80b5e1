// The operations of Cognito user pools, one function each, named as AWS names them. Those that may
// wait for a trigger are coroutines: run them on Parts::pool, with a request that outlives them.
#pragma once

#include "cognito/parts.h"

namespace fractus::cognito {

// pool_operations.cpp
Result<json> CreateUserPool(Parts& parts, const Request& request);
Result<json> DescribeUserPool(Parts& parts, const Request& request);
Result<json> UpdateUserPool(Parts& parts, const Request& request);
Result<json> DeleteUserPool(Parts& parts, const Request& request);
Result<json> ListUserPools(Parts& parts, const Request& request);
Result<json> AddCustomAttributes(Parts& parts, const Request& request);
Result<json> TagResource(Parts& parts, const Request& request);
Result<json> UntagResource(Parts& parts, const Request& request);
Result<json> ListTagsForResource(Parts& parts, const Request& request);

// client_operations.cpp
Result<json> CreateUserPoolClient(Parts& parts, const Request& request);
Result<json> DescribeUserPoolClient(Parts& parts, const Request& request);
Result<json> UpdateUserPoolClient(Parts& parts, const Request& request);
Result<json> DeleteUserPoolClient(Parts& parts, const Request& request);
Result<json> ListUserPoolClients(Parts& parts, const Request& request);

// client_secret_operations.cpp
Result<json> AddUserPoolClientSecret(Parts& parts, const Request& request);
Result<json> ListUserPoolClientSecrets(Parts& parts, const Request& request);
Result<json> DeleteUserPoolClientSecret(Parts& parts, const Request& request);

// domain_operations.cpp
Result<json> CreateUserPoolDomain(Parts& parts, const Request& request);
Result<json> DescribeUserPoolDomain(Parts& parts, const Request& request);
Result<json> UpdateUserPoolDomain(Parts& parts, const Request& request);
Result<json> DeleteUserPoolDomain(Parts& parts, const Request& request);

// group_operations.cpp
Result<json> CreateGroup(Parts& parts, const Request& request);
Result<json> GetGroup(Parts& parts, const Request& request);
Result<json> UpdateGroup(Parts& parts, const Request& request);
Result<json> DeleteGroup(Parts& parts, const Request& request);
Result<json> ListGroups(Parts& parts, const Request& request);
Result<json> AdminListGroupsForUser(Parts& parts, const Request& request);
Result<json> ListUsersInGroup(Parts& parts, const Request& request);
Result<json> AdminAddUserToGroup(Parts& parts, const Request& request);
Result<json> AdminRemoveUserFromGroup(Parts& parts, const Request& request);

// sign_up.cpp
Task<json> SignUp(Parts& parts, const Request& request);
Task<json> ConfirmSignUp(Parts& parts, const Request& request);
Task<json> ResendConfirmationCode(Parts& parts, const Request& request);
Task<json> AdminConfirmSignUp(Parts& parts, const Request& request);

// admin_create_user.cpp
Task<json> AdminCreateUser(Parts& parts, const Request& request);
Result<json> AdminSetUserPassword(Parts& parts, const Request& request);

// admin_user_operations.cpp
Result<json> AdminGetUser(Parts& parts, const Request& request);
Result<json> AdminDeleteUser(Parts& parts, const Request& request);
Task<json> AdminUpdateUserAttributes(Parts& parts, const Request& request);
Result<json> AdminDeleteUserAttributes(Parts& parts, const Request& request);
Result<json> AdminEnableUser(Parts& parts, const Request& request);
Result<json> AdminDisableUser(Parts& parts, const Request& request);
Task<json> AdminResetUserPassword(Parts& parts, const Request& request);
Result<json> AdminUserGlobalSignOut(Parts& parts, const Request& request);

// list_users.cpp
Result<json> ListUsers(Parts& parts, const Request& request);

// user_operations.cpp: by the user's own access token
Result<json> GetUser(Parts& parts, const Request& request);
Task<json> UpdateUserAttributes(Parts& parts, const Request& request);
Result<json> DeleteUserAttributes(Parts& parts, const Request& request);
Task<json> GetUserAttributeVerificationCode(Parts& parts, const Request& request);
Result<json> VerifyUserAttribute(Parts& parts, const Request& request);
Result<json> ChangePassword(Parts& parts, const Request& request);
Result<json> DeleteUser(Parts& parts, const Request& request);
Result<json> GlobalSignOut(Parts& parts, const Request& request);
Result<json> RevokeToken(Parts& parts, const Request& request);

// password_recovery.cpp
Task<json> ForgotPassword(Parts& parts, const Request& request);
Task<json> ConfirmForgotPassword(Parts& parts, const Request& request);

// initiate_auth.cpp
Task<json> InitiateAuth(Parts& parts, const Request& request);
Task<json> AdminInitiateAuth(Parts& parts, const Request& request);

Task<json> RespondToAuthChallenge(Parts& parts, const Request& request);
Task<json> AdminRespondToAuthChallenge(Parts& parts, const Request& request);
Task<json> GetTokensFromRefreshToken(Parts& parts, const Request& request);

// mfa_operations.cpp
Result<json> SetUserPoolMfaConfig(Parts& parts, const Request& request);
Result<json> GetUserPoolMfaConfig(Parts& parts, const Request& request);
Result<json> SetUserMFAPreference(Parts& parts, const Request& request);
Result<json> AdminSetUserMFAPreference(Parts& parts, const Request& request);
Result<json> SetUserSettings(Parts& parts, const Request& request);
Result<json> AdminSetUserSettings(Parts& parts, const Request& request);
Result<json> GetUserAuthFactors(Parts& parts, const Request& request);

// software_token_operations.cpp
Result<json> AssociateSoftwareToken(Parts& parts, const Request& request);
Result<json> VerifySoftwareToken(Parts& parts, const Request& request);

// device_operations.cpp
Result<json> ConfirmDevice(Parts& parts, const Request& request);
Result<json> GetDevice(Parts& parts, const Request& request);
Result<json> ListDevices(Parts& parts, const Request& request);
Result<json> ForgetDevice(Parts& parts, const Request& request);
Result<json> UpdateDeviceStatus(Parts& parts, const Request& request);
Result<json> AdminGetDevice(Parts& parts, const Request& request);
Result<json> AdminListDevices(Parts& parts, const Request& request);
Result<json> AdminForgetDevice(Parts& parts, const Request& request);
Result<json> AdminUpdateDeviceStatus(Parts& parts, const Request& request);

// resource_server_operations.cpp
Result<json> CreateResourceServer(Parts& parts, const Request& request);
Result<json> DescribeResourceServer(Parts& parts, const Request& request);
Result<json> UpdateResourceServer(Parts& parts, const Request& request);
Result<json> DeleteResourceServer(Parts& parts, const Request& request);
Result<json> ListResourceServers(Parts& parts, const Request& request);

// identity_provider_operations.cpp
Result<json> CreateIdentityProvider(Parts& parts, const Request& request);
Result<json> DescribeIdentityProvider(Parts& parts, const Request& request);
Result<json> UpdateIdentityProvider(Parts& parts, const Request& request);
Result<json> DeleteIdentityProvider(Parts& parts, const Request& request);
Result<json> ListIdentityProviders(Parts& parts, const Request& request);
Result<json> GetIdentityProviderByIdentifier(Parts& parts, const Request& request);

// ui_customization_operations.cpp
Result<json> GetUICustomization(Parts& parts, const Request& request);
Result<json> SetUICustomization(Parts& parts, const Request& request);

}  // namespace fractus::cognito
