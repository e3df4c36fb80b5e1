// What a client asks for when it sends a browser to sign in: the parameters of /oauth2/authorize
// and of every page on the way.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cognito/hosted/grants.h"
#include "cognito/hosted/visit.h"

namespace fractus::cognito::hosted {

struct Authorization {
  App app;
  // Answers with a code, or with tokens at once (implicit grant).
  enum class Response { kCode, kToken };
  Response response = Response::kCode;
  // One of the client's CallbackURLs, character for character.
  std::string redirect_uri;
  std::vector<std::string> scopes;
  std::string state;
  std::string nonce;
  // Empty without PKCE.
  std::string code_challenge;
  // "login", "none", ... or empty.
  std::string prompt;
};

// The client of the query, if it is one of the visited pool; nothing for all others.
std::optional<App> FindApp(Desk& desk, const Visit& visit, std::string_view client_id);

// The query as an Authorization, or how it is refused. Until client and redirect URI are known to
// belong together nobody is redirected but to /error; afterwards the client is told, with its
// state. Source:
// https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html
std::variant<Authorization, HttpResponse> ReadAuthorization(Desk& desk, const Visit& visit);

// Tells the client why there is neither code nor token.
HttpResponse TellClient(const Authorization& authorization, const char* error,
                        const std::string& description = "");

// Sends the browser back to the client with a code or with tokens for that user.
Answer Finish(Desk& desk, const Visit& visit, const Authorization& authorization, User user,
              Time auth_time);
// The same for a user who has just proven to be it: the browser keeps a session.
Answer SignInBrowser(Desk& desk, const Visit& visit, const Authorization& authorization, User user);
// The user of the browser's session with this pool; nothing when there is none any more.
struct SignedIn {
  User user;
  Time auth_time;
};
std::optional<SignedIn> FindSignedIn(Desk& desk, const Visit& visit, const Pool& pool);

// Whether the scope may be granted: one of the standard ones, or of a resource server that exists.
bool IsKnownScope(Parts& parts, const Pool& pool, const std::string& scope);
bool IsStandardScope(std::string_view scope);
// Whether AllowedOAuthFlows has it, and OAuth is on for the client.
bool AllowsFlow(const Client& client, std::string_view flow);
std::vector<std::string> AllowedScopes(const Client& client);

}  // namespace fractus::cognito::hosted
