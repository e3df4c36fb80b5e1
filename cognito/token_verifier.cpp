#include "cognito/token_verifier.h"

#include <algorithm>

#include "emulator/core/encoding.h"

namespace fractus::cognito {
namespace {

std::optional<json> DecodePart(std::string_view part) {
  const auto text = Base64UrlDecode(part);
  if (!text) return std::nullopt;
  json value = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object()) return std::nullopt;
  return value;
}

std::string TextOf(const json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

TokenRefusal Refuse(TokenFault fault, std::string reason) { return {fault, std::move(reason)}; }

}  // namespace

TokenVerifier::TokenVerifier(std::string issuer, const PoolKeys& keys)
    : issuer_(std::move(issuer)) {
  for (const auto& key : keys.keys) keys_.emplace(key.kid(), key);
}

TokenVerifier::TokenVerifier(std::string issuer, const json& jwks) : issuer_(std::move(issuer)) {
  const auto found = jwks.find("keys");
  if (found == jwks.end()) return;
  for (const json& jwk : *found) {
    if (auto key = SigningKey::FromJwk(jwk)) keys_.emplace(key->kid(), *key);
  }
}

std::variant<json, TokenRefusal> TokenVerifier::Verify(
    std::string_view token, Time now, const TokenExpectations& expectations) const {
  const size_t first = token.find('.');
  const size_t last = token.rfind('.');
  if (first == std::string_view::npos || first == last ||
      token.substr(first + 1, last - first - 1).find('.') != std::string_view::npos) {
    return Refuse(TokenFault::kMalformed, "not a JWT: it has not three parts");
  }
  const auto header = DecodePart(token.substr(0, first));
  const auto claims = DecodePart(token.substr(first + 1, last - first - 1));
  const auto signature = Base64UrlDecode(token.substr(last + 1));
  if (!header || !claims || !signature) {
    return Refuse(TokenFault::kMalformed, "not a JWT: a part cannot be decoded");
  }
  // Only RS256: "none" and HMAC with the public key as secret are the classic forgeries.
  if (TextOf(*header, "alg") != "RS256") {
    return Refuse(TokenFault::kMalformed, "the token's alg is not RS256");
  }
  const auto key = keys_.find(TextOf(*header, "kid"));
  if (key == keys_.end()) {
    return Refuse(TokenFault::kUnknownKey, "the token's kid is no key of " + issuer_);
  }
  if (!key->second.Verify(token.substr(0, last), *signature)) {
    return Refuse(TokenFault::kBadSignature, "the token's signature is wrong");
  }
  if (TextOf(*claims, "iss") != issuer_) {
    return Refuse(TokenFault::kWrongIssuer, "the token's iss is not " + issuer_);
  }
  const auto expiry = claims->find("exp");
  if (expiry == claims->end() || !expiry->is_number()) {
    return Refuse(TokenFault::kMalformed, "the token has no exp");
  }
  if (now >= FromEpochSeconds(expiry->get<double>())) {
    return Refuse(TokenFault::kExpired, "the token has expired");
  }
  const std::string use = TextOf(*claims, "token_use");
  if (expectations.token_use && use != *expectations.token_use) {
    return Refuse(TokenFault::kWrongUse, "the token's token_use is " + use);
  }
  if (!expectations.clients.empty()) {
    const std::string client = TextOf(*claims, use == "access" ? "client_id" : "aud");
    if (std::find(expectations.clients.begin(), expectations.clients.end(), client) ==
        expectations.clients.end()) {
      return Refuse(TokenFault::kWrongAudience, "the token is for the app client " + client);
    }
  }
  return *claims;
}

}  // namespace fractus::cognito
