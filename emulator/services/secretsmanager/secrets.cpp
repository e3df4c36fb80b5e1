#include <fmt/format.h>

#include <algorithm>

#include "emulator/service/tags.h"
#include "emulator/services/secretsmanager/secretsmanager.h"

namespace fractus::secretsmanager {
namespace {

constexpr long long kShortestWindow = 7;
constexpr long long kLongestWindow = 30;
constexpr double kDay = 24 * 3600;
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

bool IsName(std::string_view name) {
  constexpr std::string_view kOthers = "-/_+=.@!";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || kOthers.find(c) != std::string_view::npos;
  });
}

std::string MakeArn(const RequestContext& context, const std::string& name, IdSource& ids) {
  return fmt::format("arn:aws:secretsmanager:{}:{}:secret:{}-{}", context.region, context.account,
                     name, ids.Text(6, kLetters));
}

bool HasValue(const Request& request) {
  return request.Has("SecretString") || request.Has("SecretBinary");
}

std::optional<ApiError> CheckValue(const Request& request) {
  if (request.Has("SecretString") && request.Has("SecretBinary")) {
    return InvalidParameter(
        "You can't specify both a binary secret value and a string secret value in the same "
        "secret.");
  }
  return std::nullopt;
}

// A secret that is made again with the same token and the same value is the same secret.
bool IsRepetition(const json& secret, const Request& request) {
  for (const auto& version : secret.at("versions")) {
    if (version.at("id") != request.Text("ClientRequestToken")) continue;
    const auto* member = request.Has("SecretString") ? "SecretString" : "SecretBinary";
    return request.Has(member) && version.value(member, json()) == request.input.at(member);
  }
  return false;
}

json Named(const json& secret) { return {{"ARN", secret.at("ARN")}, {"Name", secret.at("Name")}}; }

}  // namespace

Result<json> SecretsManager::CreateSecret(const Request& request) {
  const auto name = request.Text("Name");
  if (!IsName(name)) {
    return ApiError{"ValidationException",
                    "Invalid name. Must be a valid name containing alphanumeric characters, or any "
                    "of the following: "
                    "-/_+=.@!",
                    400};
  }
  if (auto error = CheckValue(request)) return *std::move(error);
  if (!request.Array("AddReplicaRegions").empty()) {
    return ApiError{"NotImplemented",
                    "Secrets Manager does not emulate the replication of secrets yet.", 501};
  }
  const std::lock_guard lock(mutex_);
  Request by_name = request;
  by_name.input["SecretId"] = name;
  if (const auto existing = Find(by_name, Deleted::kAllowed)) {
    if (existing->contains("delete_at")) {
      return InvalidRequest(
          "You can't create this secret because a secret with this name is already scheduled for "
          "deletion.");
    }
    if (!IsRepetition(*existing, request)) {
      return ApiError{
          "ResourceExistsException",
          fmt::format("The operation failed because the secret {} already exists.", name)};
    }
    auto output = Named(*existing);
    output["VersionId"] = request.Text("ClientRequestToken");
    return output;
  }
  const auto now = EpochSeconds(request.context.now);
  json secret = {{"Name", name},
                 {"ARN", MakeArn(request.context, name, ids_)},
                 {"CreatedDate", now},
                 {"LastChangedDate", now},
                 {"versions", json::array()},
                 {"tags", json::object()}};
  for (const auto* member : {"Description", "KmsKeyId"}) {
    if (request.Has(member)) secret[member] = request.input.at(member);
  }
  service::AddTags(secret["tags"], request.Array("Tags"));
  auto output = Named(secret);
  if (HasValue(request)) {
    const auto version = AddVersion(secret, request, json::array({"AWSCURRENT"}));
    if (!version) return version.error();
    output["VersionId"] = *version;
  }
  Put(request, secret);
  return output;
}

