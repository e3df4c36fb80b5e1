// Sessions: what a successful sign-in hands out, how it goes on, and how a token is traced back to
// it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cognito/triggers.h"

namespace fractus::cognito {

// The scope of tokens from InitiateAuth.
inline constexpr char kSelfService[] = "aws.cognito.signin.user.admin";

// How the tokens of a new session are to be.
struct TokenWish {
  TokenStyle style = TokenStyle::kApi;
  std::vector<std::string> scopes = {kSelfService};
  // When the user signed in.
  Time auth_time;
  // The source that the PreTokenGeneration trigger is told: "TokenGeneration_HostedAuth".
  std::string source = "TokenGeneration_Authentication";
  // Of the authorization request.
  std::string nonce = {};
  std::string device_key = {};
  json client_metadata = {};
};

// Opens a session. The answer is an AuthenticationResult: AccessToken, IdToken (for a hosted
// session only with the scope openid), RefreshToken, ExpiresIn, TokenType. Runs PreTokenGeneration.
Task<json> StartSession(Parts& parts, App app, RequestContext context, User user, TokenWish wish);

// The session of a refresh token that this client was given; refused when unknown, revoked, expired
// or used up by rotation.
Result<Session> FindRefreshSession(Parts& parts, const Client& client, std::string_view token,
                                   Time now);
// AuthenticationResult of a refresh: new tokens of the same session, and a new refresh token where
// the client rotates them. Runs PreTokenGeneration.
Task<json> ContinueSession(Parts& parts, App app, RequestContext context, User user,
                           Session session, std::string refresh_token, json client_metadata);
// Ends the session of a refresh token, as RevokeToken does. A token of another client or of no
// session is refused.
std::optional<ApiError> EndSession(Parts& parts, const Client& client, std::string_view token);

// The access token for client_credentials. Runs PreTokenGeneration V3.
Task<std::string> IssueClientToken(Parts& parts, App app, RequestContext context,
                                   std::vector<std::string> scopes, json client_metadata);

// Who calls with the request's AccessToken.
struct Caller {
  PoolRef pool;
  ClientRef client;
  User user;
  Session session;
  // The token's own scopes.
  std::vector<std::string> scopes;
};
// Refused as NotAuthorizedException "Invalid Access Token", "Access Token has expired", "... been
// revoked".
Result<Caller> FindCaller(Parts& parts, std::string_view access_token, Time now);
// The same for the request's AccessToken, which must have the scope of self-service.
Result<Caller> RequireCaller(Parts& parts, const Request& request);

}  // namespace fractus::cognito
