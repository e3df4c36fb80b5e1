#include "cognito/accounts.h"
#include "cognito/codes.h"
#include "cognito/errors.h"
#include "cognito/operations.h"
#include "cognito/password.h"
#include "cognito/schema.h"

namespace fractus::cognito {
namespace {

ApiError NoSuchCombination() {
  return {"UserNotFoundException", "Username/client id combination not found."};
}

void Confirm(User& user, Time now) {
  user.status = kConfirmed;
  user.modified = now;
  user.codes.erase(kForSignUp);
}

}  // namespace

Result<json> SignUp(Parts& parts, const Request& request) {
  const auto app = RequireClient(parts, request);
  if (!app) return app.error();
  const auto& [pool, client] = *app;
  if (auto error = CheckSecretHash(*client, request)) return *std::move(error);
  if (pool->description.at("AdminCreateUserConfig").value("AllowAdminCreateUserOnly", false)) {
    return NotAuthorized("SignUp is not permitted for this user pool");
  }
  const auto attributes = ReadAttributes(request.Array("UserAttributes"));
  auto made = MakeUser(parts, *pool, request.Text("Username"), attributes, request.context.now);
  if (!made) return made.error();
  User user = *std::move(made);
  // Observed: the order of the checks from here on is from memory.
  if (auto error = CheckPolicy(*pool, request.Text("Password"))) return *std::move(error);
  if (auto error = CheckWritable(*client, attributes)) return *std::move(error);
  if (auto error = CheckValues(*pool, attributes)) return *std::move(error);
  if (auto error = CheckRequired(*pool, user)) return *std::move(error);
  for (const char* attribute : {"email", "phone_number"}) {
    if (user.Find(attribute)) user.Set(std::string(attribute) + "_verified", "false");
  }
  user.status = kUnconfirmed;
  user.password = HashPassword(request.Text("Password"), parts.ids);

  json output = {{"UserConfirmed", false}, {"UserSub", user.sub}};
  std::optional<Message> message;
  {
    const auto lock = parts.store.Lock(pool->id);
    if (auto error = CheckUnused(parts, *pool, user, "User already exists"))
      return *std::move(error);
    if (const auto attribute = AttributeToVerify(*pool, user)) {
      message = MakeCode(parts, *pool, user, kForSignUp, *attribute, request.context.now);
      output["CodeDeliveryDetails"] = DeliveryDetails(*attribute, message->to);
    }
    parts.store.Save(*pool, user, nullptr);
  }
  if (message) parts.mailbox.Deliver(*message);
  return output;
}

Result<json> ConfirmSignUp(Parts& parts, const Request& request) {
  const auto app = RequireClient(parts, request);
  if (!app) return app.error();
  const auto& [pool, client] = *app;
  if (auto error = CheckSecretHash(*client, request)) return *std::move(error);
  const auto lock = parts.store.Lock(pool->id);
  const auto before = parts.store.FindUser(*pool, request.Text("Username"));
  if (!before) return client->HidesMissingUsers() ? CodeExpired() : NoSuchCombination();
  if (before->status != kUnconfirmed) {
    return NotAuthorized("User cannot be confirmed. Current status is " + before->status);
  }
  if (auto error =
          CheckCode(*before, kForSignUp, request.Text("ConfirmationCode"), request.context.now)) {
    return *std::move(error);
  }
  User user = *before;
  user.Set(before->codes.at(kForSignUp).attribute + "_verified", "true");
  if (!request.Flag("ForceAliasCreation", false)) {
    if (auto error = CheckAliases(parts, *pool, user)) return *std::move(error);
  }
  Confirm(user, request.context.now);
  parts.store.Save(*pool, user, &*before);
  return json::object();
}

Result<json> ResendConfirmationCode(Parts& parts, const Request& request) {
  const auto app = RequireClient(parts, request);
  if (!app) return app.error();
  const auto& [pool, client] = *app;
  if (auto error = CheckSecretHash(*client, request)) return *std::move(error);
  std::optional<Message> message;
  json output = json::object();
  {
    const auto lock = parts.store.Lock(pool->id);
    const auto before = parts.store.FindUser(*pool, request.Text("Username"));
    if (!before) {
      if (client->HidesMissingUsers()) return PretendedDelivery(request.Text("Username"));
      return NoSuchCombination();
    }
    if (before->status != kUnconfirmed) return InvalidParameter("User is already confirmed.");
    User user = *before;
    const auto attribute = AttributeToVerify(*pool, user);
    if (!attribute) {
      return InvalidParameter("Auto verification not turned on.");
    }
    message = MakeCode(parts, *pool, user, kForSignUp, *attribute, request.context.now);
    output["CodeDeliveryDetails"] = DeliveryDetails(*attribute, message->to);
    parts.store.Save(*pool, user, &*before);
  }
  parts.mailbox.Deliver(*message);
  return output;
}

// Confirms the account alone: the addresses stay unverified.
Result<json> AdminConfirmSignUp(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const auto before = RequireUser(parts, **pool, request);
  if (!before) return before.error();
  if (before->status != kUnconfirmed) {
    return NotAuthorized("User cannot be confirmed. Current status is " + before->status);
  }
  User user = *before;
  Confirm(user, request.context.now);
  parts.store.Save(**pool, user, &*before);
  return json::object();
}

}  // namespace fractus::cognito
