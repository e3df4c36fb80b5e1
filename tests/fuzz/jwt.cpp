// Any text as a token: nothing that was not signed here is accepted.
#include <cstdlib>
#include <string_view>

#include "cognito/token_verifier.h"

using namespace fractus::cognito;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // A key without its private half, with the kid that the seeds name.
  static const TokenVerifier verifier = [] {
    fractus::json key = SigningKey::FromSeed("fuzz").Jwk();
    key["kid"] = "k";
    return TokenVerifier("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_fuzz",
                         fractus::json{{"keys", {key}}});
  }();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto verdict = verifier.Verify(text, fractus::FromEpochSeconds(1), {});
  if (std::holds_alternative<fractus::json>(verdict)) std::abort();
  return 0;
}
