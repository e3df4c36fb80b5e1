// What a user pool keeps: pools, app clients, groups, users, and the sessions their tokens belong
// to.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cognito/srp.h"
#include "emulator/core/clock.h"
#include "emulator/core/json.h"

namespace fractus::cognito {

struct Pool {
  std::string id;
  std::string account;
  std::string region;
  // The UserPool structure as DescribeUserPool answers it, without EstimatedNumberOfUsers and the
  // domain.
  json description = json::object();
  // What SetUserPoolMfaConfig was given: SmsMfaConfiguration, SoftwareTokenMfaConfiguration, ...
  json mfa = json::object();

  // "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Abc": the iss claim of its tokens.
  std::string Issuer() const;
  std::string Arn() const;
  // UsernameAttributes: users sign up by e-mail or phone number and their Username is their sub.
  bool SignsInBy(std::string_view attribute) const;
  bool SignsInByAttribute() const;
  // AliasAttributes: a verified attribute may stand for the Username.
  bool HasAlias(std::string_view attribute) const;
  bool AutoVerifies(std::string_view attribute) const;
  bool case_sensitive() const;
  const json& password_policy() const;
  // "OFF", "ON" or "OPTIONAL".
  std::string mfa_mode() const;
  // Whether users may have this second factor: "SMS_MFA", "SOFTWARE_TOKEN_MFA" or "EMAIL_OTP".
  bool OffersMfa(std::string_view kind) const;
  // Any kind of second factor.
  bool OffersMfa() const;
  // Policies.SignInPolicy allows a code as the first factor, so that users may do without a
  // password.
  bool SignsInWithoutPassword() const;
  // The id without its region: the first half of an SRP identity.
  std::string srp_group() const;
  // The schema entry of that attribute; nullptr when the pool has none.
  const json* FindAttribute(std::string_view name) const;
  // Names compare by this form in pools that ignore case.
  std::string Fold(std::string_view name) const;
};

struct Client {
  std::string id;
  std::string pool_id;
  // The UserPoolClient structure as DescribeUserPoolClient answers it.
  json description = json::object();
  // What secrets() answers, once AddUserPoolClientSecret was called; else empty.
  json kept_secrets = json::array();

  // ClientSecret of the description; empty for a client without one.
  std::string secret() const;
  // ClientSecretDescriptor structures with their values, oldest first: the first is secret().
  json secrets() const;
  // Whether that is one of its secrets. A client without one has the empty text.
  bool HasSecret(std::string_view given) const;
  bool HidesMissingUsers() const;
  // Whether ExplicitAuthFlows allows one of these; an empty list allows SRP, CUSTOM_AUTH and
  // refresh.
  bool Allows(std::string_view flow) const;
  bool revocable() const;
  // RefreshTokenRotation is on: every refresh gives a new refresh token.
  bool rotates() const;
  // How long a rotated refresh token may be used again.
  Duration rotation_grace() const;
  Duration access_validity() const;
  Duration id_validity() const;
  Duration refresh_validity() const;
  Duration session_validity() const;
  // The attributes it may read or write; nothing stands for all.
  std::optional<std::vector<std::string>> readable() const;
  std::optional<std::vector<std::string>> writable() const;
};

// A verification code that waits for its user.
struct Code {
  std::string value;
  Time expires;
  // The attribute by which it was delivered: "email" or "phone_number".
  std::string attribute;
  // The address it proves, where the user gets that only then; else empty.
  std::string pending = {};
};

struct Attribute {
  std::string name;
  std::string value;
};

// The values of UserStatus in use.
inline constexpr char kUnconfirmed[] = "UNCONFIRMED";
inline constexpr char kConfirmed[] = "CONFIRMED";
inline constexpr char kForceChangePassword[] = "FORCE_CHANGE_PASSWORD";
inline constexpr char kResetRequired[] = "RESET_REQUIRED";

// What is kept of a password.
struct Password {
  // The text of HashPassword; empty for a user without a password.
  std::string hash;
  // The same password for those who prove it without sending it.
  SrpVerifier srp;
  // Hashes of those before it, newest first, where the pool's policy asks for them.
  std::vector<std::string> previous = {};

  bool operator==(const Password& other) const { return hash == other.hash; }
};

// A user's second factors.
struct Mfa {
  // In base32; empty before AssociateSoftwareToken.
  std::string totp_secret;
  // A code of the secret was seen.
  bool totp_verified = false;
  // The last code's step: a code is good once.
  long long totp_step = 0;
  std::string totp_name;
  bool totp = false;
  bool sms = false;
  bool email = false;
  // "SOFTWARE_TOKEN_MFA", "SMS_MFA", "EMAIL_OTP" or empty.
  std::string preferred;

  // The factors that are on: UserMFASettingList.
  std::vector<std::string> Settings() const;
};

struct User {
  std::string username;
  std::string sub;
  // In the order they were given, without sub.
  std::vector<Attribute> attributes;
  bool enabled = true;
  std::string status;
  Time created;
  Time modified;
  Password password;
  // When the temporary password stops working.
  std::optional<Time> password_expires;
  // Purpose ("sign_up", "reset", or an attribute to verify) to code.
  std::map<std::string, Code> codes;
  Mfa mfa;

  // The value, or nullptr.
  const std::string* Find(std::string_view attribute) const;
  bool IsTrue(std::string_view attribute) const;
  void Set(std::string_view attribute, std::string value);
  void Remove(std::string_view attribute);
  // [{"Name": "sub", "Value": ...}, ...]
  json AttributeList() const;
  // The UserType structure.
  json Describe() const;

  json ToJson() const;
  static User FromJson(const json& stored);
};

enum class TokenStyle { kApi, kHostedUi };

// One sign-in: what its refresh token and all tokens made from it share.
struct Session {
  std::string pool_id;
  std::string client_id;
  std::string username;
  std::string event_id;
  std::string origin_jti;
  Time auth_time;
  Time expires;
  std::string refresh_digest;
  std::vector<std::string> scopes;
  std::string device_key;
  // Where the tokens were issued first: those of the hosted UI have a few claims more.
  TokenStyle style = TokenStyle::kApi;
  // What the client of the hosted UI wants to see again in its id tokens; or empty.
  std::string nonce;

  json ToJson() const;
  static Session FromJson(const json& stored);
};

}  // namespace fractus::cognito
