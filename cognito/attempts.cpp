#include "cognito/attempts.h"

#include <algorithm>

#include "cognito/errors.h"

namespace fractus::cognito {
namespace {

using namespace std::chrono_literals;
using storage::MakeKey;

constexpr long long kFree = 5;
constexpr Duration kLongestLock = 15min;
constexpr Duration kQuiet = 15min;
// Observed: AWS says "an hour" of its limits on codes and gives numbers for few of them.
constexpr Duration kHour = 1h;

struct Attempts {
  long long count = 0;
  // Of the last wrong password, or of the first of the others.
  Time since;
};

std::string KeyOf(const Pool& pool, std::string_view username, std::string_view kind) {
  return MakeKey({"attempts", pool.id, pool.Fold(username), kind});
}

Attempts Read(Parts& parts, const std::string& key, Time now, Duration forgotten_after) {
  const auto stored = parts.store.room().GetJson(key);
  if (!stored) return {};
  const Attempts attempts{stored->at("Count").get<long long>(),
                          Time(Duration(stored->at("Since").get<long long>()))};
  return now - attempts.since >= forgotten_after ? Attempts{} : attempts;
}

void Write(Parts& parts, const std::string& key, const Attempts& attempts) {
  parts.store.room().PutJson(
      key, {{"Count", attempts.count}, {"Since", attempts.since.time_since_epoch().count()}});
}

Duration LockAfter(long long wrong) {
  if (wrong < kFree) return 0s;
  const long long doublings = std::min(wrong - kFree, 20LL);
  return std::min<Duration>(1s * (1LL << doublings), kLongestLock);
}

// One more, in an hour that begins with the first.
void CountWithinHour(Parts& parts, const std::string& key, const Attempts& before, Time now) {
  Write(parts, key, {before.count + 1, before.count == 0 ? now : before.since});
}

ApiError TooMany() {
  return {"LimitExceededException", "Attempt limit exceeded, please try after some time."};
}

void Forget(Parts& parts, const std::string& key) {
  if (parts.store.room().Get(key)) parts.store.room().Delete(key);
}

}  // namespace

std::optional<ApiError> CheckPasswordAttempts(Parts& parts, const Pool& pool,
                                              std::string_view username, Time now) {
  const auto attempts = Read(parts, KeyOf(pool, username, "password"), now, kQuiet);
  if (now - attempts.since >= LockAfter(attempts.count)) return std::nullopt;
  return NotAuthorized("Password attempts exceeded");
}

void CountWrongPassword(Parts& parts, const Pool& pool, std::string_view username, Time now) {
  const auto lock = parts.store.Lock(pool.id);
  const std::string key = KeyOf(pool, username, "password");
  Write(parts, key, {Read(parts, key, now, kQuiet).count + 1, now});
}

void ForgetWrongPasswords(Parts& parts, const Pool& pool, std::string_view username) {
  Forget(parts, KeyOf(pool, username, "password"));
}

std::optional<ApiError> CheckCodeAttempts(Parts& parts, const Pool& pool, std::string_view username,
                                          Time now) {
  const auto attempts = Read(parts, KeyOf(pool, username, "code"), now, kHour);
  if (attempts.count < kFree) return std::nullopt;
  return TooMany();
}

void CountWrongCode(Parts& parts, const Pool& pool, std::string_view username, Time now) {
  const std::string key = KeyOf(pool, username, "code");
  CountWithinHour(parts, key, Read(parts, key, now, kHour), now);
}

void ForgetWrongCodes(Parts& parts, const Pool& pool, std::string_view username) {
  Forget(parts, KeyOf(pool, username, "code"));
}

std::optional<ApiError> CountRequest(Parts& parts, const Pool& pool, std::string_view username,
                                     std::string_view kind, Time now) {
  const std::string key = KeyOf(pool, username, "ask " + std::string(kind));
  const Attempts before = Read(parts, key, now, kHour);
  if (before.count >= kFree) return TooMany();
  CountWithinHour(parts, key, before, now);
  return std::nullopt;
}

}  // namespace fractus::cognito
