// Passwords: the pool's policy, how they are hashed and compared.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cognito/records.h"
#include "emulator/core/api_error.h"
#include "emulator/core/id_source.h"

namespace fractus::cognito {

// InvalidPasswordException with AWS's wording, or nothing when the pool accepts the password.
std::optional<ApiError> CheckPolicy(const Pool& pool, std::string_view password);

// The user's next password, refused where the policy's PasswordHistorySize knows it from before.
Result<Password> ReplacePassword(const Pool& pool, const User& user, std::string_view password,
                                 IdSource& ids);
// A hash and an SRP verifier of a new password. Takes as long as HashPassword and a millisecond.
Password MakePassword(const Pool& pool, std::string_view username, std::string_view password,
                      IdSource& ids);

// "scrypt$4096$8$1$<salt>$<key>": scrypt with N = 4096, r = 8, p = 1 (4 MB), a salt of 16 bytes and
// a key of 32; about 10 ms on a laptop. The parameters travel with the hash, so that they may be
// raised later.
std::string HashPassword(std::string_view password, IdSource& ids);
// Compares in constant time. An empty hash matches nothing, but takes as long as a real one.
bool MatchesPassword(std::string_view password, std::string_view hash);

// A password that satisfies every policy of that length.
std::string MakeTemporaryPassword(const Pool& pool, IdSource& ids);

}  // namespace fractus::cognito
