// USER_AUTH: the user chooses among the first factors that the pool allows.
#include <algorithm>

#include "cognito/errors.h"
#include "cognito/sign_in_steps.h"

namespace fractus::cognito {
namespace {

// Differs from AWS: passkeys (WEB_AUTHN) are not emulated and never offered.
std::vector<std::string> ChoicesOf(const Pool& pool, const std::optional<User>& user) {
  const json allowed = pool.description.at("Policies")
                           .value("SignInPolicy", json::object())
                           .value("AllowedFirstAuthFactors", json::array({"PASSWORD"}));
  const auto allows = [&](const char* factor) {
    return std::find(allowed.begin(), allowed.end(), factor) != allowed.end();
  };
  std::vector<std::string> choices;
  if (allows("PASSWORD") && (!user || !user->password.hash.empty())) {
    choices = {"PASSWORD", "PASSWORD_SRP"};
  }
  // Somebody made up gets what somebody with an address would get.
  if (allows("EMAIL_OTP") && (!user || user->Find("email"))) choices.push_back("EMAIL_OTP");
  if (allows("SMS_OTP") && user && user->Find("phone_number")) choices.push_back("SMS_OTP");
  return choices;
}

SignInStep OfferChoices(Parts& parts, const SignIn& sign_in,
                        const std::vector<std::string>& choices) {
  SignInStep step = OpenChallenge(parts, {sign_in, "SELECT_CHALLENGE"}, json::object());
  step.challenge["AvailableChallenges"] = choices;
  return step;
}

// Goes on with one choice: asks for what it needs unless the request brought it.
Task<SignInStep> Choose(Parts& parts, SignIn sign_in, SignInRequest request, std::string choice) {
  const std::string name = sign_in.username;
  if (choice == "PASSWORD" || choice == "PASSWORD_SRP") {
    const bool srp = choice == "PASSWORD_SRP";
    const std::string* given = FindParameter(request, srp ? "SRP_A" : "PASSWORD");
    if (!given) co_return OpenChallenge(parts, {sign_in, choice}, json::object());
    if (srp) {
      co_return co_await ChallengePasswordVerifier(parts, std::move(sign_in), name, *given);
    }
    co_return co_await SignInByPassword(parts, std::move(sign_in), name, *given);
  }
  auto user = parts.store.FindUser(*sign_in.app.pool, name);
  if (!user) {
    // Nobody gets a mail, and the code that never was is wrong whatever it is.
    json parameters = json::object();
    parameters["CODE_DELIVERY_DELIVERY_MEDIUM"] = "EMAIL";
    parameters["CODE_DELIVERY_DESTINATION"] = name.substr(0, 1) + "***@" + "***";
    PendingChallenge challenge{std::move(sign_in), choice};
    challenge.secret["Code"] = "";
    co_return OpenChallenge(parts, std::move(challenge), std::move(parameters));
  }
  if (!user->enabled) co_return NotAuthorized("User is disabled.");
  if (const auto allowed = co_await PreAuthenticate(parts, sign_in, user); !allowed) {
    co_return allowed.error();
  }
  co_return co_await ChallengeCode(parts, std::move(sign_in), *std::move(user), choice);
}

bool IsOffered(const std::vector<std::string>& choices, const std::string& choice) {
  return std::find(choices.begin(), choices.end(), choice) != choices.end();
}

}  // namespace

Task<SignInStep> BeginChoice(Parts& parts, SignIn sign_in, SignInRequest request) {
  const auto user = parts.store.FindUser(*sign_in.app.pool, sign_in.username);
  if (!user && !sign_in.app.client->HidesMissingUsers()) co_return UserNotFound();
  if (user) sign_in.username = user->username;
  const auto choices = ChoicesOf(*sign_in.app.pool, user);
  const std::string* preferred = FindParameter(request, "PREFERRED_CHALLENGE");
  if (preferred && IsOffered(choices, *preferred)) {
    const std::string choice = *preferred;
    co_return co_await Choose(parts, std::move(sign_in), std::move(request), choice);
  }
  co_return OfferChoices(parts, sign_in, choices);
}

Task<SignInStep> AnswerChoice(Parts& parts, SignInRequest request) {
  const auto username = RequireUsername(request);
  if (!username) co_return username.error();
  const auto challenge = FindChallenge(parts, request, request.name, request.session);
  if (!challenge) co_return challenge.error();
  SignIn sign_in = challenge->sign_in;
  const auto user = parts.store.FindUser(*request.app.pool, sign_in.username);
  std::string choice = request.name;
  if (choice == "SELECT_CHALLENGE") {
    const std::string* answer = FindParameter(request, "ANSWER");
    if (!answer) co_return MissingParameter("ANSWER");
    choice = *answer;
  }
  if (!IsOffered(ChoicesOf(*request.app.pool, user), choice)) {
    co_return InvalidParameter("Selected challenge is not available.");
  }
  if (auto error = UseChallenge(parts, *challenge)) co_return *std::move(error);
  co_return co_await Choose(parts, std::move(sign_in), std::move(request), choice);
}

}  // namespace fractus::cognito
