#include "cognito/accounts.h"
#include "cognito/attempts.h"
#include "cognito/codes.h"
#include "cognito/errors.h"
#include "cognito/operations.h"
#include "cognito/password.h"
#include "cognito/sign_in_steps.h"

namespace fractus::cognito {
namespace {

ApiError NoSuchCombination() {
  return {"UserNotFoundException", "Username/client id combination not found."};
}

// Why nobody gets a code, for clients that may know.
std::optional<ApiError> CheckReachable(const Pool& pool, const std::optional<User>& user) {
  if (!user) return NoSuchCombination();
  if (!user->enabled) return NotAuthorized("User is disabled.");
  if (user->status == kForceChangePassword) return std::nullopt;
  if (AttributeToRecoverBy(pool, *user)) return std::nullopt;
  return InvalidParameter(
      "Cannot reset password for the user as there is no registered/verified email or "
      "phone_number");
}

}  // namespace

// Source:
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
Task<json> ForgotPassword(Parts& parts, const Request& request) {
  const auto app = RequireClient(parts, request);
  if (!app) co_return app.error();
  const auto& [pool, client] = *app;
  if (auto error = CheckSecretHash(*client, request)) co_return *std::move(error);
  TriggerScene scene{pool, client->id, request.Text("Username"), request.context};
  if (HasTrigger(*pool, "UserMigration") &&
      !parts.store.FindUser(*pool, request.Text("Username"))) {
    const auto migrated = co_await MigrateUser(parts, scene, *client, "", MetadataOf(request));
    if (!migrated && !client->HidesMissingUsers()) co_return migrated.error();
  }
  std::optional<Outgoing> outgoing;
  {
    const auto lock = parts.store.Lock(pool->id);
    const auto before = parts.store.FindUser(*pool, request.Text("Username"));
    if (auto refusal = CheckReachable(*pool, before)) {
      if (!client->HidesMissingUsers()) co_return *std::move(refusal);
      const std::string name = before ? before->username : request.Text("Username");
      if (auto error = CountRequest(parts, *pool, name, kForReset, request.context.now)) {
        co_return *std::move(error);
      }
      co_return PretendedDelivery(request.Text("Username"));
    }
    if (before->status == kForceChangePassword) {
      co_return NotAuthorized("User password cannot be reset in the current state.");
    }
    if (auto error = CheckCodeAttempts(parts, *pool, before->username, request.context.now)) {
      co_return *std::move(error);
    }
    User user = *before;
    const auto attribute = AttributeToRecoverBy(*pool, user);
    if (auto error = CountRequest(parts, *pool, user.username, kForReset, request.context.now)) {
      co_return *std::move(error);
    }
    const std::string code = MakeCode(parts, user, kForReset, *attribute, request.context.now);
    parts.store.Save(*pool, user, &*before);
    scene.username = user.username;
    outgoing.emplace(Outgoing{scene, user, *attribute, code, "CustomMessage_ForgotPassword",
                              MetadataOf(request)});
  }
  auto details = co_await Send(parts, *std::move(outgoing));
  if (!details) co_return details.error();
  json output = json::object();
  output["CodeDeliveryDetails"] = *std::move(details);
  co_return output;
}

Task<json> ConfirmForgotPassword(Parts& parts, const Request& request) {
  const auto app = RequireClient(parts, request);
  if (!app) co_return app.error();
  const auto& [pool, client] = *app;
  if (auto error = CheckSecretHash(*client, request)) co_return *std::move(error);
  if (auto error = CheckPolicy(*pool, request.Text("Password"))) co_return *std::move(error);
  const auto named = parts.store.FindUser(*pool, request.Text("Username"));
  if (!named) {
    co_return client->HidesMissingUsers() ? CodeMismatch() : NoSuchCombination();
  }
  if (!named->enabled) {
    co_return client->HidesMissingUsers() ? CodeMismatch() : NotAuthorized("User is disabled.");
  }
  const auto password = ReplacePassword(*pool, *named, request.Text("Password"), parts.ids);
  if (!password) co_return password.error();
  User user;
  {
    const auto lock = parts.store.Lock(pool->id);
    const auto before = parts.store.ReadUser(*pool, pool->Fold(named->username));
    if (!before) co_return client->HidesMissingUsers() ? CodeMismatch() : NoSuchCombination();
    if (auto error = TryCode(parts, *pool, *before, kForReset, request.Text("ConfirmationCode"),
                             request.context.now)) {
      co_return *std::move(error);
    }
    user = *before;
    user.codes.erase(kForReset);
    user.password = *password;
    user.password_expires.reset();
    // The code proves the address as well as a sign-up code does.
    if (user.status == kResetRequired || user.status == kUnconfirmed) user.status = kConfirmed;
    user.modified = request.context.now;
    parts.store.Save(*pool, user, &*before);
  }
  ForgetWrongPasswords(parts, *pool, user.username);
  TriggerScene scene{pool, client->id, user.username, request.context};
  const auto told = co_await RunPostConfirmation(
      parts, std::move(scene), "PostConfirmation_ConfirmForgotPassword", user, MetadataOf(request));
  if (!told) co_return told.error();
  co_return json::object();
}

}  // namespace fractus::cognito
