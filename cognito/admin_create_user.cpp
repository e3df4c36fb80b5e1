#include "cognito/accounts.h"
#include "cognito/attempts.h"
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

// Brings the invitation to every address it is to go to.
Task<bool> Invite(Parts& parts, TriggerScene scene, User user, std::string password, json mediums,
                  json client_metadata) {
  for (const auto& attribute : InvitationAttributes(user, mediums)) {
    Outgoing outgoing{scene,          user, attribute, password, "CustomMessage_AdminCreateUser",
                      client_metadata};
    const auto sent = co_await Send(parts, std::move(outgoing));
    if (!sent) co_return sent.error();
  }
  co_return true;
}

// MessageAction RESEND: a new temporary password for somebody who was invited before.
Result<User> RenewInvitation(Parts& parts, const Pool& pool, const Request& request,
                             const std::string& given) {
  const auto named = RequireUser(parts, pool, request);
  if (!named) return named.error();
  const Password password = MakePassword(pool, named->username, given, parts.ids);
  const auto lock = parts.store.Lock(pool.id);
  const auto before = RequireUser(parts, pool, request);
  if (!before) return before.error();
  if (before->status != kForceChangePassword) {
    return ApiError{"UnsupportedUserStateException", "Resend not possible. " + before->username +
                                                         " status is not FORCE_CHANGE_PASSWORD"};
  }
  User user = *before;
  user.password = password;
  user.password_expires = TemporaryPasswordExpiry(pool, request.context.now);
  user.modified = request.context.now;
  parts.store.Save(pool, user, &*before);
  return user;
}

// An invitation that has no place for a password says something else to people without one.
// Observed: what AWS does with other invitations of such people is a guess: it sends none.
bool InvitesWithoutPassword(const Pool& pool) {
  const json& config = pool.description.at("AdminCreateUserConfig");
  const auto words = config.find("InviteMessageTemplate");
  return words != config.end() && words->dump().find("{####}") == std::string::npos;
}

}  // namespace

// Required attributes are not asked for here: the user gives them with the new password.
Task<json> AdminCreateUser(Parts& parts, const Request& request) {
  const auto found = RequirePool(parts, request);
  if (!found) co_return found.error();
  const Pool& pool = **found;
  const bool resend = request.Text("MessageAction") == "RESEND";
  std::string password = request.Text("TemporaryPassword");
  // Where a code is enough to sign in, nobody gets a password that the request does not name.
  const bool without = password.empty() && pool.SignsInWithoutPassword() && !resend;
  if (password.empty() && !without) password = MakeTemporaryPassword(pool, parts.ids);
  if (!without) {
    if (auto error = CheckPolicy(pool, password)) co_return *std::move(error);
  }
  TriggerScene scene{*found, "", request.Text("Username"), request.context};
  json output = json::object();
  User user;
  if (resend) {
    auto renewed = RenewInvitation(parts, pool, request, password);
    if (!renewed) co_return renewed.error();
    user = *std::move(renewed);
  } else {
    const auto attributes = ReadAttributes(request.Array("UserAttributes"));
    auto made = MakeUser(parts, pool, request.Text("Username"), attributes, request.context.now);
    if (!made) co_return made.error();
    user = *std::move(made);
    if (auto error = CheckValues(pool, attributes)) co_return *std::move(error);
    if (auto error = CheckUnused(parts, pool, user, "User account already exists")) {
      co_return *std::move(error);
    }
    scene.username = user.username;
    // Observed: whether the user is confirmed is not the function's to say here.
    const auto allowed =
        co_await RunPreSignUp(parts, scene, "PreSignUp_AdminCreateUser", user,
                              request.Array("ValidationData"), MetadataOf(request));
    if (!allowed) co_return allowed.error();
    user.status = without ? kConfirmed : kForceChangePassword;
    if (!without) {
      user.password = MakePassword(pool, user.username, password, parts.ids);
      user.password_expires = TemporaryPasswordExpiry(pool, request.context.now);
    }
    const auto lock = parts.store.Lock(pool.id);
    if (auto error = CheckUnused(parts, pool, user, "User account already exists"))
      co_return *std::move(error);
    if (!request.Flag("ForceAliasCreation", false)) {
      // Not the AliasExistsException of the other operations.
      // Source: https://github.com/boto/boto3/issues/3213
      if (auto error = CheckAliases(parts, pool, user)) {
        co_return ApiError{"UsernameExistsException", error->message};
      }
    }
    parts.store.Save(pool, user, nullptr);
  }
  output["User"] = user.Describe();
  if (request.Text("MessageAction") == "SUPPRESS") co_return output;
  if (without && !InvitesWithoutPassword(pool)) co_return output;
  scene.username = user.username;
  const auto invited =
      co_await Invite(parts, std::move(scene), std::move(user), password,
                      request.Array("DesiredDeliveryMediums"), MetadataOf(request));
  if (!invited) co_return invited.error();
  co_return output;
}

Result<json> AdminSetUserPassword(Parts& parts, const Request& request) {
  const auto found = RequirePool(parts, request);
  if (!found) return found.error();
  const Pool& pool = **found;
  const auto named = RequireUser(parts, pool, request);
  if (!named) return named.error();
  if (auto error = CheckPolicy(pool, request.Text("Password"))) return *std::move(error);
  const auto password = ReplacePassword(pool, *named, request.Text("Password"), parts.ids);
  if (!password) return password.error();
  const auto lock = parts.store.Lock(pool.id);
  const auto before = RequireUser(parts, pool, request);
  if (!before) return before.error();
  User user = *before;
  user.password = *password;
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
  ForgetWrongPasswords(parts, pool, user.username);
  return json::object();
}

}  // namespace fractus::cognito
