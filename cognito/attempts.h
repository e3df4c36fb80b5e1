// Counts what somebody got wrong, and makes them wait: nobody may try passwords and codes one after
// the other.
#pragma once

#include <optional>
#include <string_view>

#include "cognito/parts.h"

namespace fractus::cognito {

// Five wrong passwords cost nothing, the n-th after them 2^(n-5) seconds, up to 15 minutes; after
// 15 quiet minutes all is forgotten. A name that does not exist is counted as well. Source:
// https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html (lockout)
//
// "Password attempts exceeded", or nothing.
std::optional<ApiError> CheckPasswordAttempts(Parts& parts, const Pool& pool,
                                              std::string_view username, Time now);
void CountWrongPassword(Parts& parts, const Pool& pool, std::string_view username, Time now);
void ForgetWrongPasswords(Parts& parts, const Pool& pool, std::string_view username);

// Codes: five wrong ones in an hour. "Attempt limit exceeded, please try after some time."
std::optional<ApiError> CheckCodeAttempts(Parts& parts, const Pool& pool, std::string_view username,
                                          Time now);
// With the pool's lock held.
void CountWrongCode(Parts& parts, const Pool& pool, std::string_view username, Time now);
void ForgetWrongCodes(Parts& parts, const Pool& pool, std::string_view username);

}  // namespace fractus::cognito
