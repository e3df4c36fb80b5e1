// Making users: what SignUp and AdminCreateUser have in common.
#pragma once

#include <vector>

#include "cognito/parts.h"

namespace fractus::cognito {

// A new user of that Username (an address, where the pool signs users in by one) with these
// attributes; refused when the name has the wrong form. Not saved.
Result<User> MakeUser(Parts& parts, const Pool& pool, const std::string& username,
                      std::vector<Attribute> attributes, Time now);
// UsernameExistsException when somebody has the name already. `message` is said for plain
// usernames.
std::optional<ApiError> CheckUnused(Parts& parts, const Pool& pool, const User& user,
                                    const char* message);
// AliasExistsException when another user owns one of the aliases this user is about to have.
std::optional<ApiError> CheckAliases(Parts& parts, const Pool& pool, const User& user);
// Writes these attributes; a changed address is no longer verified unless the same list says so.
void ChangeAttributes(User& user, const std::vector<Attribute>& attributes);

}  // namespace fractus::cognito