Result<json> SecretsManager::UpdateSecret(const Request& request) {
  if (auto error = CheckValue(request)) return *std::move(error);
  const std::lock_guard lock(mutex_);
  auto secret = Find(request, Deleted::kRefused);
  if (!secret) return secret;
  for (const auto* member : {"Description", "KmsKeyId"}) {
    if (request.Has(member)) (*secret)[member] = request.input.at(member);
  }
  (*secret)["LastChangedDate"] = EpochSeconds(request.context.now);
  auto output = Named(*secret);
  if (HasValue(request)) {
    const auto version = AddVersion(*secret, request, json::array({"AWSCURRENT"}));
    if (!version) return version.error();
    output["VersionId"] = *version;
  }
  Put(request, *secret);
  return output;
}

Result<json> SecretsManager::DescribeSecret(const Request& request) {
  const auto secret = Find(request, Deleted::kAllowed);
  if (!secret) return secret;
  auto output = Named(*secret);
  for (const auto* member :
       {"CreatedDate", "Description", "KmsKeyId", "LastAccessedDate", "LastChangedDate"}) {
    if (secret->contains(member)) output[member] = secret->at(member);
  }
  if (secret->contains("delete_at")) output["DeletedDate"] = secret->at("delete_at");
  auto stages = StagesByVersion(*secret);
  if (!stages.empty()) output["VersionIdsToStages"] = std::move(stages);
  auto tags = service::ListTags(secret->at("tags"));
  if (!tags.empty()) output["Tags"] = std::move(tags);
  return output;
}

Result<json> SecretsManager::DeleteSecret(const Request& request) {
  const bool force = request.Flag("ForceDeleteWithoutRecovery", false);
  const auto window = request.Integer("RecoveryWindowInDays", kLongestWindow);
  if (force && request.Has("RecoveryWindowInDays")) {
    return InvalidParameter(
        "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  }
  if (window < kShortestWindow || window > kLongestWindow) {
    return InvalidParameter(
        "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
  }
  const auto now = EpochSeconds(request.context.now);
  const std::lock_guard lock(mutex_);
  auto secret = Find(request, force ? Deleted::kAllowed : Deleted::kRefused);
  if (!secret) {
    // A forced deletion succeeds whether there is something to delete or not.
    if (!force || secret.error().code != "ResourceNotFoundException") return secret;
    const auto name = request.Text("SecretId");
    const auto arn = name.starts_with("arn:") ? name : MakeArn(request.context, name, ids_);
    return json{{"ARN", arn}, {"Name", name}, {"DeletionDate", now}};
  }
  auto output = Named(*secret);
  if (force) {
    secrets_.Delete(storage::Scope::Of(request.context), secret->at("Name").get<std::string>());
    output["DeletionDate"] = now;
    return output;
  }
  (*secret)["delete_at"] = now + kDay * static_cast<double>(window);
  Put(request, *secret);
  output["DeletionDate"] = secret->at("delete_at");
  return output;
}

Result<json> SecretsManager::RestoreSecret(const Request& request) {
  const std::lock_guard lock(mutex_);
  auto secret = Find(request, Deleted::kAllowed);
  if (!secret) return secret;
  secret->erase("delete_at");
  Put(request, *secret);
  return Named(*secret);
}

Result<json> SecretsManager::TagResource(const Request& request) {
  const std::lock_guard lock(mutex_);
  auto secret = Find(request, Deleted::kRefused);
  if (!secret) return secret;
  service::AddTags((*secret)["tags"], request.Array("Tags"));
  Put(request, *secret);
  return json::object();
}

Result<json> SecretsManager::UntagResource(const Request& request) {
  const std::lock_guard lock(mutex_);
  auto secret = Find(request, Deleted::kRefused);
  if (!secret) return secret;
  service::RemoveTags((*secret)["tags"], request.Array("TagKeys"));
  Put(request, *secret);
  return json::object();
}

}  // namespace fractus::secretsmanager
