#include "cognito/sign_in.h"

#include <algorithm>
#include <limits>

#include "cognito/errors.h"
#include "cognito/password.h"
#include "cognito/token_verifier.h"
#include "cognito/tokens.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito {
namespace {

using storage::MakeKey;

std::vector<GroupClaim> GroupsOf(Parts& parts, const Pool& pool, const User& user) {
  std::vector<GroupClaim> groups;
  const auto& room = parts.store.room();
  room.Scan(MakeKey({"membership", pool.id, pool.Fold(user.username)}),
            [&](std::string_view, std::string_view name) {
              const auto group = room.GetJson(MakeKey({"group", pool.id, name}));
              if (!group) return true;
              groups.push_back({std::string(name), group->value("RoleArn", std::string()),
                                group->value("Precedence", std::numeric_limits<long long>::max())});
              return true;
            });
  std::stable_sort(groups.begin(), groups.end(), [](const GroupClaim& a, const GroupClaim& b) {
    return a.precedence < b.precedence;
  });
  return groups;
}

json Tokens(Parts& parts, const App& app, const User& user, const Session& session, Time now) {
  const auto keys = parts.keys.Get(app.pool->id);
  const TokenSubject subject{*app.pool, *app.client, user, session,
                             GroupsOf(parts, *app.pool, user)};
  return {{"AccessToken", MakeAccessToken(subject, *keys, parts.ids, now)},
          {"IdToken", MakeIdToken(subject, *keys, parts.ids, now)},
          {"ExpiresIn",
           std::chrono::duration_cast<std::chrono::seconds>(app.client->access_validity()).count()},
          {"TokenType", "Bearer"}};
}

// The claims without any check: only to find the pool that must check them.
json PeekClaims(std::string_view token) {
  const auto pieces = Split(token, '.');
  const auto text = pieces.size() == 3 ? Base64UrlDecode(pieces[1]) : std::nullopt;
  json claims = text ? json::parse(*text, nullptr, false) : json();
  return claims.is_object() ? claims : json::object();
}

std::string TextOf(const json& claims, const char* member) {
  const auto found = claims.find(member);
  return found != claims.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

json StartSession(Parts& parts, const App& app, const User& user, Time now) {
  const std::string refresh_token = MakeRefreshToken(parts.ids);
  const Session session{.pool_id = app.pool->id,
                        .client_id = app.client->id,
                        .username = user.username,
                        .event_id = parts.ids.Uuid(),
                        .origin_jti = parts.ids.Uuid(),
                        .auth_time = now,
                        .expires = now + app.client->refresh_validity(),
                        .refresh_digest = TokenDigest(refresh_token)};
  json result = Tokens(parts, app, user, session, now);
  result["RefreshToken"] = refresh_token;
  parts.store.Save(session);
  return result;
}

json ContinueSession(Parts& parts, const App& app, const User& user, const Session& session,
                     Time now) {
  return Tokens(parts, app, user, session, now);
}

Result<Session> FindRefreshSession(Parts& parts, const Client& client, std::string_view token,
                                   Time now) {
  const auto entry = parts.store.room().GetJson(MakeKey({"refresh", TokenDigest(token)}));
  if (!entry) return NotAuthorized("Invalid Refresh Token");
  const auto session = parts.store.FindSession(entry->at("Pool").get<std::string>(),
                                               entry->at("Username").get<std::string>(),
                                               entry->at("EventId").get<std::string>());
  if (!session) return NotAuthorized("Refresh Token has been revoked");
  if (session->client_id != client.id) return NotAuthorized("Invalid Refresh Token");
  if (now >= session->expires) return NotAuthorized("Refresh Token has expired");
  return *session;
}

Result<Caller> RequireCaller(Parts& parts, const Request& request) {
  const std::string token = request.Text("AccessToken");
  const json peeked = PeekClaims(token);
  const std::string issuer = TextOf(peeked, "iss");
  PoolRef pool = parts.store.FindPool(issuer.substr(issuer.rfind('/') + 1));
  const auto keys = pool ? parts.keys.Get(pool->id) : nullptr;
  if (!keys) return NotAuthorized("Invalid Access Token");
  const auto verdict =
      TokenVerifier(pool->Issuer(), *keys)
          .Verify(token, request.context.now, {.token_use = "access", .clients = {}});
  if (const auto* refusal = std::get_if<TokenRefusal>(&verdict)) {
    if (refusal->fault == TokenFault::kExpired) return NotAuthorized("Access Token has expired");
    if (refusal->fault == TokenFault::kBadSignature) {
      return NotAuthorized("Could not verify signature for Access Token");
    }
    return NotAuthorized("Invalid Access Token");
  }
  const json& claims = std::get<json>(verdict);
  if ((" " + TextOf(claims, "scope") + " ").find(" aws.cognito.signin.user.admin ") ==
      std::string::npos) {
    return NotAuthorized("Access Token does not have required scopes");
  }
  auto user = parts.store.ReadUser(*pool, pool->Fold(TextOf(claims, "username")));
  if (!user || user->sub != TextOf(claims, "sub")) return UserNotFound();
  ClientRef client = parts.store.FindClient(TextOf(claims, "client_id"));
  if (!client) return ClientNotFound(TextOf(claims, "client_id"));
  auto session = parts.store.FindSession(pool->id, user->username, TextOf(claims, "event_id"));
  if (!session) return NotAuthorized("Access Token has been revoked");
  if (!user->enabled) return NotAuthorized("User is disabled.");
  return Caller{std::move(pool), std::move(client), *std::move(user), *std::move(session)};
}

json ChallengeNewPassword(Parts& parts, const App& app, const User& user, Time now) {
  const std::string session = MakeSessionText(parts.ids);
  const Time expires = now + app.client->session_validity();
  parts.store.room().PutJson(MakeKey({"challenge", TokenDigest(session)}),
                             {{"Pool", app.pool->id},
                              {"Client", app.client->id},
                              {"Username", user.username},
                              {"Challenge", "NEW_PASSWORD_REQUIRED"},
                              {"Expires", expires.time_since_epoch().count()},
                              {"Used", false}});
  json attributes = json::object();
  for (const auto& [name, value] : user.attributes) attributes[name] = value;
  json required = json::array();
  for (const json& entry : app.pool->description.at("SchemaAttributes")) {
    const std::string name = entry.at("Name").get<std::string>();
    if (entry.value("Required", false) && !user.Find(name))
      required.push_back("userAttributes." + name);
  }
  return {{"ChallengeName", "NEW_PASSWORD_REQUIRED"},
          {"Session", session},
          {"ChallengeParameters",
           {{"USER_ID_FOR_SRP", user.username},
            {"requiredAttributes", required.dump()},
            {"userAttributes", attributes.dump()}}}};
}

Result<json> SignInByPassword(Parts& parts, const App& app, const std::optional<User>& user,
                              std::string_view password, Time now) {
  const bool matches = MatchesPassword(password, user ? user->password : std::string());
  if (!user) return app.client->HidesMissingUsers() ? WrongPassword() : UserNotFound();
  if (!user->enabled && matches) return NotAuthorized("User is disabled.");
  if (user->status == kResetRequired) {
    return ApiError{"PasswordResetRequiredException", "Password reset required for the user"};
  }
  if (!matches) return WrongPassword();
  if (user->status == kUnconfirmed) {
    return ApiError{"UserNotConfirmedException", "User is not confirmed."};
  }
  if (user->status == kForceChangePassword) {
    if (user->password_expires && now >= *user->password_expires) {
      return NotAuthorized("Temporary password has expired and must be reset by an administrator.");
    }
    return ChallengeNewPassword(parts, app, *user, now);
  }
  if (app.pool->description.value("MfaConfiguration", std::string()) == "ON") {
    return NotEmulated("Multi-factor authentication (MfaConfiguration ON of user pool " +
                       app.pool->id + ") is not emulated yet.");
  }
  return json{{"ChallengeParameters", json::object()},
              {"AuthenticationResult", StartSession(parts, app, *user, now)}};
}

}  // namespace fractus::cognito
