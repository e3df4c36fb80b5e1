// One-time passwords of authenticator apps: RFC 6238 with SHA-1, six digits, 30 seconds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/clock.h"

namespace fractus::cognito {

// RFC 4648, without padding.
std::string Base32Encode(std::string_view bytes);
std::optional<std::string> Base32Decode(std::string_view text);

// The number of the 30 seconds that hold this time.
long long TotpStep(Time time);
// "287082" for these raw secret bytes.
std::string TotpCode(std::string_view secret, long long step);
// The step that the code belongs to, of the present one and one on either side; nothing for a wrong
// code.
// Observed: AWS does not say how many steps it accepts; RFC 6238 recommends one.
std::optional<long long> MatchTotp(std::string_view secret, std::string_view code, Time now);

}  // namespace fractus::cognito
