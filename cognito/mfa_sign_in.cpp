#include <algorithm>

#include "cognito/accounts.h"
#include "cognito/attempts.h"
#include "cognito/codes.h"
#include "cognito/errors.h"
#include "cognito/sign_in_steps.h"
#include "cognito/totp.h"
#include "emulator/auth/digest.h"

namespace fractus::cognito {
namespace {

const char* AttributeOf(const std::string& challenge) {
  return challenge == "EMAIL_OTP" ? "email" : "phone_number";
}

// The factors this user has turned on and the pool still offers.
std::vector<std::string> FactorsOf(const Pool& pool, const User& user) {
  std::vector<std::string> factors = user.mfa.Settings();
  std::erase_if(factors, [&](const std::string& factor) {
    return !pool.OffersMfa(factor) ||
           (factor != "SOFTWARE_TOKEN_MFA" && !user.Find(AttributeOf(factor)));
  });
  return factors;
}

// Where everybody needs a second factor, an address the user has anyway will do.
std::optional<std::string> ImpliedFactor(const Pool& pool, const User& user) {
  for (const char* factor : {"SMS_MFA", "EMAIL_OTP"}) {
    if (pool.OffersMfa(factor) && user.Find(AttributeOf(factor))) return factor;
  }
  return std::nullopt;
}

SignInStep ChallengeSetup(Parts& parts, const SignIn& sign_in) {
  json kinds = json::array();
  for (const char* factor : {"SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"}) {
    if (sign_in.app.pool->OffersMfa(factor)) kinds.push_back(factor);
  }
  return OpenChallenge(parts, {sign_in, "MFA_SETUP"},
                       {{"MFAS_CAN_SETUP", kinds.dump()}, {"USER_ID_FOR_SRP", sign_in.username}});
}

SignInStep ChallengeSelect(Parts& parts, const SignIn& sign_in,
                           const std::vector<std::string>& factors) {
  return OpenChallenge(
      parts, {sign_in, "SELECT_MFA_TYPE"},
      {{"MFAS_CAN_CHOOSE", json(factors).dump()}, {"USER_ID_FOR_SRP", sign_in.username}});
}

Task<SignInStep> ChallengeFactor(Parts& parts, SignIn sign_in, User user, std::string factor) {
  if (factor != "SOFTWARE_TOKEN_MFA") {
    co_return co_await ChallengeCode(parts, std::move(sign_in), std::move(user), factor);
  }
  json parameters = json::object();
  parameters["USER_ID_FOR_SRP"] = user.username;
  if (!user.mfa.totp_name.empty()) parameters["FRIENDLY_DEVICE_NAME"] = user.mfa.totp_name;
  PendingChallenge challenge{std::move(sign_in), factor};
  co_return OpenChallenge(parts, std::move(challenge), std::move(parameters));
}

// The challenge that is answered, its user, and whether too much was guessed of late.
struct Answered {
  PendingChallenge challenge;
  User user;
};

constexpr char kWrongCode[] = "Invalid code or auth state for the user.";

// The code of somebody who does not exist: none was sent, and none is right.
bool IsMadeUp(const PendingChallenge& challenge) {
  return challenge.secret.value("Code", std::string("sent")).empty();
}

Result<Answered> FindAnswered(Parts& parts, const SignInRequest& request) {
  auto challenge = FindChallenge(parts, request, request.name, request.session);
  if (!challenge) return challenge.error();
  if (IsMadeUp(*challenge)) {
    const auto username = RequireUsername(request);
    if (!username) return username.error();
    return ApiError{"CodeMismatchException", kWrongCode};
  }
  auto user = RequireChallenged(parts, request, challenge->sign_in);
  if (!user) return user.error();
  if (auto error =
          CheckPasswordAttempts(parts, *request.app.pool, user->username, request.context.now)) {
    return *std::move(error);
  }
  return Answered{*std::move(challenge), *std::move(user)};
}

ApiError WrongCode(Parts& parts, const Answered& answered, const char* message) {
  const SignIn& sign_in = answered.challenge.sign_in;
  CountWrongPassword(parts, *sign_in.app.pool, sign_in.username, sign_in.context.now);
  return {"CodeMismatchException", message};
}

// Whoever answers with a code has the address it was sent to; the user with that address verified.
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html
// says so of SMS. Observed: that a code by e-mail verifies the address is concluded from it.
Result<User> VerifyAddress(Parts& parts, const Answered& answered) {
  const std::string attribute = AttributeOf(answered.challenge.name);
  const std::string flag = attribute + "_verified";
  const Pool& pool = *answered.challenge.sign_in.app.pool;
  const auto lock = parts.store.Lock(pool.id);
  const auto before = parts.store.ReadUser(pool, pool.Fold(answered.user.username));
  if (!before || before->sub != answered.user.sub) return UserNotFound();
  const std::string* address = before->Find(attribute);
  const bool same = address && *address == answered.challenge.secret.at("Address");
  if (!same || before->IsTrue(flag)) return *before;
  User user = *before;
  user.Set(flag, "true");
  // Somebody else signs in by that address.
  if (CheckAliases(parts, pool, user)) return *before;
  user.modified = answered.challenge.sign_in.context.now;
  parts.store.Save(pool, user, &*before);
  return user;
}

// A code of an authenticator app is good once.
std::optional<ApiError> UseSoftwareToken(Parts& parts, const Answered& answered,
                                         std::string_view code) {
  const SignIn& sign_in = answered.challenge.sign_in;
  const Pool& pool = *sign_in.app.pool;
  const auto secret = Base32Decode(answered.user.mfa.totp_secret);
  const auto step = secret ? MatchTotp(*secret, code, sign_in.context.now) : std::nullopt;
  if (!step) return WrongCode(parts, answered, "Invalid code received for user");
  const auto lock = parts.store.Lock(pool.id);
  const auto before = parts.store.ReadUser(pool, pool.Fold(answered.user.username));
  if (!before || before->sub != answered.user.sub) return UserNotFound();
  if (*step <= before->mfa.totp_step) {
    return ApiError{"ExpiredCodeException", "Your software token has already been used once."};
  }
  User user = *before;
  user.mfa.totp_step = *step;
  parts.store.Save(pool, user, &*before);
  return std::nullopt;
}

}  // namespace

Task<std::optional<SignInStep>> ChallengeSecondFactor(Parts& parts, SignIn sign_in, User user) {
  const Pool& pool = *sign_in.app.pool;
  if (pool.mfa_mode() == "OFF") co_return std::nullopt;
  const auto factors = FactorsOf(pool, user);
  std::optional<std::string> chosen;
  if (std::find(factors.begin(), factors.end(), user.mfa.preferred) != factors.end()) {
    chosen = user.mfa.preferred;
  } else if (factors.size() == 1) {
    chosen = factors.front();
  } else if (factors.empty() && pool.mfa_mode() == "ON") {
    chosen = ImpliedFactor(pool, user);
  }
  if (chosen) {
    auto step = co_await ChallengeFactor(parts, std::move(sign_in), std::move(user), *chosen);
    if (!step) co_return step.error();
    co_return *std::move(step);
  }
  if (factors.size() > 1) co_return ChallengeSelect(parts, sign_in, factors);
  if (pool.mfa_mode() == "ON") co_return ChallengeSetup(parts, sign_in);
  co_return std::nullopt;
}

Task<SignInStep> ChallengeCode(Parts& parts, SignIn sign_in, User user, std::string name) {
  const std::string attribute = AttributeOf(name);
  const std::string digits = parts.ids.Digits(name == "SMS_MFA" ? 6 : 8);
  Outgoing outgoing{sign_in.Scene(),        user, attribute, digits, "CustomMessage_Authentication",
                    sign_in.client_metadata};
  auto details = co_await Send(parts, std::move(outgoing));
  if (!details) co_return details.error();
  json parameters = json::object();
  parameters["CODE_DELIVERY_DELIVERY_MEDIUM"] = details->at("DeliveryMedium");
  parameters["CODE_DELIVERY_DESTINATION"] = details->at("Destination");
  parameters["USER_ID_FOR_SRP"] = user.username;
  PendingChallenge challenge{std::move(sign_in), name};
  challenge.secret["Code"] = digits;
  challenge.secret["Address"] = *user.Find(attribute);
  co_return OpenChallenge(parts, std::move(challenge), std::move(parameters));
}

Task<SignInStep> AnswerCode(Parts& parts, SignInRequest request) {
  const std::string* code = FindParameter(request, request.name + "_CODE");
  if (!code) co_return MissingParameter(request.name + "_CODE");
  const auto answered = FindAnswered(parts, request);
  if (!answered) co_return answered.error();
  const std::string expected = answered->challenge.secret.at("Code").get<std::string>();
  if (!auth::EqualsInConstantTime(expected, *code)) {
    co_return WrongCode(parts, *answered, kWrongCode);
  }
  if (auto error = UseChallenge(parts, answered->challenge)) co_return *std::move(error);
  SignIn sign_in = answered->challenge.sign_in;
  const auto user = VerifyAddress(parts, *answered);
  if (!user) co_return user.error();
  ForgetWrongPasswords(parts, *sign_in.app.pool, user->username);
  sign_in.second_factor = true;
  // In USER_AUTH the code was the first factor, and the account may not be ready yet.
  if (sign_in.flow == "USER_AUTH") {
    co_return co_await AfterPassword(parts, std::move(sign_in), *user);
  }
  co_return co_await AfterFirstFactor(parts, std::move(sign_in), *user);
}

Task<SignInStep> AnswerSoftwareToken(Parts& parts, SignInRequest request) {
  const std::string* code = FindParameter(request, "SOFTWARE_TOKEN_MFA_CODE");
  if (!code) co_return MissingParameter("SOFTWARE_TOKEN_MFA_CODE");
  const auto answered = FindAnswered(parts, request);
  if (!answered) co_return answered.error();
  if (auto error = UseSoftwareToken(parts, *answered, *code)) co_return *std::move(error);
  if (auto error = UseChallenge(parts, answered->challenge)) co_return *std::move(error);
  SignIn sign_in = answered->challenge.sign_in;
  ForgetWrongPasswords(parts, *sign_in.app.pool, answered->user.username);
  sign_in.second_factor = true;
  co_return co_await AfterFirstFactor(parts, std::move(sign_in), answered->user);
}

Task<SignInStep> AnswerSelectMfa(Parts& parts, SignInRequest request) {
  const std::string* answer = FindParameter(request, "ANSWER");
  if (!answer) co_return MissingParameter("ANSWER");
  const auto answered = FindAnswered(parts, request);
  if (!answered) co_return answered.error();
  const auto factors = FactorsOf(*request.app.pool, answered->user);
  if (std::find(factors.begin(), factors.end(), *answer) == factors.end()) {
    co_return InvalidParameter("Invalid MFA type selected.");
  }
  if (auto error = UseChallenge(parts, answered->challenge)) co_return *std::move(error);
  co_return co_await ChallengeFactor(parts, answered->challenge.sign_in, answered->user, *answer);
}

// VerifySoftwareToken has seen a code of the new secret and left that in the session.
Task<SignInStep> AnswerMfaSetup(Parts& parts, SignInRequest request) {
  const auto answered = FindAnswered(parts, request);
  if (!answered) co_return answered.error();
  if (!answered->challenge.secret.value("Verified", false)) {
    co_return ApiError{"SoftwareTokenMFANotFoundException", "Software Token MFA is not verified."};
  }
  if (auto error = UseChallenge(parts, answered->challenge)) co_return *std::move(error);
  SignIn sign_in = answered->challenge.sign_in;
  const PoolRef pool = sign_in.app.pool;
  User user;
  {
    const auto lock = parts.store.Lock(pool->id);
    const auto before = parts.store.ReadUser(*pool, pool->Fold(answered->user.username));
    if (!before || before->sub != answered->user.sub) co_return UserNotFound();
    user = *before;
    user.mfa.totp = true;
    if (user.mfa.preferred.empty()) user.mfa.preferred = "SOFTWARE_TOKEN_MFA";
    parts.store.Save(*pool, user, &*before);
  }
  sign_in.second_factor = true;
  co_return co_await AfterFirstFactor(parts, std::move(sign_in), std::move(user));
}

}  // namespace fractus::cognito
