#include "cognito/challenges.h"

#include <fmt/format.h>

#include "cognito/errors.h"
#include "cognito/tokens.h"

namespace fractus::cognito {
namespace {

using namespace std::chrono_literals;
using storage::MakeKey;

// How long an expired challenge is remembered, so that its answer can be told why it comes too
// late.
constexpr Duration kRemembered = 1h;
// Each new challenge takes a few old ones along.
constexpr size_t kSweep = 4;

std::string KeyOf(std::string_view id) { return MakeKey({"challenge", id}); }

std::string ExpiryKey(Time expires, std::string_view id) {
  return MakeKey(
      {"challenge-expiry", fmt::format("{:020}", expires.time_since_epoch().count()), id});
}

void Sweep(storage::Room& room, storage::Batch& batch, Time now) {
  const std::string end = ExpiryKey(now - kRemembered, "");
  size_t swept = 0;
  room.Scan(MakeKey({"challenge-expiry"}), [&](std::string_view key, std::string_view id) {
    if (key >= end || swept++ == kSweep) return false;
    room.Delete(batch, key);
    room.Delete(batch, KeyOf(id));
    return true;
  });
}

json ToJson(const PendingChallenge& challenge, Time expires) {
  const SignIn& sign_in = challenge.sign_in;
  return {{"Pool", sign_in.app.pool->id},
          {"Client", sign_in.app.client->id},
          {"Username", sign_in.username},
          {"Challenge", challenge.name},
          {"Expires", expires.time_since_epoch().count()},
          {"Used", false},
          {"Flow", sign_in.flow},
          {"Device", sign_in.device_key},
          {"Source", sign_in.token_source},
          {"SrpA", sign_in.srp_public},
          {"History", sign_in.history},
          {"SecondFactor", sign_in.second_factor},
          {"DeviceProven", sign_in.device},
          {"Secret", challenge.secret}};
}

PendingChallenge FromJson(const json& stored, const SignInRequest& request) {
  PendingChallenge challenge{{request.app, request.context, request.entrance},
                             stored.at("Challenge").get<std::string>(),
                             stored.at("Secret")};
  SignIn& sign_in = challenge.sign_in;
  sign_in.client_metadata = request.client_metadata;
  sign_in.flow = stored.at("Flow").get<std::string>();
  sign_in.srp_public = stored.at("SrpA").get<std::string>();
  sign_in.username = stored.at("Username").get<std::string>();
  sign_in.device_key = stored.at("Device").get<std::string>();
  sign_in.token_source = stored.at("Source").get<std::string>();
  sign_in.history = stored.at("History");
  sign_in.second_factor = stored.at("SecondFactor").get<bool>();
  sign_in.device = stored.at("DeviceProven").get<bool>();
  return challenge;
}

ApiError AlreadyUsed() {
  return NotAuthorized("Invalid session for the user, session can only be used once.");
}

}  // namespace

SignInStep OpenChallenge(Parts& parts, PendingChallenge challenge, json parameters,
                         std::string_view text) {
  const SignIn& sign_in = challenge.sign_in;
  const Time expires = sign_in.context.now + sign_in.app.client->session_validity();
  const std::string id = TokenDigest(text);
  auto& room = parts.store.room();
  storage::Batch batch;
  Sweep(room, batch, sign_in.context.now);
  room.PutJson(batch, KeyOf(id), ToJson(challenge, expires));
  room.Put(batch, ExpiryKey(expires, id), id);
  room.Write(std::move(batch));
  SignInStep step;
  step.challenge["ChallengeName"] = challenge.name;
  step.challenge["ChallengeParameters"] = std::move(parameters);
  return step;
}

SignInStep OpenChallenge(Parts& parts, PendingChallenge challenge, json parameters) {
  const std::string session = MakeSessionText(parts.ids);
  SignInStep step = OpenChallenge(parts, std::move(challenge), std::move(parameters), session);
  step.challenge["Session"] = session;
  return step;
}

Result<PendingChallenge> FindChallenge(Parts& parts, const SignInRequest& request,
                                       const std::string& name, std::string_view text) {
  if (text.empty()) return InvalidParameter("Missing required parameter Session");
  const std::string id = TokenDigest(text);
  const auto stored = parts.store.room().GetJson(KeyOf(id));
  if (!stored || stored->at("Client") != request.app.client->id ||
      stored->at("Challenge") != name) {
    return NotAuthorized("Invalid session for the user.");
  }
  if (stored->at("Used") == true) return AlreadyUsed();
  if (request.context.now >= Time(Duration(stored->at("Expires").get<long long>()))) {
    return NotAuthorized("Invalid session for the user, session is expired.");
  }
  PendingChallenge challenge = FromJson(*stored, request);
  challenge.id = id;
  return challenge;
}

Result<App> FindChallengedApp(Parts& parts, std::string_view text) {
  const auto stored = parts.store.room().GetJson(KeyOf(TokenDigest(text)));
  ClientRef client =
      stored ? parts.store.FindClient(stored->at("Client").get<std::string>()) : nullptr;
  PoolRef pool = client ? parts.store.FindPool(client->pool_id) : nullptr;
  if (!pool) return NotAuthorized("Invalid session for the user.");
  return App{std::move(pool), std::move(client)};
}

std::optional<ApiError> UseChallenge(Parts& parts, const PendingChallenge& challenge) {
  const auto lock = parts.store.Lock(challenge.sign_in.app.pool->id);
  auto stored = parts.store.room().GetJson(KeyOf(challenge.id));
  if (!stored || stored->at("Used") == true) return AlreadyUsed();
  (*stored)["Used"] = true;
  // What the answer was compared with is of no more use.
  (*stored)["Secret"] = json::object();
  parts.store.room().PutJson(KeyOf(challenge.id), *stored);
  return std::nullopt;
}

}  // namespace fractus::cognito
