#include "cognito/pool_description.h"

#include "cognito/errors.h"

namespace fractus::cognito {
namespace {

constexpr const char* kCopied[] = {"AutoVerifiedAttributes",   "SmsVerificationMessage",
                                   "EmailVerificationMessage", "EmailVerificationSubject",
                                   "SmsAuthenticationMessage", "DeviceConfiguration",
                                   "SmsConfiguration",         "UserPoolTags",
                                   "UserPoolAddOns",           "UserAttributeUpdateSettings",
                                   "AccountRecoverySetting"};

json PasswordPolicy(const json& input) {
  const json given = input.value("Policies", json::object());
  if (!given.contains("PasswordPolicy")) {
    return {{"MinimumLength", 8},       {"RequireUppercase", true},
            {"RequireLowercase", true}, {"RequireNumbers", true},
            {"RequireSymbols", true},   {"TemporaryPasswordValidityDays", 7}};
  }
  // Once a policy is given, what it does not name is off.
  json policy = {{"MinimumLength", 8},        {"RequireUppercase", false},
                 {"RequireLowercase", false}, {"RequireNumbers", false},
                 {"RequireSymbols", false},   {"TemporaryPasswordValidityDays", 7}};
  policy.update(given.at("PasswordPolicy"));
  return policy;
}

// The older members and the template say the same thing twice.
void MirrorMessages(json& description) {
  json& message_template = description["VerificationMessageTemplate"];
  const std::pair<const char*, const char*> pairs[] = {
      {"SmsVerificationMessage", "SmsMessage"},
      {"EmailVerificationMessage", "EmailMessage"},
      {"EmailVerificationSubject", "EmailSubject"}};
  for (const auto& [member, in_template] : pairs) {
    if (message_template.contains(in_template)) {
      description[member] = message_template[in_template];
    } else if (description.contains(member)) {
      message_template[in_template] = description[member];
    }
  }
}

}  // namespace

Result<json> DescribeSettings(const json& input) {
  json description = json::object();
  for (const char* member : kCopied) {
    if (input.contains(member) && !input.at(member).is_null())
      description[member] = input.at(member);
  }
  json policy = PasswordPolicy(input);
  const json admin = input.value("AdminCreateUserConfig", json::object());
  const json given_policy =
      input.value("Policies", json::object()).value("PasswordPolicy", json::object());
  if (admin.contains("UnusedAccountValidityDays") &&
      !given_policy.contains("TemporaryPasswordValidityDays")) {
    policy["TemporaryPasswordValidityDays"] = admin.at("UnusedAccountValidityDays");
  } else if (admin.contains("UnusedAccountValidityDays") &&
             admin.at("UnusedAccountValidityDays") != policy.at("TemporaryPasswordValidityDays")) {
    return InvalidParameter(
        "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of "
        "UnusedAccountValidityDays");
  }
  json admin_config = {{"AllowAdminCreateUserOnly", false},
                       {"UnusedAccountValidityDays", policy.at("TemporaryPasswordValidityDays")}};
  admin_config.update(admin);
  description["Policies"] = {{"PasswordPolicy", std::move(policy)}};
  description["AdminCreateUserConfig"] = std::move(admin_config);
  description["DeletionProtection"] = input.value("DeletionProtection", std::string("INACTIVE"));
  description["LambdaConfig"] = input.value("LambdaConfig", json::object());
  description["MfaConfiguration"] = input.value("MfaConfiguration", std::string("OFF"));
  description["VerificationMessageTemplate"] = json{{"DefaultEmailOption", "CONFIRM_WITH_CODE"}};
  description["VerificationMessageTemplate"].update(
      input.value("VerificationMessageTemplate", json::object()));
  description["EmailConfiguration"] = json{{"EmailSendingAccount", "COGNITO_DEFAULT"}};
  description["EmailConfiguration"].update(input.value("EmailConfiguration", json::object()));
  if (!description.contains("UserAttributeUpdateSettings")) {
    description["UserAttributeUpdateSettings"] = {
        {"AttributesRequireVerificationBeforeUpdate", json::array()}};
  }
  if (!description.contains("AccountRecoverySetting")) {
    description["AccountRecoverySetting"] = {
        {"RecoveryMechanisms",
         {{{"Priority", 1}, {"Name", "verified_email"}},
          {{"Priority", 2}, {"Name", "verified_phone_number"}}}}};
  }
  if (!description.contains("UserPoolTags")) description["UserPoolTags"] = json::object();
  MirrorMessages(description);
  return description;
}

}  // namespace fractus::cognito
