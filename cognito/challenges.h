// Challenges that wait for their answer, and what a sign-in carries from one to the next.
#pragma once

#include <string>
#include <string_view>

#include "cognito/sign_in.h"

namespace fractus::cognito {

struct SignIn {
  // Of the present request.
  App app;
  RequestContext context;
  Entrance entrance = Entrance::kApi;
  // ClientMetadata of an answer. That of the first request is for PreAuthentication and
  // UserMigration alone, as their validationData.
  json client_metadata = {};
  json validation_data = {};

  // Kept between requests.
  std::string flow = {};
  // As the user is called in the store, or as the client wrote it when there is no such user.
  std::string username = {};
  std::string device_key = {};
  std::string token_source = "TokenGeneration_Authentication";
  // The client's half of an SRP exchange that CUSTOM_AUTH began with.
  std::string srp_public = {};
  // What Define/Create/VerifyAuthChallenge did so far: [{"challengeName", "challengeResult",
  // "challengeMetadata"}].
  json history = json::array();
  // The second factor was proven, or its place was taken by a remembered device.
  bool second_factor = false;
  bool device = false;

  TriggerScene Scene() const { return {app.pool, app.client->id, username, context}; }
};

struct PendingChallenge {
  SignIn sign_in;
  // "SMS_MFA", ...
  std::string name;
  // What the answer is compared with; never leaves the store.
  json secret = json::object();
  // Digest of the session text.
  std::string id = {};
};

// Keeps the challenge and returns it as InitiateAuth answers it.
SignInStep OpenChallenge(Parts& parts, PendingChallenge challenge, json parameters);
// The same under a text that the caller made (SECRET_BLOCK); without a Session in the answer.
SignInStep OpenChallenge(Parts& parts, PendingChallenge challenge, json parameters,
                         std::string_view text);

// The challenge of that session text, for the client of this request. NotAuthorizedException when
// there is none, or it was used or has expired.
Result<PendingChallenge> FindChallenge(Parts& parts, const SignInRequest& request,
                                       const std::string& name, std::string_view text);
// The client that a session text was given to, for operations that name none.
Result<App> FindChallengedApp(Parts& parts, std::string_view text);
// Uses the challenge up: of several answers at once only one gets through.
std::optional<ApiError> UseChallenge(Parts& parts, const PendingChallenge& challenge);

}  // namespace fractus::cognito
