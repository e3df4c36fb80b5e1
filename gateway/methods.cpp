#include <algorithm>
#include <array>
#include <set>

#include "gateway/operations.h"
#include "gateway/patch.h"
#include "gateway/rest_api_document.h"

namespace fractus::gateway {
namespace {

constexpr std::array kVerbs = {"GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY"};

// The operations below a method answer "Invalid Resource identifier" for an unknown API, too.
Result<json> ChangeMethods(ApiStore& store, const Request& request,
                           const std::function<Result<json>(json&)>& change) {
  const std::string api_id = request.Text("restApiId");
  if (!store.Find(request.context, api_id)) return UnknownResource();
  return store.Change(request.context, api_id, [&](json& document) -> Result<json> {
    if (!document["resources"].contains(request.Text("resourceId"))) return UnknownResource();
    return change(document);
  });
}

Result<json> WithMethod(ApiStore& store, const Request& request,
                        const std::function<Result<json>(json&)>& use) {
  return ChangeMethods(store, request, [&](json& document) -> Result<json> {
    json* const method =
        FindMethod(document, request.Text("resourceId"), request.Text("httpMethod"));
    if (method == nullptr) return UnknownMethod();
    return use(*method);
  });
}

ApiError InvalidAuthorizer() {
  return BadRequest(
      "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or "
      "COGNITO_USER_POOLS requires a valid authorizer.");
}

// Whether the method's authorization type and authorizer go together.
Result<json> CheckAuthorization(const json& document, json& method) {
  const auto type = method.at("authorizationType").get<std::string>();
  if (type == "NONE" || type == "AWS_IAM") {
    method.erase("authorizerId");
    return json();
  }
  const auto authorizer = document.at("authorizers").find(method.value("authorizerId", ""));
  if (authorizer == document.at("authorizers").end()) return InvalidAuthorizer();
  const bool is_pool = authorizer->at("type") == "COGNITO_USER_POOLS";
  if (type != (is_pool ? "COGNITO_USER_POOLS" : "CUSTOM")) return InvalidAuthorizer();
  return json();
}

Result<json> CheckParameters(const json& parameters) {
  std::set<std::string> names;
  for (const auto& [name, required] : parameters.items()) {
    const size_t place_end = name.find('.', sizeof("method.request.") - 1);
    if (!name.starts_with("method.request.") || place_end == std::string::npos) {
      return BadRequest(
          "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
          "[Invalid mapping expression specified: " +
          name + "]");
    }
    if (!names.insert(name.substr(place_end + 1)).second) {
      return BadRequest("Parameter names must be unique across querystring, header and path");
    }
  }
  return json();
}

Result<json> CheckMethod(const json& document, json& method) {
  if (auto checked = CheckAuthorization(document, method); !checked) return checked;
  const std::string validator = method.value("requestValidatorId", "");
  if (!validator.empty() && !document.at("requestValidators").contains(validator)) {
    return BadRequest("Invalid Request Validator identifier specified");
  }
  if (method.contains("requestModels")) {
    for (const json& model : method["requestModels"]) {
      if (!document.at("models").contains(model.get<std::string>())) {
        return BadRequest("Invalid model identifier specified: " + model.get<std::string>());
      }
    }
  }
  if (method.contains("requestParameters")) return CheckParameters(method["requestParameters"]);
  return json();
}

Result<json> Apply(json& method, const PatchOperation& operation) {
  const bool in_map = operation.parts.size() == 2 && (operation.parts[0] == "requestParameters" ||
                                                      operation.parts[0] == "requestModels");
  if (in_map) {
    const std::string& map = operation.parts[0];
    if (operation.op == "remove") {
      if (!method.contains(map) || !method[map].contains(operation.parts[1])) {
        return map == "requestParameters" ? NotFound("Invalid parameter name specified")
                                          : NotFound("Content-Type specified was not found");
      }
      method[map].erase(operation.parts[1]);
      if (method[map].empty()) method.erase(map);
    } else {
      method[map][operation.parts[1]] =
          map == "requestParameters" ? json(PatchFlag(operation.value)) : json(operation.value);
    }
    return json();
  }
  if (operation.Is({"authorizationScopes"})) {
    json& scopes = method["authorizationScopes"];
    if (!scopes.is_array()) scopes = json::array();
    const auto found = std::find(scopes.begin(), scopes.end(), operation.value);
    if (operation.op == "add" && found == scopes.end()) scopes.push_back(operation.value);
    if (operation.op == "remove" && found != scopes.end()) scopes.erase(found);
    if (scopes.empty()) method.erase("authorizationScopes");
    return json();
  }
  const bool known = operation.Is({"authorizationType"}) || operation.Is({"authorizerId"}) ||
                     operation.Is({"apiKeyRequired"}) || operation.Is({"operationName"}) ||
                     operation.Is({"requestValidatorId"});
  if (!known) return InvalidPatchPath(operation);
  if (operation.op != "replace") {
    return BadRequest("Invalid patch operation specified. Must be one of: [replace]");
  }
  if (operation.Is({"apiKeyRequired"})) {
    method["apiKeyRequired"] = PatchFlag(operation.value);
  } else if (operation.value.empty()) {
    method.erase(operation.parts[0]);
  } else {
    method[operation.parts[0]] = operation.value;
  }
  return json();
}

ApiError UnknownStatusCode() { return NotFound("Invalid Response status code specified"); }

}  // namespace

json* FindMethod(json& document, const std::string& resource_id, const std::string& verb) {
  json& resource = document["resources"][resource_id];
  const auto methods = resource.find("resourceMethods");
  if (methods == resource.end()) return nullptr;
  const auto found = methods->find(verb);
  return found == methods->end() ? nullptr : &*found;
}

Result<json> PutMethod(ApiStore& store, const Request& request) {
  return ChangeMethods(store, request, [&](json& document) -> Result<json> {
    const std::string verb = request.Text("httpMethod");
    if (std::find(kVerbs.begin(), kVerbs.end(), verb) == kVerbs.end()) {
      return BadRequest(
          "Invalid HttpMethod specified. Valid options are "
          "GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY");
    }
    const std::string resource = request.Text("resourceId");
    if (FindMethod(document, resource, verb) != nullptr) {
      return Conflict("Method already exists for this resource");
    }
    json method = {{"httpMethod", verb},
                   {"authorizationType", request.Text("authorizationType")},
                   {"apiKeyRequired", request.Flag("apiKeyRequired", false)}};
    CopyMembers(request.input, method, {"operationName", "authorizerId", "requestValidatorId"});
    for (const char* const member : {"requestParameters", "requestModels"}) {
      if (!request.Object(member).empty()) method[member] = request.Object(member);
    }
    if (!request.Array("authorizationScopes").empty()) {
      method["authorizationScopes"] = request.Array("authorizationScopes");
    }
    if (auto checked = CheckMethod(document, method); !checked) return checked;
    document["resources"][resource]["resourceMethods"][verb] = method;
    return method;
  });
}

Result<json> GetMethod(ApiStore& store, const Request& request) {
  return WithMethod(store, request, [](json& method) -> Result<json> { return method; });
}

Result<json> UpdateMethod(ApiStore& store, const Request& request) {
  return ChangeMethods(store, request, [&](json& document) -> Result<json> {
    json* const method =
        FindMethod(document, request.Text("resourceId"), request.Text("httpMethod"));
    if (method == nullptr) return UnknownMethod();
    for (const PatchOperation& operation : PatchOperations(request)) {
      if (auto applied = Apply(*method, operation); !applied) return applied;
    }
    if (auto checked = CheckMethod(document, *method); !checked) return checked;
    return *method;
  });
}

Result<json> DeleteMethod(ApiStore& store, const Request& request) {
  return ChangeMethods(store, request, [&](json& document) -> Result<json> {
    const std::string resource_id = request.Text("resourceId");
    const std::string verb = request.Text("httpMethod");
    if (FindMethod(document, resource_id, verb) == nullptr) return UnknownMethod();
    json& resource = document["resources"][resource_id];
    resource["resourceMethods"].erase(verb);
    if (resource["resourceMethods"].empty()) resource.erase("resourceMethods");
    return json::object();
  });
}

Result<json> PutMethodResponse(ApiStore& store, const Request& request) {
  return WithMethod(store, request, [&](json& method) -> Result<json> {
    json response = {{"statusCode", request.Text("statusCode")}};
    CopyMembers(request.input, response, {"responseParameters", "responseModels"});
    json& responses = method["methodResponses"];
    if (responses.is_object() && responses.contains(request.Text("statusCode"))) {
      return Conflict("Response already exists for this resource");
    }
    responses[request.Text("statusCode")] = response;
    return response;
  });
}

Result<json> GetMethodResponse(ApiStore& store, const Request& request) {
  return WithMethod(store, request, [&](json& method) -> Result<json> {
    const std::string status = request.Text("statusCode");
    if (!method.contains("methodResponses") || !method["methodResponses"].contains(status)) {
      return UnknownStatusCode();
    }
    return method["methodResponses"][status];
  });
}

Result<json> DeleteMethodResponse(ApiStore& store, const Request& request) {
  return WithMethod(store, request, [&](json& method) -> Result<json> {
    const std::string status = request.Text("statusCode");
    if (!method.contains("methodResponses") || !method["methodResponses"].contains(status)) {
      return UnknownStatusCode();
    }
    method["methodResponses"].erase(status);
    if (method["methodResponses"].empty()) method.erase("methodResponses");
    return json::object();
  });
}

}  // namespace fractus::gateway
