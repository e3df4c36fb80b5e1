// What a successful sign-in hands out, and how a token is traced back to it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cognito/parts.h"

namespace fractus::cognito {

// AuthenticationResult of a new sign-in: opens a session.
json StartSession(Parts& parts, const App& app, const User& user, Time now);
// AuthenticationResult of REFRESH_TOKEN_AUTH: the session goes on, no new refresh token.
json ContinueSession(Parts& parts, const App& app, const User& user, const Session& session,
                     Time now);

// The session of a refresh token that this client was given; refused when unknown, revoked or
// expired.
Result<Session> FindRefreshSession(Parts& parts, const Client& client, std::string_view token,
                                   Time now);

// Who calls with the request's AccessToken.
struct Caller {
  PoolRef pool;
  ClientRef client;
  User user;
  Session session;
};
// Refused as NotAuthorizedException "Invalid Access Token", "Access Token has expired", "... been
// revoked".
Result<Caller> RequireCaller(Parts& parts, const Request& request);

// NEW_PASSWORD_REQUIRED: the answer of InitiateAuth, with a Session that is good once.
json ChallengeNewPassword(Parts& parts, const App& app, const User& user, Time now);

// The checks between finding the user and issuing tokens: password, state, MFA. `user` is nullopt
// for a name that does not exist; it takes as long. The answer is an AuthenticationResult or a
// challenge, as InitiateAuth returns it.
Result<json> SignInByPassword(Parts& parts, const App& app, const std::optional<User>& user,
                              std::string_view password, Time now);

}  // namespace fractus::cognito
