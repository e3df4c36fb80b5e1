#include <fmt/format.h>

#include "cognito/attempts.h"
#include "cognito/devices.h"
#include "cognito/errors.h"
#include "cognito/sign_in_steps.h"
#include "cognito/srp.h"
#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito {
namespace {

using storage::MakeKey;

constexpr size_t kSecretBytes = 32, kSaltBytes = 16, kBlockBytes = 96;

// From which salts and ids of people that do not exist are made: the same ones each time.
std::string Pepper(Parts& parts) {
  const auto lock = parts.store.Lock("pepper");
  const std::string key = MakeKey({"pepper"});
  if (auto pepper = parts.store.room().Get(key)) return *std::move(pepper);
  std::string pepper = parts.ids.Bytes(kSecretBytes);
  parts.store.room().Put(key, pepper);
  return pepper;
}

// Whose password is to be proven, or somebody made up.
struct Claimed {
  std::string user_id;
  SrpVerifier verifier;
};

Claimed MakeUp(Parts& parts, const Pool& pool, const std::string& name) {
  const std::string digest = auth::HmacSha256(Pepper(parts), pool.id + "\n" + pool.Fold(name));
  const std::string hex = HexEncode(digest);
  Claimed claimed{pool.Fold(name), {}};
  if (pool.SignsInByAttribute()) {
    claimed.user_id = fmt::format("{}-{}-4{}-a{}-{}", hex.substr(0, 8), hex.substr(8, 4),
                                  hex.substr(13, 3), hex.substr(17, 3), hex.substr(20, 12));
  }
  const SrpIdentity identity{pool.srp_group(), claimed.user_id};
  claimed.verifier = MakeSrpVerifier(identity, digest, digest.substr(16));
  return claimed;
}

// Day and month names are English whatever the machine's language: "Sat Nov 21 06:35:11 UTC 2026".
bool IsTimestamp(const std::string& text) {
  const auto words = Split(text, ' ');
  constexpr std::string_view kDays = "MonTueWedThuFriSatSun";
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (words.size() != 6 || words[0].size() != 3 || words[1].size() != 3) return false;
  const auto digits = [](const std::string& word) {
    return !word.empty() && word.find_first_not_of("0123456789:") == std::string::npos;
  };
  return kDays.find(words[0]) % 3 == 0 && kMonths.find(words[1]) % 3 == 0 && digits(words[2]) &&
         digits(words[3]) && words[3].size() == 8 && words[4] == "UTC" && words[5].size() == 4 &&
         digits(words[5]);
}

// An exchange that waits for the client's proof.
SignInStep OpenExchange(Parts& parts, PendingChallenge challenge, const SrpVerifier& verifier,
                        const std::string& client_public, json parameters, bool with_session) {
  const std::string secret = parts.ids.Bytes(kSecretBytes);
  const std::string block = Base64Encode(parts.ids.Bytes(kBlockBytes));
  challenge.secret["Secret"] = Base64Encode(secret);
  challenge.secret["Verifier"] = Base64Encode(verifier.verifier);
  challenge.secret["A"] = client_public;
  parameters["SALT"] = HexEncode(verifier.salt);
  parameters["SECRET_BLOCK"] = block;
  parameters["SRP_B"] = SrpPublicHex(verifier, secret);
  SignInStep step = OpenChallenge(parts, std::move(challenge), std::move(parameters), block);
  if (with_session) step.challenge["Session"] = block;
  return step;
}

// The exchange that this answer belongs to, used up whatever it proves.
Result<PendingChallenge> TakeExchange(Parts& parts, const SignInRequest& request) {
  for (const char* name :
       {"PASSWORD_CLAIM_SECRET_BLOCK", "PASSWORD_CLAIM_SIGNATURE", "TIMESTAMP"}) {
    if (!FindParameter(request, name)) return MissingParameter(name);
  }
  // Differs from AWS: the timestamp's form is checked and not its time, since the clock can be
  // moved. An exchange is good once and for minutes, so that nothing can be played back.
  if (!IsTimestamp(*FindParameter(request, "TIMESTAMP"))) {
    return InvalidParameter("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.");
  }
  auto challenge = FindChallenge(parts, request, request.name,
                                 *FindParameter(request, "PASSWORD_CLAIM_SECRET_BLOCK"));
  if (!challenge) return challenge;
  if (auto error = UseChallenge(parts, *challenge)) return *std::move(error);
  return challenge;
}

bool Proves(const PendingChallenge& exchange, const SrpIdentity& identity,
            const SignInRequest& request) {
  const json& secret = exchange.secret;
  const auto bytes = [&](const char* member) {
    return Base64Decode(secret.at(member).get<std::string>()).value_or("");
  };
  const auto key =
      SrpKey({"", bytes("Verifier")}, bytes("Secret"), secret.at("A").get<std::string>());
  const auto block = Base64Decode(*FindParameter(request, "PASSWORD_CLAIM_SECRET_BLOCK"));
  if (!key || !block) return false;
  const std::string expected =
      SrpSignature(*key, identity, *block, *FindParameter(request, "TIMESTAMP"));
  return auth::EqualsInConstantTime(expected, *FindParameter(request, "PASSWORD_CLAIM_SIGNATURE"));
}

}  // namespace

