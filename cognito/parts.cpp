#include "cognito/parts.h"

#include "cognito/errors.h"
#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito {
namespace {

constexpr long long kLargestPage = 60;

}  // namespace

Result<PoolRef> RequirePool(Parts& parts, const Request& request) {
  const std::string id = request.Text("UserPoolId");
  PoolRef pool = parts.store.FindPool(id);
  // Account and region are only known of a signed request.
  const bool foreign =
      pool && !request.context.access_key.empty() &&
      (pool->account != request.context.account || pool->region != request.context.region);
  if (!pool || foreign) return PoolNotFound(id);
  return pool;
}

Result<App> RequirePoolClient(Parts& parts, const Request& request) {
  auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const std::string id = request.Text("ClientId");
  ClientRef client = parts.store.FindClient(id);
  if (!client || client->pool_id != (*pool)->id) return ClientNotFound(id);
  return App{*std::move(pool), std::move(client)};
}

Result<App> RequireClient(Parts& parts, const Request& request) {
  const std::string id = request.Text("ClientId");
  ClientRef client = parts.store.FindClient(id);
  if (!client) return ClientNotFound(id);
  PoolRef pool = parts.store.FindPool(client->pool_id);
  if (!pool) return ClientNotFound(id);
  return App{std::move(pool), std::move(client)};
}

std::optional<ApiError> CheckSecretHash(const Client& client, std::string_view username,
                                        const std::string* given) {
  const json secrets = client.secrets();
  if (secrets.empty()) {
    if (!given) return std::nullopt;
    return NotAuthorized("Client " + client.id +
                         " is not configured for secret but secret hash was received");
  }
  if (!given) {
    return NotAuthorized("Client " + client.id +
                         " is configured with secret but SECRET_HASH was not received");
  }
  for (const json& secret : secrets) {
    const std::string expected = Base64Encode(auth::HmacSha256(
        secret.at("ClientSecretValue").get<std::string>(), std::string(username) + client.id));
    if (auth::EqualsInConstantTime(expected, *given)) return std::nullopt;
  }
  return NotAuthorized("Unable to verify secret hash for client " + client.id);
}

std::optional<ApiError> CheckSecretHash(const Client& client, const Request& request) {
  const std::string hash = request.Text("SecretHash");
  return CheckSecretHash(client, request.Text("Username"),
                         request.Has("SecretHash") ? &hash : nullptr);
}

Result<User> RequireUser(Parts& parts, const Pool& pool, const Request& request) {
  auto user = parts.store.FindUser(pool, request.Text("Username"));
  if (!user) return UserNotFound();
  return *std::move(user);
}

size_t PageSize(const Request& request, std::string_view member) {
  const long long wanted = request.Integer(member, 0);
  return static_cast<size_t>(wanted > 0 && wanted < kLargestPage ? wanted : kLargestPage);
}

ApiError BadPageToken() { return InvalidParameter("Invalid pagination token."); }

}  // namespace fractus::cognito
