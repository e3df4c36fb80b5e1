#include "cognito/codes.h"

#include <algorithm>

#include "cognito/errors.h"
#include "cognito/schema.h"
#include "emulator/auth/digest.h"

namespace fractus::cognito {
namespace {

void Replace(std::string& text, std::string_view placeholder, std::string_view value) {
  for (size_t at = text.find(placeholder); at != std::string::npos;
       at = text.find(placeholder, at + value.size())) {
    text.replace(at, placeholder.size(), value);
  }
}

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

Message MakeCode(Parts& parts, const Pool& pool, User& user, const std::string& purpose,
                 const std::string& attribute, Time now) {
  using namespace std::chrono_literals;
  const std::string code = parts.ids.Digits(6);
  user.codes[purpose] =
      Code{code, now + (purpose == kForReset ? Duration(1h) : Duration(24h)), attribute};
  const bool email = attribute == "email";
  Message message{.time = now,
                  .pool_id = pool.id,
                  .username = user.username,
                  .medium = email ? Medium::kEmail : Medium::kSms,
                  .to = *user.Find(attribute),
                  .kind = purpose == kForReset ? "password reset code" : "verification code",
                  .code = code,
                  .subject = email ? "Your verification code" : "",
                  .body = "Your verification code is {####}"};
  const json texts = pool.description.value("VerificationMessageTemplate", json::object());
  message.body = texts.value(email ? "EmailMessage" : "SmsMessage", message.body);
  if (email) message.subject = texts.value("EmailSubject", message.subject);
  Replace(message.body, "{####}", code);
  Replace(message.body, "{username}", user.username);
  return message;
}

std::optional<ApiError> CheckCode(const User& user, const std::string& purpose,
                                  std::string_view given, Time now) {
  const auto found = user.codes.find(purpose);
  if (found == user.codes.end() || now >= found->second.expires) return CodeExpired();
  if (!auth::EqualsInConstantTime(found->second.value, given)) return CodeMismatch();
  return std::nullopt;
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

std::optional<Message> MakeInvitation(const Pool& pool, const User& user,
                                      const std::string& password, const json& mediums, Time now) {
  const auto wants = [&](const char* medium) {
    return mediums.empty() || std::find(mediums.begin(), mediums.end(), medium) != mediums.end();
  };
  const std::string* email = user.Find("email");
  const std::string* phone = user.Find("phone_number");
  const bool by_email = email && wants("EMAIL");
  if (!by_email && !(phone && wants("SMS"))) return std::nullopt;
  const json texts =
      pool.description.at("AdminCreateUserConfig").value("InviteMessageTemplate", json::object());
  Message message{
      .time = now,
      .pool_id = pool.id,
      .username = user.username,
      .medium = by_email ? Medium::kEmail : Medium::kSms,
      .to = by_email ? *email : *phone,
      .kind = "temporary password",
      .code = password,
      .subject =
          by_email ? texts.value("EmailSubject", std::string("Your temporary password")) : "",
      .body = texts.value(
          by_email ? "EmailMessage" : "SMSMessage",
          std::string("Your username is {username} and temporary password is {####}."))};
  Replace(message.body, "{####}", password);
  Replace(message.body, "{username}", pool.SignsInByAttribute() ? message.to : user.username);
  return message;
}

}  // namespace fractus::cognito
