// Security Token Service: who am I, and temporary credentials.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/clock.h"
#include "emulator/core/id_source.h"
#include "emulator/ports/identity_directory.h"
#include "emulator/service/operation_table.h"
#include "emulator/storage/collection.h"

namespace fractus::sts {

// Thread-safe. Keeps the credentials it gave away in the room "sts" of the database, which must
// outlive it.
//
// Differs from AWS: a role need not exist to be assumed, and its trust policy is not evaluated.
class Sts : public ports::IdentityDirectory {
 public:
  // `iam` knows users' keys and roles; without it every caller is the account's root and every role
  // is unknown. It must outlive the object.
  Sts(storage::Database& database, Clock& clock, IdSource& ids,
      const ports::IdentityDirectory* iam = nullptr);

  service::OperationTable Operations();

  // Temporary credentials made here, then those that IAM knows.
  std::optional<ports::Credential> FindCredential(std::string_view access_key) const override;
  std::optional<ports::Role> FindRole(std::string_view account,
                                      std::string_view name) const override;

 private:
  struct Session {
    std::string account;
    std::string principal_arn;
    std::string user_id;
    long long seconds = 3600;
  };

  Result<json> GetCallerIdentity(const Request& request);
  Result<json> AssumeRole(const Request& request);
  Result<json> GetSessionToken(const Request& request);
  Result<json> GetAccessKeyInfo(const Request& request);

  // Makes and keeps a key of a session; answers the member Credentials.
  json MakeCredentials(const Session& session, Time now);

  IdSource& ids_;
  const ports::IdentityDirectory* iam_;
  // By key id, without account: a key alone names its owner.
  storage::Collection sessions_;
};

}  // namespace fractus::sts
