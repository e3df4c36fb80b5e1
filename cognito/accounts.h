// Making users: what SignUp and AdminCreateUser have in common.
#pragma once

#include <vector>

#include "cognito/codes.h"

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
// The same for somebody who exists: where the pool proves addresses itself, a changed one gets a
// code, and with AttributesRequireVerificationBeforeUpdate takes the old one's place only then. The
// user is to be saved, then the codes sent.
std::vector<Outgoing> UpdateAttributes(Parts& parts, const TriggerScene& scene, User& user,
                                       const std::vector<Attribute>& attributes,
                                       const json& client_metadata);

// Runs PreSignUp of this source for a user who is not saved yet; verifies the addresses that the
// function vouches for. The answer is whether it confirms the user.
Task<bool> RunPreSignUp(Parts& parts, TriggerScene scene, std::string source, User& user,
                        json validation_data, json client_metadata);
// Tells PostConfirmation; its failure is the operation's, though the user stays confirmed.
Task<bool> RunPostConfirmation(Parts& parts, TriggerScene scene, std::string source, User user,
                               json client_metadata);

}  // namespace fractus::cognito
