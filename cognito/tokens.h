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

// A group as far as tokens care.
struct GroupClaim {
  std::string name;
  std::string role_arn;
  // Groups without a precedence come last.
  long long precedence = 0;
};

struct TokenSubject {
  const Pool& pool;
  const Client& client;
  const User& user;
  const Session& session;
  // In order of precedence.
  std::vector<GroupClaim> groups;
};

std::string MakeIdToken(const TokenSubject& subject, const PoolKeys& keys, IdSource& ids, Time now);
std::string MakeAccessToken(const TokenSubject& subject, const PoolKeys& keys, IdSource& ids,
                            Time now);

// Five parts like AWS's (a JWE that only AWS can read), but random: what it stands for is in the
// store.
std::string MakeRefreshToken(IdSource& ids);
// An opaque text as AWS's Session: "AYABe...".
std::string MakeSessionText(IdSource& ids);
// Under which refresh tokens and session texts are kept: whoever reads the database cannot sign in
// with it.
std::string TokenDigest(std::string_view token);

}  // namespace fractus::cognito
