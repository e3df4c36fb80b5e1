#include <functional>

#include "cognito/errors.h"
#include "cognito/issue_tokens.h"
#include "cognito/mfa.h"
#include "cognito/operations.h"

namespace fractus::cognito {
namespace {

constexpr const char* kPoolMembers[] = {"SmsMfaConfiguration", "SoftwareTokenMfaConfiguration",
                                        "EmailMfaConfiguration", "WebAuthnConfiguration"};

json Describe(const Pool& pool) {
  json output = pool.mfa;
  output["MfaConfiguration"] = pool.mfa_mode();
  // Setting a pool's SmsConfiguration offers SMS without more ado.
  if (!output.contains("SmsMfaConfiguration") && pool.OffersMfa("SMS_MFA")) {
    json& sms = output["SmsMfaConfiguration"];
    sms["SmsConfiguration"] = pool.description.at("SmsConfiguration");
    if (pool.description.contains("SmsAuthenticationMessage")) {
      sms["SmsAuthenticationMessage"] = pool.description.at("SmsAuthenticationMessage");
    }
  }
  return output;
}

bool Wants(const json& settings, const char* member) { return settings.value(member, false); }

// Whether a request of SetUserPoolMfaConfig turns on a second factor. Passkeys are none.
// Observed: that a software token which is not enabled counts as none is a guess.
bool NamesFactor(const Request& request) {
  return request.Has("SmsMfaConfiguration") || request.Has("EmailMfaConfiguration") ||
         Wants(request.Object("SoftwareTokenMfaConfiguration"), "Enabled");
}

// One of SMSMfaSettings, SoftwareTokenMfaSettings, EmailMfaSettings.
void Apply(const Request& request, const char* member, const char* factor, bool Mfa::*flag,
           Mfa& mfa) {
  if (!request.Has(member)) return;
  const json& settings = request.Object(member);
  mfa.*flag = Wants(settings, "Enabled");
  if (Wants(settings, "PreferredMfa")) {
    mfa.preferred = factor;
  } else if (mfa.preferred == factor) {
    mfa.preferred.clear();
  }
}

std::optional<ApiError> ChangePreference(const Request& request, User& user) {
  const auto enables = [&](const char* member) { return Wants(request.Object(member), "Enabled"); };
  int preferred = 0;
  for (const char* member : {"SMSMfaSettings", "SoftwareTokenMfaSettings", "EmailMfaSettings"}) {
    const json& settings = request.Object(member);
    if (!Wants(settings, "PreferredMfa")) continue;
    ++preferred;
    if (!Wants(settings, "Enabled")) {
      return InvalidParameter("Cannot set preferred MFA for a factor that is not enabled.");
    }
  }
  if (preferred > 1) return InvalidParameter("Only one MFA option can be preferred.");
  if (enables("SoftwareTokenMfaSettings") && !user.mfa.totp_verified) {
    return InvalidParameter("User has not verified software token mfa");
  }
  if (enables("SMSMfaSettings") && !user.Find("phone_number")) {
    return InvalidParameter("User does not have delivery config set to turn on SMS_MFA");
  }
  if (enables("EmailMfaSettings") && !user.Find("email")) {
    return InvalidParameter("User does not have delivery config set to turn on EMAIL_OTP");
  }
  Apply(request, "SMSMfaSettings", "SMS_MFA", &Mfa::sms, user.mfa);
  Apply(request, "SoftwareTokenMfaSettings", "SOFTWARE_TOKEN_MFA", &Mfa::totp, user.mfa);
  Apply(request, "EmailMfaSettings", "EMAIL_OTP", &Mfa::email, user.mfa);
  return std::nullopt;
}

// The older operation: SMS for the phone number, or nothing.
std::optional<ApiError> ChangeSettings(const Request& request, User& user) {
  user.mfa.sms = false;
  for (const json& option : request.Array("MFAOptions")) {
    if (option.value("DeliveryMedium", std::string()) != "SMS" || !user.Find("phone_number")) {
      return InvalidParameter("Invalid MFA options given");
    }
    user.mfa.sms = true;
  }
  return std::nullopt;
}

using Change = std::optional<ApiError> (*)(const Request& request, User& user);

Result<json> ChangeUser(Parts& parts, const Pool& pool, const User& named, const Request& request,
                        Change change) {
  const auto lock = parts.store.Lock(pool.id);
  const auto before = parts.store.ReadUser(pool, pool.Fold(named.username));
  if (!before || before->sub != named.sub) return UserNotFound();
  User user = *before;
  if (auto error = change(request, user)) return *std::move(error);
  user.modified = request.context.now;
  parts.store.Save(pool, user, &*before);
  return json::object();
}

Result<json> ChangeCaller(Parts& parts, const Request& request, Change change) {
  const auto caller = RequireCaller(parts, request);
  if (!caller) return caller.error();
  return ChangeUser(parts, *caller->pool, caller->user, request, change);
}

Result<json> ChangeNamed(Parts& parts, const Request& request, Change change) {
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const auto user = RequireUser(parts, **pool, request);
  if (!user) return user.error();
  return ChangeUser(parts, **pool, *user, request, change);
}

}  // namespace

void DescribeMfa(const Mfa& mfa, json& output) {
  const auto settings = mfa.Settings();
  if (settings.empty()) return;
  output["UserMFASettingList"] = settings;
  if (!mfa.preferred.empty()) output["PreferredMfaSetting"] = mfa.preferred;
}

Result<json> SetUserPoolMfaConfig(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto found = RequirePool(parts, request);
  if (!found) return found.error();
  if (request.Text("MfaConfiguration") == "OFF" && NamesFactor(request)) {
    return InvalidParameter(
        "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.");
  }
  Pool pool = **found;
  pool.mfa = json::object();
  for (const char* member : kPoolMembers) {
    if (request.Has(member)) pool.mfa[member] = request.input.at(member);
  }
  if (request.Has("MfaConfiguration")) {
    pool.description["MfaConfiguration"] = request.Text("MfaConfiguration");
  }
  const bool keeps_sms = request.Has("SmsMfaConfiguration");
  if (pool.mfa_mode() != "OFF" && !keeps_sms && pool.description.contains("SmsConfiguration")) {
    // Source: https://github.com/aws-amplify/amplify-backend/issues/1481
    return InvalidParameter(
        "Can't turn off SMS_MFA when SMS configuration is set for the user pool");
  }
  const json sms = pool.mfa.value("SmsMfaConfiguration", json::object());
  for (const char* member : {"SmsConfiguration", "SmsAuthenticationMessage"}) {
    if (sms.contains(member)) pool.description[member] = sms.at(member);
  }
  if (pool.mfa_mode() != "OFF" && !pool.OffersMfa()) {
    return InvalidParameter(
        "Invalid MFA configuration given, can't disable all MFAs with a required or optional "
        "configuration.");
  }
  parts.store.Save(pool);
  return Describe(pool);
}

Result<json> GetUserPoolMfaConfig(Parts& parts, const Request& request) {
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  return Describe(**pool);
}

Result<json> SetUserMFAPreference(Parts& parts, const Request& request) {
  return ChangeCaller(parts, request, ChangePreference);
}

Result<json> AdminSetUserMFAPreference(Parts& parts, const Request& request) {
  return ChangeNamed(parts, request, ChangePreference);
}

Result<json> SetUserSettings(Parts& parts, const Request& request) {
  return ChangeCaller(parts, request, ChangeSettings);
}

Result<json> AdminSetUserSettings(Parts& parts, const Request& request) {
  return ChangeNamed(parts, request, ChangeSettings);
}

Result<json> GetUserAuthFactors(Parts& parts, const Request& request) {
  const auto caller = RequireCaller(parts, request);
  if (!caller) return caller.error();
  const User& user = caller->user;
  json factors = json::array();
  if (!user.password.hash.empty()) factors.push_back("PASSWORD");
  const json allowed = caller->pool->description.at("Policies")
                           .value("SignInPolicy", json::object())
                           .value("AllowedFirstAuthFactors", json::array());
  for (const auto& [factor, attribute] :
       {std::pair("EMAIL_OTP", "email"), std::pair("SMS_OTP", "phone_number")}) {
    const bool offered = std::find(allowed.begin(), allowed.end(), factor) != allowed.end();
    if (offered && user.Find(attribute)) factors.push_back(factor);
  }
  json output = {{"Username", user.username}, {"ConfiguredUserAuthFactors", std::move(factors)}};
  DescribeMfa(user.mfa, output);
  return output;
}

}  // namespace fractus::cognito
