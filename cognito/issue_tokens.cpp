#include "cognito/issue_tokens.h"

#include <algorithm>
#include <limits>

#include "cognito/errors.h"
#include "cognito/token_verifier.h"
#include "cognito/tokens.h"
#include "emulator/core/encoding.h"
#include "emulator/core/run_both.h"

namespace fractus::cognito {
namespace {

using storage::MakeKey;

struct Membership {
  std::string name;
  std::string role;
  long long precedence = 0;
};

std::vector<Membership> MembershipsOf(Parts& parts, const Pool& pool, const User& user) {
  std::vector<Membership> groups;
  const auto& room = parts.store.room();
  room.Scan(MakeKey({"membership", pool.id, pool.Fold(user.username)}),
            [&](std::string_view, std::string_view name) {
              const auto group = room.GetJson(MakeKey({"group", pool.id, name}));
              if (!group) return true;
              groups.push_back({std::string(name), group->value("RoleArn", std::string()),
                                group->value("Precedence", std::numeric_limits<long long>::max())});
              return true;
            });
  std::stable_sort(groups.begin(), groups.end(), [](const Membership& a, const Membership& b) {
    return a.precedence < b.precedence;
  });
  return groups;
}

// The preferred role is that of the best precedence, unless two different roles share it.
GroupClaims GroupsOf(Parts& parts, const Pool& pool, const User& user) {
  GroupClaims claims;
  const Membership* best = nullptr;
  bool agreed = true;
  const auto memberships = MembershipsOf(parts, pool, user);
  for (const auto& group : memberships) {
    claims.names.push_back(group.name);
    if (group.role.empty()) continue;
    claims.roles.push_back(group.role);
    if (!best) best = &group;
    agreed = agreed && (group.precedence != best->precedence || group.role == best->role);
  }
  if (best && agreed) claims.preferred_role = best->role;
  return claims;
}

// "1", "2" or "3": which events the pool's PreTokenGeneration function understands.
std::string TriggerVersion(const Pool& pool) {
  const std::string version = pool.description.value("LambdaConfig", json::object())
                                  .value("PreTokenGenerationConfig", json::object())
                                  .value("LambdaVersion", std::string("V1_0"));
  return version.substr(1, 1);
}

const char* AnswerMember(const std::string& version) {
  return version == "1" ? "claimsOverrideDetails" : "claimsAndScopeOverrideDetails";
}

std::vector<std::string> TextsOf(const json& object, const char* member) {
  std::vector<std::string> texts;
  const auto found = object.find(member);
  if (found == object.end() || !found->is_array()) return texts;
  for (const json& text : *found) {
    if (text.is_string()) texts.push_back(text.get<std::string>());
  }
  return texts;
}

json ObjectOf(const json& object, const char* member) {
  const auto found = object.is_object() ? object.find(member) : object.end();
  return found != object.end() && found->is_object() ? *found : json::object();
}

ClaimChanges ChangesOf(const json& details) {
  return {ObjectOf(details, "claimsToAddOrOverride"), TextsOf(details, "claimsToSuppress")};
}

// A response without groupOverrideDetails leaves the groups alone; an empty one takes them away.
void OverrideGroups(const json& details, GroupClaims& groups) {
  if (!details.is_object() || !details.contains("groupOverrideDetails")) return;
  const json given = ObjectOf(details, "groupOverrideDetails");
  groups.names = TextsOf(given, "groupsToOverride");
  groups.roles = TextsOf(given, "iamRolesToOverride");
  const auto role = given.find("preferredRole");
  groups.preferred_role =
      role != given.end() && role->is_string() ? role->get<std::string>() : std::string();
}

void OverrideScopes(const json& access, std::vector<std::string>& scopes) {
  for (const auto& scope : TextsOf(access, "scopesToSuppress")) std::erase(scopes, scope);
  for (const auto& scope : TextsOf(access, "scopesToAdd")) {
    if (std::find(scopes.begin(), scopes.end(), scope) == scopes.end()) scopes.push_back(scope);
  }
}

json TriggerRequest(const TokenSubject& subject, const std::string& version,
                    const json& client_metadata) {
  json request = json::object();
  request["userAttributes"] = EventAttributes(subject.user);
  request["groupConfiguration"]["groupsToOverride"] = subject.groups.names;
  request["groupConfiguration"]["iamRolesToOverride"] = subject.groups.roles;
  request["groupConfiguration"]["preferredRole"] =
      subject.groups.preferred_role.empty() ? json() : json(subject.groups.preferred_role);
  request["clientMetadata"] = client_metadata;
  if (version != "1") request["scopes"] = subject.session.scopes;
  return request;
}

struct Issue {
  App app;
  RequestContext context;
  User user;
  Session session;
  std::string source;
  json client_metadata;
};

Task<json> Issued(Parts& parts, Issue issue) {
  const Pool& pool = *issue.app.pool;
  const std::string version = TriggerVersion(pool);
  TokenSubject subject{pool, *issue.app.client, issue.user, issue.session,
                       GroupsOf(parts, pool, issue.user)};
  if (HasTrigger(pool, "PreTokenGeneration")) {
    TriggerScene scene{issue.app.pool, issue.app.client->id, issue.user.username, issue.context};
    json request = TriggerRequest(subject, version, issue.client_metadata);
    json empty = json::object();
    empty[AnswerMember(version)] = nullptr;
    const auto response =
        co_await RunTrigger(parts, std::move(scene), "PreTokenGeneration", issue.source,
                            std::move(request), std::move(empty), version);
    if (!response) co_return response.error();
    const json details = ObjectOf(*response, AnswerMember(version));
    OverrideGroups(details, subject.groups);
    if (version == "1") {
      subject.id_changes = ChangesOf(details);
    } else {
      subject.id_changes = ChangesOf(ObjectOf(details, "idTokenGeneration"));
      const json access = ObjectOf(details, "accessTokenGeneration");
      subject.access_changes = ChangesOf(access);
      OverrideScopes(access, issue.session.scopes);
    }
  }
  const auto keys = parts.keys.Get(pool.id);
  if (!keys) co_return PoolNotFound(pool.id);
  const Time now = issue.context.now;
  subject.access_jti = parts.ids.Uuid();
  subject.id_jti = parts.ids.Uuid();
  std::string access_token, id_token;
  auto make_access_token = [&] { access_token = MakeAccessToken(subject, *keys, now); };
  auto make_id_token = [&] { id_token = MakeIdToken(subject, access_token, *keys, now); };
  const auto& scopes = issue.session.scopes;
  if (issue.session.style == TokenStyle::kApi) {
    // Nearly all the time goes into the two signatures, of which neither needs the other here.
    RunBoth(parts.pool, make_access_token, make_id_token);
  } else {
    make_access_token();
    if (std::find(scopes.begin(), scopes.end(), "openid") != scopes.end()) make_id_token();
  }
  json result = json::object();
  result["AccessToken"] = access_token;
  if (!id_token.empty()) result["IdToken"] = id_token;
  const auto validity = issue.app.client->access_validity();
  result["ExpiresIn"] = std::chrono::duration_cast<std::chrono::seconds>(validity).count();
  result["TokenType"] = "Bearer";
  co_return result;
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

std::optional<Session> SessionOf(Parts& parts, const json& entry) {
  return parts.store.FindSession(entry.at("Pool").get<std::string>(),
                                 entry.at("Username").get<std::string>(),
                                 entry.at("EventId").get<std::string>());
}

std::optional<json> FindRefreshEntry(Parts& parts, std::string_view token) {
  return parts.store.room().GetJson(MakeKey({"refresh", TokenDigest(token)}));
}

}  // namespace

Task<json> StartSession(Parts& parts, App app, RequestContext context, User user, TokenWish wish) {
  const std::string refresh_token = MakeRefreshToken(parts.ids);
  Session session;
  session.pool_id = app.pool->id;
  session.client_id = app.client->id;
  session.username = user.username;
  session.event_id = parts.ids.Uuid();
  session.origin_jti = parts.ids.Uuid();
  session.auth_time = wish.auth_time;
  session.expires = context.now + app.client->refresh_validity();
  session.refresh_digest = TokenDigest(refresh_token);
  session.scopes = wish.scopes;
  session.device_key = wish.device_key;
  session.style = wish.style;
  session.nonce = wish.nonce;
  Issue issue{app, context, user, session, wish.source, wish.client_metadata};
  auto result = co_await Issued(parts, std::move(issue));
  if (!result) co_return result.error();
  (*result)["RefreshToken"] = refresh_token;
  parts.store.Save(session);
  co_return *std::move(result);
}

Result<Session> FindRefreshSession(Parts& parts, const Client& client, std::string_view token,
                                   Time now) {
  const auto entry = FindRefreshEntry(parts, token);
  if (!entry) return NotAuthorized("Invalid Refresh Token");
  auto session = SessionOf(parts, *entry);
  if (!session) return NotAuthorized("Refresh Token has been revoked");
  if (session->client_id != client.id) return NotAuthorized("Invalid Refresh Token");
  if (now >= session->expires) return NotAuthorized("Refresh Token has expired");
  if (entry->contains("Rotated") &&
      now >= Time(Duration(entry->at("Rotated").get<long long>())) + client.rotation_grace()) {
    return ApiError{"RefreshTokenReuseException", "Refresh token has been rotated and used again."};
  }
  return *std::move(session);
}

Task<json> ContinueSession(Parts& parts, App app, RequestContext context, User user,
                           Session session, std::string refresh_token, json client_metadata) {
  Issue issue{app, context, user, session, "TokenGeneration_RefreshTokens", client_metadata};
  auto result = co_await Issued(parts, std::move(issue));
  if (!result || !app.client->rotates()) co_return result;

  const std::string fresh = MakeRefreshToken(parts.ids);
  const auto lock = parts.store.Lock(app.pool->id);
  // Again, under the lock: a grace period that is over by now, a session that was revoked
  // meanwhile.
  if (const auto still = FindRefreshSession(parts, *app.client, refresh_token, context.now);
      !still) {
    co_return still.error();
  }
  parts.store.Rotate(session, TokenDigest(refresh_token), TokenDigest(fresh), context.now);
  (*result)["RefreshToken"] = fresh;
  co_return result;
}

std::optional<ApiError> EndSession(Parts& parts, const Client& client, std::string_view token) {
  const auto entry = FindRefreshEntry(parts, token);
  if (!entry) return ApiError{"UnsupportedTokenTypeException", "Unsupported token type."};
  const auto session = SessionOf(parts, *entry);
  if (session && session->client_id != client.id) {
    return ApiError{"UnauthorizedException", "The token was issued to another client."};
  }
  if (session) parts.store.Remove(*session);
  return std::nullopt;
}

Task<std::string> IssueClientToken(Parts& parts, App app, RequestContext context,
                                   std::vector<std::string> scopes, json client_metadata) {
  ClaimChanges changes;
  // Only the third version of the event exists for clients without a user.
  if (HasTrigger(*app.pool, "PreTokenGeneration") && TriggerVersion(*app.pool) == "3") {
    TriggerScene scene{app.pool, app.client->id, app.client->id, context};
    json request = json::object(), empty = json::object();
    request["userAttributes"] = json::object();
    request["scopes"] = scopes;
    request["clientMetadata"] = client_metadata;
    empty[AnswerMember("3")] = nullptr;
    const auto response = co_await RunTrigger(parts, std::move(scene), "PreTokenGeneration",
                                              "TokenGeneration_ClientCredentials",
                                              std::move(request), std::move(empty), "3");
    if (!response) co_return response.error();
    const json details = ObjectOf(*response, AnswerMember("3"));
    const json access = ObjectOf(details, "accessTokenGeneration");
    changes = ChangesOf(access);
    OverrideScopes(access, scopes);
  }
  const auto keys = parts.keys.Get(app.pool->id);
  if (!keys) co_return PoolNotFound(app.pool->id);
  co_return MakeClientToken(*app.pool, *app.client, scopes, changes, *keys, parts.ids, context.now);
}

Result<Caller> FindCaller(Parts& parts, std::string_view token, Time now) {
  const json peeked = PeekClaims(token);
  const std::string issuer = TextOf(peeked, "iss");
  PoolRef pool = parts.store.FindPool(issuer.substr(issuer.rfind('/') + 1));
  const auto keys = pool ? parts.keys.Get(pool->id) : nullptr;
  if (!keys) return NotAuthorized("Invalid Access Token");
  const auto verdict = TokenVerifier(pool->Issuer(), *keys)
                           .Verify(token, now, {.token_use = "access", .clients = {}});
  if (const auto* refusal = std::get_if<TokenRefusal>(&verdict)) {
    if (refusal->fault == TokenFault::kExpired) return NotAuthorized("Access Token has expired");
    if (refusal->fault == TokenFault::kBadSignature) {
      return NotAuthorized("Could not verify signature for Access Token");
    }
    return NotAuthorized("Invalid Access Token");
  }
  const json& claims = std::get<json>(verdict);
  auto user = parts.store.ReadUser(*pool, pool->Fold(TextOf(claims, "username")));
  if (!user || user->sub != TextOf(claims, "sub")) return UserNotFound();
  ClientRef client = parts.store.FindClient(TextOf(claims, "client_id"));
  if (!client) return ClientNotFound(TextOf(claims, "client_id"));
  auto session = parts.store.FindSession(pool->id, user->username, TextOf(claims, "event_id"));
  if (!session) return NotAuthorized("Access Token has been revoked");
  if (!user->enabled) return NotAuthorized("User is disabled.");
  return Caller{std::move(pool), std::move(client), *std::move(user), *std::move(session),
                Split(TextOf(claims, "scope"), ' ')};
}

Result<Caller> RequireCaller(Parts& parts, const Request& request) {
  auto caller = FindCaller(parts, request.Text("AccessToken"), request.context.now);
  if (!caller) return caller;
  const auto& scopes = caller->scopes;
  if (std::find(scopes.begin(), scopes.end(), kSelfService) == scopes.end()) {
    return NotAuthorized("Access Token does not have required scopes");
  }
  return caller;
}

}  // namespace fractus::cognito