Task<SignInStep> ChallengePasswordVerifier(Parts& parts, SignIn sign_in, std::string name,
                                           std::string public_hex) {
  const PoolRef pool = sign_in.app.pool;
  if (!IsSrpPublicHex(public_hex)) co_return InvalidParameter("Invalid SRP_A value.");
  const auto user = parts.store.FindUser(*pool, name);
  const std::string counted = user ? user->username : name;
  if (auto error = CheckPasswordAttempts(parts, *pool, counted, sign_in.context.now)) {
    co_return *std::move(error);
  }
  if (!user && !sign_in.app.client->HidesMissingUsers()) co_return UserNotFound();
  // In CUSTOM_AUTH the trigger ran when the sign-in began.
  if (sign_in.flow != "CUSTOM_AUTH") {
    if (const auto allowed = co_await PreAuthenticate(parts, sign_in, user); !allowed) {
      co_return allowed.error();
    }
  }
  if (user && user->status == kResetRequired) co_return *CheckState(*user);
  const bool provable = user && !user->password.srp.verifier.empty();
  const Claimed claimed =
      provable ? Claimed{user->username, user->password.srp} : MakeUp(parts, *pool, counted);
  sign_in.username = counted;
  json parameters = json::object();
  parameters["USERNAME"] = claimed.user_id;
  parameters["USER_ID_FOR_SRP"] = claimed.user_id;
  const bool with_session = sign_in.flow != "USER_SRP_AUTH";
  PendingChallenge challenge{std::move(sign_in), "PASSWORD_VERIFIER"};
  challenge.secret["UserId"] = claimed.user_id;
  co_return OpenExchange(parts, std::move(challenge), claimed.verifier, public_hex,
                         std::move(parameters), with_session);
}

Task<SignInStep> AnswerPasswordVerifier(Parts& parts, SignInRequest request) {
  const PoolRef pool = request.app.pool;
  const auto username = RequireUsername(request);
  if (!username) co_return username.error();
  auto exchange = TakeExchange(parts, request);
  if (!exchange) co_return exchange.error();
  SignIn sign_in = exchange->sign_in;
  // Many exchanges may have been begun before the first wrong answer.
  if (auto error = CheckPasswordAttempts(parts, *pool, sign_in.username, sign_in.context.now)) {
    co_return *std::move(error);
  }
  const auto user = parts.store.ReadUser(*pool, pool->Fold(sign_in.username));
  const SrpIdentity identity{pool->srp_group(), exchange->secret.at("UserId").get<std::string>()};
  const auto named = parts.store.FindUser(*pool, *username);
  const bool proven = Proves(*exchange, identity, request);
  if (!proven || !user || !named || named->sub != user->sub) {
    CountWrongPassword(parts, *pool, sign_in.username, sign_in.context.now);
    co_return WrongPassword();
  }
  if (!user->enabled) co_return NotAuthorized("User is disabled.");
  ForgetWrongPasswords(parts, *pool, sign_in.username);
  if (const std::string* key = FindParameter(request, "DEVICE_KEY")) sign_in.device_key = *key;
  if (sign_in.flow == "CUSTOM_AUTH") {
    json entry = json::object();
    entry["challengeName"] = "PASSWORD_VERIFIER";
    entry["challengeResult"] = true;
    entry["challengeMetadata"] = nullptr;
    sign_in.history.push_back(std::move(entry));
    co_return co_await DefineNext(parts, std::move(sign_in), user);
  }
  co_return co_await AfterPassword(parts, std::move(sign_in), *user);
}

SignInStep ChallengeDeviceSrp(Parts& parts, const SignIn& sign_in) {
  return OpenChallenge(parts, {sign_in, "DEVICE_SRP_AUTH"},
                       {{"DEVICE_KEY", sign_in.device_key}, {"USERNAME", sign_in.username}});
}

Task<SignInStep> AnswerDeviceSrp(Parts& parts, SignInRequest request) {
  for (const char* name : {"SRP_A", "DEVICE_KEY"}) {
    if (!FindParameter(request, name)) co_return MissingParameter(name);
  }
  auto challenge = FindChallenge(parts, request, "DEVICE_SRP_AUTH", request.session);
  if (!challenge) co_return challenge.error();
  const auto user = RequireChallenged(parts, request, challenge->sign_in);
  if (!user) co_return user.error();
  const std::string key = *FindParameter(request, "DEVICE_KEY");
  const std::string public_hex = *FindParameter(request, "SRP_A");
  if (!IsSrpPublicHex(public_hex)) co_return InvalidParameter("Invalid SRP_A value.");
  const auto device = FindDevice(parts, *request.app.pool, *user, key);
  if (!device || !device->confirmed || key != challenge->sign_in.device_key) {
    co_return ResourceNotFound("Device does not exist.");
  }
  if (auto error = UseChallenge(parts, *challenge)) co_return *std::move(error);
  json parameters = json::object();
  parameters["DEVICE_KEY"] = key;
  parameters["USERNAME"] = user->username;
  PendingChallenge exchange{challenge->sign_in, "DEVICE_PASSWORD_VERIFIER"};
  co_return OpenExchange(parts, std::move(exchange), device->srp, public_hex, std::move(parameters),
                         true);
}

Task<SignInStep> AnswerDevicePasswordVerifier(Parts& parts, SignInRequest request) {
  const auto username = RequireUsername(request);
  if (!username) co_return username.error();
  auto exchange = TakeExchange(parts, request);
  if (!exchange) co_return exchange.error();
  const auto user = RequireChallenged(parts, request, exchange->sign_in);
  if (!user) co_return user.error();
  SignIn sign_in = exchange->sign_in;
  const auto device = FindDevice(parts, *request.app.pool, *user, sign_in.device_key);
  if (!device) co_return ResourceNotFound("Device does not exist.");
  const SrpIdentity identity{device->group_key, device->key};
  if (!Proves(*exchange, identity, request)) {
    co_return NotAuthorized("Incorrect username or password.");
  }
  sign_in.device = true;
  sign_in.second_factor = true;
  sign_in.token_source = "TokenGeneration_AuthenticateDevice";
  co_return co_await Finish(parts, std::move(sign_in), *user);
}

}  // namespace fractus::cognito
