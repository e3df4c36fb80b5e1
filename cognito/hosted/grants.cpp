#include "cognito/hosted/grants.h"

#include <fmt/format.h>

#include "cognito/tokens.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito::hosted {
namespace {

using namespace std::chrono_literals;
using storage::MakeKey;

// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
constexpr Duration kCodeValidity = 5min;
// Source:
// https://docs.aws.amazon.com/cognito/latest/developerguide/managed-login-what-happens.html
constexpr Duration kBrowserValidity = 1h;
constexpr Duration kPendingValidity = 1h;

std::string Key(const char* kind, std::string_view secret) {
  return MakeKey({kind, TokenDigest(secret)});
}

Time Expiry(const json& stored) { return Time(Duration(stored.at("Expires").get<long long>())); }

// Sixteen digits of microseconds sort as the times do.
std::string Sortable(Time time) { return fmt::format("{:016}", time.time_since_epoch().count()); }

// Something new makes room for itself: what has expired goes.
void Keep(Parts& parts, const char* kind, std::string_view secret, json stored, Time expires,
          Time now) {
  auto& room = parts.store.room();
  storage::Batch batch;
  const std::string today = MakeKey({"hosted-expiry", Sortable(now)});
  room.Scan(MakeKey({"hosted-expiry"}), [&](std::string_view key, std::string_view expired) {
    if (key >= today) return false;
    room.Delete(batch, key);
    room.Delete(batch, expired);
    return true;
  });
  stored["Expires"] = expires.time_since_epoch().count();
  const std::string key = Key(kind, secret);
  room.PutJson(batch, key, stored);
  room.Put(batch, MakeKey({"hosted-expiry", Sortable(expires), kind, TokenDigest(secret)}), key);
  room.Write(std::move(batch));
}

std::optional<json> Find(Parts& parts, const char* kind, std::string_view secret, Time now) {
  auto stored = parts.store.room().GetJson(Key(kind, secret));
  if (!stored || now >= Expiry(*stored)) return std::nullopt;
  return stored;
}

std::string MakeSecret(Parts& parts) { return Base64UrlEncode(parts.ids.Bytes(32)); }

std::string Text(const json& stored, const char* member) {
  return stored.at(member).get<std::string>();
}

long long Micros(Time time) { return time.time_since_epoch().count(); }

Time TimeOf(const json& stored, const char* member) {
  return Time(Duration(stored.at(member).get<long long>()));
}

}  // namespace

std::string IssueCode(Parts& parts, const CodeGrant& grant, Time now) {
  const std::string code = parts.ids.Uuid();
  json stored = {{"Client", grant.client_id},
                 {"Pool", grant.pool_id},
                 {"Username", grant.username},
                 {"Sub", grant.sub},
                 {"RedirectUri", grant.redirect_uri},
                 {"Scopes", grant.scopes},
                 {"Nonce", grant.nonce},
                 {"Challenge", grant.code_challenge}};
  stored["AuthTime"] = Micros(grant.auth_time);
  Keep(parts, "code", code, std::move(stored), now + kCodeValidity, now);
  return code;
}

std::optional<CodeGrant> RedeemCode(Parts& parts, std::string_view code, Time now) {
  // Of two requests with one code only one may win.
  const auto lock = parts.store.Lock(code);
  const auto stored = Find(parts, "code", code, now);
  if (!stored) return std::nullopt;
  parts.store.room().Delete(Key("code", code));
  return CodeGrant{.client_id = Text(*stored, "Client"),
                   .pool_id = Text(*stored, "Pool"),
                   .username = Text(*stored, "Username"),
                   .sub = Text(*stored, "Sub"),
                   .auth_time = TimeOf(*stored, "AuthTime"),
                   .redirect_uri = Text(*stored, "RedirectUri"),
                   .scopes = stored->at("Scopes").get<std::vector<std::string>>(),
                   .nonce = Text(*stored, "Nonce"),
                   .code_challenge = Text(*stored, "Challenge")};
}

std::string OpenBrowserSession(Parts& parts, const BrowserSession& session, Time now) {
  const std::string cookie = MakeSecret(parts);
  json stored = {{"Pool", session.pool_id}, {"Username", session.username}, {"Sub", session.sub}};
  stored["AuthTime"] = Micros(session.auth_time);
  Keep(parts, "browser", cookie, std::move(stored), now + kBrowserValidity, now);
  return cookie;
}

std::optional<BrowserSession> FindBrowserSession(Parts& parts, std::string_view cookie, Time now) {
  const auto stored = Find(parts, "browser", cookie, now);
  if (!stored) return std::nullopt;
  return BrowserSession{.pool_id = Text(*stored, "Pool"),
                        .username = Text(*stored, "Username"),
                        .sub = Text(*stored, "Sub"),
                        .auth_time = TimeOf(*stored, "AuthTime")};
}

void CloseBrowserSession(Parts& parts, std::string_view cookie) {
  parts.store.room().Delete(Key("browser", cookie));
}

std::string KeepPending(Parts& parts, const Pending& pending, Time now) {
  const std::string cookie = MakeSecret(parts);
  json stored = {{"Client", pending.client_id},
                 {"Username", pending.username},
                 {"Destination", pending.destination}};
  stored["Reset"] = pending.kind == Pending::Kind::kReset;
  stored["Proven"] = pending.proof == Pending::Proof::kPassword;
  Keep(parts, "pending", cookie, std::move(stored), now + kPendingValidity, now);
  return cookie;
}

std::optional<Pending> FindPending(Parts& parts, std::string_view cookie, Time now) {
  const auto stored = Find(parts, "pending", cookie, now);
  if (!stored) return std::nullopt;
  return Pending{
      .client_id = Text(*stored, "Client"),
      .username = Text(*stored, "Username"),
      .kind = stored->at("Reset") == true ? Pending::Kind::kReset : Pending::Kind::kSignUp,
      .proof = stored->at("Proven") == true ? Pending::Proof::kPassword : Pending::Proof::kNone,
      .destination = Text(*stored, "Destination")};
}

void DropPending(Parts& parts, std::string_view cookie) {
  parts.store.room().Delete(Key("pending", cookie));
}

}  // namespace fractus::cognito::hosted
