#include "cognito/attempts.h"
#include "cognito/challenges.h"
#include "cognito/codes.h"
#include "cognito/errors.h"
#include "cognito/issue_tokens.h"
#include "cognito/operations.h"
#include "cognito/totp.h"

namespace fractus::cognito {
namespace {

// 52 characters of base32, as AWS's secrets.
constexpr size_t kSecretBytes = 32;

// The MFA_SETUP challenge that Session names. Its client is not in the request: the session itself
// tells.
Result<PendingChallenge> FindSetup(Parts& parts, const Request& request) {
  const auto app = FindChallengedApp(parts, request.Text("Session"));
  if (!app) return app.error();
  SignInRequest answer{*app, request.context};
  return FindChallenge(parts, answer, "MFA_SETUP", request.Text("Session"));
}

// Either with an access token or inside a sign-in.
struct Subject {
  PoolRef pool;
  User user;
  std::optional<PendingChallenge> setup;
};

Result<Subject> FindSubject(Parts& parts, const Request& request) {
  if (request.Has("AccessToken")) {
    auto caller = RequireCaller(parts, request);
    if (!caller) return caller.error();
    return Subject{caller->pool, caller->user, std::nullopt};
  }
  if (!request.Has("Session")) {
    return InvalidParameter("Either AccessToken or Session is required.");
  }
  auto setup = FindSetup(parts, request);
  if (!setup) return setup.error();
  const PoolRef pool = setup->sign_in.app.pool;
  auto user = parts.store.ReadUser(*pool, pool->Fold(setup->sign_in.username));
  if (!user) return UserNotFound();
  return Subject{pool, *std::move(user), *std::move(setup)};
}

template <class Change>
std::optional<ApiError> ChangeUser(Parts& parts, const Subject& subject, Change change) {
  const auto lock = parts.store.Lock(subject.pool->id);
  const auto before =
      parts.store.ReadUser(*subject.pool, subject.pool->Fold(subject.user.username));
  if (!before || before->sub != subject.user.sub) return UserNotFound();
  User user = *before;
  if (auto error = change(user)) return error;
  parts.store.Save(*subject.pool, user, &*before);
  return std::nullopt;
}

// The sign-in goes on with a session of its own.
std::string RenewSetup(Parts& parts, PendingChallenge setup) {
  const auto step = OpenChallenge(parts, std::move(setup), json::object());
  return step.challenge.at("Session").get<std::string>();
}

}  // namespace

// A new secret; the old one, if any, stops being asked for only when this one is verified.
Result<json> AssociateSoftwareToken(Parts& parts, const Request& request) {
  auto subject = FindSubject(parts, request);
  if (!subject) return subject.error();
  if (!subject->pool->OffersMfa("SOFTWARE_TOKEN_MFA")) {
    return ApiError{"SoftwareTokenMFANotFoundException",
                    "Software Token MFA has not been enabled by the userPool."};
  }
  const std::string secret = Base32Encode(parts.ids.Bytes(kSecretBytes));
  json output = {{"SecretCode", secret}};
  if (subject->setup) {
    if (auto error = UseChallenge(parts, *subject->setup)) return *std::move(error);
    PendingChallenge setup = *subject->setup;
    setup.secret = {{"Totp", secret}};
    output["Session"] = RenewSetup(parts, std::move(setup));
    return output;
  }
  const auto error = ChangeUser(parts, *subject, [&](User& user) -> std::optional<ApiError> {
    user.codes[kForTotp] = Code{secret, Time::max(), ""};
    return std::nullopt;
  });
  if (error) return *error;
  return output;
}

Result<json> VerifySoftwareToken(Parts& parts, const Request& request) {
  auto subject = FindSubject(parts, request);
  if (!subject) return subject.error();
  const Pool& pool = *subject->pool;
  const Time now = request.context.now;
  if (auto error = CheckPasswordAttempts(parts, pool, subject->user.username, now)) {
    return *std::move(error);
  }
  const auto waiting = subject->user.codes.find(kForTotp);
  const std::string in_base32 =
      subject->setup ? subject->setup->secret.value("Totp", std::string())
                     : (waiting == subject->user.codes.end() ? "" : waiting->second.value);
  if (in_base32.empty()) {
    return ApiError{"SoftwareTokenMFANotFoundException", "Software Token MFA is not associated."};
  }
  const auto secret = Base32Decode(in_base32);
  const auto step = secret ? MatchTotp(*secret, request.Text("UserCode"), now) : std::nullopt;
  if (!step) {
    CountWrongPassword(parts, pool, subject->user.username, now);
    return ApiError{"EnableSoftwareTokenMFAException", "Code mismatch"};
  }
  const auto error = ChangeUser(parts, *subject, [&](User& user) -> std::optional<ApiError> {
    user.codes.erase(kForTotp);
    user.mfa.totp_secret = in_base32;
    user.mfa.totp_verified = true;
    user.mfa.totp_step = *step;
    user.mfa.totp_name = request.Text("FriendlyDeviceName");
    return std::nullopt;
  });
  if (error) return *error;
  json output = {{"Status", "SUCCESS"}};
  if (subject->setup) {
    if (auto used = UseChallenge(parts, *subject->setup)) return *std::move(used);
    PendingChallenge setup = *subject->setup;
    setup.secret = {{"Verified", true}};
    output["Session"] = RenewSetup(parts, std::move(setup));
  }
  return output;
}

}  // namespace fractus::cognito
