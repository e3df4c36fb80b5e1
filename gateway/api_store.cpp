#include "gateway/api_store.h"

#include <algorithm>
#include <charconv>

namespace fractus::gateway {
namespace {

using storage::MakeKey;

std::string ApiKey(const RequestContext& context, const std::string& api_id) {
  return MakeKey({"api", context.account, context.region, api_id});
}

std::string SnapshotKey(std::string_view account, std::string_view region,
                        const std::string& api_id, const std::string& deployment_id) {
  return MakeKey({"deployment", account, region, api_id, deployment_id});
}

// API ids name a host, so they are unique over all accounts and regions.
std::string OwnerKey(const std::string& api_id) { return MakeKey({"owner", api_id}); }

std::string AccountKey(const RequestContext& context) {
  return MakeKey({"account", context.account, context.region});
}

}  // namespace

ApiStore::ApiStore(storage::Database& database, IdSource& ids)
    : room_(database.OpenRoom("apigateway")), ids_(ids) {}

std::optional<json> ApiStore::Find(const RequestContext& context, const std::string& api_id) const {
  return room_.GetJson(ApiKey(context, api_id));
}

std::vector<json> ApiStore::List(const RequestContext& context) const {
  return room_.ListJson(MakeKey({"api", context.account, context.region}));
}

Result<json> ApiStore::Create(const RequestContext& context, json document) {
  const std::lock_guard lock(mutex_);
  const auto id = document.at("api").at("id").get<std::string>();
  if (room_.Get(OwnerKey(id))) return Conflict("The API id '" + id + "' is already in use");
  storage::Batch batch;
  room_.PutJson(batch, ApiKey(context, id), document);
  room_.PutJson(batch, OwnerKey(id), {{"account", context.account}, {"region", context.region}});
  room_.Write(std::move(batch));
  Publish();
  return document.at("api");
}

void ApiStore::Delete(const RequestContext& context, const std::string& api_id) {
  const std::lock_guard lock(mutex_);
  storage::Batch batch;
  room_.Delete(batch, ApiKey(context, api_id));
  room_.Delete(batch, OwnerKey(api_id));
  const std::string deployments = MakeKey({"deployment", context.account, context.region, api_id});
  room_.DeleteRange(batch, deployments, storage::PrefixEnd(deployments));
  room_.Write(std::move(batch));
  Publish();
}

Result<json> ApiStore::Change(const RequestContext& context, const std::string& api_id,
                              const std::function<Result<json>(json& document)>& change) {
  const std::lock_guard lock(mutex_);
  auto document = Find(context, api_id);
  if (!document) return UnknownApi(context, api_id);
  Result<json> answer = change(*document);
  if (answer) room_.PutJson(ApiKey(context, api_id), *document);
  return answer;
}

Result<json> ApiStore::Read(const RequestContext& context, const std::string& api_id,
                            const std::function<Result<json>(const json& document)>& read) const {
  const auto document = Find(context, api_id);
  if (!document) return UnknownApi(context, api_id);
  return read(*document);
}

void ApiStore::PutSnapshot(const RequestContext& context, const std::string& api_id,
                           const std::string& deployment_id, const json& snapshot) {
  room_.PutJson(SnapshotKey(context.account, context.region, api_id, deployment_id), snapshot);
}

void ApiStore::DeleteSnapshot(const RequestContext& context, const std::string& api_id,
                              const std::string& deployment_id) {
  room_.Delete(SnapshotKey(context.account, context.region, api_id, deployment_id));
}

json ApiStore::Account(const RequestContext& context) const {
  return room_.GetJson(AccountKey(context)).value_or(json::object());
}

void ApiStore::PutAccount(const RequestContext& context, const json& account) {
  room_.PutJson(AccountKey(context), account);
}

std::optional<DeployedApi> ApiStore::FindDeployed(const std::string& api_id) const {
  const auto owner = room_.GetJson(OwnerKey(api_id));
  if (!owner) return std::nullopt;
  DeployedApi deployed;
  deployed.id = api_id;
  deployed.account = owner->at("account").get<std::string>();
  deployed.region = owner->at("region").get<std::string>();
  auto document = room_.GetJson(MakeKey({"api", deployed.account, deployed.region, api_id}));
  if (!document) return std::nullopt;
  for (auto& [name, stage] : document->at("stages").items()) {
    auto snapshot = room_.GetJson(SnapshotKey(deployed.account, deployed.region, api_id,
                                              stage.at("deploymentId").get<std::string>()));
    if (!snapshot) continue;
    deployed.stages.emplace(name, DeployedStage{stage, *std::move(snapshot)});
  }
  return deployed;
}

ApiError BadRequest(std::string message) {
  return {"BadRequestException", std::move(message), 400};
}
ApiError NotFound(std::string message) { return {"NotFoundException", std::move(message), 404}; }
ApiError Conflict(std::string message) { return {"ConflictException", std::move(message), 409}; }

ApiError UnknownApi(const RequestContext& context, const std::string& api_id) {
  return NotFound("Invalid API identifier specified " + context.account + ":" + api_id);
}
ApiError UnknownResource() { return NotFound("Invalid Resource identifier specified"); }
ApiError UnknownMethod() { return NotFound("Invalid Method identifier specified"); }

void CopyMembers(const json& from, json& to, std::initializer_list<const char*> members) {
  for (const char* const member : members) {
    const auto found = from.find(member);
    if (found != from.end() && !found->is_null()) to[member] = *found;
  }
}

json Values(const json& object) {
  json values = json::array();
  for (const auto& value : object) values.push_back(value);
  return values;
}

json Page(const Request& request, json items) {
  // The position is the index of the next item, opaque to clients.
  const std::string position = request.Text("position");
  size_t start = 0;
  std::from_chars(position.data(), position.data() + position.size(), start);
  const auto limit = static_cast<size_t>(std::clamp(request.Integer("limit", 25), 1LL, 500LL));
  json page = {{"items", json::array()}};
  for (size_t i = start; i < items.size() && i < start + limit; ++i) {
    page["items"].push_back(std::move(items[i]));
  }
  if (start + limit < items.size()) page["position"] = std::to_string(start + limit);
  return page;
}

}  // namespace fractus::gateway
