// The steps of a sign-in, each in a file of its own; sign_in.cpp chooses among them.
#pragma once

#include <optional>
#include <string>

#include "cognito/challenges.h"

namespace fractus::cognito {

// The parameter of that name, or nullptr.
const std::string* FindParameter(const SignInRequest& request, const std::string& name);
// InvalidParameterException "Missing required parameter ...".
ApiError MissingParameter(const std::string& name);

// sign_in.cpp

// USERNAME, checked together with SECRET_HASH.
Result<std::string> RequireUsername(const SignInRequest& request);
// The user of a challenge as stored now, who may have been disabled or deleted meanwhile; USERNAME
// of the answer must name the same.
Result<User> RequireChallenged(Parts& parts, const SignInRequest& request, const SignIn& sign_in);
// Starts the PreAuthentication trigger.
Task<bool> PreAuthenticate(Parts& parts, SignIn sign_in, std::optional<User> user);
// What stands between a password and the tokens: account state, a new password, a second factor, a
// known device.
Task<SignInStep> AfterPassword(Parts& parts, SignIn sign_in, User user);
// A second factor or a device, where one is missing; else the end.
Task<SignInStep> AfterFirstFactor(Parts& parts, SignIn sign_in, User user);
// PostAuthentication, and the proof.
Task<SignInStep> Finish(Parts& parts, SignIn sign_in, User user);
// UserNotConfirmedException and PasswordResetRequiredException.
std::optional<ApiError> CheckState(const User& user);
// What is said of a name that does not exist.
ApiError NoSuchUser(const Client& client);

// password_sign_in.cpp
Task<SignInStep> SignInByPassword(Parts& parts, SignIn sign_in, std::string name,
                                  std::string password);
// Asks the UserMigration trigger about a name that does not exist; nothing when it knows nobody
// either. `password` is empty for a forgotten one.
Task<std::optional<User>> MigrateUser(Parts& parts, TriggerScene scene, Client client,
                                      std::string password, json client_metadata);

// srp_sign_in.cpp
// PASSWORD_VERIFIER for this name, whether or not it exists.
Task<SignInStep> ChallengePasswordVerifier(Parts& parts, SignIn sign_in, std::string name,
                                           std::string public_hex);
Task<SignInStep> AnswerPasswordVerifier(Parts& parts, SignInRequest request);
SignInStep ChallengeDeviceSrp(Parts& parts, const SignIn& sign_in);
Task<SignInStep> AnswerDeviceSrp(Parts& parts, SignInRequest request);
Task<SignInStep> AnswerDevicePasswordVerifier(Parts& parts, SignInRequest request);

// mfa_sign_in.cpp
// The challenge for the user's second factor; nothing when none is asked for.
Task<std::optional<SignInStep>> ChallengeSecondFactor(Parts& parts, SignIn sign_in, User user);
// SMS_MFA, EMAIL_OTP, SMS_OTP: sends the code.
Task<SignInStep> ChallengeCode(Parts& parts, SignIn sign_in, User user, std::string name);
Task<SignInStep> AnswerCode(Parts& parts, SignInRequest request);
Task<SignInStep> AnswerSoftwareToken(Parts& parts, SignInRequest request);
Task<SignInStep> AnswerSelectMfa(Parts& parts, SignInRequest request);
Task<SignInStep> AnswerMfaSetup(Parts& parts, SignInRequest request);

// new_password.cpp
SignInStep ChallengeNewPassword(Parts& parts, const SignIn& sign_in, const User& user);
Task<SignInStep> AnswerNewPassword(Parts& parts, SignInRequest request);

// custom_sign_in.cpp
Task<SignInStep> BeginCustomAuth(Parts& parts, SignIn sign_in, SignInRequest request);
// Asks DefineAuthChallenge what comes next.
Task<SignInStep> DefineNext(Parts& parts, SignIn sign_in, std::optional<User> user);
Task<SignInStep> AnswerCustomChallenge(Parts& parts, SignInRequest request);

// choice_sign_in.cpp: USER_AUTH
Task<SignInStep> BeginChoice(Parts& parts, SignIn sign_in, SignInRequest request);
Task<SignInStep> AnswerChoice(Parts& parts, SignInRequest request);

}  // namespace fractus::cognito
