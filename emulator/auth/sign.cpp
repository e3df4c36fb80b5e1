#include "emulator/auth/sign.h"

#include <fmt/format.h>

#include "emulator/auth/sigv4.h"

namespace fractus::auth {

void SignRequest(HttpRequest& request, const Signer& signer, Time now) {
  std::string timestamp;
  for (const char c : FormatIso8601(now)) {
    if (c != '-' && c != ':') timestamp += c;
  }
  request.headers.Set("X-Amz-Date", timestamp);
  constexpr std::string_view kSignedHeaders = "host;x-amz-date";
  SignatureClaim claim;
  claim.access_key = signer.access_key;
  claim.date = std::string_view(timestamp).substr(0, 8);
  claim.region = signer.region;
  claim.service = signer.service;
  claim.signed_headers = kSignedHeaders;
  claim.timestamp = timestamp;
  const std::string signature = Signature(request, claim, signer.secret);
  request.headers.Set(
      "Authorization",
      fmt::format("AWS4-HMAC-SHA256 Credential={}/{}/{}/{}/aws4_request, SignedHeaders={}, "
                  "Signature={}",
                  signer.access_key, claim.date, signer.region, signer.service, kSignedHeaders,
                  signature));
}

}  // namespace fractus::auth
