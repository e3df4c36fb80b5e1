#include "emulator/services/sts/sts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "emulator/auth/access_key.h"
#include "emulator/auth/digest.h"
#include "emulator/core/arn.h"
#include "emulator/core/encoding.h"

namespace fractus::sts {
namespace {

constexpr long long kHour = 3600;
constexpr size_t kTokenBytes = 240;
constexpr std::string_view kAssumedRole = ":assumed-role/";

ApiError ValidationError(std::string message) {
  return {"ValidationError", std::move(message), 400};
}
ApiError InvalidValue(std::string message) {
  return {"InvalidParameterValue", std::move(message), 400};
}

// The same role keeps the same id although nobody made it.
std::string IdOfUnknownRole(std::string_view arn) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string id = "AROA";
  for (const char c : auth::Sha256(arn).substr(0, 17))
    id += kAlphabet[static_cast<unsigned char>(c) % kAlphabet.size()];
  return id;
}

std::optional<ApiError> CheckTags(const Request& request) {
  std::set<std::string> keys;
  for (const auto& tag : request.Array("Tags")) {
    if (!keys.insert(ToLower(tag.at("Key").get<std::string>())).second) {
      return InvalidValue(
          "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    }
  }
  for (const auto& key : request.Array("TransitiveTagKeys")) {
    if (!keys.contains(ToLower(key.get<std::string>()))) {
      return InvalidValue(
          "The specified transitive tag key must be included in the requested tags.");
    }
  }
  return std::nullopt;
}

}  // namespace

Sts::Sts(storage::Database& database, Clock&, IdSource& ids, const ports::IdentityDirectory* iam)
    : ids_(ids), iam_(iam), sessions_(database.OpenRoom("sts"), "session") {}

service::OperationTable Sts::Operations() {
  const auto bind = [this](Result<json> (Sts::*operation)(const Request&)) {
    return service::Operation(
        [this, operation](const Request& request) { return (this->*operation)(request); });
  };
  return {
      {"AssumeRole", bind(&Sts::AssumeRole)},
      {"GetAccessKeyInfo", bind(&Sts::GetAccessKeyInfo)},
      {"GetCallerIdentity", bind(&Sts::GetCallerIdentity)},
      {"GetSessionToken", bind(&Sts::GetSessionToken)},
  };
}

std::optional<ports::Credential> Sts::FindCredential(std::string_view access_key) const {
  const auto session = sessions_.Find({}, access_key);
  if (!session) return iam_ ? iam_->FindCredential(access_key) : std::nullopt;
  ports::Credential credential;
  credential.secret = session->at("secret").get<std::string>();
  credential.session_token = session->at("token").get<std::string>();
  credential.account = session->at("account").get<std::string>();
  credential.principal_arn = session->at("arn").get<std::string>();
  credential.user_id = session->at("user_id").get<std::string>();
  credential.expires = FromEpochSeconds(session->at("expires").get<double>());
  return credential;
}

std::optional<ports::Role> Sts::FindRole(std::string_view account, std::string_view name) const {
  return iam_ ? iam_->FindRole(account, name) : std::nullopt;
}

json Sts::MakeCredentials(const Session& session, Time now) {
  std::string key;
  do {
    key = auth::MintAccessKey("ASIA", session.account, ids_);
  } while (sessions_.Contains({}, key));
  const auto secret = auth::MintSecretKey(ids_);
  const auto token = Base64Encode(ids_.Bytes(kTokenBytes));
  // AWS gives whole seconds.
  const double expires = static_cast<double>(EpochMillis(now) / 1000 + session.seconds);
  sessions_.Put({}, key,
                {{"secret", secret},
                 {"token", token},
                 {"account", session.account},
                 {"arn", session.principal_arn},
                 {"user_id", session.user_id},
                 {"expires", expires}});
  return {{"AccessKeyId", key},
          {"SecretAccessKey", secret},
          {"SessionToken", token},
          {"Expiration", expires}};
}

Result<json> Sts::GetCallerIdentity(const Request& request) {
  if (const auto credential = FindCredential(request.context.access_key)) {
    return json{{"UserId", credential->user_id},
                {"Account", credential->account},
                {"Arn", credential->principal_arn}};
  }
  const auto& account = request.context.account;
  return json{{"UserId", account},
              {"Account", account},
              {"Arn", fmt::format("arn:aws:iam::{}:root", account)}};
}

Result<json> Sts::AssumeRole(const Request& request) {
  const auto text = request.Text("RoleArn");
  const auto arn = Arn::Parse(text);
  const bool is_account = arn && arn->account.size() == 12 &&
                          std::all_of(arn->account.begin(), arn->account.end(),
                                      [](char c) { return c >= '0' && c <= '9'; });
  if (!is_account || arn->service != "iam" || !arn->resource.starts_with("role/") ||
      arn->resource.ends_with('/')) {
    return ValidationError(fmt::format("{} is invalid", text));
  }
  if (auto error = CheckTags(request)) return *std::move(error);
  const auto name = arn->resource.substr(arn->resource.rfind('/') + 1);
  const auto role = FindRole(arn->account, name);
  Session session;
  session.seconds = request.Integer("DurationSeconds", kHour);
  if (session.seconds > (role ? role->max_session_duration : 12 * kHour)) {
    return ValidationError(
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  const auto caller = FindCredential(request.context.access_key);
  if (caller && caller->principal_arn.find(kAssumedRole) != std::string::npos &&
      session.seconds > kHour) {
    return ValidationError(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
        "chaining.");
  }
  const auto session_name = request.Text("RoleSessionName");
  session.account = arn->account;
  session.user_id = fmt::format("{}:{}", role ? role->id : IdOfUnknownRole(text), session_name);
  session.principal_arn =
      fmt::format("arn:aws:sts::{}{}{}/{}", arn->account, kAssumedRole, name, session_name);
  json output = {
      {"Credentials", MakeCredentials(session, request.context.now)},
      {"AssumedRoleUser", {{"AssumedRoleId", session.user_id}, {"Arn", session.principal_arn}}}};
  if (request.Has("SourceIdentity")) output["SourceIdentity"] = request.Text("SourceIdentity");
  return output;
}

Result<json> Sts::GetSessionToken(const Request& request) {
  const auto caller = FindCredential(request.context.access_key);
  if (caller && caller->expires) {
    return ApiError{"AccessDenied", "Cannot call GetSessionToken with session credentials", 403};
  }
  const auto& account = request.context.account;
  Session session{account, fmt::format("arn:aws:iam::{}:root", account), account,
                  request.Integer("DurationSeconds", 12 * kHour)};
  if (caller) {
    session.principal_arn = caller->principal_arn;
    session.user_id = caller->user_id;
  }
  return json{{"Credentials", MakeCredentials(session, request.context.now)}};
}

// A key that nobody made here belongs to the caller's account, as for requests that it signs.
Result<json> Sts::GetAccessKeyInfo(const Request& request) {
  const auto key = request.Text("AccessKeyId");
  if (const auto credential = FindCredential(key)) return json{{"Account", credential->account}};
  return json{{"Account", auth::AccountOfAccessKey(key).value_or(request.context.account)}};
}

}  // namespace fractus::sts
