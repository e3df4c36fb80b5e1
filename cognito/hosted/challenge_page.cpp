#include "cognito/hosted/form.h"
#include "cognito/hosted/login_page.h"
#include "cognito/hosted/pages.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito::hosted {
namespace {

std::string TextOf(const json& object, const char* member) {
  const auto found = object.is_object() ? object.find(member) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// A list that travels as text inside a challenge's parameters.
std::vector<std::string> ListOf(const json& parameters, const char* member) {
  const json list = json::parse(TextOf(parameters, member), nullptr, /*allow_exceptions=*/false);
  std::vector<std::string> texts;
  if (!list.is_array()) return texts;
  for (const json& text : list) {
    if (text.is_string()) texts.push_back(text.get<std::string>());
  }
  return texts;
}

// "SMS_MFA" in words.
std::string FactorInWords(const std::string& factor) {
  if (factor == "SMS_MFA") return "A code by SMS";
  if (factor == "EMAIL_OTP") return "A code by e-mail";
  return "A code of your authenticator app";
}

void AskNewPassword(const Pool& pool, const Visit& visit, const json& parameters, Form& form) {
  form.title = "Choose a new password";
  form.intro = "You signed in with a temporary password.";
  form.button = "Change the password";
  for (const auto& attribute : ListOf(parameters, "requiredAttributes")) {
    Field field = AttributeField(attribute, attribute.substr(attribute.find('.') + 1));
    field.value = visit.form.Get(attribute);
    form.fields.push_back(std::move(field));
  }
  form.fields.push_back(NewPasswordField(pool, "NEW_PASSWORD", "New password"));
}

void AskCode(const std::string& name, const json& parameters, Form& form) {
  const std::string where = TextOf(parameters, "CODE_DELIVERY_DESTINATION");
  form.title = "Enter your code";
  form.intro = name == "SOFTWARE_TOKEN_MFA" ? "Your authenticator app shows it."
                                            : "We have sent it to " + where + ".";
  form.button = "Sign in";
  Field code = CodeField("Code");
  code.name = name + "_CODE";
  form.fields.push_back(std::move(code));
}

void AskChoice(const json& parameters, Form& form) {
  form.title = "How do you want to prove it is you?";
  form.button = "Continue";
  for (const auto& factor : ListOf(parameters, "MFAS_CAN_CHOOSE")) {
    form.choices.push_back({factor, FactorInWords(factor)});
  }
  form.choice_name = "ANSWER";
}

// What authenticator apps read: whose key it is, and the key.
// Source: https://github.com/google/google-authenticator/wiki/Key-Uri-Format
std::string KeyUri(const Pool& pool, const std::string& account, const std::string& secret) {
  const std::string issuer = PercentEncode(pool.description.at("Name").get<std::string>());
  return "otpauth://totp/" + issuer + ":" + PercentEncode(account) + "?secret=" + secret +
         "&issuer=" + issuer;
}

void AskSetup(const Pool& pool, const json& parameters, Form& form) {
  const std::string secret = TextOf(parameters, "SecretCode");
  form.title = "Set up an authenticator app";
  form.intro =
      "Scan this code with your authenticator app or type the key, then enter the code it shows.";
  form.uri = KeyUri(pool, TextOf(parameters, "Account"), secret);
  form.key = secret;
  form.button = "Sign in";
  form.fields.push_back(CodeField("Code"));
}

// A challenge that a form has brought back: what it asks for and who is asked.
json ReadChallenge(const Visit& visit) {
  json challenge = json::object();
  challenge["ChallengeName"] = visit.form.Get("challenge");
  challenge["Session"] = visit.form.Get("session");
  // Only to show the same page again: nothing is decided by it.
  const json told = json::parse(visit.form.Get("parameters"), nullptr, /*allow_exceptions=*/false);
  json parameters = json::object();
  for (const char* name : {"USER_ID_FOR_SRP", "requiredAttributes", "CODE_DELIVERY_DESTINATION",
                           "MFAS_CAN_CHOOSE", "SecretCode", "Account"}) {
    parameters[name] = TextOf(told, name);
  }
  challenge["ChallengeParameters"] = std::move(parameters);
  return challenge;
}

HttpResponse ChallengeForm(Desk& desk, const Visit& visit, const Authorization& authorization,
                           const json& challenge, const std::string& problem) {
  const std::string name = TextOf(challenge, "ChallengeName");
  const json& parameters = challenge.at("ChallengeParameters");
  Form form;
  form.bad = problem;
  form.action = "/challenge";
  form.target = authorization.redirect_uri;
  form.hidden = {{"challenge", name},
                 {"session", TextOf(challenge, "Session")},
                 {"parameters", parameters.dump()}};
  form.links = {{"Back to sign in", "/login"}};
  if (name == "NEW_PASSWORD_REQUIRED") {
    AskNewPassword(*authorization.app.pool, visit, parameters, form);
  } else if (name == "SMS_MFA" || name == "EMAIL_OTP" || name == "SOFTWARE_TOKEN_MFA") {
    AskCode(name, parameters, form);
  } else if (name == "SELECT_MFA_TYPE") {
    AskChoice(parameters, form);
  } else if (name == "MFA_SETUP") {
    AskSetup(*authorization.app.pool, parameters, form);
  } else {
    return ErrorPage(501, "The challenge " + name + " has no page.");
  }
  return Show(desk, visit, form);
}

// Gets the secret key that the page of MFA_SETUP shows, and whose it is.
boost::asio::awaitable<Result<json>> WithSecret(Desk& desk, const Visit& visit, const Pool& pool,
                                                json challenge) {
  json input = {{"Session", TextOf(challenge, "Session")}};
  const auto output = co_await Call(desk, visit, "AssociateSoftwareToken", std::move(input));
  if (!output) co_return output.error();
  challenge["Session"] = output->at("Session");
  json& parameters = challenge["ChallengeParameters"];
  parameters["SecretCode"] = output->at("SecretCode");
  const auto user = desk.parts.store.FindUser(pool, TextOf(parameters, "USER_ID_FOR_SRP"));
  if (user) parameters["Account"] = CallName(pool, *user);
  co_return challenge;
}

// The answer to a challenge as ContinueSignIn takes it; the code of MFA_SETUP is verified first.
boost::asio::awaitable<Result<SignInRequest>> ReadAnswer(Desk& desk, const Visit& visit,
                                                         const App& app, const json& challenge) {
  SignInRequest request;
  request.app = app;
  request.context = visit.request.context;
  request.entrance = Entrance::kHostedUi;
  request.name = TextOf(challenge, "ChallengeName");
  request.session = TextOf(challenge, "Session");
  request.parameters["USERNAME"] = TextOf(challenge.at("ChallengeParameters"), "USER_ID_FOR_SRP");
  for (const auto& [name, value] : visit.form) {
    const bool answer = name == "NEW_PASSWORD" || name == "ANSWER" || name.ends_with("_CODE") ||
                        name.starts_with("userAttributes.");
    if (answer && value.size() <= 2048) request.parameters[name] = value;
  }
  if (request.name == "MFA_SETUP") {
    json input = {{"Session", request.session}, {"UserCode", visit.form.Get("code")}};
    const auto verified = co_await Call(desk, visit, "VerifySoftwareToken", std::move(input));
    if (!verified) co_return verified.error();
    request.session = TextOf(*verified, "Session");
  }
  co_return request;
}

}  // namespace

Answer ShowChallenge(Desk& desk, const Visit& visit, const Authorization& authorization,
                     json challenge) {
  if (TextOf(challenge, "ChallengeName") == "MFA_SETUP") {
    auto with_secret =
        co_await WithSecret(desk, visit, *authorization.app.pool, std::move(challenge));
    if (!with_secret) co_return ErrorPage(400, InWords(with_secret.error()));
    challenge = *std::move(with_secret);
  }
  co_return ChallengeForm(desk, visit, authorization, challenge, "");
}

Answer AnswerChallenge(Desk& desk, const Visit& visit) {
  const auto read = ReadAuthorization(desk, visit);
  if (const auto* refusal = std::get_if<HttpResponse>(&read)) co_return *refusal;
  const auto& authorization = std::get<Authorization>(read);
  const json challenge = ReadChallenge(visit);
  auto answer = co_await ReadAnswer(desk, visit, authorization.app, challenge);
  if (!answer) {
    co_return ChallengeForm(desk, visit, authorization, challenge, InWords(answer.error()));
  }
  auto request = *std::move(answer);
  const auto step = co_await ContinueSignIn(desk.parts, std::move(request));
  if (step) co_return co_await AfterStep(desk, visit, authorization, *step);
  co_return ChallengeForm(desk, visit, authorization, challenge, InWords(step.error()));
}

}  // namespace fractus::cognito::hosted
