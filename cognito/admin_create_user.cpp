#include "cognito/accounts.h"
#include "cognito/codes.h"
#include "cognito/errors.h"
#include "cognito/operations.h"
#include "cognito/password.h"
#include "cognito/schema.h"

namespace fractus::cognito {
namespace {

Time TemporaryPasswordExpiry(const Pool& pool, Time now) {
  const long long days = pool.password_policy().value("TemporaryPasswordValidityDays", 7LL);
  return now + std::chrono::days(days == 0 ? 7 : days);
}

// MessageAction RESEND: a new temporary password for somebody who was invited before.
Result<json> InviteAgain(Parts& parts, const Pool& pool, const Request& request,
                         const std::string& password) {
  const auto lock = parts.store.Lock(pool.id);
  const auto before = RequireUser(parts, pool, request);
  if (!before) return before.error();
  if (before->status != kForceChangePassword) {
    return ApiError{"UnsupportedUserStateException", "Resend not possible. " + before->username +
                                                         " status is not FORCE_CHANGE_PASSWORD"};
  }
  User user = *before;
  user.password = HashPassword(password, parts.ids);
  user.password_expires = TemporaryPasswordExpiry(pool, request.context.now);
  user.modified = request.context.now;
  parts.store.Save(pool, user, &*before);
  if (const auto message = MakeInvitation(
          pool, user, password, request.Array("DesiredDeliveryMediums"), request.context.now)) {
    parts.mailbox.Deliver(*message);
  }
  return json{{"User", user.Describe()}};
}

}  // namespace

// Required attributes are not asked for here: the user gives them with the new password.
Result<json> AdminCreateUser(Parts& parts, const Request& request) {
  const auto found = RequirePool(parts, request);
  if (!found) return found.error();
  const Pool& pool = **found;
  const std::string password = request.Has("TemporaryPassword")
                                   ? request.Text("TemporaryPassword")
                                   : MakeTemporaryPassword(pool, parts.ids);
  if (auto error = CheckPolicy(pool, password)) return *std::move(error);
  if (request.Text("MessageAction") == "RESEND") return InviteAgain(parts, pool, request, password);

  const auto attributes = ReadAttributes(request.Array("UserAttributes"));
  auto made = MakeUser(parts, pool, request.Text("Username"), attributes, request.context.now);
  if (!made) return made.error();
  User user = *std::move(made);
  if (auto error = CheckValues(pool, attributes)) return *std::move(error);
  user.status = kForceChangePassword;
  user.password = HashPassword(password, parts.ids);
  user.password_expires = TemporaryPasswordExpiry(pool, request.context.now);
  {
    const auto lock = parts.store.Lock(pool.id);
    if (auto error = CheckUnused(parts, pool, user, "User account already exists"))
      return *std::move(error);
    if (!request.Flag("ForceAliasCreation", false)) {
      if (auto error = CheckAliases(parts, pool, user)) return *std::move(error);
    }
    parts.store.Save(pool, user, nullptr);
  }
  if (request.Text("MessageAction") != "SUPPRESS") {
    if (const auto message = MakeInvitation(
            pool, user, password, request.Array("DesiredDeliveryMediums"), request.context.now)) {
      parts.mailbox.Deliver(*message);
    }
  }
  return json{{"User", user.Describe()}};
}

Result<json> AdminSetUserPassword(Parts& parts, const Request& request) {
  const auto found = RequirePool(parts, request);
  if (!found) return found.error();
  const Pool& pool = **found;
  if (const auto user = RequireUser(parts, pool, request); !user) return user.error();
  if (auto error = CheckPolicy(pool, request.Text("Password"))) return *std::move(error);
  const std::string hash = HashPassword(request.Text("Password"), parts.ids);
  const auto lock = parts.store.Lock(pool.id);
  const auto before = RequireUser(parts, pool, request);
  if (!before) return before.error();
  User user = *before;
  user.password = hash;
  user.modified = request.context.now;
  user.codes.erase(kForReset);
  if (request.Flag("Permanent", false)) {
    user.status = kConfirmed;
    user.password_expires.reset();
  } else {
    user.status = kForceChangePassword;
    user.password_expires = TemporaryPasswordExpiry(pool, request.context.now);
  }
  parts.store.Save(pool, user, &*before);
  return json::object();
}

}  // namespace fractus::cognito
