#include "cognito/accounts.h"
#include "cognito/attempts.h"
#include "cognito/errors.h"
#include "cognito/password.h"
#include "cognito/schema.h"
#include "cognito/sign_in_steps.h"

namespace fractus::cognito {
namespace {

ApiError MigrationFailed(const Client& client) {
  if (client.HidesMissingUsers()) return WrongPassword();
  return {"UserNotFoundException", "Exception migrating user in app client " + client.id};
}

}  // namespace

Task<std::optional<User>> MigrateUser(Parts& parts, TriggerScene scene, Client client,
                                      std::string password, json client_metadata) {
  const PoolRef pool = scene.pool;
  const Time now = scene.context.now;
  if (!HasTrigger(*pool, "UserMigration")) co_return std::nullopt;
  const std::string name = scene.username;
  const bool signs_in = !password.empty();
  json request = json::object(), empty = json::object();
  request["password"] = signs_in ? json(password) : json();
  request["validationData"] = signs_in ? client_metadata : json();
  request["clientMetadata"] = signs_in ? json() : client_metadata;
  for (const char* member : {"userAttributes", "forceAliasCreation", "finalUserStatus",
                             "messageAction", "desiredDeliveryMediums", "enableSMSMFA"}) {
    empty[member] = nullptr;
  }
  const std::string source =
      signs_in ? "UserMigration_Authentication" : "UserMigration_ForgotPassword";
  const auto response = co_await RunTrigger(parts, std::move(scene), "UserMigration", source,
                                            std::move(request), std::move(empty));
  if (!response) co_return MigrationFailed(client);
  const json given = response->value("userAttributes", json());
  if (!given.is_object()) co_return std::nullopt;

  std::vector<Attribute> attributes;
  for (const auto& [key, value] : given.items()) {
    if (key == "username" || key == "sub") continue;
    attributes.push_back({key, value.is_string() ? value.get<std::string>() : value.dump()});
  }
  if (CheckValues(*pool, attributes)) co_return MigrationFailed(client);
  auto made = MakeUser(parts, *pool, name, attributes, now);
  if (!made) co_return MigrationFailed(client);
  User user = *std::move(made);
  const json status = response->value("finalUserStatus", json());
  // A forgotten password will be a new one: its code needs a confirmed account.
  user.status = !signs_in || status == kConfirmed ? kConfirmed : kResetRequired;
  if (signs_in) user.password = MakePassword(*pool, user.username, password, parts.ids);
  const auto lock = parts.store.Lock(pool->id);
  if (CheckUnused(parts, *pool, user, "User already exists")) co_return MigrationFailed(client);
  if (response->value("forceAliasCreation", json()) != true && CheckAliases(parts, *pool, user)) {
    co_return MigrationFailed(client);
  }
  parts.store.Save(*pool, user, nullptr);
  co_return user;
}

Task<SignInStep> SignInByPassword(Parts& parts, SignIn sign_in, std::string name,
                                  std::string password) {
  const PoolRef pool = sign_in.app.pool;
  const Time now = sign_in.context.now;
  auto user = parts.store.FindUser(*pool, name);
  const std::string counted = user ? user->username : name;
  if (auto error = CheckPasswordAttempts(parts, *pool, counted, now)) co_return *std::move(error);
  bool migrated = false;
  if (!user && HasTrigger(*pool, "UserMigration")) {
    TriggerScene scene{pool, sign_in.app.client->id, name, sign_in.context};
    auto found = co_await MigrateUser(parts, std::move(scene), *sign_in.app.client, password,
                                      sign_in.validation_data);
    if (!found) co_return found.error();
    user = *std::move(found);
    migrated = user.has_value();
  }
  if (user) sign_in.username = user->username;
  if (const auto allowed = co_await PreAuthenticate(parts, sign_in, user); !allowed) {
    co_return allowed.error();
  }
  const bool matches =
      migrated || MatchesPassword(password, user ? user->password.hash : std::string());
  if (user && matches && !user->enabled) co_return NotAuthorized("User is disabled.");
  if (user && user->status == kResetRequired) co_return *CheckState(*user);
  if (!matches) {
    CountWrongPassword(parts, *pool, counted, now);
    co_return user ? WrongPassword() : NoSuchUser(*sign_in.app.client);
  }
  ForgetWrongPasswords(parts, *pool, counted);
  co_return co_await AfterPassword(parts, std::move(sign_in), *std::move(user));
}

}  // namespace fractus::cognito
