// Verification codes: made, delivered, and checked.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cognito/triggers.h"

namespace fractus::cognito {

inline constexpr char kForSignUp[] = "sign_up";
inline constexpr char kForReset[] = "reset";
// Not a code but the secret that VerifySoftwareToken is to prove.
inline constexpr char kForTotp[] = "software_token";

// The attribute that sign-up verifies: the phone number before the e-mail address, of those the
// pool verifies by itself and the user has. Nothing when there is none.
std::optional<std::string> AttributeToVerify(const Pool& pool, const User& user);
// Where a forgotten password's code goes, by the pool's AccountRecoverySetting: verified addresses
// only.
std::optional<std::string> AttributeToRecoverBy(const Pool& pool, const User& user);

// Puts a new code of six digits into the user, who still has to be saved, and returns it. Codes are
// good for 24 hours, those that reset a password for one.
std::string MakeCode(Parts& parts, User& user, const std::string& purpose,
                     const std::string& attribute, Time now);

// A code or temporary password on its way to a user.
struct Outgoing {
  TriggerScene scene;
  User user;
  // "email" or "phone_number"; must be there.
  std::string attribute;
  std::string code;
  // The trigger source that AWS names this message by: "CustomMessage_SignUp".
  std::string source;
  json client_metadata;
};
// Delivers it, in the words of the CustomMessage trigger or else of the pool. The answer is
// CodeDeliveryDetails. Fails as the trigger does, and by name where the pool has a custom sender.
Task<json> Send(Parts& parts, Outgoing outgoing);

// Nothing when `given` is the code that waits for that purpose; else CodeMismatchException or
// ExpiredCodeException.
std::optional<ApiError> CheckCode(const User& user, const std::string& purpose,
                                  std::string_view given, Time now);
// The same, and counts wrong ones: LimitExceededException after five in an hour. Call it with the
// pool's lock held.
std::optional<ApiError> TryCode(Parts& parts, const Pool& pool, const User& user,
                                const std::string& purpose, std::string_view given, Time now);
// CodeDeliveryDetails, with the address masked as AWS masks it: "j***@e***", "+*******1234".
json DeliveryDetails(const std::string& attribute, std::string_view address);
// What a name that does not exist is answered where it may not be told apart: CodeDeliveryDetails
// derived from the name.
json PretendedDelivery(const std::string& username);
// The attributes to which an invitation goes by these DesiredDeliveryMediums.
std::vector<std::string> InvitationAttributes(const User& user, const json& mediums);

}  // namespace fractus::cognito
