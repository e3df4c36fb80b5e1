#include "cognito/codes.h"

#include <algorithm>

#include "cognito/attempts.h"
#include "cognito/errors.h"
#include "cognito/schema.h"
#include "emulator/auth/digest.h"

namespace fractus::cognito {
namespace {

std::string FirstAndStars(std::string_view text) { return std::string(text.substr(0, 1)) + "***"; }

}  // namespace

std::optional<std::string> AttributeToVerify(const Pool& pool, const User& user) {
  for (const char* attribute : {"phone_number", "email"}) {
    if (pool.AutoVerifies(attribute) && user.Find(attribute)) return attribute;
  }
  return std::nullopt;
}

std::optional<std::string> AttributeToRecoverBy(const Pool& pool, const User& user) {
  json mechanisms =
      pool.description.at("AccountRecoverySetting").value("RecoveryMechanisms", json::array());
  std::sort(mechanisms.begin(), mechanisms.end(),
            [](const json& a, const json& b) { return a.at("Priority") < b.at("Priority"); });
  for (const json& mechanism : mechanisms) {
    const std::string name = mechanism.at("Name").get<std::string>();
    for (const char* attribute : {"email", "phone_number"}) {
      const std::string verified = std::string(attribute) + "_verified";
      if (name == "verified_" + std::string(attribute) && user.Find(attribute) &&
          user.IsTrue(verified)) {
        return attribute;
      }
    }
  }
  return std::nullopt;
}

std::string MakeCode(Parts& parts, User& user, const std::string& purpose,
                     const std::string& attribute, Time now) {
  using namespace std::chrono_literals;
  const std::string code = parts.ids.Digits(6);
  user.codes[purpose] =
      Code{code, now + (purpose == kForReset ? Duration(1h) : Duration(24h)), attribute};
  return code;
}

std::optional<ApiError> CheckCode(const User& user, const std::string& purpose,
                                  std::string_view given, Time now) {
  const auto found = user.codes.find(purpose);
  if (found == user.codes.end() || now >= found->second.expires) return CodeExpired();
  if (!auth::EqualsInConstantTime(found->second.value, given)) return CodeMismatch();
  return std::nullopt;
}

std::optional<ApiError> TryCode(Parts& parts, const Pool& pool, const User& user,
                                const std::string& purpose, std::string_view given, Time now) {
  if (auto error = CheckCodeAttempts(parts, pool, user.username, now)) return error;
  auto error = CheckCode(user, purpose, given, now);
  if (!error) {
    ForgetWrongCodes(parts, pool, user.username);
  } else if (error->code == "CodeMismatchException") {
    CountWrongCode(parts, pool, user.username, now);
  }
  return error;
}

json DeliveryDetails(const std::string& attribute, std::string_view address) {
  if (attribute == "phone_number") {
    const std::string_view tail = address.substr(address.size() > 4 ? address.size() - 4 : 0);
    return {{"Destination", "+*******" + std::string(tail)},
            {"DeliveryMedium", "SMS"},
            {"AttributeName", attribute}};
  }
  const size_t at = address.find('@');
  const std::string_view domain = at == std::string_view::npos ? "" : address.substr(at + 1);
  return {{"Destination", FirstAndStars(address) + "@" + FirstAndStars(domain)},
          {"DeliveryMedium", "EMAIL"},
          {"AttributeName", attribute}};
}

json PretendedDelivery(const std::string& username) {
  const bool address = IsEmailAddress(username) || IsPhoneNumber(username);
  const std::string shown = address ? username : username + "@" + username;
  return {{"CodeDeliveryDetails",
           DeliveryDetails(IsPhoneNumber(username) ? "phone_number" : "email", shown)}};
}

std::vector<std::string> InvitationAttributes(const User& user, const json& mediums) {
  const auto wants = [&](const char* medium) {
    // Source: the API reference names SMS as the default; people without a phone get a mail here.
    return mediums.empty() || std::find(mediums.begin(), mediums.end(), medium) != mediums.end();
  };
  std::vector<std::string> attributes;
  if (user.Find("email") && wants("EMAIL")) attributes.push_back("email");
  if (user.Find("phone_number") && wants("SMS")) attributes.push_back("phone_number");
  if (mediums.empty() && attributes.size() > 1) attributes.resize(1);
  return attributes;
}

}  // namespace fractus::cognito
