// What the hosted pages remember between requests: authorization codes, who is signed in with a
// browser, and who is about to be.
//
// All in the room "cognito", by the digest of a random text that only the browser or the client
// has:
//   code <digest>      a CodeGrant, good once and for five minutes
//   browser <digest>   a BrowserSession, good for an hour
//   pending <digest>   a Pending, good for an hour
//   hosted-expiry <time> <kind> <digest>   the key of what expires then
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cognito/parts.h"

namespace fractus::cognito::hosted {

// What an authorization code stands for.
struct CodeGrant {
  std::string client_id;
  std::string pool_id;
  std::string username;
  std::string sub;
  Time auth_time;
  std::string redirect_uri;
  std::vector<std::string> scopes;
  std::string nonce;
  // Empty without PKCE.
  std::string code_challenge;
};

// A UUID, as on AWS.
std::string IssueCode(Parts& parts, const CodeGrant& grant, Time now);
// Takes the code out of the store; nothing for one that is unknown, used or too old.
std::optional<CodeGrant> RedeemCode(Parts& parts, std::string_view code, Time now);

// A user who is signed in with a browser.
struct BrowserSession {
  std::string pool_id;
  std::string username;
  std::string sub;
  Time auth_time;
};

// Returns the cookie's value.
std::string OpenBrowserSession(Parts& parts, const BrowserSession& session, Time now);
std::optional<BrowserSession> FindBrowserSession(Parts& parts, std::string_view cookie, Time now);
void CloseBrowserSession(Parts& parts, std::string_view cookie);

// A user who has to enter a code that was sent to them.
struct Pending {
  enum class Kind { kSignUp, kReset };
  // Whether the password was seen: then the code alone signs in.
  enum class Proof { kNone, kPassword };

  std::string client_id;
  std::string username;
  Kind kind = Kind::kSignUp;
  Proof proof = Proof::kNone;
  // The masked address the code went to: "j***@e***".
  std::string destination;
};

// Returns the cookie's value.
std::string KeepPending(Parts& parts, const Pending& pending, Time now);
std::optional<Pending> FindPending(Parts& parts, std::string_view cookie, Time now);
void DropPending(Parts& parts, std::string_view cookie);

}  // namespace fractus::cognito::hosted
