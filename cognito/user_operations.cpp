#include <algorithm>

#include "cognito/accounts.h"
#include "cognito/codes.h"
#include "cognito/errors.h"
#include "cognito/operations.h"
#include "cognito/password.h"
#include "cognito/schema.h"
#include "cognito/sign_in.h"
#include "cognito/tokens.h"

namespace fractus::cognito {
namespace {

// The caller's user as it is now, read under the pool's lock.
Result<User> Reread(Parts& parts, const Caller& caller) {
  auto user = parts.store.ReadUser(*caller.pool, caller.pool->Fold(caller.user.username));
  if (!user || user->sub != caller.user.sub) return UserNotFound();
  return *std::move(user);
}

bool WaitsForProof(const Pool& pool, const std::string& attribute) {
  const json settings = pool.description.value("UserAttributeUpdateSettings", json::object());
  for (const json& name :
       settings.value("AttributesRequireVerificationBeforeUpdate", json::array())) {
    if (name == attribute) return true;
  }
  return false;
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
  return json{{"Username", caller->user.username}, {"UserAttributes", std::move(list)}};
}

Result<json> UpdateUserAttributes(Parts& parts, const Request& request) {
  const auto caller = RequireCaller(parts, request);
  if (!caller) return caller.error();
  const Pool& pool = *caller->pool;
  const auto attributes = ReadAttributes(request.Array("UserAttributes"));
  if (auto error = CheckWritable(*caller->client, attributes)) return *std::move(error);
  if (auto error = CheckValues(pool, attributes)) return *std::move(error);
  json details = json::array();
  std::vector<Message> messages;
  {
    const auto lock = parts.store.Lock(pool.id);
    const auto before = Reread(parts, *caller);
    if (!before) return before.error();
    if (auto error = CheckMutable(pool, *before, attributes)) return *std::move(error);
    for (const auto& [name, value] : attributes) {
      if (WaitsForProof(pool, name)) {
        return NotEmulated("AttributesRequireVerificationBeforeUpdate for " + name +
                           " is not emulated yet.");
      }
    }
    User user = *before;
    ChangeAttributes(user, attributes);
    if (auto error = CheckAliases(parts, pool, user)) return *std::move(error);
    for (const auto& [name, value] : attributes) {
      const bool address = name == "email" || name == "phone_number";
      if (!address || !pool.AutoVerifies(name) || user.IsTrue(name + "_verified")) continue;
      messages.push_back(MakeCode(parts, pool, user, name, name, request.context.now));
      details.push_back(DeliveryDetails(name, value));
    }
    user.modified = request.context.now;
    parts.store.Save(pool, user, &*before);
  }
  for (const auto& message : messages) parts.mailbox.Deliver(message);
  return json{{"CodeDeliveryDetailsList", std::move(details)}};
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

Result<json> GetUserAttributeVerificationCode(Parts& parts, const Request& request) {
  const auto caller = RequireCaller(parts, request);
  if (!caller) return caller.error();
  const std::string attribute = request.Text("AttributeName");
  if (attribute != "email" && attribute != "phone_number") {
    return InvalidParameter("Invalid attribute name: only email and phone_number can be verified.");
  }
  const auto lock = parts.store.Lock(caller->pool->id);
  const auto before = Reread(parts, *caller);
  if (!before) return before.error();
  User user = *before;
  if (!user.Find(attribute)) {
    return InvalidParameter("User does not have an " + attribute + " to verify.");
  }
  const auto message =
      MakeCode(parts, *caller->pool, user, attribute, attribute, request.context.now);
  parts.store.Save(*caller->pool, user, &*before);
  parts.mailbox.Deliver(message);
  return json{{"CodeDeliveryDetails", DeliveryDetails(attribute, message.to)}};
}

Result<json> VerifyUserAttribute(Parts& parts, const Request& request) {
  const auto caller = RequireCaller(parts, request);
  if (!caller) return caller.error();
  const std::string attribute = request.Text("AttributeName");
  const auto lock = parts.store.Lock(caller->pool->id);
  const auto before = Reread(parts, *caller);
  if (!before) return before.error();
  if (auto error = CheckCode(*before, attribute, request.Text("Code"), request.context.now)) {
    return *std::move(error);
  }
  User user = *before;
  user.codes.erase(attribute);
  user.Set(attribute + "_verified", "true");
  if (auto error = CheckAliases(parts, *caller->pool, user)) return *std::move(error);
  user.modified = request.context.now;
  parts.store.Save(*caller->pool, user, &*before);
  return json::object();
}

Result<json> ChangePassword(Parts& parts, const Request& request) {
  const auto caller = RequireCaller(parts, request);
  if (!caller) return caller.error();
  if (!MatchesPassword(request.Text("PreviousPassword"), caller->user.password))
    return WrongPassword();
  if (auto error = CheckPolicy(*caller->pool, request.Text("ProposedPassword")))
    return *std::move(error);
  const std::string hash = HashPassword(request.Text("ProposedPassword"), parts.ids);
  const auto lock = parts.store.Lock(caller->pool->id);
  const auto before = Reread(parts, *caller);
  if (!before) return before.error();
  // Somebody else changed it between the check and the lock.
  if (before->password != caller->user.password) return WrongPassword();
  User user = *before;
  user.password = hash;
  user.modified = request.context.now;
  parts.store.Save(*caller->pool, user, &*before);
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
  if (app->client->secret() != request.Text("ClientSecret")) {
    return ApiError{"UnauthorizedException", "Invalid client secret."};
  }
  if (!app->client->revocable()) {
    return ApiError{"UnsupportedOperationException",
                    "Token revocation is not enabled for this client."};
  }
  const auto entry =
      parts.store.room().GetJson(storage::MakeKey({"refresh", TokenDigest(request.Text("Token"))}));
  if (!entry) {
    return ApiError{"UnsupportedTokenTypeException", "Unsupported token type."};
  }
  const auto session = parts.store.FindSession(entry->at("Pool").get<std::string>(),
                                               entry->at("Username").get<std::string>(),
                                               entry->at("EventId").get<std::string>());
  if (session && session->client_id == app->client->id) parts.store.Remove(*session);
  return json::object();
}

}  // namespace fractus::cognito
