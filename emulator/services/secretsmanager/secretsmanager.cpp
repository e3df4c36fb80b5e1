#include "emulator/services/secretsmanager/secretsmanager.h"

#include <fmt/format.h>

#include "emulator/core/arn.h"

namespace fractus::secretsmanager {
namespace {

constexpr std::string_view kKind = "secret:";
constexpr size_t kSuffix = 7;

// Its recovery window has passed: it is gone.
bool IsGone(const json& secret, Time now) {
  return secret.contains("delete_at") && secret.at("delete_at").get<double>() <= EpochSeconds(now);
}

bool LooksComplete(std::string_view name) {
  return name.size() > kSuffix && name[name.size() - kSuffix] == '-' &&
         name.substr(name.size() - kSuffix + 1).find_first_of("-/_+=.@!") == std::string_view::npos;
}

}  // namespace

SecretsManager::SecretsManager(storage::Database& database, Clock&, IdSource& ids)
    : ids_(ids), secrets_(database.OpenRoom("secretsmanager"), "secret") {}

service::OperationTable SecretsManager::Operations() {
  const auto bind = [this](Result<json> (SecretsManager::*operation)(const Request&)) {
    return service::Operation(
        [this, operation](const Request& request) { return (this->*operation)(request); });
  };
  return {
      {"CreateSecret", bind(&SecretsManager::CreateSecret)},
      {"DeleteResourcePolicy", bind(&SecretsManager::DeleteResourcePolicy)},
      {"DeleteSecret", bind(&SecretsManager::DeleteSecret)},
      {"DescribeSecret", bind(&SecretsManager::DescribeSecret)},
      {"GetRandomPassword", bind(&SecretsManager::GetRandomPassword)},
      {"GetResourcePolicy", bind(&SecretsManager::GetResourcePolicy)},
      {"GetSecretValue", bind(&SecretsManager::GetSecretValue)},
      {"ListSecretVersionIds", bind(&SecretsManager::ListSecretVersionIds)},
      {"ListSecrets", bind(&SecretsManager::ListSecrets)},
      {"PutResourcePolicy", bind(&SecretsManager::PutResourcePolicy)},
      {"PutSecretValue", bind(&SecretsManager::PutSecretValue)},
      {"RestoreSecret", bind(&SecretsManager::RestoreSecret)},
      {"TagResource", bind(&SecretsManager::TagResource)},
      {"UntagResource", bind(&SecretsManager::UntagResource)},
      {"UpdateSecret", bind(&SecretsManager::UpdateSecret)},
      {"UpdateSecretVersionStage", bind(&SecretsManager::UpdateSecretVersionStage)},
  };
}

ApiError SecretNotFound() {
  return {"ResourceNotFoundException", "Secrets Manager can't find the specified secret."};
}
ApiError InvalidRequest(std::string message) {
  return {"InvalidRequestException", std::move(message)};
}
ApiError InvalidParameter(std::string message) {
  return {"InvalidParameterException", std::move(message)};
}

Result<json> SecretsManager::Find(const Request& request, Deleted deleted) const {
  auto name = request.Text("SecretId");
  const auto arn = Arn::Parse(name);
  bool complete = false;
  if (arn) {
    if (!arn->resource.starts_with(kKind)) return SecretNotFound();
    if (arn->region != request.context.region || arn->account != request.context.account)
      return SecretNotFound();
    name = arn->resource.substr(kKind.size());
    // AWS takes a name that ends like this for one with its random characters, even when it has
    // none.
    complete = LooksComplete(name);
    if (complete) name.resize(name.size() - kSuffix);
  }
  auto secret = secrets_.Find(storage::Scope::Of(request.context), name);
  if (!secret || IsGone(*secret, request.context.now)) return SecretNotFound();
  if (complete && secret->at("ARN") != arn->ToString()) return SecretNotFound();
  if (deleted == Deleted::kRefused && secret->contains("delete_at")) {
    return InvalidRequest(
        "You can't perform this operation on the secret because it was marked for deletion.");
  }
  return *std::move(secret);
}

std::vector<json> SecretsManager::All(const Request& request) const {
  auto secrets = secrets_.All(storage::Scope::Of(request.context));
  std::erase_if(secrets, [&](const json& secret) { return IsGone(secret, request.context.now); });
  return secrets;
}

void SecretsManager::Put(const Request& request, const json& secret) const {
  secrets_.Put(storage::Scope::Of(request.context), secret.at("Name").get<std::string>(), secret);
}

json StagesByVersion(const json& secret) {
  json stages = json::object();
  for (const auto& version : secret.at("versions")) {
    if (!version.at("stages").empty())
      stages[version.at("id").get<std::string>()] = version.at("stages");
  }
  return stages;
}

}  // namespace fractus::secretsmanager
