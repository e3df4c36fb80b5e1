#include <algorithm>

#include "cognito/accounts.h"
#include "cognito/attempts.h"
#include "cognito/codes.h"
#include "cognito/errors.h"
#include "cognito/issue_tokens.h"
#include "cognito/mfa.h"
#include "cognito/operations.h"
#include "cognito/password.h"
#include "cognito/schema.h"

namespace fractus::cognito {
namespace {

// The caller's user as it is now, read under the pool's lock.
Result<User> Reread(Parts& parts, const Caller& caller) {
  auto user = parts.store.ReadUser(*caller.pool, caller.pool->Fold(caller.user.username));
  if (!user || user->sub != caller.user.sub) return UserNotFound();
  return *std::move(user);
}

TriggerScene SceneOf(const Caller& caller, const Request& request) {
  return {caller.pool, caller.client->id, caller.user.username, request.context};
}

}  // namespace

Result<json> GetUser(Parts& parts, const Request& request) {
  const auto caller = RequireCaller(parts, request);
  if (!caller) return caller.error();
  json list = json::array();
  const auto readable = caller->client->readable();
  for (json& entry : caller->user.AttributeList()) {
    const std::string name = entry.at("Name").get<std::string>();
    const bool shown = name == "sub" || !readable ||
                       std::find(readable->begin(), readable->end(), name) != readable->end();
    if (shown) list.push_back(std::move(entry));
  }
  json output = {{"Username", caller->user.username}, {"UserAttributes", std::move(list)}};
  DescribeMfa(caller->user.mfa, output);
  return output;
}

Task<json> UpdateUserAttributes(Parts& parts, const Request& request) {
  const auto caller = RequireCaller(parts, request);
  if (!caller) co_return caller.error();
  const Pool& pool = *caller->pool;
  const auto attributes = ReadAttributes(request.Array("UserAttributes"));
  if (auto error = CheckWritable(*caller->client, attributes)) co_return *std::move(error);
  if (auto error = CheckValues(pool, attributes)) co_return *std::move(error);
  std::vector<Outgoing> messages;
  {
    const auto lock = parts.store.Lock(pool.id);
    const auto before = Reread(parts, *caller);
    if (!before) co_return before.error();
    if (auto error = CheckMutable(pool, *before, attributes)) co_return *std::move(error);
    User user = *before;
    messages =
        UpdateAttributes(parts, SceneOf(*caller, request), user, attributes, MetadataOf(request));
    if (auto error = CheckAliases(parts, pool, user)) co_return *std::move(error);
    user.modified = request.context.now;
    parts.store.Save(pool, user, &*before);
  }
  json output = json::object();
  output["CodeDeliveryDetailsList"] = json::array();
  for (auto& message : messages) {
    auto details = co_await Send(parts, std::move(message));
    if (!details) co_return details.error();
    output["CodeDeliveryDetailsList"].push_back(*std::move(details));
  }
  co_return output;
}

Result<json> DeleteUserAttributes(Parts& parts, const Request& request) {
  const auto caller = RequireCaller(parts, request);
  if (!caller) return caller.error();
  const auto lock = parts.store.Lock(caller->pool->id);
  const auto before = Reread(parts, *caller);
  if (!before) return before.error();
  User user = *before;
  std::vector<Attribute> named;
  for (const json& name : request.Array("UserAttributeNames"))
    named.push_back({name.get<std::string>(), ""});
  if (auto error = CheckWritable(*caller->client, named)) return *std::move(error);
  for (const auto& attribute : named) user.Remove(attribute.name);
  if (auto error = CheckRequired(*caller->pool, user)) return *std::move(error);
  user.modified = request.context.now;
  parts.store.Save(*caller->pool, user, &*before);
  return json::object();
}

Task<json> GetUserAttributeVerificationCode(Parts& parts, const Request& request) {
  const auto caller = RequireCaller(parts, request);
  if (!caller) co_return caller.error();
  const std::string attribute = request.Text("AttributeName");
  if (attribute != "email" && attribute != "phone_number") {
    co_return InvalidParameter(
        "Invalid attribute name: only email and phone_number can be verified.");
  }
  std::optional<Outgoing> outgoing;
  {
    const auto lock = parts.store.Lock(caller->pool->id);
    const auto before = Reread(parts, *caller);
    if (!before) co_return before.error();
    User user = *before;
    // An address that waits for its proof gets the new code too.
    const auto waiting = user.codes.find(attribute);
    const std::string pending = waiting == user.codes.end() ? "" : waiting->second.pending;
    if (!user.Find(attribute) && pending.empty()) {
      co_return InvalidParameter("User does not have an " + attribute + " to verify.");
    }
    if (auto error =
            CountRequest(parts, *caller->pool, user.username, attribute, request.context.now)) {
      co_return *std::move(error);
    }
    const std::string code = MakeCode(parts, user, attribute, attribute, request.context.now);
    user.codes[attribute].pending = pending;
    parts.store.Save(*caller->pool, user, &*before);
    if (!pending.empty()) user.Set(attribute, pending);
    outgoing.emplace(Outgoing{SceneOf(*caller, request), user, attribute, code,
                              "CustomMessage_VerifyUserAttribute", MetadataOf(request)});
  }
  auto details = co_await Send(parts, *std::move(outgoing));
  if (!details) co_return details.error();
  json output = json::object();
  output["CodeDeliveryDetails"] = *std::move(details);
  co_return output;
}

Result<json> VerifyUserAttribute(Parts& parts, const Request& request) {
  const auto caller = RequireCaller(parts, request);
  if (!caller) return caller.error();
  const std::string attribute = request.Text("AttributeName");
  const auto lock = parts.store.Lock(caller->pool->id);
  const auto before = Reread(parts, *caller);
  if (!before) return before.error();
  if (auto error = TryCode(parts, *caller->pool, *before, attribute, request.Text("Code"),
                           request.context.now)) {
    return *std::move(error);
  }
  User user = *before;
  const std::string pending = before->codes.at(attribute).pending;
  user.codes.erase(attribute);
  if (!pending.empty()) user.Set(attribute, pending);
  user.Set(attribute + "_verified", "true");
  if (auto error = CheckAliases(parts, *caller->pool, user)) return *std::move(error);
  user.modified = request.context.now;
  parts.store.Save(*caller->pool, user, &*before);
  return json::object();
}

Result<json> ChangePassword(Parts& parts, const Request& request) {
  const auto caller = RequireCaller(parts, request);
  if (!caller) return caller.error();
  const Pool& pool = *caller->pool;
  const Time now = request.context.now;
  {
    const auto lock = parts.store.Lock(pool.id);
    if (auto error = CountRequest(parts, pool, caller->user.username, "password", now)) {
      return *std::move(error);
    }
  }
  if (!MatchesPassword(request.Text("PreviousPassword"), caller->user.password.hash)) {
    return WrongPassword();
  }
  if (auto error = CheckPolicy(pool, request.Text("ProposedPassword"))) return *std::move(error);
  const auto password =
      ReplacePassword(pool, caller->user, request.Text("ProposedPassword"), parts.ids);
  if (!password) return password.error();
  const auto lock = parts.store.Lock(pool.id);
  const auto before = Reread(parts, *caller);
  if (!before) return before.error();
  // Somebody else changed it between the check and the lock.
  if (before->password != caller->user.password) return WrongPassword();
  User user = *before;
  user.password = *password;
  user.modified = now;
  parts.store.Save(pool, user, &*before);
  return json::object();
}

Result<json> DeleteUser(Parts& parts, const Request& request) {
  const auto caller = RequireCaller(parts, request);
  if (!caller) return caller.error();
  const auto lock = parts.store.Lock(caller->pool->id);
  const auto user = Reread(parts, *caller);
  if (!user) return user.error();
  parts.store.Remove(*caller->pool, *user);
  return json::object();
}

Result<json> GlobalSignOut(Parts& parts, const Request& request) {
  const auto caller = RequireCaller(parts, request);
  if (!caller) return caller.error();
  parts.store.RemoveSessions(caller->pool->id, caller->user.username);
  return json::object();
}

Result<json> RevokeToken(Parts& parts, const Request& request) {
  const auto app = RequireClient(parts, request);
  if (!app) return app.error();
  if (!app->client->HasSecret(request.Text("ClientSecret"))) {
    return ApiError{"UnauthorizedException", "Invalid client secret."};
  }
  if (!app->client->revocable()) {
    return ApiError{"UnsupportedOperationException",
                    "Token revocation is not enabled for this client."};
  }
  if (auto error = EndSession(parts, *app->client, request.Text("Token"))) return *std::move(error);
  return json::object();
}

}  // namespace fractus::cognito
