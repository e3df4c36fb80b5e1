#include "cognito/errors.h"
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

ApiError MissingParameter(const char* name) {
  return InvalidParameter(std::string("Missing required parameter ") + name);
}

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
  // The names without ALLOW_ are older than the setting for SRP and refresh: with them both are
  // allowed.
  bool legacy = false;
  for (const char* name : {"ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH", "CUSTOM_AUTH_FLOW_ONLY"}) {
    legacy = legacy || client.Allows(name);
  }
  if (flow == "USER_SRP_AUTH") {
    const bool only_custom = client.Allows("CUSTOM_AUTH_FLOW_ONLY");
    if (client.Allows("ALLOW_USER_SRP_AUTH") || (legacy && !only_custom)) return std::nullopt;
    return InvalidParameter("USER_SRP_AUTH is not enabled for the client.");
  }
  if (flow == "CUSTOM_AUTH") {
    if (client.Allows("ALLOW_CUSTOM_AUTH") || legacy) return std::nullopt;
    return InvalidParameter("CUSTOM_AUTH is not enabled for the client.");
  }
  if (client.Allows("ALLOW_REFRESH_TOKEN_AUTH") || legacy) return std::nullopt;
  return InvalidParameter("Auth flow not enabled for this client");
}

Result<json> AuthByPassword(Parts& parts, const App& app, const Request& request) {
  const std::string* username = FindParameter(request, "USERNAME");
  if (!username) return MissingParameter("USERNAME");
  const std::string* password = FindParameter(request, "PASSWORD");
  if (!password) return MissingParameter("PASSWORD");
  if (auto error = CheckSecretHash(*app.client, *username, FindParameter(request, "SECRET_HASH"))) {
    return *std::move(error);
  }
  return SignInByPassword(parts, app, parts.store.FindUser(*app.pool, *username), *password,
                          request.context.now);
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

Result<json> AuthByRefreshToken(Parts& parts, const App& app, const Request& request) {
  const std::string* token = FindParameter(request, "REFRESH_TOKEN");
  if (!token) return MissingParameter("REFRESH_TOKEN");
  const auto session = FindRefreshSession(parts, *app.client, *token, request.context.now);
  if (!session) return session.error();
  const auto user = parts.store.ReadUser(*app.pool, app.pool->Fold(session->username));
  if (!user) return UserNotFound();
  if (auto error = CheckRefreshHash(app, *user, request)) return *std::move(error);
  if (!user->enabled) return NotAuthorized("User is disabled.");
  return json{
      {"ChallengeParameters", json::object()},
      {"AuthenticationResult", ContinueSession(parts, app, *user, *session, request.context.now)}};
}

// SRP and custom challenges: AWS's checks come first, then the refusal that names what is missing
// here.
Result<json> AuthNotEmulated(const App& app, const Request& request, const std::string& flow) {
  const std::string* username = FindParameter(request, "USERNAME");
  if (!username) return MissingParameter("USERNAME");
  if (flow == "USER_SRP_AUTH" && !FindParameter(request, "SRP_A")) return MissingParameter("SRP_A");
  if (auto error = CheckSecretHash(*app.client, *username, FindParameter(request, "SECRET_HASH"))) {
    return *std::move(error);
  }
  return NotEmulated("The authentication flow " + flow + " is not emulated yet.");
}

Result<json> Authenticate(Parts& parts, const App& app, const Request& request) {
  const std::string flow = request.Text("AuthFlow");
  if (auto error = CheckFlow(*app.client, flow)) return *std::move(error);
  if (flow == "REFRESH_TOKEN_AUTH" || flow == "REFRESH_TOKEN")
    return AuthByRefreshToken(parts, app, request);
  if (flow == "USER_SRP_AUTH" || flow == "CUSTOM_AUTH") return AuthNotEmulated(app, request, flow);
  return AuthByPassword(parts, app, request);
}

bool IsEmulatedOrKnown(const std::string& flow, bool admin) {
  for (const char* name : {"USER_PASSWORD_AUTH", "USER_SRP_AUTH", "CUSTOM_AUTH",
                           "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"}) {
    if (flow == name) return true;
  }
  return admin && (flow == "ADMIN_USER_PASSWORD_AUTH" || flow == "ADMIN_NO_SRP_AUTH");
}

ApiError FlowNotSupported(const std::string& flow) {
  if (flow == "USER_AUTH")
    return NotEmulated("The authentication flow USER_AUTH is not emulated yet.");
  return InvalidParameter("Initiate Auth method not supported.");
}

}  // namespace

Result<json> InitiateAuth(Parts& parts, const Request& request) {
  const auto app = RequireClient(parts, request);
  if (!app) return app.error();
  const std::string flow = request.Text("AuthFlow");
  if (!IsEmulatedOrKnown(flow, false)) return FlowNotSupported(flow);
  return Authenticate(parts, *app, request);
}

Result<json> AdminInitiateAuth(Parts& parts, const Request& request) {
  const auto app = RequirePoolClient(parts, request);
  if (!app) return app.error();
  const std::string flow = request.Text("AuthFlow");
  if (!IsEmulatedOrKnown(flow, true)) return FlowNotSupported(flow);
  return Authenticate(parts, *app, request);
}

}  // namespace fractus::cognito
