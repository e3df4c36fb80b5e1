#include "cognito/accounts.h"
#include "cognito/errors.h"
#include "cognito/password.h"
#include "cognito/schema.h"
#include "cognito/sign_in_steps.h"

namespace fractus::cognito {
namespace {

// "userAttributes.<name>" of the responses: what the user adds together with the new password.
Result<std::vector<Attribute>> GivenAttributes(const User& user, const json& responses) {
  constexpr std::string_view kPrefix = "userAttributes.";
  std::vector<Attribute> attributes;
  for (const auto& [key, value] : responses.items()) {
    if (!key.starts_with(kPrefix)) continue;
    const std::string name = key.substr(kPrefix.size());
    if ((name == "email" || name == "phone_number") && user.Find(name)) {
      return NotAuthorized("Cannot modify an already provided " + name);
    }
    attributes.push_back({name, value.is_string() ? value.get<std::string>() : value.dump()});
  }
  return attributes;
}

// Names of required attributes that the user lacks.
std::vector<std::string> MissingAttributes(const Pool& pool, const User& user) {
  std::vector<std::string> missing;
  for (const json& entry : pool.description.at("SchemaAttributes")) {
    const std::string name = entry.at("Name").get<std::string>();
    if (entry.value("Required", false) && !user.Find(name)) missing.push_back(name);
  }
  return missing;
}

Result<User> ChangeUser(Parts& parts, const SignInRequest& request, const SignIn& sign_in,
                        const Password& password) {
  const Pool& pool = *request.app.pool;
  const auto lock = parts.store.Lock(pool.id);
  const auto before = RequireChallenged(parts, request, sign_in);
  if (!before) return before.error();
  User user = *before;
  const auto attributes = GivenAttributes(user, request.parameters);
  if (!attributes) return attributes.error();
  if (auto error = CheckWritable(*request.app.client, *attributes)) return *std::move(error);
  if (auto error = CheckValues(pool, *attributes)) return *std::move(error);
  ChangeAttributes(user, *attributes);
  if (const auto missing = MissingAttributes(pool, user); !missing.empty()) {
    return InvalidParameter("Invalid attributes given, " + missing.front() + " is missing");
  }
  user.password = password;
  user.password_expires.reset();
  user.status = kConfirmed;
  user.modified = request.context.now;
  parts.store.Save(pool, user, &*before);
  return user;
}

}  // namespace

SignInStep ChallengeNewPassword(Parts& parts, const SignIn& sign_in, const User& user) {
  json attributes = json::object();
  for (const auto& [name, value] : user.attributes) attributes[name] = value;
  json required = json::array();
  for (const auto& name : MissingAttributes(*sign_in.app.pool, user)) {
    required.push_back("userAttributes." + name);
  }
  return OpenChallenge(parts, {sign_in, "NEW_PASSWORD_REQUIRED"},
                       {{"USER_ID_FOR_SRP", user.username},
                        {"requiredAttributes", required.dump()},
                        {"userAttributes", attributes.dump()}});
}

Task<SignInStep> AnswerNewPassword(Parts& parts, SignInRequest request) {
  const auto username = RequireUsername(request);
  if (!username) co_return username.error();
  const std::string* given = FindParameter(request, "NEW_PASSWORD");
  if (!given) co_return MissingParameter("NEW_PASSWORD");
  const auto challenge = FindChallenge(parts, request, "NEW_PASSWORD_REQUIRED", request.session);
  if (!challenge) co_return challenge.error();
  const Pool& pool = *request.app.pool;
  if (auto error = CheckPolicy(pool, *given)) co_return *std::move(error);
  const auto known = RequireChallenged(parts, request, challenge->sign_in);
  if (!known) co_return known.error();
  const auto password = ReplacePassword(pool, *known, *given, parts.ids);
  if (!password) co_return password.error();
  // What is wrong with the answer leaves the session as it is, to be answered better.
  auto user = ChangeUser(parts, request, challenge->sign_in, *password);
  if (!user) co_return user.error();
  if (auto error = UseChallenge(parts, *challenge)) co_return *std::move(error);
  SignIn sign_in = challenge->sign_in;
  sign_in.token_source = "TokenGeneration_NewPasswordChallenge";
  co_return co_await AfterFirstFactor(parts, std::move(sign_in), *std::move(user));
}

}  // namespace fractus::cognito
