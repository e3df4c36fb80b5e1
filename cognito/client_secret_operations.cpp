#include <algorithm>

#include "cognito/client_secrets.h"
#include "cognito/errors.h"
#include "cognito/operations.h"

namespace fractus::cognito {
namespace {

constexpr size_t kMost = 2;

std::string IdOf(const json& secret) { return secret.at("ClientSecretId").get<std::string>(); }

// "<client>--<seconds>", of a second that no other secret of the client has.
std::string MakeId(const Client& client, const json& others, Time now) {
  auto second = static_cast<long long>(EpochSeconds(now));
  const auto taken = [&](const json& other) {
    return IdOf(other) == client.id + "--" + std::to_string(second);
  };
  while (std::any_of(others.begin(), others.end(), taken)) ++second;
  return client.id + "--" + std::to_string(second);
}

void Keep(Parts& parts, Client client, json secrets) {
  client.description["ClientSecret"] = secrets.at(0).at("ClientSecretValue");
  client.kept_secrets = std::move(secrets);
  parts.store.Save(client);
}

}  // namespace

std::string MakeClientSecret(IdSource& ids) {
  return ids.Text(51, "0123456789abcdefghijklmnopqrstuv");
}

// Observed: the errors of these operations have texts of our own.
Result<json> AddUserPoolClientSecret(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto app = RequirePoolClient(parts, request);
  if (!app) return app.error();
  json secrets = app->client->secrets();
  if (secrets.empty()) return InvalidParameter("The app client was made without a secret.");
  if (secrets.size() >= kMost) {
    return ApiError{"LimitExceededException", "An app client has at most two secrets."};
  }
  json added = json::object();
  added["ClientSecretId"] = MakeId(*app->client, secrets, request.context.now);
  added["ClientSecretCreateDate"] = EpochSeconds(request.context.now);
  added["ClientSecretValue"] =
      request.Has("ClientSecret") ? request.Text("ClientSecret") : MakeClientSecret(parts.ids);
  secrets.push_back(added);
  Keep(parts, *app->client, std::move(secrets));
  // Who has chosen it knows it.
  if (request.Has("ClientSecret")) added.erase("ClientSecretValue");
  return json{{"ClientSecretDescriptor", std::move(added)}};
}

Result<json> ListUserPoolClientSecrets(Parts& parts, const Request& request) {
  const auto app = RequirePoolClient(parts, request);
  if (!app) return app.error();
  json secrets = app->client->secrets();
  for (json& secret : secrets) secret.erase("ClientSecretValue");
  return json{{"ClientSecrets", std::move(secrets)}};
}

Result<json> DeleteUserPoolClientSecret(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto app = RequirePoolClient(parts, request);
  if (!app) return app.error();
  const json secrets = app->client->secrets();
  json left = json::array();
  for (const json& secret : secrets) {
    if (IdOf(secret) != request.Text("ClientSecretId")) left.push_back(secret);
  }
  if (left.size() == secrets.size()) {
    return ResourceNotFound("Client secret " + request.Text("ClientSecretId") + " does not exist.");
  }
  if (left.empty()) return InvalidParameter("The last secret of an app client stays.");
  Keep(parts, *app->client, std::move(left));
  return json::object();
}

}  // namespace fractus::cognito
