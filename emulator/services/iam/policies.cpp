#include <fmt/format.h>

#include <algorithm>

#include "emulator/core/encoding.h"
#include "emulator/service/tags.h"
#include "emulator/services/iam/iam.h"

namespace fractus::iam {
namespace {

constexpr size_t kMostVersions = 5;

enum class Answer { kListed, kFull };

json Describe(const json& policy, Answer answer) {
  json output = json::object();
  for (const auto* member : {"PolicyName", "PolicyId", "Arn", "Path", "DefaultVersionId",
                             "AttachmentCount", "CreateDate", "UpdateDate"}) {
    output[member] = policy.at(member);
  }
  output["IsAttachable"] = true;
  output["PermissionsBoundaryUsageCount"] = 0;
  if (answer == Answer::kFull) {
    if (policy.contains("Description")) output["Description"] = policy.at("Description");
    const auto tags = service::ListTags(policy.at("tags"));
    if (!tags.empty()) output["Tags"] = tags;
  }
  return output;
}

json* FindVersion(json& policy, std::string_view id) {
  for (auto& version : policy["versions"]) {
    if (version.at("VersionId") == id) return &version;
  }
  return nullptr;
}

json DescribeVersion(const json& policy, const json& version) {
  return {{"VersionId", version.at("VersionId")},
          {"IsDefaultVersion", policy.at("DefaultVersionId") == version.at("VersionId")},
          {"CreateDate", version.at("CreateDate")}};
}

ApiError VersionNotFound(const Request& request) {
  return NoSuchEntity(fmt::format("Policy {} version {} does not exist or is not attachable.",
                                  request.Text("PolicyArn"), request.Text("VersionId")));
}

}  // namespace

Result<json> Iam::FindPolicy(const Request& request) const {
  const auto arn = request.Text("PolicyArn");
  auto policy = policies_.Find(storage::Scope::GlobalOf(request.context), arn);
  if (!policy) return NoSuchEntity(fmt::format("Policy {} was not found.", arn));
  return *std::move(policy);
}

void Iam::CountAttachment(const storage::Scope& scope, const std::string& arn, int by) {
  auto policy = policies_.Find(scope, arn);
  if (!policy) return;
  (*policy)["AttachmentCount"] = policy->at("AttachmentCount").get<int>() + by;
  policies_.Put(scope, arn, *policy);
}

Result<json> Iam::CreatePolicy(const Request& request) {
  const auto scope = storage::Scope::GlobalOf(request.context);
  const auto name = request.Text("PolicyName");
  const auto path = request.Text("Path", "/");
  const auto document = request.Text("PolicyDocument");
  if (auto error = CheckDocument(document, DocumentKind::kPermissions)) return *std::move(error);
  const auto arn = fmt::format("arn:aws:iam::{}:policy{}{}", scope.account, path, name);
  const auto now = EpochSeconds(request.context.now);
  json policy = {
      {"PolicyName", name},
      {"PolicyId", MakeId("ANPA", ids_)},
      {"Arn", arn},
      {"Path", path},
      {"DefaultVersionId", "v1"},
      {"AttachmentCount", 0},
      {"CreateDate", now},
      {"UpdateDate", now},
      {"versions",
       json::array({{{"VersionId", "v1"}, {"Document", document}, {"CreateDate", now}}})},
      {"last", 1},
      {"tags", json::object()}};
  if (request.Has("Description")) policy["Description"] = request.Text("Description");
  service::AddTags(policy["tags"], request.Array("Tags"));
  const std::lock_guard lock(mutex_);
  if (policies_.Contains(scope, arn)) {
    return ApiError{
        "EntityAlreadyExistsException",
        fmt::format("A policy called {} already exists. Duplicate names are not allowed.", name)};
  }
  policies_.Put(scope, arn, policy);
  auto output = Describe(policy, Answer::kFull);
  output.erase("Description");
  return json{{"Policy", std::move(output)}};
}

Result<json> Iam::GetPolicy(const Request& request) {
  const auto arn = request.Text("PolicyArn");
  if (IsAwsManaged(arn)) {
    // What can be said without knowing AWS's list: it exists and can be attached.
    const auto name = NameOfPolicy(arn);
    const auto path =
        arn.substr(arn.find(":policy/") + 7, arn.size() - arn.find(":policy/") - 7 - name.size());
    return json{{"Policy",
                 {{"PolicyName", name},
                  {"Arn", arn},
                  {"Path", path},
                  {"DefaultVersionId", "v1"},
                  {"AttachmentCount", 0},
                  {"PermissionsBoundaryUsageCount", 0},
                  {"IsAttachable", true}}}};
  }
  const auto policy = FindPolicy(request);
  if (!policy) return policy;
  return json{{"Policy", Describe(*policy, Answer::kFull)}};
}

// Differs from AWS: the policies of AWS itself are not listed.
Result<json> Iam::ListPolicies(const Request& request) {
  const auto prefix = request.Text("PathPrefix", "/");
  json policies = json::array();
  if (request.Text("Scope") == "AWS") return MakePage(request, "Policies", policies, "Arn");
  for (const auto& policy : policies_.All(storage::Scope::GlobalOf(request.context))) {
    if (!policy.at("Path").get<std::string>().starts_with(prefix)) continue;
    if (request.Flag("OnlyAttached", false) && policy.at("AttachmentCount") == 0) continue;
    policies.push_back(Describe(policy, Answer::kListed));
  }
  return MakePage(request, "Policies", policies, "Arn");
}

Result<json> Iam::DeletePolicy(const Request& request) {
  const std::lock_guard lock(mutex_);
  const auto policy = FindPolicy(request);
  if (!policy) return policy;
  if (policy->at("AttachmentCount") != 0) {
    return ApiError{"DeleteConflictException", "Cannot delete a policy attached to entities."};
  }
  if (policy->at("versions").size() > 1) {
    return ApiError{
        "DeleteConflictException",
        "This policy has more than one version. Before you delete a policy, you must delete the "
        "policy's versions. The default version is deleted with the policy."};
  }
  policies_.Delete(storage::Scope::GlobalOf(request.context), request.Text("PolicyArn"));
  return json::object();
}

Result<json> Iam::CreatePolicyVersion(const Request& request) {
  const auto document = request.Text("PolicyDocument");
  if (auto error = CheckDocument(document, DocumentKind::kPermissions)) return *std::move(error);
  const std::lock_guard lock(mutex_);
  auto policy = FindPolicy(request);
  if (!policy) return policy;
  if (policy->at("versions").size() >= kMostVersions) {
    return ApiError{"LimitExceededException",
                    fmt::format("A managed policy can have up to {} versions. Before you create a "
                                "new version, you must "
                                "delete an existing version.",
                                kMostVersions)};
  }
  const int number = policy->at("last").get<int>() + 1;
  const auto now = EpochSeconds(request.context.now);
  const json version = {
      {"VersionId", fmt::format("v{}", number)}, {"Document", document}, {"CreateDate", now}};
  (*policy)["last"] = number;
  (*policy)["versions"].push_back(version);
  if (request.Flag("SetAsDefault", false)) {
    (*policy)["DefaultVersionId"] = version.at("VersionId");
    (*policy)["UpdateDate"] = now;
  }
  policies_.Put(storage::Scope::GlobalOf(request.context), request.Text("PolicyArn"), *policy);
  return json{{"PolicyVersion", DescribeVersion(*policy, version)}};
}

Result<json> Iam::GetPolicyVersion(const Request& request) {
  if (IsAwsManaged(request.Text("PolicyArn"))) {
    return ApiError{"NotImplemented",
                    "IAM does not know the texts of the policies that AWS manages.", 501};
  }
  auto policy = FindPolicy(request);
  if (!policy) return policy;
  const auto* version = FindVersion(*policy, request.Text("VersionId"));
  if (!version) return VersionNotFound(request);
  auto output = DescribeVersion(*policy, *version);
  output["Document"] = PercentEncode(version->at("Document").get<std::string>());
  return json{{"PolicyVersion", std::move(output)}};
}

// The newest first.
Result<json> Iam::ListPolicyVersions(const Request& request) {
  const auto policy = FindPolicy(request);
  if (!policy) return policy;
  json versions = json::array();
  for (const auto& version : policy->at("versions"))
    versions.push_back(DescribeVersion(*policy, version));
  std::reverse(versions.begin(), versions.end());
  return json{{"Versions", std::move(versions)}, {"IsTruncated", false}};
}

Result<json> Iam::DeletePolicyVersion(const Request& request) {
  const std::lock_guard lock(mutex_);
  auto policy = FindPolicy(request);
  if (!policy) return policy;
  const auto id = request.Text("VersionId");
  if (policy->at("DefaultVersionId") == id) {
    return ApiError{"DeleteConflictException", "Cannot delete the default version of a policy."};
  }
  auto& versions = (*policy)["versions"];
  const auto found = std::find_if(versions.begin(), versions.end(), [&](const json& version) {
    return version.at("VersionId") == id;
  });
  if (found == versions.end()) return VersionNotFound(request);
  versions.erase(found);
  policies_.Put(storage::Scope::GlobalOf(request.context), request.Text("PolicyArn"), *policy);
  return json::object();
}

Result<json> Iam::SetDefaultPolicyVersion(const Request& request) {
  const std::lock_guard lock(mutex_);
  auto policy = FindPolicy(request);
  if (!policy) return policy;
  if (!FindVersion(*policy, request.Text("VersionId"))) return VersionNotFound(request);
  (*policy)["DefaultVersionId"] = request.Text("VersionId");
  (*policy)["UpdateDate"] = EpochSeconds(request.context.now);
  policies_.Put(storage::Scope::GlobalOf(request.context), request.Text("PolicyArn"), *policy);
  return json::object();
}

}  // namespace fractus::iam
