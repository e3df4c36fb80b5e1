#include "cognito/devices.h"
#include "cognito/errors.h"
#include "cognito/issue_tokens.h"
#include "cognito/operations.h"
#include "cognito/sign_in.h"

namespace fractus::cognito {
namespace {

const std::string* FindParameter(const Request& request, const char* name) {
  const json& parameters = request.Object("AuthParameters");
  const auto found = parameters.find(name);
  return found != parameters.end() && found->is_string() ? found->get_ptr<const std::string*>()
                                                         : nullptr;
}

// The names without ALLOW_ are older than the setting for refresh tokens: with them it is allowed.
bool AllowsRefresh(const Client& client) {
  for (const char* name : {"ALLOW_REFRESH_TOKEN_AUTH", "ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH",
                           "CUSTOM_AUTH_FLOW_ONLY"}) {
    if (client.Allows(name)) return true;
  }
  return false;
}

// The hash of a refresh is made with the user's own name, which clients know as the sub or as what
// was typed.
std::optional<ApiError> CheckRefreshHash(const App& app, const User& user, const Request& request) {
  const std::string* hash = FindParameter(request, "SECRET_HASH");
  std::optional<ApiError> error;
  for (const char* attribute : {"", "sub", "email", "phone_number", "preferred_username"}) {
    const std::string* name = *attribute ? user.Find(attribute) : &user.username;
    if (!name) continue;
    error = CheckSecretHash(*app.client, *name, hash);
    if (!error) return std::nullopt;
  }
  return error;
}

// The user of a refresh token's session, if the device the session belongs to is the one that asks.
Result<User> RefreshingUser(Parts& parts, const App& app, const Session& session,
                            const std::string* device_key) {
  auto user = parts.store.ReadUser(*app.pool, app.pool->Fold(session.username));
  if (!user) return UserNotFound();
  if (!user->enabled) return NotAuthorized("User is disabled.");
  if (session.device_key.empty() || !RemembersDevices(*app.pool)) return *std::move(user);
  // Source: https://repost.aws/knowledge-center/cognito-invalid-refresh-token-error
  const auto device = FindDevice(parts, *app.pool, *user, session.device_key);
  const bool known = device && device->confirmed;
  if (!known || !device_key || *device_key != session.device_key) {
    return NotAuthorized("Invalid Refresh Token");
  }
  return *std::move(user);
}

Task<json> AuthByRefreshToken(Parts& parts, const App& app, const Request& request) {
  if (!AllowsRefresh(*app.client)) {
    co_return InvalidParameter("Auth flow not enabled for this client");
  }
  if (app.client->rotates()) {
    co_return NotAuthorized(
        "Refresh token rotation is enabled for this client: use GetTokensFromRefreshToken.");
  }
  const std::string* token = FindParameter(request, "REFRESH_TOKEN");
  if (!token) co_return InvalidParameter("Missing required parameter REFRESH_TOKEN");
  const auto session = FindRefreshSession(parts, *app.client, *token, request.context.now);
  if (!session) co_return session.error();
  const auto user = RefreshingUser(parts, app, *session, FindParameter(request, "DEVICE_KEY"));
  if (!user) co_return user.error();
  if (auto error = CheckRefreshHash(app, *user, request)) co_return *std::move(error);
  auto result = co_await ContinueSession(parts, app, request.context, *user, *session, *token,
                                         MetadataOf(request));
  if (!result) co_return result.error();
  json output = json::object();
  output["ChallengeParameters"] = json::object();
  output["AuthenticationResult"] = *std::move(result);
  co_return output;
}

// A challenge as it is, or the tokens of a proven user.
Task<json> Answer(Parts& parts, SignInRequest request, SignInStep step) {
  if (!step.proven) co_return std::move(step.challenge);
  const json new_device = step.proven->new_device;
  TokenWish wish;
  wish.auth_time = request.context.now;
  wish.source = step.proven->token_source;
  wish.device_key = step.proven->device_key;
  // ClientMetadata of InitiateAuth goes to other triggers.
  if (!request.session.empty()) wish.client_metadata = request.client_metadata;
  auto result = co_await StartSession(parts, request.app, request.context, step.proven->user,
                                      std::move(wish));
  if (!result) co_return result.error();
  if (!new_device.is_null()) (*result)["NewDeviceMetadata"] = new_device;
  json output = json::object();
  output["ChallengeParameters"] = json::object();
  output["AuthenticationResult"] = *std::move(result);
  co_return output;
}

SignInRequest ReadRequest(const App& app, const Request& request, Entrance entrance) {
  SignInRequest sign_in{app, request.context, entrance};
  const bool answers = request.Has("ChallengeName");
  sign_in.name = request.Text(answers ? "ChallengeName" : "AuthFlow");
  sign_in.parameters = request.Object(answers ? "ChallengeResponses" : "AuthParameters");
  sign_in.session = request.Text("Session");
  sign_in.client_metadata = MetadataOf(request);
  return sign_in;
}

Task<json> Initiate(Parts& parts, App app, const Request& request, Entrance entrance) {
  const std::string flow = request.Text("AuthFlow");
  if (flow == "REFRESH_TOKEN_AUTH" || flow == "REFRESH_TOKEN") {
    co_return co_await AuthByRefreshToken(parts, app, request);
  }
  auto sign_in = ReadRequest(app, request, entrance);
  auto step = co_await BeginSignIn(parts, sign_in);
  if (!step) co_return step.error();
  co_return co_await Answer(parts, std::move(sign_in), *std::move(step));
}

Task<json> Respond(Parts& parts, App app, const Request& request, Entrance entrance) {
  auto sign_in = ReadRequest(app, request, entrance);
  auto step = co_await ContinueSignIn(parts, sign_in);
  if (!step) co_return step.error();
  co_return co_await Answer(parts, std::move(sign_in), *std::move(step));
}

}  // namespace

Task<json> InitiateAuth(Parts& parts, const Request& request) {
  const auto app = RequireClient(parts, request);
  if (!app) co_return app.error();
  co_return co_await Initiate(parts, *app, request, Entrance::kApi);
}

Task<json> AdminInitiateAuth(Parts& parts, const Request& request) {
  const auto app = RequirePoolClient(parts, request);
  if (!app) co_return app.error();
  co_return co_await Initiate(parts, *app, request, Entrance::kAdminApi);
}

Task<json> RespondToAuthChallenge(Parts& parts, const Request& request) {
  const auto app = RequireClient(parts, request);
  if (!app) co_return app.error();
  co_return co_await Respond(parts, *app, request, Entrance::kApi);
}

Task<json> AdminRespondToAuthChallenge(Parts& parts, const Request& request) {
  const auto app = RequirePoolClient(parts, request);
  if (!app) co_return app.error();
  co_return co_await Respond(parts, *app, request, Entrance::kAdminApi);
}

// Needs no ExplicitAuthFlows, and the secret itself instead of a hash.
Task<json> GetTokensFromRefreshToken(Parts& parts, const Request& request) {
  const auto app = RequireClient(parts, request);
  if (!app) co_return app.error();
  if (!app->client->HasSecret(request.Text("ClientSecret"))) {
    co_return NotAuthorized("Client secret of client " + app->client->id + " does not match.");
  }
  const std::string token = request.Text("RefreshToken");
  const auto session = FindRefreshSession(parts, *app->client, token, request.context.now);
  if (!session) co_return session.error();
  const std::string key = request.Text("DeviceKey");
  const auto user = RefreshingUser(parts, *app, *session, key.empty() ? nullptr : &key);
  if (!user) co_return user.error();
  auto result = co_await ContinueSession(parts, *app, request.context, *user, *session, token,
                                         MetadataOf(request));
  if (!result) co_return result.error();
  json output = json::object();
  output["AuthenticationResult"] = *std::move(result);
  co_return output;
}

}  // namespace fractus::cognito
