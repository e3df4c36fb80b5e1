#include <algorithm>

#include "gateway/operations.h"
#include "gateway/patch.h"
#include "gateway/rest_api_document.h"

namespace fractus::gateway {
namespace {

constexpr long long kMaxCompressionSize = 10485760;

// The id that a user asked for by a tag (conventions of other local endpoints), or an empty text.
std::string CustomId(const json& tags) {
  for (const char* const tag : {"_custom_id_", "floci:override-id", "ms-custom-id"}) {
    const auto found = tags.find(tag);
    if (found != tags.end() && found->is_string()) return found->get<std::string>();
  }
  return "";
}

ApiError InvalidCompressionSize() {
  return BadRequest("Invalid minimum compression size, must be between 0 and 10485760");
}

Result<json> UpdateBinaryMediaTypes(json& api, const PatchOperation& operation) {
  if (operation.parts.size() != 2) return InvalidPatchPath(operation);
  json& types = api["binaryMediaTypes"];
  if (!types.is_array()) types = json::array();
  const auto found = std::find(types.begin(), types.end(), operation.parts[1]);
  if (operation.op == "add") {
    if (found == types.end()) types.push_back(operation.parts[1]);
  } else if (operation.op == "remove") {
    if (found != types.end()) types.erase(found);
  } else if (operation.op == "replace") {
    if (found == types.end()) return NotFound("Invalid binary media type specified");
    *found = operation.value;
  }
  if (types.empty()) api.erase("binaryMediaTypes");
  return json();
}

Result<json> Apply(json& api, const PatchOperation& operation) {
  const bool removes = operation.op == "remove";
  if (operation.Is({"name"}) && !removes) {
    api["name"] = operation.value;
  } else if (operation.Is({"description"}) || operation.Is({"version"}) ||
             operation.Is({"policy"})) {
    if (removes || operation.value.empty()) {
      api.erase(operation.parts[0]);
    } else {
      api[operation.parts[0]] = operation.value;
    }
  } else if (operation.Is({"apiKeySource"})) {
    api["apiKeySource"] = removes ? "HEADER" : operation.value;
  } else if (operation.Is({"disableExecuteApiEndpoint"})) {
    api["disableExecuteApiEndpoint"] = !removes && PatchFlag(operation.value);
  } else if (operation.Is({"minimumCompressionSize"})) {
    if (operation.op != "replace") {
      return BadRequest("Invalid patch operation specified. Must be one of: [replace]");
    }
    if (operation.value.empty()) {
      api.erase("minimumCompressionSize");
      return json();
    }
    if (operation.value.size() > 9 ||
        operation.value.find_first_not_of("0123456789") != std::string::npos ||
        std::stoll(operation.value) > kMaxCompressionSize) {
      return InvalidCompressionSize();
    }
    api["minimumCompressionSize"] = std::stoll(operation.value);
  } else if (operation.parts[0] == "binaryMediaTypes") {
    return UpdateBinaryMediaTypes(api, operation);
  } else if (operation.parts.size() == 3 && operation.parts[0] == "endpointConfiguration" &&
             operation.parts[1] == "types") {
    if (operation.value != "EDGE" && operation.value != "REGIONAL" &&
        operation.value != "PRIVATE") {
      return BadRequest("Invalid endpoint type specified: " + operation.value);
    }
    api["endpointConfiguration"]["types"] = {operation.value};
  } else if (operation.Is({"endpointConfiguration", "ipAddressType"})) {
    api["endpointConfiguration"]["ipAddressType"] = operation.value;
  } else {
    return InvalidPatchPath(operation);
  }
  return json();
}

}  // namespace

json NewApiDocument(const RequestContext& context, IdSource& ids, std::string api_id) {
  if (api_id.empty()) api_id = ids.LowerAlnum(10);
  const std::string root = ids.LowerAlnum(10);
  json document = {
      {"api",
       {{"id", api_id},
        {"createdDate", EpochSeconds(context.now)},
        {"apiKeySource", "HEADER"},
        {"disableExecuteApiEndpoint", false},
        {"endpointConfiguration", {{"types", {"EDGE"}}, {"ipAddressType", "ipv4"}}},
        {"rootResourceId", root}}},
      {"resources", {{root, {{"id", root}, {"path", "/"}}}}},
  };
  for (const char* const member : {"authorizers", "models", "requestValidators", "gatewayResponses",
                                   "deployments", "stages"}) {
    document[member] = json::object();
  }
  // Every API starts with these two models.
  document["models"]["Empty"] = {
      {"id", ids.LowerAlnum(6)},
      {"name", "Empty"},
      {"description", "This is a default empty schema model"},
      {"contentType", "application/json"},
      {"schema",
       "{\n  \"$schema\": \"http://json-schema.org/draft-04/schema#\",\n  \"title\" : \"Empty "
       "Schema\",\n  \"type\" : \"object\"\n}"}};
  document["models"]["Error"] = {
      {"id", ids.LowerAlnum(6)},
      {"name", "Error"},
      {"description", "This is a default error schema model"},
      {"contentType", "application/json"},
      {"schema",
       "{\n  \"$schema\" : \"http://json-schema.org/draft-04/schema#\",\n  \"title\" : \"Error "
       "Schema\",\n  \"type\" : \"object\",\n  \"properties\" : {\n    \"message\" : { \"type\" : "
       "\"string\" }\n  }\n}"}};
  return document;
}

Result<json> CreateRestApi(ApiStore& store, const Request& request) {
  if (request.Has("description") && request.Text("description").empty()) {
    return BadRequest("Description cannot be an empty string");
  }
  if (request.Has("minimumCompressionSize")) {
    const long long size = request.Integer("minimumCompressionSize", 0);
    if (size < 0 || size > kMaxCompressionSize) return InvalidCompressionSize();
  }
  if (request.Has("cloneFrom")) {
    // Differs from AWS: cloneFrom is not emulated.
    return BadRequest("cloneFrom is not emulated");
  }
  json document = NewApiDocument(request.context, store.ids(), CustomId(request.Object("tags")));
  json& api = document["api"];
  CopyMembers(request.input, api,
              {"name", "description", "version", "minimumCompressionSize", "apiKeySource", "policy",
               "disableExecuteApiEndpoint"});
  if (!request.Array("binaryMediaTypes").empty()) {
    api["binaryMediaTypes"] = request.Array("binaryMediaTypes");
  }
  if (!request.Object("tags").empty()) api["tags"] = request.Object("tags");
  const json& endpoint = request.Object("endpointConfiguration");
  CopyMembers(endpoint, api["endpointConfiguration"], {"types", "vpcEndpointIds", "ipAddressType"});
  json& types = api["endpointConfiguration"]["types"];
  if (types.empty()) types = {"EDGE"};
  if (types[0] == "PRIVATE") {
    if (endpoint.contains("ipAddressType") && endpoint["ipAddressType"] == "ipv4") {
      return BadRequest("Only dualstack ipAddressType is supported for Private APIs.");
    }
    api["endpointConfiguration"]["ipAddressType"] = "dualstack";
  }
  return store.Create(request.context, std::move(document));
}

Result<json> GetRestApi(ApiStore& store, const Request& request) {
  return store.Read(request.context, request.Text("restApiId"),
                    [](const json& document) -> Result<json> { return document.at("api"); });
}

Result<json> GetRestApis(ApiStore& store, const Request& request) {
  json apis = json::array();
  for (json& document : store.List(request.context)) apis.push_back(std::move(document["api"]));
  std::stable_sort(apis.begin(), apis.end(), [](const json& a, const json& b) {
    return a.at("createdDate") < b.at("createdDate");
  });
  return Page(request, std::move(apis));
}

Result<json> UpdateRestApi(ApiStore& store, const Request& request) {
  return store.Change(request.context, request.Text("restApiId"), [&](json& document) {
    json& api = document["api"];
    for (const PatchOperation& operation : PatchOperations(request)) {
      if (auto applied = Apply(api, operation); !applied) return applied;
    }
    json answer = api;
    if (!answer.contains("tags")) answer["tags"] = json::object();
    return Result<json>(std::move(answer));
  });
}

Result<json> DeleteRestApi(ApiStore& store, const Request& request) {
  const std::string id = request.Text("restApiId");
  if (!store.Find(request.context, id)) return UnknownApi(request.context, id);
  store.Delete(request.context, id);
  return json::object();
}

}  // namespace fractus::gateway
