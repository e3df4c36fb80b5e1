#include <functional>

#include "cognito/accounts.h"
#include "cognito/codes.h"
#include "cognito/errors.h"
#include "cognito/mfa.h"
#include "cognito/operations.h"
#include "cognito/schema.h"

namespace fractus::cognito {
namespace {

// Runs `change` on the named user under the pool's lock and writes the user back.
using Change = std::function<std::optional<ApiError>(const Pool& pool, User& user)>;

Result<json> ChangeUser(Parts& parts, const Request& request, const Change& change) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const auto before = RequireUser(parts, **pool, request);
  if (!before) return before.error();
  User user = *before;
  if (auto error = change(**pool, user)) return *std::move(error);
  user.modified = request.context.now;
  parts.store.Save(**pool, user, &*before);
  return json::object();
}

}  // namespace

Result<json> AdminGetUser(Parts& parts, const Request& request) {
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const auto user = RequireUser(parts, **pool, request);
  if (!user) return user.error();
  json output = user->Describe();
  // The same structure as elsewhere, except for the name of this one member.
  output["UserAttributes"] = std::move(output["Attributes"]);
  output.erase("Attributes");
  DescribeMfa(user->mfa, output);
  return output;
}

Result<json> AdminDeleteUser(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const auto user = RequireUser(parts, **pool, request);
  if (!user) return user.error();
  parts.store.Remove(**pool, *user);
  return json::object();
}

Task<json> AdminUpdateUserAttributes(Parts& parts, const Request& request) {
  const auto attributes = ReadAttributes(request.Array("UserAttributes"));
  std::vector<Outgoing> messages;
  auto output =
      ChangeUser(parts, request, [&](const Pool& pool, User& user) -> std::optional<ApiError> {
        if (auto error = CheckValues(pool, attributes)) return error;
        if (auto error = CheckMutable(pool, user, attributes)) return error;
        const PoolRef held = parts.store.FindPool(pool.id);
        const TriggerScene scene{held, "", user.username, request.context};
        messages = UpdateAttributes(parts, scene, user, attributes, MetadataOf(request));
        return CheckAliases(parts, pool, user);
      });
  if (!output) co_return output.error();
  for (auto& message : messages) {
    const auto sent = co_await Send(parts, std::move(message));
    if (!sent) co_return sent.error();
  }
  co_return output;
}

Result<json> AdminDeleteUserAttributes(Parts& parts, const Request& request) {
  return ChangeUser(parts, request, [&](const Pool& pool, User& user) -> std::optional<ApiError> {
    for (const json& name : request.Array("UserAttributeNames")) {
      const json* entry = pool.FindAttribute(name.get<std::string>());
      if (!entry) return InvalidParameter("Unknown attribute name: " + name.get<std::string>());
      if (entry->value("Required", false)) {
        return InvalidParameter("Attributes did not conform to the schema: " +
                                name.get<std::string>() + ": The attribute is required\n");
      }
      user.Remove(name.get<std::string>());
    }
    return std::nullopt;
  });
}

Result<json> AdminEnableUser(Parts& parts, const Request& request) {
  return ChangeUser(parts, request, [](const Pool&, User& user) -> std::optional<ApiError> {
    user.enabled = true;
    return std::nullopt;
  });
}

// A disabled user's tokens stop working at once.
Result<json> AdminDisableUser(Parts& parts, const Request& request) {
  return ChangeUser(parts, request, [&](const Pool& pool, User& user) -> std::optional<ApiError> {
    user.enabled = false;
    parts.store.RemoveSessions(pool.id, user.username);
    return std::nullopt;
  });
}

// The old password stops working; a code goes to the user, for ConfirmForgotPassword.
Task<json> AdminResetUserPassword(Parts& parts, const Request& request) {
  std::optional<Outgoing> outgoing;
  auto output =
      ChangeUser(parts, request, [&](const Pool& pool, User& user) -> std::optional<ApiError> {
        if (user.status != kConfirmed && user.status != kResetRequired) {
          return NotAuthorized("User password cannot be reset in the current state.");
        }
        const auto attribute = AttributeToRecoverBy(pool, user);
        if (!attribute) {
          return InvalidParameter(
              "Cannot reset password for the user as there is no registered/verified email or "
              "phone_number");
        }
        user.status = kResetRequired;
        const std::string code = MakeCode(parts, user, kForReset, *attribute, request.context.now);
        const TriggerScene scene{parts.store.FindPool(pool.id), "", user.username, request.context};
        outgoing.emplace(Outgoing{scene, user, *attribute, code, "CustomMessage_ForgotPassword",
                                  MetadataOf(request)});
        return std::nullopt;
      });
  if (!output) co_return output.error();
  const auto sent = co_await Send(parts, *std::move(outgoing));
  if (!sent) co_return sent.error();
  co_return output;
}

Result<json> AdminUserGlobalSignOut(Parts& parts, const Request& request) {
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const auto user = RequireUser(parts, **pool, request);
  if (!user) return user.error();
  parts.store.RemoveSessions((*pool)->id, user->username);
  return json::object();
}

}  // namespace fractus::cognito
