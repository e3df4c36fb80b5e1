#include <algorithm>

#include "gateway/operations.h"
#include "gateway/patch.h"

namespace fractus::gateway {
namespace {

ApiError UnknownAuthorizer() { return NotFound("Invalid Authorizer identifier specified"); }

Result<json> CheckAuthorizer(const json& authorizer) {
  const std::string type = authorizer.value("type", "");
  if (type == "COGNITO_USER_POOLS") {
    if (!authorizer.contains("providerARNs") || authorizer["providerARNs"].empty()) {
      return BadRequest("Invalid providerARNs specified: the list must not be empty");
    }
  } else if (authorizer.value("authorizerUri", "").empty()) {
    return BadRequest("Invalid Authorizer URI: authorizerUri must be specified");
  }
  if (type == "TOKEN") {
    const std::string source = authorizer.value("identitySource", "");
    if (!source.starts_with("method.request.header.") || source.find(',') != std::string::npos) {
      return BadRequest("Invalid mapping expression specified: " + source);
    }
  }
  if (type == "REQUEST" && authorizer.value("authorizerResultTtlInSeconds", 300) > 0 &&
      authorizer.value("identitySource", "").empty()) {
    return BadRequest("Identity source cannot be empty when caching is enabled");
  }
  const long long ttl = authorizer.value("authorizerResultTtlInSeconds", 300LL);
  if (ttl < 0 || ttl > 3600) {
    return BadRequest("Invalid Authorizer result TTL: must be between 0 and 3600 seconds");
  }
  return json();
}

Result<json> Apply(json& authorizer, const PatchOperation& operation) {
  const std::string& name = operation.parts[0];
  if (operation.Is({"providerARNs"})) {
    json& arns = authorizer["providerARNs"];
    if (!arns.is_array()) arns = json::array();
    const auto found = std::find(arns.begin(), arns.end(), operation.value);
    if (operation.op == "remove") {
      if (found != arns.end()) arns.erase(found);
    } else if (found == arns.end()) {
      arns.push_back(operation.value);
    }
    return json();
  }
  if (operation.Is({"authorizerResultTtlInSeconds"})) {
    if (operation.value.empty() || operation.value.size() > 6 ||
        operation.value.find_first_not_of("0123456789") != std::string::npos) {
      return BadRequest("Invalid Authorizer result TTL: must be between 0 and 3600 seconds");
    }
    authorizer[name] = std::stoi(operation.value);
    return json();
  }
  if (!operation.Is({"name"}) && !operation.Is({"type"}) && !operation.Is({"authType"}) &&
      !operation.Is({"authorizerUri"}) && !operation.Is({"authorizerCredentials"}) &&
      !operation.Is({"identitySource"}) && !operation.Is({"identityValidationExpression"})) {
    return InvalidPatchPath(operation);
  }
  if (operation.op == "remove" || operation.value.empty()) {
    authorizer.erase(name);
  } else {
    authorizer[name] = operation.value;
  }
  return json();
}

}  // namespace

Result<json> CreateAuthorizer(ApiStore& store, const Request& request) {
  return store.Change(
      request.context, request.Text("restApiId"), [&](json& document) -> Result<json> {
        const std::string type = request.Text("type");
        json authorizer = {
            {"id", store.ids().LowerAlnum(6)},
            {"authType", type == "COGNITO_USER_POOLS" ? "cognito_user_pools" : "custom"}};
        CopyMembers(
            request.input, authorizer,
            {"name", "type", "providerARNs", "authType", "authorizerUri", "authorizerCredentials",
             "identitySource", "identityValidationExpression", "authorizerResultTtlInSeconds"});
        if (auto checked = CheckAuthorizer(authorizer); !checked) return checked;
        for (const json& other : document["authorizers"]) {
          if (other.at("name") == authorizer.at("name")) {
            return BadRequest("Authorizer name must be unique. Authorizer " +
                              authorizer.at("name").get<std::string>() +
                              " already exists in this RestApi.");
          }
        }
        document["authorizers"][authorizer.at("id").get<std::string>()] = authorizer;
        return authorizer;
      });
}

Result<json> GetAuthorizer(ApiStore& store, const Request& request) {
  return store.Read(request.context, request.Text("restApiId"),
                    [&](const json& document) -> Result<json> {
                      const json& authorizers = document.at("authorizers");
                      const auto found = authorizers.find(request.Text("authorizerId"));
                      if (found == authorizers.end()) return UnknownAuthorizer();
                      return *found;
                    });
}

Result<json> GetAuthorizers(ApiStore& store, const Request& request) {
  return store.Read(request.context, request.Text("restApiId"),
                    [&](const json& document) -> Result<json> {
                      return Page(request, Values(document.at("authorizers")));
                    });
}

Result<json> UpdateAuthorizer(ApiStore& store, const Request& request) {
  return store.Change(
      request.context, request.Text("restApiId"), [&](json& document) -> Result<json> {
        const auto found = document["authorizers"].find(request.Text("authorizerId"));
        if (found == document["authorizers"].end()) return UnknownAuthorizer();
        for (const PatchOperation& operation : PatchOperations(request)) {
          if (auto applied = Apply(*found, operation); !applied) return applied;
        }
        if (auto checked = CheckAuthorizer(*found); !checked) return checked;
        return *found;
      });
}

Result<json> DeleteAuthorizer(ApiStore& store, const Request& request) {
  return store.Change(
      request.context, request.Text("restApiId"), [&](json& document) -> Result<json> {
        const std::string id = request.Text("authorizerId");
        if (!document["authorizers"].contains(id)) return UnknownAuthorizer();
        for (const json& resource : document["resources"]) {
          if (!resource.contains("resourceMethods")) continue;
          for (const json& method : resource["resourceMethods"]) {
            if (method.value("authorizerId", "") == id) {
              return Conflict("Cannot delete authorizer '" + id + "', is referenced in method: " +
                              resource.at("path").get<std::string>() + "/" +
                              method.at("httpMethod").get<std::string>());
            }
          }
        }
        document["authorizers"].erase(id);
        return json::object();
      });
}

}  // namespace fractus::gateway
