// A sign-in from its first request to the proof: the one state machine behind InitiateAuth,
// RespondToAuthChallenge and the hosted UI.
#pragma once

#include <optional>
#include <string>

#include "cognito/triggers.h"

namespace fractus::cognito {

// Through which door somebody signs in. ExplicitAuthFlows and SECRET_HASH are the API's affairs:
// the hosted UI checks neither.
enum class Entrance { kApi, kAdminApi, kHostedUi };

struct SignInRequest {
  App app;
  RequestContext context;
  Entrance entrance = Entrance::kApi;
  // InitiateAuth's AuthFlow ("USER_PASSWORD_AUTH", "USER_SRP_AUTH", ...), or the ChallengeName of
  // an answer.
  std::string name = {};
  // AuthParameters or ChallengeResponses: {"USERNAME": ..., "PASSWORD": ...}.
  json parameters = json::object();
  // Of the challenge that is answered.
  std::string session = {};
  json client_metadata = {};
};

// Somebody who has proven who they are: may be given tokens by StartSession.
struct ProvenUser {
  User user;
  // For TokenWish.
  std::string token_source;
  std::string device_key;
  // {"DeviceKey", "DeviceGroupKey"} where the pool remembers devices and this one is new; else
  // null.
  json new_device = {};
};

struct SignInStep {
  // What the user must answer next: {"ChallengeName", "Session", "ChallengeParameters"} as
  // InitiateAuth returns it. Null once the user is proven.
  json challenge = {};
  std::optional<ProvenUser> proven = {};
};

// The first step, and every further one with the answer to a challenge. A session text is good for
// one right answer, as long as the client's AuthSessionValidity.
Task<SignInStep> BeginSignIn(Parts& parts, SignInRequest request);
Task<SignInStep> ContinueSignIn(Parts& parts, SignInRequest request);

}  // namespace fractus::cognito
