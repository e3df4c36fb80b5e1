#include "cognito/pool_description.h"

#include <algorithm>

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

// PreTokenGeneration is the older name of a PreTokenGenerationConfig: both are shown, and must
// agree.
Result<json> DescribeTriggers(json triggers) {
  const std::string older = triggers.value("PreTokenGeneration", std::string());
  const json config = triggers.value("PreTokenGenerationConfig", json::object());
  const std::string newer = config.value("LambdaArn", std::string());
  if (!older.empty() && !newer.empty() && older != newer) {
    return InvalidParameter(
        "PreTokenGeneration and PreTokenGenerationConfig must name the same function.");
  }
  if (newer.empty() && !older.empty()) {
    triggers["PreTokenGenerationConfig"] = {{"LambdaVersion", "V1_0"}, {"LambdaArn", older}};
  } else if (!newer.empty()) {
    triggers["PreTokenGeneration"] = newer;
  }
  return triggers;
}

// An attribute can wait for its proof only where a code is sent to prove it.
bool WaitsOnlyForCodes(const json& description) {
  const json verified = description.value("AutoVerifiedAttributes", json::array());
  const json waiting = description.value("UserAttributeUpdateSettings", json::object())
                           .value("AttributesRequireVerificationBeforeUpdate", json::array());
  return std::all_of(waiting.begin(), waiting.end(), [&](const json& name) {
    return std::find(verified.begin(), verified.end(), name) != verified.end();
  });
}

}  // namespace

Result<json> DescribeSettings(const json& input) {
  json description = json::object();
  for (const char* member : kCopied) {
    if (input.contains(member) && !input.at(member).is_null())
      description[member] = input.at(member);
  }
  if (!WaitsOnlyForCodes(description)) {
    return InvalidParameter(
        "All attributes in AttributesRequireVerificationBeforeUpdate must exist in "
        "AutoVerifiedAttributes");
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
  const json given_policies = input.value("Policies", json::object());
  if (given_policies.contains("SignInPolicy")) {
    description["Policies"]["SignInPolicy"] = given_policies.at("SignInPolicy");
  }
  description["AdminCreateUserConfig"] = std::move(admin_config);
  description["DeletionProtection"] = input.value("DeletionProtection", std::string("INACTIVE"));
  auto triggers = DescribeTriggers(input.value("LambdaConfig", json::object()));
  if (!triggers) return triggers.error();
  description["LambdaConfig"] = *std::move(triggers);
  description["UserPoolTier"] = input.value("UserPoolTier", std::string("ESSENTIALS"));
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
