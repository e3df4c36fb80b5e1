// Identity and Access Management: roles, policies, users and their access keys.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/clock.h"
#include "emulator/core/id_source.h"
#include "emulator/ports/identity_directory.h"
#include "emulator/service/operation_table.h"
#include "emulator/storage/collection.h"

namespace fractus::iam {

// Thread-safe. Keeps its state in the room "iam" of the database, which must outlive it.
//
// Differs from AWS: any ARN of an AWS managed policy can be attached, and its text is not known:
// GetPolicyVersion of it is refused with NotImplemented.
class Iam : public ports::IdentityDirectory {
 public:
  Iam(storage::Database& database, Clock& clock, IdSource& ids);

  service::OperationTable Operations();

  std::optional<ports::Credential> FindCredential(std::string_view access_key) const override;
  std::optional<ports::Role> FindRole(std::string_view account,
                                      std::string_view name) const override;

 private:
  // What policies and tags hang on: roles and users are alike there.
  struct Kind {
    const storage::Collection& entities;
    // "RoleName", also the member of the document that names it.
    const char* member;
    const char* word;
  };
  using Operation = Result<json> (Iam::*)(const Request&);
  using KindOperation = Result<json> (Iam::*)(const Kind&, const Request&);

  // roles.cpp
  Result<json> CreateRole(const Request& request);
  Result<json> GetRole(const Request& request);
  Result<json> ListRoles(const Request& request);
  Result<json> UpdateRole(const Request& request);
  Result<json> UpdateAssumeRolePolicy(const Request& request);
  Result<json> PutRolePermissionsBoundary(const Request& request);
  Result<json> DeleteRolePermissionsBoundary(const Request& request);
  // users.cpp
  Result<json> CreateUser(const Request& request);
  Result<json> GetUser(const Request& request);
  Result<json> ListUsers(const Request& request);
  Result<json> DeleteUser(const Request& request);
  Result<json> CreateAccessKey(const Request& request);
  Result<json> ListAccessKeys(const Request& request);
  Result<json> UpdateAccessKey(const Request& request);
  Result<json> DeleteAccessKey(const Request& request);
  // entity_policies.cpp: inline and attached policies, tags, deletion
  Result<json> PutInline(const Kind& kind, const Request& request);
  Result<json> GetInline(const Kind& kind, const Request& request);
  Result<json> ListInline(const Kind& kind, const Request& request);
  Result<json> DeleteInline(const Kind& kind, const Request& request);
  Result<json> Attach(const Kind& kind, const Request& request);
  Result<json> Detach(const Kind& kind, const Request& request);
  Result<json> ListAttached(const Kind& kind, const Request& request);
  Result<json> Tag(const Kind& kind, const Request& request);
  Result<json> Untag(const Kind& kind, const Request& request);
  Result<json> ListTags(const Kind& kind, const Request& request);
  Result<json> Delete(const Kind& kind, const Request& request);
  // policies.cpp
  Result<json> CreatePolicy(const Request& request);
  Result<json> GetPolicy(const Request& request);
  Result<json> ListPolicies(const Request& request);
  Result<json> DeletePolicy(const Request& request);
  Result<json> CreatePolicyVersion(const Request& request);
  Result<json> GetPolicyVersion(const Request& request);
  Result<json> ListPolicyVersions(const Request& request);
  Result<json> DeletePolicyVersion(const Request& request);
  Result<json> SetDefaultPolicyVersion(const Request& request);

  // The role or user that the request names.
  Result<json> Find(const Kind& kind, const Request& request) const;
  // The customer's policy of that ARN.
  Result<json> FindPolicy(const Request& request) const;
  // Policies count what they are attached to.
  void CountAttachment(const storage::Scope& scope, const std::string& arn, int by);

  IdSource& ids_;
  // Held by every operation that reads and then writes.
  std::mutex mutex_;
  storage::Collection roles_;
  storage::Collection users_;
  // By ARN.
  storage::Collection policies_;
  // By key id, without account: a key alone names its owner.
  storage::Collection keys_;
  const Kind role_kind_{roles_, "RoleName", "role"};
  const Kind user_kind_{users_, "UserName", "user"};
};

// shared.cpp
ApiError NoSuchEntity(std::string message);
ApiError EntityNotFound(std::string_view word, std::string_view name);
// "AROA" and 17 characters.
std::string MakeId(std::string_view prefix, IdSource& ids);
// Trust policies name principals and no resources, others the other way round.
enum class DocumentKind { kTrust, kPermissions };
std::optional<ApiError> CheckDocument(std::string_view text, DocumentKind kind);
// One page of `items`, which are sorted by their member `by`, under `list` with IsTruncated and
// Marker.
Result<json> MakePage(const Request& request, const char* list, const json& items, const char* by);
bool IsAwsManaged(std::string_view policy_arn);
// The last segment of the resource.
std::string NameOfPolicy(std::string_view policy_arn);

}  // namespace fractus::iam
