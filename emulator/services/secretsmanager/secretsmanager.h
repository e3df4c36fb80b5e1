// Secrets Manager: secrets with versions and stages, and random passwords.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/clock.h"
#include "emulator/core/id_source.h"
#include "emulator/service/operation_table.h"
#include "emulator/storage/collection.h"

namespace fractus::secretsmanager {

// Thread-safe. Keeps its state in the room "secretsmanager" of the database, which must outlive it.
// Secrets are not encrypted: the data folder is the user's own.
//
// Differs from AWS: ClientRequestToken may be absent, also where SDKs always send it; there is no
// rotation and no replication.
class SecretsManager {
 public:
  SecretsManager(storage::Database& database, Clock& clock, IdSource& ids);

  service::OperationTable Operations();

 private:
  // secrets.cpp
  Result<json> CreateSecret(const Request& request);
  Result<json> UpdateSecret(const Request& request);
  Result<json> DescribeSecret(const Request& request);
  Result<json> DeleteSecret(const Request& request);
  Result<json> RestoreSecret(const Request& request);
  Result<json> TagResource(const Request& request);
  Result<json> UntagResource(const Request& request);
  // resource_policy.cpp
  Result<json> GetResourcePolicy(const Request& request);
  Result<json> PutResourcePolicy(const Request& request);
  Result<json> DeleteResourcePolicy(const Request& request);
  // list_secrets.cpp
  Result<json> ListSecrets(const Request& request);
  // values.cpp
  Result<json> GetSecretValue(const Request& request);
  Result<json> PutSecretValue(const Request& request);
  Result<json> ListSecretVersionIds(const Request& request);
  Result<json> UpdateSecretVersionStage(const Request& request);
  // random_password.cpp
  Result<json> GetRandomPassword(const Request& request);

  // Whether a secret that waits for its deletion is an answer or an error.
  enum class Deleted { kAllowed, kRefused };
  // The secret that SecretId names: by name, by ARN, or by ARN without its six random characters.
  Result<json> Find(const Request& request, Deleted deleted) const;
  // Without secrets whose recovery window has passed.
  std::vector<json> All(const Request& request) const;
  void Put(const Request& request, const json& secret) const;
  // Adds the value of the request as a version with these stages, unless it is there; answers the
  // version's id.
  Result<std::string> AddVersion(json& secret, const Request& request, const json& stages);

  IdSource& ids_;
  // Held by every operation that reads and then writes.
  std::mutex mutex_;
  // By name. {"Name", "ARN", "CreatedDate", "versions": [{"id", "stages", "created", "SecretString"
  // | "SecretBinary"}], "tags", "delete_at"...}
  storage::Collection secrets_;
};

ApiError SecretNotFound();
ApiError InvalidRequest(std::string message);
ApiError InvalidParameter(std::string message);
// Moves a stage to one version, AWSCURRENT with AWSPREVIOUS in its wake.
void MoveStage(json& secret, const std::string& stage, const std::string& version);
json StagesByVersion(const json& secret);

}  // namespace fractus::secretsmanager
