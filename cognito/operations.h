// The operations of Cognito user pools, one function each, named as AWS names them.
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
Result<json> SignUp(Parts& parts, const Request& request);
Result<json> ConfirmSignUp(Parts& parts, const Request& request);
Result<json> ResendConfirmationCode(Parts& parts, const Request& request);
Result<json> AdminConfirmSignUp(Parts& parts, const Request& request);

// admin_create_user.cpp
Result<json> AdminCreateUser(Parts& parts, const Request& request);
Result<json> AdminSetUserPassword(Parts& parts, const Request& request);

// admin_user_operations.cpp
Result<json> AdminGetUser(Parts& parts, const Request& request);
Result<json> AdminDeleteUser(Parts& parts, const Request& request);
Result<json> AdminUpdateUserAttributes(Parts& parts, const Request& request);
Result<json> AdminDeleteUserAttributes(Parts& parts, const Request& request);
Result<json> AdminEnableUser(Parts& parts, const Request& request);
Result<json> AdminDisableUser(Parts& parts, const Request& request);
Result<json> AdminResetUserPassword(Parts& parts, const Request& request);
Result<json> AdminUserGlobalSignOut(Parts& parts, const Request& request);

// list_users.cpp
Result<json> ListUsers(Parts& parts, const Request& request);

// user_operations.cpp: by the user's own access token
Result<json> GetUser(Parts& parts, const Request& request);
Result<json> UpdateUserAttributes(Parts& parts, const Request& request);
Result<json> DeleteUserAttributes(Parts& parts, const Request& request);
Result<json> GetUserAttributeVerificationCode(Parts& parts, const Request& request);
Result<json> VerifyUserAttribute(Parts& parts, const Request& request);
Result<json> ChangePassword(Parts& parts, const Request& request);
Result<json> DeleteUser(Parts& parts, const Request& request);
Result<json> GlobalSignOut(Parts& parts, const Request& request);
Result<json> RevokeToken(Parts& parts, const Request& request);

// password_recovery.cpp
Result<json> ForgotPassword(Parts& parts, const Request& request);
Result<json> ConfirmForgotPassword(Parts& parts, const Request& request);

// initiate_auth.cpp
Result<json> InitiateAuth(Parts& parts, const Request& request);
Result<json> AdminInitiateAuth(Parts& parts, const Request& request);

// respond_to_auth_challenge.cpp
Result<json> RespondToAuthChallenge(Parts& parts, const Request& request);
Result<json> AdminRespondToAuthChallenge(Parts& parts, const Request& request);

}  // namespace fractus::cognito
