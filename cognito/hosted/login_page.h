// Signing in with a browser, in parts that several pages need.
#pragma once

#include "cognito/hosted/authorization.h"
#include "cognito/sign_in.h"

namespace fractus::cognito::hosted {

// ClientId, Username and, for a client with a secret, SecretHash: what an operation needs that a
// page calls in the client's name.
json Named(const App& app, const std::string& username);
// What a name looks like in that pool: the label, the input's type and what browsers fill in.
struct NameKind {
  const char* label;
  const char* type;
  const char* autocomplete;
};
NameKind NameKindOf(const Pool& pool);
// How the pages call a user: by the address they sign in with, where there is one.
std::string CallName(const Pool& pool, const User& user);
// A name as typed, without blanks around it.
std::string TypedName(const Visit& visit);
// Goes on with a sign-in: to the next challenge's page, or back to the client.
Answer AfterStep(Desk& desk, const Visit& visit, const Authorization& authorization,
                 SignInStep step);
// The first line of a refusal that people may read.
std::string InWords(const ApiError& error);

}  // namespace fractus::cognito::hosted
