// Verification codes: made, delivered, and checked.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cognito/parts.h"

namespace fractus::cognito {

inline constexpr char kForSignUp[] = "sign_up";
inline constexpr char kForReset[] = "reset";

// The attribute that sign-up verifies: the phone number before the e-mail address, of those the
// pool verifies by itself and the user has. Nothing when there is none.
std::optional<std::string> AttributeToVerify(const Pool& pool, const User& user);
// Where a forgotten password's code goes, by the pool's AccountRecoverySetting: verified addresses
// only.
std::optional<std::string> AttributeToRecoverBy(const Pool& pool, const User& user);

// Puts a new code of six digits into the user (who still has to be saved) and returns the message
// that brings it. Codes are good for 24 hours, those that reset a password for one.
Message MakeCode(Parts& parts, const Pool& pool, User& user, const std::string& purpose,
                 const std::string& attribute, Time now);
// Nothing when `given` is the code that waits for that purpose; else CodeMismatchException or
// ExpiredCodeException.
std::optional<ApiError> CheckCode(const User& user, const std::string& purpose,
                                  std::string_view given, Time now);
// CodeDeliveryDetails, with the address masked as AWS masks it: "j***@e***", "+*******1234".
json DeliveryDetails(const std::string& attribute, std::string_view address);
// What a name that does not exist is answered where it may not be told apart: CodeDeliveryDetails
// derived from the name.
json PretendedDelivery(const std::string& username);
// An invitation with a temporary password; nothing when the user has no address.
std::optional<Message> MakeInvitation(const Pool& pool, const User& user,
                                      const std::string& password, const json& mediums, Time now);

}  // namespace fractus::cognito
