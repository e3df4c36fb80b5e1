// Decides whether a JWT was issued by a user pool and is still good.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cognito/signing_keys.h"
#include "emulator/core/clock.h"
#include "emulator/core/json.h"

namespace fractus::cognito {

enum class TokenFault {
  kMalformed,
  kUnknownKey,
  kBadSignature,
  kExpired,
  kWrongIssuer,
  kWrongUse,
  kWrongAudience,
};

struct TokenRefusal {
  TokenFault fault;
  // One sentence for the request log.
  std::string reason;
};

struct TokenExpectations {
  // "id" or "access"; nothing accepts both.
  std::optional<std::string> token_use;
  // App client ids: one of them must be the aud of an id token or the client_id of an access token.
  // Empty accepts all.
  std::vector<std::string> clients;
};

// Holds public keys and the issuer only: no storage, no clock. Immutable, thread-safe.
class TokenVerifier {
 public:
  TokenVerifier(std::string issuer, const PoolKeys& keys);
  // From the document under /.well-known/jwks.json; keys it cannot use are left out.
  TokenVerifier(std::string issuer, const json& jwks);

  // The claims, or why not. Checked in this order: form, key, signature, issuer, expiry, use,
  // client.
  std::variant<json, TokenRefusal> Verify(std::string_view token, Time now,
                                          const TokenExpectations& expectations) const;

 private:
  std::string issuer_;
  std::map<std::string, SigningKey, std::less<>> keys_;
};

}  // namespace fractus::cognito
