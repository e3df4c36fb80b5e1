#include "cognito/errors.h"
#include "cognito/sign_in_steps.h"

namespace fractus::cognito {
namespace {

json Entry(const std::string& name, bool result, const json& metadata) {
  json entry = json::object();
  entry["challengeName"] = name;
  entry["challengeResult"] = result;
  entry["challengeMetadata"] = metadata;
  return entry;
}

// What the three triggers have in common.
json EventRequest(const SignIn& sign_in, const std::optional<User>& user) {
  json request = json::object();
  request["userAttributes"] = user ? EventAttributes(*user) : json::object();
  request["clientMetadata"] = sign_in.client_metadata;
  if (sign_in.app.client->HidesMissingUsers()) request["userNotFound"] = !user;
  return request;
}

bool IsTrue(const json& response, const char* member) {
  return response.value(member, json()) == true;
}

json ObjectOf(const json& response, const char* member) {
  const auto found = response.find(member);
  return found != response.end() && found->is_object() ? *found : json::object();
}

ApiError NotConfigured() {
  return InvalidParameter("Custom auth lambda trigger is not configured for the user pool.");
}

// CreateAuthChallenge makes the question.
Task<SignInStep> CreateChallenge(Parts& parts, SignIn sign_in, std::optional<User> user) {
  if (!HasTrigger(*sign_in.app.pool, "CreateAuthChallenge")) co_return NotConfigured();
  json request = EventRequest(sign_in, user), empty = json::object();
  request["challengeName"] = "CUSTOM_CHALLENGE";
  request["session"] = sign_in.history;
  for (const char* member :
       {"publicChallengeParameters", "privateChallengeParameters", "challengeMetadata"}) {
    empty[member] = nullptr;
  }
  auto scene = sign_in.Scene();
  const auto response = co_await RunTrigger(parts, std::move(scene), "CreateAuthChallenge",
                                            "CreateAuthChallenge_Authentication",
                                            std::move(request), std::move(empty));
  if (!response) co_return response.error();
  json parameters = json::object();
  parameters["USERNAME"] = sign_in.username;
  const json shown = ObjectOf(*response, "publicChallengeParameters");
  for (const auto& [name, value] : shown.items()) {
    parameters[name] = value.is_string() ? value : json(value.dump());
  }
  PendingChallenge challenge{std::move(sign_in), "CUSTOM_CHALLENGE"};
  challenge.secret["Private"] = ObjectOf(*response, "privateChallengeParameters");
  challenge.secret["Metadata"] = response->value("challengeMetadata", json());
  co_return OpenChallenge(parts, std::move(challenge), std::move(parameters));
}

}  // namespace

Task<SignInStep> DefineNext(Parts& parts, SignIn sign_in, std::optional<User> user) {
  json request = EventRequest(sign_in, user), empty = json::object();
  request["session"] = sign_in.history;
  for (const char* member : {"challengeName", "issueTokens", "failAuthentication"}) {
    empty[member] = nullptr;
  }
  auto scene = sign_in.Scene();
  const auto response = co_await RunTrigger(parts, std::move(scene), "DefineAuthChallenge",
                                            "DefineAuthChallenge_Authentication",
                                            std::move(request), std::move(empty));
  if (!response) co_return response.error();
  if (IsTrue(*response, "failAuthentication")) co_return WrongPassword();
  if (IsTrue(*response, "issueTokens")) {
    // A function that lets somebody in who does not exist lets in nobody.
    if (!user) co_return WrongPassword();
    if (auto error = CheckState(*user)) co_return *std::move(error);
    sign_in.second_factor = true;
    co_return co_await Finish(parts, std::move(sign_in), *std::move(user));
  }
  const json next = response->value("challengeName", json());
  if (next == "CUSTOM_CHALLENGE") {
    co_return co_await CreateChallenge(parts, std::move(sign_in), std::move(user));
  }
  if (next == "PASSWORD_VERIFIER" && !sign_in.srp_public.empty()) {
    const std::string name = sign_in.username, public_hex = sign_in.srp_public;
    co_return co_await ChallengePasswordVerifier(parts, std::move(sign_in), name, public_hex);
  }
  // Observed: which of AWS's challenges a function may ask for besides these two is not documented
  // in full.
  co_return ApiError{"InvalidLambdaResponseException", "Unrecognizable lambda output"};
}

Task<SignInStep> BeginCustomAuth(Parts& parts, SignIn sign_in, SignInRequest request) {
  const Pool& pool = *sign_in.app.pool;
  if (!HasTrigger(pool, "DefineAuthChallenge")) co_return NotConfigured();
  const auto user = parts.store.FindUser(pool, sign_in.username);
  if (!user && !sign_in.app.client->HidesMissingUsers()) co_return UserNotFound();
  if (user) sign_in.username = user->username;
  if (user && !user->enabled) co_return NotAuthorized("User is disabled.");
  if (const auto allowed = co_await PreAuthenticate(parts, sign_in, user); !allowed) {
    co_return allowed.error();
  }
  if (const std::string* public_hex = FindParameter(request, "SRP_A")) {
    sign_in.srp_public = *public_hex;
    sign_in.history.push_back(Entry("SRP_A", true, nullptr));
  }
  co_return co_await DefineNext(parts, std::move(sign_in), user);
}

Task<SignInStep> AnswerCustomChallenge(Parts& parts, SignInRequest request) {
  const auto username = RequireUsername(request);
  if (!username) co_return username.error();
  const std::string* given = FindParameter(request, "ANSWER");
  if (!given) co_return MissingParameter("ANSWER");
  const auto challenge = FindChallenge(parts, request, "CUSTOM_CHALLENGE", request.session);
  if (!challenge) co_return challenge.error();
  SignIn sign_in = challenge->sign_in;
  const Pool& pool = *sign_in.app.pool;
  if (!HasTrigger(pool, "VerifyAuthChallengeResponse")) co_return NotConfigured();
  const auto user = parts.store.ReadUser(pool, pool.Fold(sign_in.username));
  const auto named = parts.store.FindUser(pool, *username);
  if (user.has_value() != named.has_value() || (user && user->sub != named->sub)) {
    co_return NotAuthorized("Invalid session for the user.");
  }
  if (user && !user->enabled) co_return NotAuthorized("User is disabled.");
  if (auto error = UseChallenge(parts, *challenge)) co_return *std::move(error);
  json event = EventRequest(sign_in, user), empty = json::object();
  event["privateChallengeParameters"] = challenge->secret.at("Private");
  event["challengeAnswer"] = *given;
  empty["answerCorrect"] = nullptr;
  auto scene = sign_in.Scene();
  const auto response = co_await RunTrigger(parts, std::move(scene), "VerifyAuthChallengeResponse",
                                            "VerifyAuthChallengeResponse_Authentication",
                                            std::move(event), std::move(empty));
  if (!response) co_return response.error();
  sign_in.history.push_back(Entry("CUSTOM_CHALLENGE", IsTrue(*response, "answerCorrect"),
                                  challenge->secret.at("Metadata")));
  co_return co_await DefineNext(parts, std::move(sign_in), user);
}

}  // namespace fractus::cognito
