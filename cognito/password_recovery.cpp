#include "cognito/codes.h"
#include "cognito/errors.h"
#include "cognito/operations.h"
#include "cognito/password.h"

namespace fractus::cognito {

Result<json> ForgotPassword(Parts& parts, const Request& request) {
  const auto app = RequireClient(parts, request);
  if (!app) return app.error();
  const auto& [pool, client] = *app;
  if (auto error = CheckSecretHash(*client, request)) return *std::move(error);
  Message message;
  {
    const auto lock = parts.store.Lock(pool->id);
    const auto before = parts.store.FindUser(*pool, request.Text("Username"));
    if (!before) {
      if (client->HidesMissingUsers()) return PretendedDelivery(request.Text("Username"));
      return ApiError{"UserNotFoundException", "Username/client id combination not found."};
    }
    if (!before->enabled) return NotAuthorized("User is disabled.");
    if (before->status == kForceChangePassword) {
      return NotAuthorized("User password cannot be reset in the current state.");
    }
    User user = *before;
    const auto attribute = AttributeToRecoverBy(*pool, user);
    if (!attribute) {
      return InvalidParameter(
          "Cannot reset password for the user as there is no registered/verified email or "
          "phone_number");
    }
    message = MakeCode(parts, *pool, user, kForReset, *attribute, request.context.now);
    parts.store.Save(*pool, user, &*before);
    parts.mailbox.Deliver(message);
    return json{{"CodeDeliveryDetails", DeliveryDetails(*attribute, message.to)}};
  }
}

Result<json> ConfirmForgotPassword(Parts& parts, const Request& request) {
  const auto app = RequireClient(parts, request);
  if (!app) return app.error();
  const auto& [pool, client] = *app;
  if (auto error = CheckSecretHash(*client, request)) return *std::move(error);
  if (auto error = CheckPolicy(*pool, request.Text("Password"))) return *std::move(error);
  const std::string hash = HashPassword(request.Text("Password"), parts.ids);
  const auto lock = parts.store.Lock(pool->id);
  const auto before = parts.store.FindUser(*pool, request.Text("Username"));
  if (!before) {
    if (client->HidesMissingUsers()) return CodeMismatch();
    return ApiError{"UserNotFoundException", "Username/client id combination not found."};
  }
  if (auto error =
          CheckCode(*before, kForReset, request.Text("ConfirmationCode"), request.context.now)) {
    return *std::move(error);
  }
  User user = *before;
  user.codes.erase(kForReset);
  user.password = hash;
  user.password_expires.reset();
  // The code proves the address as well as a sign-up code does.
  if (user.status == kResetRequired || user.status == kUnconfirmed) user.status = kConfirmed;
  user.modified = request.context.now;
  parts.store.Save(*pool, user, &*before);
  return json::object();
}

}  // namespace fractus::cognito
