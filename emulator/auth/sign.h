// Signs requests with Signature Version 4, as clients of AWS do.
#pragma once

#include <string>
#include <string_view>

#include "emulator/core/clock.h"
#include "emulator/core/http_message.h"

namespace fractus::auth {

struct Signer {
  std::string access_key;
  std::string secret;
  std::string region;
  // The signing name: "dynamodb", "monitoring".
  std::string service;
};

// Adds X-Amz-Date and Authorization; the host and the date are signed, with the body.
void SignRequest(HttpRequest& request, const Signer& signer, Time now);

}  // namespace fractus::auth
