// The JWTs of a user pool, with the claims AWS puts into them, and the opaque texts that go with
// them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cognito/records.h"
#include "cognito/signing_keys.h"
#include "emulator/core/id_source.h"

namespace fractus::cognito {

// The groups of a user as tokens show them.
struct GroupClaims {
  // In order of precedence; groups without one come last.
  std::vector<std::string> names;
  std::vector<std::string> roles;
  std::string preferred_role;
};

// What a PreTokenGeneration trigger changes. Claims are added as they are, JSON of any type.
struct ClaimChanges {
  json added = json::object();
  std::vector<std::string> suppressed;
};

struct TokenSubject {
  const Pool& pool;
  const Client& client;
  const User& user;
  const Session& session;
  GroupClaims groups;
  ClaimChanges id_changes = {};
  ClaimChanges access_changes = {};
  // What the tokens are called: jti.
  std::string access_jti = {};
  std::string id_jti = {};
};

// `access_token` is hashed into tokens of the hosted UI (at_hash) and not looked at otherwise.
std::string MakeIdToken(const TokenSubject& subject, const std::string& access_token,
                        const PoolKeys& keys, Time now);
std::string MakeAccessToken(const TokenSubject& subject, const PoolKeys& keys, Time now);
// The access token of client_credentials: of a client and no user.
std::string MakeClientToken(const Pool& pool, const Client& client,
                            const std::vector<std::string>& scopes, const ClaimChanges& changes,
                            const PoolKeys& keys, IdSource& ids, Time now);
// Whether id tokens and userInfo show this attribute to who asked for these scopes: openid alone
// shows all, with email, phone and profile only what these name.
bool ScopesShow(const std::vector<std::string>& scopes, std::string_view attribute);

// Five parts like AWS's (a JWE that only AWS can read), but random: what it stands for is in the
// store.
std::string MakeRefreshToken(IdSource& ids);
// An opaque text as AWS's Session: "AYABe...".
std::string MakeSessionText(IdSource& ids);
// Under which refresh tokens and session texts are kept: whoever reads the database cannot sign in
// with it.
std::string TokenDigest(std::string_view token);

}  // namespace fractus::cognito
