// Counts what somebody got wrong and asked for, and makes them wait: nobody may try passwords and
// codes one after the other, nor fill somebody's inbox.
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

// Counts a request of that kind and refuses the sixth in an hour, as a code is. A name that does
// not exist is counted as well. With the pool's lock held.
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/limits.html (ChangePassword:
// five times an hour and user)
// Observed: for codes AWS names "between 5 and 20" requests in an hour; here they are five.
std::optional<ApiError> CountRequest(Parts& parts, const Pool& pool, std::string_view username,
                                     std::string_view kind, Time now);

}  // namespace fractus::cognito
