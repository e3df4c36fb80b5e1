#include "cognito/tokens.h"

#include <algorithm>

#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"
#include "emulator/core/http_message.h"

namespace fractus::cognito {
namespace {

// AWS writes claims in an order of its own; keep it, for people who compare tokens by eye.
using Claims = nlohmann::ordered_json;

long long Seconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string Encode(const Claims& claims, const SigningKey& key) {
  Claims header;
  header["kid"] = key.kid();
  header["alg"] = "RS256";
  const std::string input = Base64UrlEncode(header.dump()) + "." + Base64UrlEncode(claims.dump());
  return input + "." + Base64UrlEncode(key.Sign(input));
}

// Random bytes that cost only 32 of the source.
std::string Expand(std::string_view seed, std::string_view label, size_t count) {
  std::string bytes;
  for (int block = 0; bytes.size() < count; ++block) {
    bytes += auth::HmacSha256(seed, std::string(label) + std::to_string(block));
  }
  bytes.resize(count);
  return bytes;
}

bool IsReadable(const std::optional<std::vector<std::string>>& readable, const std::string& name) {
  // Observed: without ReadAttributes a client reads everything, custom attributes too (from memory
  // of pools made by the CDK; the API reference speaks of the standard attributes only).
  return !readable || std::find(readable->begin(), readable->end(), name) != readable->end();
}

Claims GroupNames(const std::vector<GroupClaim>& groups) {
  Claims names = Claims::array();
  for (const auto& group : groups) names.push_back(group.name);
  return names;
}

// cognito:roles, and cognito:preferred_role unless two different roles share the best precedence.
void AddRoles(Claims& claims, const std::vector<GroupClaim>& groups) {
  std::vector<GroupClaim> with_roles;
  std::copy_if(groups.begin(), groups.end(), std::back_inserter(with_roles),
               [](const GroupClaim& group) { return !group.role_arn.empty(); });
  if (with_roles.empty()) return;
  Claims roles = Claims::array();
  bool agreed = true;
  for (const auto& group : with_roles) {
    roles.push_back(group.role_arn);
    if (group.precedence == with_roles.front().precedence &&
        group.role_arn != with_roles.front().role_arn) {
      agreed = false;
    }
  }
  claims["cognito:roles"] = std::move(roles);
  if (agreed) claims["cognito:preferred_role"] = with_roles.front().role_arn;
}

Claims ClaimValue(const Attribute& attribute) {
  if (attribute.name == "email_verified" || attribute.name == "phone_number_verified") {
    return EqualsIgnoreCase(attribute.value, "true");
  }
  if (attribute.name == "address") return {{"formatted", attribute.value}};
  return attribute.value;
}

}  // namespace

std::string MakeIdToken(const TokenSubject& subject, const PoolKeys& keys, IdSource& ids,
                        Time now) {
  const auto& [pool, client, user, session, groups] = subject;
  const auto readable = client.readable();
  Claims claims;
  claims["sub"] = user.sub;
  if (!groups.empty()) claims["cognito:groups"] = GroupNames(groups);
  for (const auto& attribute : user.attributes) {
    if (attribute.name.ends_with("_verified") && IsReadable(readable, attribute.name)) {
      claims[attribute.name] = ClaimValue(attribute);
    }
  }
  if (!groups.empty()) AddRoles(claims, groups);
  claims["iss"] = pool.Issuer();
  claims["cognito:username"] = user.username;
  if (client.revocable()) claims["origin_jti"] = session.origin_jti;
  claims["aud"] = client.id;
  claims["event_id"] = session.event_id;
  claims["token_use"] = "id";
  claims["auth_time"] = Seconds(session.auth_time);
  claims["exp"] = Seconds(now + client.id_validity());
  claims["iat"] = Seconds(now);
  if (client.revocable()) claims["jti"] = ids.Uuid();
  for (const auto& attribute : user.attributes) {
    if (!attribute.name.ends_with("_verified") && IsReadable(readable, attribute.name)) {
      claims[attribute.name] = ClaimValue(attribute);
    }
  }
  return Encode(claims, keys.for_id_tokens());
}

std::string MakeAccessToken(const TokenSubject& subject, const PoolKeys& keys, IdSource& ids,
                            Time now) {
  const auto& [pool, client, user, session, groups] = subject;
  Claims claims;
  claims["sub"] = user.sub;
  if (!groups.empty()) claims["cognito:groups"] = GroupNames(groups);
  claims["iss"] = pool.Issuer();
  claims["client_id"] = client.id;
  if (client.revocable()) claims["origin_jti"] = session.origin_jti;
  claims["event_id"] = session.event_id;
  claims["token_use"] = "access";
  claims["scope"] = "aws.cognito.signin.user.admin";
  claims["auth_time"] = Seconds(session.auth_time);
  claims["exp"] = Seconds(now + client.access_validity());
  claims["iat"] = Seconds(now);
  claims["jti"] = ids.Uuid();
  claims["username"] = user.username;
  return Encode(claims, keys.for_access_tokens());
}

std::string MakeRefreshToken(IdSource& ids) {
  const std::string seed = ids.Bytes(32);
  const auto part = [&](std::string_view label, size_t count) {
    return "." + Base64UrlEncode(Expand(seed, label, count));
  };
  return Base64UrlEncode(R"({"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"})") + part("key", 256) +
         part("iv", 12) + part("text", 768) + part("tag", 16);
}

std::string MakeSessionText(IdSource& ids) {
  return "AYABe" + Base64UrlEncode(Expand(ids.Bytes(32), "session", 600));
}

std::string TokenDigest(std::string_view token) { return Base64UrlEncode(auth::Sha256(token)); }

}  // namespace fractus::cognito
