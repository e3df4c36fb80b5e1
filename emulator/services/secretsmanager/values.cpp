#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "emulator/services/secretsmanager/secretsmanager.h"

namespace fractus::secretsmanager {
namespace {

constexpr auto kCurrent = "AWSCURRENT";
constexpr auto kPrevious = "AWSPREVIOUS";
constexpr size_t kMostVersions = 100;
constexpr double kDay = 24 * 3600;

bool HasStage(const json& version, const std::string& stage) {
  const auto& stages = version.at("stages");
  return std::find(stages.begin(), stages.end(), stage) != stages.end();
}

void RemoveStage(json& version, const std::string& stage) {
  auto& stages = version["stages"];
  for (size_t i = stages.size(); i-- > 0;) {
    if (stages[i] == stage) stages.erase(i);
  }
}

const json* VersionOfStage(const json& secret, const std::string& stage) {
  for (const auto& version : secret.at("versions")) {
    if (HasStage(version, stage)) return &version;
  }
  return nullptr;
}

const json* FindVersion(const json& secret, const std::string& id) {
  for (const auto& version : secret.at("versions")) {
    if (version.at("id") == id) return &version;
  }
  return nullptr;
}

ApiError NoValue(std::string_view what) {
  return {"ResourceNotFoundException",
          fmt::format("Secrets Manager can't find the specified secret value for {}", what)};
}

}  // namespace

void MoveStage(json& secret, const std::string& stage, const std::string& id) {
  std::string from;
  for (auto& version : secret["versions"]) {
    if (HasStage(version, stage)) {
      from = version.at("id").get<std::string>();
      RemoveStage(version, stage);
    }
  }
  for (auto& version : secret["versions"]) {
    if (version.at("id") == id) version["stages"].push_back(stage);
  }
  if (stage == kCurrent && !from.empty() && from != id) MoveStage(secret, kPrevious, from);
}

Result<std::string> SecretsManager::AddVersion(json& secret, const Request& request,
                                               const json& stages) {
  const auto* member = request.Has("SecretString") ? "SecretString" : "SecretBinary";
  const auto& value = request.input.at(member);
  auto id = request.Text("ClientRequestToken");
  if (id.empty()) id = ids_.Uuid();
  if (const auto* existing = FindVersion(secret, id)) {
    if (existing->value(member, json()) == value) return id;
    return ApiError{"ResourceExistsException",
                    fmt::format("You can't use ClientRequestToken {} because that value is already "
                                "in use for a version "
                                "of secret {}.",
                                id, secret.at("ARN").get<std::string>())};
  }
  auto& versions = secret["versions"];
  versions.push_back({{"id", id},
                      {"stages", json::array()},
                      {"created", EpochSeconds(request.context.now)},
                      {member, value}});
  for (const auto& stage : stages) MoveStage(secret, stage.get<std::string>(), id);
  // The first version is always the current one.
  if (!VersionOfStage(secret, kCurrent)) MoveStage(secret, kCurrent, id);
  for (size_t i = 0; i < versions.size() && versions.size() > kMostVersions;) {
    if (versions[i].at("stages").empty()) {
      versions.erase(i);
    } else {
      ++i;
    }
  }
  secret["LastChangedDate"] = EpochSeconds(request.context.now);
  return id;
}

Result<json> SecretsManager::GetSecretValue(const Request& request) {
  const std::lock_guard lock(mutex_);
  auto secret = Find(request, Deleted::kRefused);
  if (!secret) return secret;
  const auto id = request.Text("VersionId");
  const auto stage = request.Text("VersionStage");
  const json* version = nullptr;
  if (!id.empty()) {
    version = FindVersion(*secret, id);
    if (!version) return NoValue("VersionId: " + id);
    if (!stage.empty() && !HasStage(*version, stage)) {
      return InvalidRequest(
          "You provided a VersionStage that is not associated to the provided VersionId.");
    }
  } else {
    version = VersionOfStage(*secret, stage.empty() ? kCurrent : stage);
    if (!version)
      return NoValue("staging label: " + (stage.empty() ? std::string(kCurrent) : stage));
  }
  json output = {{"ARN", secret->at("ARN")},
                 {"Name", secret->at("Name")},
                 {"VersionId", version->at("id")},
                 {"VersionStages", version->at("stages")},
                 {"CreatedDate", version->at("created")}};
  for (const auto* member : {"SecretString", "SecretBinary"}) {
    if (version->contains(member)) output[member] = version->at(member);
  }
  // AWS keeps the day only.
  const double today = std::floor(EpochSeconds(request.context.now) / kDay) * kDay;
  if (secret->value("LastAccessedDate", 0.0) != today) {
    (*secret)["LastAccessedDate"] = today;
    Put(request, *secret);
  }
  return output;
}

Result<json> SecretsManager::PutSecretValue(const Request& request) {
  if (request.Has("SecretString") == request.Has("SecretBinary")) {
    return request.Has("SecretString")
               ? InvalidParameter(
                     "You can't specify both a binary secret value and a string secret value in "
                     "the same secret.")
               : InvalidRequest("You must provide either SecretString or SecretBinary.");
  }
  const std::lock_guard lock(mutex_);
  auto secret = Find(request, Deleted::kRefused);
  if (!secret) return secret;
  const auto stages =
      request.Has("VersionStages") ? request.Array("VersionStages") : json::array({kCurrent});
  const auto id = AddVersion(*secret, request, stages);
  if (!id) return id.error();
  Put(request, *secret);
  return json{{"ARN", secret->at("ARN")},
              {"Name", secret->at("Name")},
              {"VersionId", *id},
              {"VersionStages", FindVersion(*secret, *id)->at("stages")}};
}

Result<json> SecretsManager::ListSecretVersionIds(const Request& request) {
  const auto secret = Find(request, Deleted::kAllowed);
  if (!secret) return secret;
  json versions = json::array();
  for (const auto& version : secret->at("versions")) {
    if (version.at("stages").empty() && !request.Flag("IncludeDeprecated", false)) continue;
    json entry = {{"VersionId", version.at("id")}, {"CreatedDate", version.at("created")}};
    if (!version.at("stages").empty()) entry["VersionStages"] = version.at("stages");
    versions.push_back(std::move(entry));
  }
  return json{
      {"ARN", secret->at("ARN")}, {"Name", secret->at("Name")}, {"Versions", std::move(versions)}};
}

Result<json> SecretsManager::UpdateSecretVersionStage(const Request& request) {
  const auto stage = request.Text("VersionStage");
  const auto to = request.Text("MoveToVersionId");
  const auto from = request.Text("RemoveFromVersionId");
  const std::lock_guard lock(mutex_);
  auto secret = Find(request, Deleted::kRefused);
  if (!secret) return secret;
  for (const auto& id : {to, from}) {
    if (!id.empty() && !FindVersion(*secret, id)) return NoValue("VersionId: " + id);
  }
  const auto* holder = VersionOfStage(*secret, stage);
  const auto held_by = holder ? holder->at("id").get<std::string>() : "";
  // Observed: the wordings of these refusals are not confirmed.
  if (!from.empty() && from != held_by) {
    return InvalidParameter(
        fmt::format("The version {} does not have the staging label {} attached.", from, stage));
  }
  if (!to.empty() && !held_by.empty() && held_by != to && from.empty()) {
    return InvalidParameter(fmt::format(
        "The parameter RemoveFromVersionId can't be empty. Staging label {} is currently "
        "attached to version {}, so you must explicitly reference that version in "
        "RemoveFromVersionId.",
        stage, held_by));
  }
  if (to.empty() && stage == kCurrent) {
    return InvalidParameter(
        "You can only move staging label AWSCURRENT to a different secret version. It can't be "
        "completely removed.");
  }
  if (to.empty()) {
    for (auto& version : (*secret)["versions"]) RemoveStage(version, stage);
  } else {
    MoveStage(*secret, stage, to);
  }
  Put(request, *secret);
  return json{{"ARN", secret->at("ARN")}, {"Name", secret->at("Name")}};
}

}  // namespace fractus::secretsmanager
