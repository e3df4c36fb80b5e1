// Access key ids that carry their account, so that the account of a request is known without a
// look-up.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/id_source.h"

namespace fractus::auth {

// The account an access key id names:
//   12 digits         that account
//   LSIA…, LKIA…      the account in AWS's own encoding
//   ASIA…, AKIA…      the same, when MintAccessKey made it (it carries a check)
// Nothing for any other key, also for real ones of AWS: the caller's default account applies.
std::optional<std::string> AccountOfAccessKey(std::string_view access_key);

// A new key id of 20 characters: `prefix` is "AKIA" (long-lived) or "ASIA" (temporary).
std::string MintAccessKey(std::string_view prefix, std::string_view account, IdSource& ids);
// 40 characters of base64's alphabet.
std::string MintSecretKey(IdSource& ids);

}  // namespace fractus::auth
