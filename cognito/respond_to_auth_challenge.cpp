#include "cognito/accounts.h"
#include "cognito/errors.h"
#include "cognito/operations.h"
#include "cognito/password.h"
#include "cognito/schema.h"
#include "cognito/sign_in.h"
#include "cognito/tokens.h"

namespace fractus::cognito {
namespace {

using storage::MakeKey;

const std::string* FindResponse(const Request& request, const char* name) {
  const json& responses = request.Object("ChallengeResponses");
  const auto found = responses.find(name);
  return found != responses.end() && found->is_string() ? found->get_ptr<const std::string*>()
                                                        : nullptr;
}

// The stored challenge that Session continues.
Result<json> FindChallenge(Parts& parts, const App& app, const Request& request,
                           const std::string& name) {
  const auto stored =
      parts.store.room().GetJson(MakeKey({"challenge", TokenDigest(request.Text("Session"))}));
  if (!stored || stored->at("Client") != app.client->id || stored->at("Challenge") != name) {
    return NotAuthorized("Invalid session for the user.");
  }
  if (stored->at("Used") == true) {
    return NotAuthorized("Invalid session for the user, session can only be used once.");
  }
  if (request.context.now >= Time(Duration(stored->at("Expires").get<long long>()))) {
    return NotAuthorized("Invalid session for the user, session is expired.");
  }
  return *stored;
}

// "userAttributes.<name>" of the responses: what the user adds together with the new password.
Result<std::vector<Attribute>> GivenAttributes(const User& user, const Request& request) {
  constexpr std::string_view kPrefix = "userAttributes.";
  std::vector<Attribute> attributes;
  for (const auto& [key, value] : request.Object("ChallengeResponses").items()) {
    if (!key.starts_with(kPrefix)) continue;
    const std::string name = key.substr(kPrefix.size());
    if ((name == "email" || name == "phone_number") && user.Find(name)) {
      return NotAuthorized("Cannot modify an already provided " + name);
    }
    attributes.push_back({name, value.is_string() ? value.get<std::string>() : value.dump()});
  }
  return attributes;
}

Result<json> SetNewPassword(Parts& parts, const App& app, const Request& request) {
  const auto& [pool, client] = app;
  const std::string* username = FindResponse(request, "USERNAME");
  if (!username) return InvalidParameter("Missing required parameter USERNAME");
  if (auto error = CheckSecretHash(*client, *username, FindResponse(request, "SECRET_HASH"))) {
    return *std::move(error);
  }
  const std::string* password = FindResponse(request, "NEW_PASSWORD");
  if (!password) return InvalidParameter("Missing required parameter NEW_PASSWORD");
  if (const auto challenge = FindChallenge(parts, app, request, "NEW_PASSWORD_REQUIRED");
      !challenge) {
    return challenge.error();
  }
  if (auto error = CheckPolicy(*pool, *password)) return *std::move(error);
  const std::string hash = HashPassword(*password, parts.ids);

  const auto lock = parts.store.Lock(pool->id);
  // Again, under the lock: of two answers to one session only one may win.
  auto challenge = FindChallenge(parts, app, request, "NEW_PASSWORD_REQUIRED");
  if (!challenge) return challenge.error();
  const auto named = parts.store.FindUser(*pool, *username);
  const auto before =
      parts.store.ReadUser(*pool, pool->Fold(challenge->at("Username").get<std::string>()));
  if (!before || !named || named->sub != before->sub)
    return NotAuthorized("Invalid session for the user.");
  if (!before->enabled) return NotAuthorized("User is disabled.");
  User user = *before;
  const auto attributes = GivenAttributes(user, request);
  if (!attributes) return attributes.error();
  if (auto error = CheckWritable(*client, *attributes)) return *std::move(error);
  if (auto error = CheckValues(*pool, *attributes)) return *std::move(error);
  ChangeAttributes(user, *attributes);
  for (const json& entry : pool->description.at("SchemaAttributes")) {
    const std::string name = entry.at("Name").get<std::string>();
    if (entry.value("Required", false) && !user.Find(name)) {
      return InvalidParameter("Invalid attributes given, " + name + " is missing");
    }
  }
  user.password = hash;
  user.password_expires.reset();
  user.status = kConfirmed;
  user.modified = request.context.now;
  (*challenge)["Used"] = true;
  parts.store.room().PutJson(MakeKey({"challenge", TokenDigest(request.Text("Session"))}),
                             *challenge);
  parts.store.Save(*pool, user, &*before);
  return json{{"ChallengeParameters", json::object()},
              {"AuthenticationResult", StartSession(parts, app, user, request.context.now)}};
}

Result<json> Respond(Parts& parts, const App& app, const Request& request) {
  const std::string name = request.Text("ChallengeName");
  if (name == "NEW_PASSWORD_REQUIRED") return SetNewPassword(parts, app, request);
  return NotEmulated("The authentication challenge " + name + " is not emulated yet.");
}

}  // namespace

Result<json> RespondToAuthChallenge(Parts& parts, const Request& request) {
  const auto app = RequireClient(parts, request);
  if (!app) return app.error();
  return Respond(parts, *app, request);
}

Result<json> AdminRespondToAuthChallenge(Parts& parts, const Request& request) {
  const auto app = RequirePoolClient(parts, request);
  if (!app) return app.error();
  return Respond(parts, *app, request);
}

}  // namespace fractus::cognito
