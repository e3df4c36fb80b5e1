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

// Claims that no trigger may set or take away.
// Source:
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
constexpr std::string_view kReserved[] = {"acr",       "amr",      "at_hash",   "aud",
                                          "auth_time", "azp",      "client_id", "cognito:username",
                                          "exp",       "iat",      "iss",       "identities",
                                          "jti",       "nbf",      "nonce",     "origin_jti",
                                          "sub",       "scope",    "token_use", "username",
                                          "version",   "event_id", "device_key"};

bool IsReserved(std::string_view name) {
  return std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved);
}

void Apply(const ClaimChanges& changes, Claims& claims) {
  for (const auto& [name, value] : changes.added.items()) {
    if (!IsReserved(name)) claims[name] = Claims::parse(value.dump());
  }
  for (const auto& name : changes.suppressed) {
    if (!IsReserved(name)) claims.erase(name);
  }
}

bool Contains(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

Claims ClaimValue(const Attribute& attribute) {
  if (attribute.name == "email_verified" || attribute.name == "phone_number_verified") {
    return EqualsIgnoreCase(attribute.value, "true");
  }
  if (attribute.name == "address") return {{"formatted", attribute.value}};
  return attribute.value;
}

}  // namespace

bool ScopesShow(const std::vector<std::string>& scopes, std::string_view attribute) {
  const bool email = Contains(scopes, "email"), phone = Contains(scopes, "phone"),
             profile = Contains(scopes, "profile");
  if (!email && !phone && !profile) return true;
  if (attribute.starts_with("email")) return email;
  if (attribute.starts_with("phone_number")) return phone;
  return profile;
}

std::string MakeIdToken(const TokenSubject& subject, const std::string& access_token,
                        const PoolKeys& keys, Time now) {
  const auto& [pool, client, user, session, groups, changes, access_changes, access_jti, jti] =
      subject;
  const auto readable = client.readable();
  const auto shows = [&](const std::string& name) {
    return IsReadable(readable, name) && ScopesShow(session.scopes, name);
  };
  Claims claims;
  if (session.style == TokenStyle::kHostedUi) {
    claims["at_hash"] = Base64UrlEncode(auth::Sha256(access_token).substr(0, 16));
  }
  claims["sub"] = user.sub;
  if (!groups.names.empty()) claims["cognito:groups"] = groups.names;
  for (const auto& attribute : user.attributes) {
    if (attribute.name.ends_with("_verified") && shows(attribute.name)) {
      claims[attribute.name] = ClaimValue(attribute);
    }
  }
  if (!groups.roles.empty()) claims["cognito:roles"] = groups.roles;
  if (!groups.preferred_role.empty()) claims["cognito:preferred_role"] = groups.preferred_role;
  claims["iss"] = pool.Issuer();
  claims["cognito:username"] = user.username;
  if (!session.nonce.empty()) claims["nonce"] = session.nonce;
  if (client.revocable()) claims["origin_jti"] = session.origin_jti;
  claims["aud"] = client.id;
  claims["event_id"] = session.event_id;
  claims["token_use"] = "id";
  claims["auth_time"] = Seconds(session.auth_time);
  claims["exp"] = Seconds(now + client.id_validity());
  claims["iat"] = Seconds(now);
  if (client.revocable()) claims["jti"] = jti;
  for (const auto& attribute : user.attributes) {
    if (!attribute.name.ends_with("_verified") && shows(attribute.name)) {
      claims[attribute.name] = ClaimValue(attribute);
    }
  }
  Apply(changes, claims);
  return Encode(claims, keys.for_id_tokens());
}

std::string MakeAccessToken(const TokenSubject& subject, const PoolKeys& keys, Time now) {
  const auto& [pool, client, user, session, groups, id_changes, changes, jti, id_jti] = subject;
  Claims claims;
  claims["sub"] = user.sub;
  if (!session.device_key.empty()) claims["device_key"] = session.device_key;
  if (!groups.names.empty()) claims["cognito:groups"] = groups.names;
  claims["iss"] = pool.Issuer();
  if (session.style == TokenStyle::kHostedUi) claims["version"] = 2;
  claims["client_id"] = client.id;
  if (client.revocable()) claims["origin_jti"] = session.origin_jti;
  claims["event_id"] = session.event_id;
  claims["token_use"] = "access";
  claims["scope"] = Join(session.scopes, " ");
  claims["auth_time"] = Seconds(session.auth_time);
  claims["exp"] = Seconds(now + client.access_validity());
  claims["iat"] = Seconds(now);
  claims["jti"] = jti;
  claims["username"] = user.username;
  Apply(changes, claims);
  return Encode(claims, keys.for_access_tokens());
}

std::string MakeClientToken(const Pool& pool, const Client& client,
                            const std::vector<std::string>& scopes, const ClaimChanges& changes,
                            const PoolKeys& keys, IdSource& ids, Time now) {
  Claims claims;
  claims["sub"] = client.id;
  claims["token_use"] = "access";
  claims["scope"] = Join(scopes, " ");
  claims["auth_time"] = Seconds(now);
  claims["iss"] = pool.Issuer();
  claims["exp"] = Seconds(now + client.access_validity());
  claims["iat"] = Seconds(now);
  claims["version"] = 2;
  claims["jti"] = ids.Uuid();
  claims["client_id"] = client.id;
  Apply(changes, claims);
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
