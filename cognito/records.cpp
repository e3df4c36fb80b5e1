#include "cognito/records.h"

#include <algorithm>

#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"
#include "emulator/core/http_message.h"

namespace fractus::cognito {
namespace {

bool Holds(const json& object, const char* member, std::string_view text) {
  const auto found = object.find(member);
  if (found == object.end() || !found->is_array()) return false;
  return std::any_of(found->begin(), found->end(),
                     [&](const json& entry) { return entry == json(text); });
}

long long Micros(Time time) { return time.time_since_epoch().count(); }
Time FromMicros(long long micros) { return Time(Duration(micros)); }

Duration UnitLength(const std::string& unit) {
  using namespace std::chrono_literals;
  if (unit == "seconds") return 1s;
  if (unit == "minutes") return 1min;
  if (unit == "days") return std::chrono::days(1);
  return 1h;
}

Duration Validity(const json& description, const char* member, const char* unit_member,
                  const char* default_unit, long long default_units, Duration otherwise) {
  const long long units = description.value(member, default_units);
  if (units == 0) return otherwise;
  const json unit_names = description.value("TokenValidityUnits", json::object());
  return units * UnitLength(unit_names.value(unit_member, std::string(default_unit)));
}

std::optional<std::vector<std::string>> Names(const json& description, const char* member) {
  const auto found = description.find(member);
  if (found == description.end() || !found->is_array() || found->empty()) return std::nullopt;
  return found->get<std::vector<std::string>>();
}

json MfaToJson(const Mfa& mfa) {
  if (mfa.totp_secret.empty() && mfa.Settings().empty()) return json::object();
  return {{"Secret", mfa.totp_secret}, {"Verified", mfa.totp_verified},
          {"Step", mfa.totp_step},     {"Name", mfa.totp_name},
          {"Totp", mfa.totp},          {"Sms", mfa.sms},
          {"Email", mfa.email},        {"Preferred", mfa.preferred}};
}

Mfa MfaFromJson(const json& stored) {
  return {.totp_secret = stored.at("Secret").get<std::string>(),
          .totp_verified = stored.at("Verified").get<bool>(),
          .totp_step = stored.at("Step").get<long long>(),
          .totp_name = stored.at("Name").get<std::string>(),
          .totp = stored.at("Totp").get<bool>(),
          .sms = stored.at("Sms").get<bool>(),
          .email = stored.at("Email").get<bool>(),
          .preferred = stored.at("Preferred").get<std::string>()};
}

}  // namespace

std::string Pool::Issuer() const {
  return "https://cognito-idp." + region + ".amazonaws.com/" + id;
}

std::string Pool::Arn() const {
  return "arn:aws:cognito-idp:" + region + ":" + account + ":userpool/" + id;
}

bool Pool::SignsInBy(std::string_view attribute) const {
  return Holds(description, "UsernameAttributes", attribute);
}

bool Pool::SignsInByAttribute() const {
  const auto found = description.find("UsernameAttributes");
  return found != description.end() && !found->empty();
}

bool Pool::HasAlias(std::string_view attribute) const {
  return Holds(description, "AliasAttributes", attribute);
}

bool Pool::AutoVerifies(std::string_view attribute) const {
  return Holds(description, "AutoVerifiedAttributes", attribute);
}

bool Pool::case_sensitive() const {
  const auto found = description.find("UsernameConfiguration");
  return found == description.end() || found->value("CaseSensitive", true);
}

const json& Pool::password_policy() const {
  return description.at("Policies").at("PasswordPolicy");
}

const json* Pool::FindAttribute(std::string_view name) const {
  for (const json& entry : description.at("SchemaAttributes")) {
    if (entry.at("Name") == json(name)) return &entry;
  }
  return nullptr;
}

std::string Pool::Fold(std::string_view name) const {
  return case_sensitive() ? std::string(name) : ToLower(name);
}

std::string Pool::mfa_mode() const {
  return description.value("MfaConfiguration", std::string("OFF"));
}

bool Pool::OffersMfa(std::string_view kind) const {
  if (mfa_mode() == "OFF") return false;
  if (kind == "SOFTWARE_TOKEN_MFA") {
    return mfa.value("SoftwareTokenMfaConfiguration", json::object()).value("Enabled", false);
  }
  if (kind == "EMAIL_OTP") return mfa.contains("EmailMfaConfiguration");
  return mfa.contains("SmsMfaConfiguration") || description.contains("SmsConfiguration");
}

bool Pool::OffersMfa() const {
  return OffersMfa("SMS_MFA") || OffersMfa("SOFTWARE_TOKEN_MFA") || OffersMfa("EMAIL_OTP");
}

bool Pool::SignsInWithoutPassword() const {
  const json policy = description.at("Policies").value("SignInPolicy", json::object());
  return Holds(policy, "AllowedFirstAuthFactors", "EMAIL_OTP") ||
         Holds(policy, "AllowedFirstAuthFactors", "SMS_OTP");
}

std::string Pool::srp_group() const { return id.substr(id.find('_') + 1); }

std::string Client::secret() const { return description.value("ClientSecret", std::string()); }

json Client::secrets() const {
  if (!kept_secrets.empty() || secret().empty()) return kept_secrets;
  const json created = description.at("CreationDate");
  const auto seconds = static_cast<long long>(created.get<double>());
  return json::array({{{"ClientSecretId", id + "--" + std::to_string(seconds)},
                       {"ClientSecretValue", secret()},
                       {"ClientSecretCreateDate", created}}});
}

bool Client::HasSecret(std::string_view given) const {
  if (secret().empty()) return given.empty();
  bool found = false;
  for (const json& one : secrets()) {
    const auto value = one.at("ClientSecretValue").get<std::string>();
    found = auth::EqualsInConstantTime(value, given) || found;
  }
  return found;
}

bool Client::HidesMissingUsers() const {
  return description.value("PreventUserExistenceErrors", std::string()) == "ENABLED";
}

bool Client::Allows(std::string_view flow) const {
  const auto found = description.find("ExplicitAuthFlows");
  if (found == description.end() || found->empty()) {
    return flow == "ALLOW_USER_SRP_AUTH" || flow == "ALLOW_CUSTOM_AUTH" ||
           flow == "ALLOW_REFRESH_TOKEN_AUTH";
  }
  return Holds(description, "ExplicitAuthFlows", flow);
}

bool Client::revocable() const { return description.value("EnableTokenRevocation", true); }

bool Client::rotates() const {
  return description.value("RefreshTokenRotation", json::object())
             .value("Feature", std::string("DISABLED")) == "ENABLED";
}

Duration Client::rotation_grace() const {
  return std::chrono::seconds(description.value("RefreshTokenRotation", json::object())
                                  .value("RetryGracePeriodSeconds", 0LL));
}

Duration Client::access_validity() const {
  return Validity(description, "AccessTokenValidity", "AccessToken", "hours", 0,
                  std::chrono::hours(1));
}

Duration Client::id_validity() const {
  return Validity(description, "IdTokenValidity", "IdToken", "hours", 0, std::chrono::hours(1));
}

Duration Client::refresh_validity() const {
  return Validity(description, "RefreshTokenValidity", "RefreshToken", "days", 30,
                  std::chrono::days(30));
}

Duration Client::session_validity() const {
  return std::chrono::minutes(description.value("AuthSessionValidity", 3));
}

std::optional<std::vector<std::string>> Client::readable() const {
  return Names(description, "ReadAttributes");
}

std::optional<std::vector<std::string>> Client::writable() const {
  return Names(description, "WriteAttributes");
}

std::vector<std::string> Mfa::Settings() const {
  std::vector<std::string> names;
  if (sms) names.push_back("SMS_MFA");
  if (totp) names.push_back("SOFTWARE_TOKEN_MFA");
  if (email) names.push_back("EMAIL_OTP");
  return names;
}

const std::string* User::Find(std::string_view attribute) const {
  if (attribute == "sub") return &sub;
  for (const auto& [name, value] : attributes) {
    if (name == attribute) return &value;
  }
  return nullptr;
}

bool User::IsTrue(std::string_view attribute) const {
  const std::string* value = Find(attribute);
  return value && EqualsIgnoreCase(*value, "true");
}

void User::Set(std::string_view attribute, std::string value) {
  for (auto& [name, old] : attributes) {
    if (name != attribute) continue;
    old = std::move(value);
    return;
  }
  attributes.push_back({std::string(attribute), std::move(value)});
}

void User::Remove(std::string_view attribute) {
  std::erase_if(attributes, [&](const Attribute& entry) { return entry.name == attribute; });
}

json User::AttributeList() const {
  json list = json::array({{{"Name", "sub"}, {"Value", sub}}});
  for (const auto& [name, value] : attributes) list.push_back({{"Name", name}, {"Value", value}});
  return list;
}

json User::Describe() const {
  return {{"Username", username},
          {"Attributes", AttributeList()},
          {"UserCreateDate", EpochSeconds(created)},
          {"UserLastModifiedDate", EpochSeconds(modified)},
          {"Enabled", enabled},
          {"UserStatus", status}};
}

json User::ToJson() const {
  json names = json::array();
  for (const auto& [name, value] : attributes) names.push_back({name, value});
  json waiting = json::object();
  for (const auto& [purpose, code] : codes) {
    waiting[purpose] = {{"Value", code.value},
                        {"Expires", Micros(code.expires)},
                        {"Attribute", code.attribute},
                        {"Pending", code.pending}};
  }
  json stored = {{"Username", username},         {"Sub", sub},       {"Attributes", names},
                 {"Enabled", enabled},           {"Status", status}, {"Created", Micros(created)},
                 {"Modified", Micros(modified)}, {"Codes", waiting}};
  stored["Password"] = {{"Hash", password.hash},
                        {"Salt", Base64Encode(password.srp.salt)},
                        {"Verifier", Base64Encode(password.srp.verifier)},
                        {"Previous", password.previous}};
  if (json factors = MfaToJson(mfa); !factors.empty()) stored["Mfa"] = std::move(factors);
  if (password_expires) stored["PasswordExpires"] = Micros(*password_expires);
  return stored;
}

User User::FromJson(const json& stored) {
  User user;
  user.username = stored.at("Username").get<std::string>();
  user.sub = stored.at("Sub").get<std::string>();
  for (const json& entry : stored.at("Attributes")) {
    user.attributes.push_back({entry.at(0).get<std::string>(), entry.at(1).get<std::string>()});
  }
  user.enabled = stored.at("Enabled").get<bool>();
  user.status = stored.at("Status").get<std::string>();
  user.created = FromMicros(stored.at("Created").get<long long>());
  user.modified = FromMicros(stored.at("Modified").get<long long>());
  const json& password = stored.at("Password");
  user.password.hash = password.at("Hash").get<std::string>();
  user.password.srp.salt = Base64Decode(password.at("Salt").get<std::string>()).value_or("");
  user.password.srp.verifier =
      Base64Decode(password.at("Verifier").get<std::string>()).value_or("");
  user.password.previous = password.value("Previous", std::vector<std::string>());
  if (stored.contains("Mfa")) user.mfa = MfaFromJson(stored.at("Mfa"));
  if (stored.contains("PasswordExpires")) {
    user.password_expires = FromMicros(stored.at("PasswordExpires").get<long long>());
  }
  for (const auto& [purpose, code] : stored.at("Codes").items()) {
    user.codes[purpose] =
        Code{code.at("Value").get<std::string>(), FromMicros(code.at("Expires").get<long long>()),
             code.at("Attribute").get<std::string>(), code.value("Pending", std::string())};
  }
  return user;
}

json Session::ToJson() const {
  return {{"Pool", pool_id},
          {"Client", client_id},
          {"Username", username},
          {"EventId", event_id},
          {"OriginJti", origin_jti},
          {"AuthTime", Micros(auth_time)},
          {"Expires", Micros(expires)},
          {"RefreshDigest", refresh_digest},
          {"Scopes", scopes},
          {"Device", device_key},
          {"Hosted", style == TokenStyle::kHostedUi},
          {"Nonce", nonce}};
}

Session Session::FromJson(const json& stored) {
  return {.pool_id = stored.at("Pool").get<std::string>(),
          .client_id = stored.at("Client").get<std::string>(),
          .username = stored.at("Username").get<std::string>(),
          .event_id = stored.at("EventId").get<std::string>(),
          .origin_jti = stored.at("OriginJti").get<std::string>(),
          .auth_time = FromMicros(stored.at("AuthTime").get<long long>()),
          .expires = FromMicros(stored.at("Expires").get<long long>()),
          .refresh_digest = stored.at("RefreshDigest").get<std::string>(),
          .scopes = stored.at("Scopes").get<std::vector<std::string>>(),
          .device_key = stored.at("Device").get<std::string>(),
          .style = stored.at("Hosted") == true ? TokenStyle::kHostedUi : TokenStyle::kApi,
          .nonce = stored.at("Nonce").get<std::string>()};
}

}  // namespace fractus::cognito
