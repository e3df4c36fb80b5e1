#include "cognito/accounts.h"
#include "cognito/attempts.h"
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

// Attributes as PreSignUp gets them: of somebody who does not exist yet.
json GivenAttributes(const User& user) {
  json attributes = json::object();
  for (const auto& [name, value] : user.attributes) {
    if (!name.ends_with("_verified")) attributes[name] = value;
  }
  return attributes;
}

bool Wants(const json& response, const char* member) {
  return response.value(member, json()) == true;
}

}  // namespace

Task<bool> RunPreSignUp(Parts& parts, TriggerScene scene, std::string source, User& user,
                        json validation_data, json client_metadata) {
  json event = json::object(), empty = json::object();
  event["userAttributes"] = GivenAttributes(user);
  json data = json::object();
  for (const json& entry : validation_data) {
    data[entry.at("Name").get<std::string>()] = entry.value("Value", std::string());
  }
  event["validationData"] = validation_data.empty() ? json() : std::move(data);
  event["clientMetadata"] = std::move(client_metadata);
  for (const char* member : {"autoConfirmUser", "autoVerifyEmail", "autoVerifyPhone"}) {
    empty[member] = false;
  }
  const auto response = co_await RunTrigger(parts, std::move(scene), "PreSignUp", std::move(source),
                                            std::move(event), std::move(empty));
  if (!response) co_return response.error();
  for (const auto& [wish, attribute] :
       {std::pair("autoVerifyEmail", "email"), std::pair("autoVerifyPhone", "phone_number")}) {
    if (!Wants(*response, wish)) continue;
    if (!user.Find(attribute)) {
      co_return ApiError{"InvalidLambdaResponseException",
                         std::string("PreSignUp cannot verify the attribute ") + attribute +
                             ", which the user does not have."};
    }
    user.Set(std::string(attribute) + "_verified", "true");
  }
  co_return Wants(*response, "autoConfirmUser");
}

Task<bool> RunPostConfirmation(Parts& parts, TriggerScene scene, std::string source, User user,
                               json client_metadata) {
  json event = json::object();
  event["userAttributes"] = EventAttributes(user);
  event["clientMetadata"] = std::move(client_metadata);
  const auto response = co_await RunTrigger(parts, std::move(scene), "PostConfirmation",
                                            std::move(source), std::move(event), json::object());
  if (!response) co_return response.error();
  co_return true;
}

Task<json> SignUp(Parts& parts, const Request& request) {
  const auto app = RequireClient(parts, request);
  if (!app) co_return app.error();
  const auto& [pool, client] = *app;
  if (auto error = CheckSecretHash(*client, request)) co_return *std::move(error);
  if (pool->description.at("AdminCreateUserConfig").value("AllowAdminCreateUserOnly", false)) {
    co_return NotAuthorized("SignUp is not permitted for this user pool");
  }
  const auto attributes = ReadAttributes(request.Array("UserAttributes"));
  auto made = MakeUser(parts, *pool, request.Text("Username"), attributes, request.context.now);
  if (!made) co_return made.error();
  User user = *std::move(made);
  // Observed: the order of the checks from here on is from memory.
  const std::string given = request.Text("Password");
  if (!given.empty()) {
    if (auto error = CheckPolicy(*pool, given)) co_return *std::move(error);
  } else if (!pool->SignsInWithoutPassword()) {
    co_return InvalidParameter("Missing required parameter Password");
  }
  if (auto error = CheckWritable(*client, attributes)) co_return *std::move(error);
  if (auto error = CheckValues(*pool, attributes)) co_return *std::move(error);
  if (auto error = CheckRequired(*pool, user)) co_return *std::move(error);
  if (auto error = CheckUnused(parts, *pool, user, "User already exists")) {
    co_return *std::move(error);
  }
  for (const char* attribute : {"email", "phone_number"}) {
    if (user.Find(attribute)) user.Set(std::string(attribute) + "_verified", "false");
  }
  TriggerScene scene{pool, client->id, user.username, request.context};
  const auto confirms = co_await RunPreSignUp(parts, scene, "PreSignUp_SignUp", user,
                                              request.Array("ValidationData"), MetadataOf(request));
  if (!confirms) co_return confirms.error();
  user.status = *confirms ? kConfirmed : kUnconfirmed;
  if (!given.empty()) user.password = MakePassword(*pool, user.username, given, parts.ids);

  std::optional<Outgoing> outgoing;
  {
    const auto lock = parts.store.Lock(pool->id);
    if (auto error = CheckUnused(parts, *pool, user, "User already exists"))
      co_return *std::move(error);
    if (auto error = CheckAliases(parts, *pool, user)) co_return *std::move(error);
    const auto attribute = *confirms ? std::nullopt : AttributeToVerify(*pool, user);
    if (attribute) {
      const std::string code = MakeCode(parts, user, kForSignUp, *attribute, request.context.now);
      outgoing.emplace(
          Outgoing{scene, user, *attribute, code, "CustomMessage_SignUp", MetadataOf(request)});
    }
    parts.store.Save(*pool, user, nullptr);
  }
  json output = json::object();
  output["UserConfirmed"] = *confirms;
  output["UserSub"] = user.sub;
  if (outgoing) {
    auto details = co_await Send(parts, *std::move(outgoing));
    if (!details) co_return details.error();
    output["CodeDeliveryDetails"] = *std::move(details);
  }
  if (*confirms) {
    const auto told = co_await RunPostConfirmation(parts, scene, "PostConfirmation_ConfirmSignUp",
                                                   user, MetadataOf(request));
    if (!told) co_return told.error();
  }
  co_return output;
}

