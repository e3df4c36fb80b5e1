#include <algorithm>

#include "gateway/operations.h"
#include "gateway/patch.h"
#include "gateway/rest_api_document.h"

namespace fractus::gateway {
namespace {

ApiError UnknownDeployment() { return NotFound("Invalid Deployment identifier specified"); }

// path → verb → {"authorizationType", "apiKeyRequired"}, answered when asked to embed it.
json ApiSummary(const json& document) {
  json summary = json::object();
  for (const json& resource : document.at("resources")) {
    if (!resource.contains("resourceMethods")) continue;
    for (const auto& [verb, method] : resource["resourceMethods"].items()) {
      json& entry = summary[resource.at("path").get<std::string>()][verb];
      CopyMembers(method, entry, {"authorizationType", "apiKeyRequired"});
    }
  }
  return summary;
}

// Stages that serve a deployment keep it from being deleted.
bool IsServed(const json& document, const std::string& id) {
  const json& stages = document.at("stages");
  return std::any_of(stages.begin(), stages.end(),
                     [&](const json& stage) { return stage.at("deploymentId") == id; });
}

}  // namespace

Result<json> Deploy(ApiStore& store, const RequestContext& context, json& document,
                    const std::string& description) {
  bool has_method = false;
  for (const json& resource : document.at("resources")) {
    if (!resource.contains("resourceMethods")) continue;
    for (const json& method : resource["resourceMethods"]) {
      if (!method.contains("methodIntegration")) {
        return BadRequest("No integration defined for method");
      }
      has_method = true;
    }
  }
  if (!has_method) return BadRequest("The REST API doesn't contain any methods");

  const std::string id = store.ids().LowerAlnum(6);
  json deployment = {{"id", id}, {"createdDate", EpochSeconds(context.now)}};
  if (!description.empty()) deployment["description"] = description;
  json snapshot = json::object();
  CopyMembers(
      document, snapshot,
      {"api", "resources", "authorizers", "models", "requestValidators", "gatewayResponses"});
  store.PutSnapshot(context, document.at("api").at("id").get<std::string>(), id, snapshot);
  document["deployments"][id] = deployment;
  return deployment;
}

Result<json> CreateDeployment(ApiStore& store, const Request& request) {
  if (request.Has("canarySettings")) {
    // Differs from AWS: canary releases are not emulated.
    return BadRequest("Canary settings are not emulated");
  }
  const auto answer =
      store.Change(request.context, request.Text("restApiId"), [&](json& document) -> Result<json> {
        auto deployment = Deploy(store, request.context, document, request.Text("description"));
        if (!deployment) return deployment;
        const std::string name = request.Text("stageName");
        if (name.empty()) return deployment;
        json& stages = document["stages"];
        if (!stages.contains(name)) {
          stages[name] = NewStage(request.context, name, deployment->at("id").get<std::string>());
        }
        json& stage = stages[name];
        stage["deploymentId"] = deployment->at("id");
        stage["lastUpdatedDate"] = EpochSeconds(request.context.now);
        if (request.Has("stageDescription"))
          stage["description"] = request.Text("stageDescription");
        if (request.Has("tracingEnabled")) {
          stage["tracingEnabled"] = request.Flag("tracingEnabled", false);
        }
        CopyMembers(request.input, stage, {"variables"});
        return deployment;
      });
  if (answer) store.Publish();
  return answer;
}

Result<json> GetDeployment(ApiStore& store, const Request& request) {
  return store.Read(request.context, request.Text("restApiId"),
                    [&](const json& document) -> Result<json> {
                      const json& deployments = document.at("deployments");
                      const auto found = deployments.find(request.Text("deploymentId"));
                      if (found == deployments.end()) return UnknownDeployment();
                      json deployment = *found;
                      const json& embed = request.Array("embed");
                      if (std::find(embed.begin(), embed.end(), "apisummary") != embed.end()) {
                        deployment["apiSummary"] = ApiSummary(document);
                      }
                      return deployment;
                    });
}

Result<json> GetDeployments(ApiStore& store, const Request& request) {
  return store.Read(
      request.context, request.Text("restApiId"), [&](const json& document) -> Result<json> {
        json items = Values(document.at("deployments"));
        std::stable_sort(items.begin(), items.end(), [](const json& a, const json& b) {
          return a.at("createdDate") < b.at("createdDate");
        });
        return Page(request, std::move(items));
      });
}

Result<json> UpdateDeployment(ApiStore& store, const Request& request) {
  return store.Change(
      request.context, request.Text("restApiId"), [&](json& document) -> Result<json> {
        const auto found = document["deployments"].find(request.Text("deploymentId"));
        if (found == document["deployments"].end()) return UnknownDeployment();
        for (const PatchOperation& operation : PatchOperations(request)) {
          if (!operation.Is({"description"})) return InvalidPatchPath(operation);
          (*found)["description"] = operation.value;
        }
        return *found;
      });
}

Result<json> DeleteDeployment(ApiStore& store, const Request& request) {
  return store.Change(
      request.context, request.Text("restApiId"), [&](json& document) -> Result<json> {
        const std::string id = request.Text("deploymentId");
        if (!document["deployments"].contains(id)) return UnknownDeployment();
        if (IsServed(document, id)) {
          return BadRequest("Active stages pointing to this deployment must be moved or deleted");
        }
        document["deployments"].erase(id);
        store.DeleteSnapshot(request.context, request.Text("restApiId"), id);
        return json::object();
      });
}

}  // namespace fractus::gateway
