#include "cognito/sign_in.h"

#include "cognito/devices.h"
#include "cognito/errors.h"
#include "cognito/sign_in_steps.h"

namespace fractus::cognito {
namespace {

constexpr const char* kOlderNames[] = {"ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH",
                                       "CUSTOM_AUTH_FLOW_ONLY"};

// Nothing when the client's ExplicitAuthFlows allows the flow.
std::optional<ApiError> CheckFlow(const Client& client, const std::string& flow) {
  if (flow == "USER_PASSWORD_AUTH") {
    if (client.Allows("ALLOW_USER_PASSWORD_AUTH") || client.Allows("USER_PASSWORD_AUTH"))
      return std::nullopt;
    return InvalidParameter("USER_PASSWORD_AUTH flow not enabled for this client");
  }
  if (flow == "ADMIN_USER_PASSWORD_AUTH" || flow == "ADMIN_NO_SRP_AUTH") {
    if (client.Allows("ALLOW_ADMIN_USER_PASSWORD_AUTH") || client.Allows("ADMIN_NO_SRP_AUTH")) {
      return std::nullopt;
    }
    return InvalidParameter("Auth flow not enabled for this client");
  }
  if (flow == "USER_AUTH") {
    if (client.Allows("ALLOW_USER_AUTH")) return std::nullopt;
    return InvalidParameter("USER_AUTH is not enabled for the client.");
  }
  // The names without ALLOW_ are older than the setting for SRP and custom challenges: with them
  // both are allowed.
  bool older = false;
  for (const char* name : kOlderNames) older = older || client.Allows(name);
  if (flow == "USER_SRP_AUTH") {
    const bool only_custom = client.Allows("CUSTOM_AUTH_FLOW_ONLY");
    if (client.Allows("ALLOW_USER_SRP_AUTH") || (older && !only_custom)) return std::nullopt;
    return InvalidParameter("USER_SRP_AUTH is not enabled for the client.");
  }
  if (client.Allows("ALLOW_CUSTOM_AUTH") || older) return std::nullopt;
  return InvalidParameter("CUSTOM_AUTH is not enabled for the client.");
}

bool IsFlow(const std::string& flow, Entrance entrance) {
  for (const char* name : {"USER_PASSWORD_AUTH", "USER_SRP_AUTH", "CUSTOM_AUTH", "USER_AUTH"}) {
    if (flow == name) return true;
  }
  return entrance == Entrance::kAdminApi &&
         (flow == "ADMIN_USER_PASSWORD_AUTH" || flow == "ADMIN_NO_SRP_AUTH");
}

}  // namespace

const std::string* FindParameter(const SignInRequest& request, const std::string& name) {
  const auto found = request.parameters.find(name);
  return found != request.parameters.end() && found->is_string()
             ? found->get_ptr<const std::string*>()
             : nullptr;
}

ApiError MissingParameter(const std::string& name) {
  return InvalidParameter("Missing required parameter " + name);
}

ApiError NoSuchUser(const Client& client) {
  return client.HidesMissingUsers() ? WrongPassword() : UserNotFound();
}

Result<std::string> RequireUsername(const SignInRequest& request) {
  const std::string* username = FindParameter(request, "USERNAME");
  if (!username || username->empty()) return MissingParameter("USERNAME");
  if (request.entrance != Entrance::kHostedUi) {
    if (auto error = CheckSecretHash(*request.app.client, *username,
                                     FindParameter(request, "SECRET_HASH"))) {
      return *std::move(error);
    }
  }
  return *username;
}

Result<User> RequireChallenged(Parts& parts, const SignInRequest& request, const SignIn& sign_in) {
  const Pool& pool = *request.app.pool;
  const auto username = RequireUsername(request);
  if (!username) return username.error();
  const auto named = parts.store.FindUser(pool, *username);
  auto user = parts.store.ReadUser(pool, pool.Fold(sign_in.username));
  if (!user || !named || named->sub != user->sub) {
    return NotAuthorized("Invalid session for the user.");
  }
  if (!user->enabled) return NotAuthorized("User is disabled.");
  return *std::move(user);
}

std::optional<ApiError> CheckState(const User& user) {
  if (user.status == kResetRequired) {
    return ApiError{"PasswordResetRequiredException", "Password reset required for the user"};
  }
  if (user.status == kUnconfirmed) {
    return ApiError{"UserNotConfirmedException", "User is not confirmed."};
  }
  return std::nullopt;
}

Task<bool> PreAuthenticate(Parts& parts, SignIn sign_in, std::optional<User> user) {
  json request = json::object();
  request["userAttributes"] = user ? EventAttributes(*user) : json::object();
  request["validationData"] = sign_in.validation_data;
  if (sign_in.app.client->HidesMissingUsers()) request["userNotFound"] = !user;
  if (!user && !sign_in.app.client->HidesMissingUsers()) co_return true;
  auto scene = sign_in.Scene();
  const auto response =
      co_await RunTrigger(parts, std::move(scene), "PreAuthentication",
                          "PreAuthentication_Authentication", std::move(request), json::object());
  if (!response) co_return response.error();
  co_return true;
}

Task<SignInStep> AfterPassword(Parts& parts, SignIn sign_in, User user) {
  if (auto error = CheckState(user)) co_return *std::move(error);
  if (user.status == kForceChangePassword) {
    if (user.password_expires && sign_in.context.now >= *user.password_expires) {
      co_return NotAuthorized(
          "Temporary password has expired and must be reset by an administrator.");
    }
    co_return ChallengeNewPassword(parts, sign_in, user);
  }
  co_return co_await AfterFirstFactor(parts, std::move(sign_in), std::move(user));
}

Task<SignInStep> AfterFirstFactor(Parts& parts, SignIn sign_in, User user) {
  const auto device = FindDevice(parts, *sign_in.app.pool, user, sign_in.device_key);
  const bool known = device && device->confirmed;
  if (known && !sign_in.device && StandsForMfa(*sign_in.app.pool, *device)) {
    co_return ChallengeDeviceSrp(parts, sign_in);
  }
  if (!sign_in.second_factor) {
    auto challenge = co_await ChallengeSecondFactor(parts, sign_in, user);
    if (!challenge) co_return challenge.error();
    if (*challenge) co_return **std::move(challenge);
  }
  if (known && !sign_in.device) co_return ChallengeDeviceSrp(parts, sign_in);
  co_return co_await Finish(parts, std::move(sign_in), std::move(user));
}

Task<SignInStep> Finish(Parts& parts, SignIn sign_in, User user) {
  ProvenUser proven{user, sign_in.token_source, sign_in.device_key};
  // A new device is offered to those who may remember it; ConfirmDevice decides.
  const bool offers = !sign_in.device && RemembersDevices(*sign_in.app.pool) &&
                      sign_in.entrance != Entrance::kHostedUi;
  json request = json::object();
  request["userAttributes"] = EventAttributes(user);
  request["newDeviceUsed"] = offers;
  request["clientMetadata"] = sign_in.client_metadata;
  auto scene = sign_in.Scene();
  const auto response =
      co_await RunTrigger(parts, std::move(scene), "PostAuthentication",
                          "PostAuthentication_Authentication", std::move(request), json::object());
  if (!response) co_return response.error();
  proven.device_key.clear();
  if (sign_in.device) {
    proven.device_key = sign_in.device_key;
    TouchDevice(parts, *sign_in.app.pool, user, sign_in.device_key, sign_in.context.now);
  } else if (offers) {
    const Device device = OfferDevice(parts, *sign_in.app.pool, user, sign_in.context);
    proven.device_key = device.key;
    proven.new_device["DeviceKey"] = device.key;
    proven.new_device["DeviceGroupKey"] = device.group_key;
  }
  SignInStep step;
  step.proven = std::move(proven);
  co_return step;
}

Task<SignInStep> BeginSignIn(Parts& parts, SignInRequest request) {
  const std::string flow = request.name;
  if (!IsFlow(flow, request.entrance)) {
    co_return InvalidParameter("Initiate Auth method not supported.");
  }
  if (request.entrance != Entrance::kHostedUi) {
    if (auto error = CheckFlow(*request.app.client, flow)) co_return *std::move(error);
  }
  const auto username = RequireUsername(request);
  if (!username) co_return username.error();
  SignIn sign_in{request.app, request.context, request.entrance};
  sign_in.validation_data = request.client_metadata;
  sign_in.flow = flow;
  sign_in.username = *username;
  if (const std::string* key = FindParameter(request, "DEVICE_KEY")) sign_in.device_key = *key;

  if (flow == "USER_AUTH") {
    co_return co_await BeginChoice(parts, std::move(sign_in), std::move(request));
  }
  if (flow == "CUSTOM_AUTH") {
    co_return co_await BeginCustomAuth(parts, std::move(sign_in), std::move(request));
  }
  if (flow == "USER_SRP_AUTH") {
    const std::string* public_hex = FindParameter(request, "SRP_A");
    if (!public_hex) co_return MissingParameter("SRP_A");
    co_return co_await ChallengePasswordVerifier(parts, std::move(sign_in), *username, *public_hex);
  }
  const std::string* password = FindParameter(request, "PASSWORD");
  if (!password) co_return MissingParameter("PASSWORD");
  co_return co_await SignInByPassword(parts, std::move(sign_in), *username, *password);
}

Task<SignInStep> ContinueSignIn(Parts& parts, SignInRequest request) {
  using Answer = Task<SignInStep> (*)(Parts&, SignInRequest);
  constexpr std::pair<const char*, Answer> kAnswers[] = {
      {"NEW_PASSWORD_REQUIRED", AnswerNewPassword},
      {"PASSWORD_VERIFIER", AnswerPasswordVerifier},
      {"SMS_MFA", AnswerCode},
      {"EMAIL_OTP", AnswerCode},
      {"SMS_OTP", AnswerCode},
      {"SOFTWARE_TOKEN_MFA", AnswerSoftwareToken},
      {"SELECT_MFA_TYPE", AnswerSelectMfa},
      {"MFA_SETUP", AnswerMfaSetup},
      {"CUSTOM_CHALLENGE", AnswerCustomChallenge},
      {"DEVICE_SRP_AUTH", AnswerDeviceSrp},
      {"DEVICE_PASSWORD_VERIFIER", AnswerDevicePasswordVerifier},
      {"SELECT_CHALLENGE", AnswerChoice},
      {"PASSWORD", AnswerChoice},
      {"PASSWORD_SRP", AnswerChoice}};
  for (const auto& [name, answer] : kAnswers) {
    if (request.name != name) continue;
    auto task = answer(parts, std::move(request));
    co_return co_await std::move(task);
  }
  co_return NotEmulated("The authentication challenge " + request.name + " is not emulated yet.");
}

}  // namespace fractus::cognito
