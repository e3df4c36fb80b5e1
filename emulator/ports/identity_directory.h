// Who is behind an access key or a role: what signatures and STS need to know of IAM.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/clock.h"

namespace fractus::ports {

struct Credential {
  std::string secret;
  // Empty for a long-lived key.
  std::string session_token;
  std::string account;
  // "arn:aws:iam::000000000000:user/ann",
  // "arn:aws:sts::000000000000:assumed-role/deployer/session".
  std::string principal_arn;
  // "AIDA…", "AROA…:session".
  std::string user_id;
  // Nothing for a long-lived key.
  std::optional<Time> expires;
};

struct Role {
  std::string id;
  std::string arn;
  // In seconds.
  long long max_session_duration = 3600;
};

// Thread-safe.
class IdentityDirectory {
 public:
  virtual ~IdentityDirectory() = default;

  // Nothing for a key that was not made here, and for one that was deleted or made inactive. An
  // expired one is found.
  virtual std::optional<Credential> FindCredential(std::string_view access_key) const = 0;
  virtual std::optional<Role> FindRole(std::string_view account, std::string_view name) const = 0;
};

}  // namespace fractus::ports
