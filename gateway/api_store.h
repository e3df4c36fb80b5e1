// Where the control plane keeps REST APIs: one JSON document per API, one per deployment.
#pragma once

#include <atomic>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "emulator/core/api_error.h"
#include "emulator/core/id_source.h"
#include "emulator/core/request.h"
#include "emulator/storage/database.h"
#include "gateway/deployed_apis.h"

namespace fractus::gateway {

// An API's document has these members, all objects:
//   "api"               the RestApi as GetRestApi answers it
//   "resources"         resource id → Resource with all its methods, their integrations and
//   responses "authorizers"       authorizer id → Authorizer "models"            model name → Model
//   "requestValidators" validator id → RequestValidator
//   "gatewayResponses"  response type → GatewayResponse; only those that were put
//   "deployments"       deployment id → Deployment
//   "stages"            stage name → Stage
//
// Thread-safe.
class ApiStore : public DeployedApis {
 public:
  ApiStore(storage::Database& database, IdSource& ids);

  IdSource& ids() { return ids_; }

  std::optional<json> Find(const RequestContext& context, const std::string& api_id) const;
  std::vector<json> List(const RequestContext& context) const;
  // Fails with ConflictException when the id is taken, also by another account.
  Result<json> Create(const RequestContext& context, json document);
  void Delete(const RequestContext& context, const std::string& api_id);

  // Reads the document, lets `change` edit it and answer, and writes it back unless `change` fails.
  // Changes of all APIs run one after the other.
  Result<json> Change(const RequestContext& context, const std::string& api_id,
                      const std::function<Result<json>(json& document)>& change);
  // Reads the document and lets `read` answer.
  Result<json> Read(const RequestContext& context, const std::string& api_id,
                    const std::function<Result<json>(const json& document)>& read) const;

  // Deployments are written once and never changed. Call from within Change.
  void PutSnapshot(const RequestContext& context, const std::string& api_id,
                   const std::string& deployment_id, const json& snapshot);
  void DeleteSnapshot(const RequestContext& context, const std::string& api_id,
                      const std::string& deployment_id);

  json Account(const RequestContext& context) const;
  void PutAccount(const RequestContext& context, const json& account);

  // DeployedApis:
  std::optional<DeployedApi> FindDeployed(const std::string& api_id) const override;
  uint64_t generation() const override { return generation_.load(std::memory_order_acquire); }
  // After a change of what is served.
  void Publish() { generation_.fetch_add(1, std::memory_order_acq_rel); }

 private:
  storage::Room room_;
  IdSource& ids_;
  std::mutex mutex_;
  std::atomic<uint64_t> generation_{1};
};

ApiError BadRequest(std::string message);
ApiError NotFound(std::string message);
ApiError Conflict(std::string message);
ApiError UnknownApi(const RequestContext& context, const std::string& api_id);
ApiError UnknownResource();
ApiError UnknownMethod();

// Copies those members that are there and not null.
void CopyMembers(const json& from, json& to, std::initializer_list<const char*> members);
// The values of an object, as a list.
json Values(const json& object);

// One page of `items` by the request's limit and position, as {"items": […], "position": …}.
json Page(const Request& request, json items);

}  // namespace fractus::gateway