Task<json> ConfirmSignUp(Parts& parts, const Request& request) {
  const auto app = RequireClient(parts, request);
  if (!app) co_return app.error();
  const auto& [pool, client] = *app;
  if (auto error = CheckSecretHash(*client, request)) co_return *std::move(error);
  User user;
  {
    const auto lock = parts.store.Lock(pool->id);
    const auto before = parts.store.FindUser(*pool, request.Text("Username"));
    if (!before) co_return client->HidesMissingUsers() ? CodeExpired() : NoSuchCombination();
    if (before->status != kUnconfirmed) {
      co_return NotAuthorized("User cannot be confirmed. Current status is " + before->status);
    }
    if (auto error = TryCode(parts, *pool, *before, kForSignUp, request.Text("ConfirmationCode"),
                             request.context.now)) {
      co_return *std::move(error);
    }
    user = *before;
    user.Set(before->codes.at(kForSignUp).attribute + "_verified", "true");
    if (!request.Flag("ForceAliasCreation", false)) {
      if (auto error = CheckAliases(parts, *pool, user)) co_return *std::move(error);
    }
    Confirm(user, request.context.now);
    parts.store.Save(*pool, user, &*before);
  }
  TriggerScene scene{pool, client->id, user.username, request.context};
  const auto told = co_await RunPostConfirmation(
      parts, std::move(scene), "PostConfirmation_ConfirmSignUp", user, MetadataOf(request));
  if (!told) co_return told.error();
  co_return json::object();
}

Task<json> ResendConfirmationCode(Parts& parts, const Request& request) {
  const auto app = RequireClient(parts, request);
  if (!app) co_return app.error();
  const auto& [pool, client] = *app;
  if (auto error = CheckSecretHash(*client, request)) co_return *std::move(error);
  std::optional<Outgoing> outgoing;
  {
    const auto lock = parts.store.Lock(pool->id);
    const auto before = parts.store.FindUser(*pool, request.Text("Username"));
    if (!before) {
      if (!client->HidesMissingUsers()) co_return NoSuchCombination();
      const std::string name = request.Text("Username");
      if (auto error = CountRequest(parts, *pool, name, kForSignUp, request.context.now)) {
        co_return *std::move(error);
      }
      co_return PretendedDelivery(name);
    }
    if (before->status != kUnconfirmed) co_return InvalidParameter("User is already confirmed.");
    User user = *before;
    const auto attribute = AttributeToVerify(*pool, user);
    if (!attribute) co_return InvalidParameter("Auto verification not turned on.");
    if (auto error = CountRequest(parts, *pool, user.username, kForSignUp, request.context.now)) {
      co_return *std::move(error);
    }
    const std::string code = MakeCode(parts, user, kForSignUp, *attribute, request.context.now);
    parts.store.Save(*pool, user, &*before);
    TriggerScene scene{pool, client->id, user.username, request.context};
    outgoing.emplace(
        Outgoing{scene, user, *attribute, code, "CustomMessage_ResendCode", MetadataOf(request)});
  }
  auto details = co_await Send(parts, *std::move(outgoing));
  if (!details) co_return details.error();
  json output = json::object();
  output["CodeDeliveryDetails"] = *std::move(details);
  co_return output;
}

// Confirms the account alone: the addresses stay unverified.
Task<json> AdminConfirmSignUp(Parts& parts, const Request& request) {
  const auto pool = RequirePool(parts, request);
  if (!pool) co_return pool.error();
  User user;
  {
    const auto lock = parts.store.Lock((*pool)->id);
    const auto before = RequireUser(parts, **pool, request);
    if (!before) co_return before.error();
    if (before->status != kUnconfirmed) {
      co_return NotAuthorized("User cannot be confirmed. Current status is " + before->status);
    }
    user = *before;
    Confirm(user, request.context.now);
    parts.store.Save(**pool, user, &*before);
  }
  TriggerScene scene{*pool, "", user.username, request.context};
  const auto told = co_await RunPostConfirmation(
      parts, std::move(scene), "PostConfirmation_ConfirmSignUp", user, MetadataOf(request));
  if (!told) co_return told.error();
  co_return json::object();
}

}  // namespace fractus::cognito
