// AWS::ApiGateway::Resource, Method, Authorizer.
#include <fmt/format.h>

#include "emulator/core/encoding.h"
#include "emulator/services/cloudformation/resources/resource_type.h"

namespace fractus::cloudformation {
namespace {

Result<Made> CreateResource(Scene& scene, const json& properties) {
  const auto created = scene.Call("apigateway", "CreateResource",
                                  Pick(properties, {"RestApiId", "ParentId", "PathPart"}));
  if (!created) return created.error();
  const auto id = TextProperty(*created, "id");
  return Made{id, {{"ResourceId", id}}};
}

std::optional<ApiError> DeleteResource(Scene& scene, const std::string& id,
                                       const json& properties) {
  return UnlessGone(
      scene.Call("apigateway", "DeleteResource",
                 {{"restApiId", Property(properties, "RestApiId")}, {"resourceId", id}}));
}

json MethodKey(const json& properties) {
  return Pick(properties, {"RestApiId", "ResourceId", "HttpMethod"});
}

std::optional<ApiError> PutIntegration(Scene& scene, const json& properties) {
  const json& integration = Property(properties, "Integration");
  if (!integration.is_object()) return std::nullopt;
  json input = MethodKey(properties);
  for (const auto& [name, value] : integration.items()) {
    if (name == "IntegrationResponses") continue;
    input[name == "IntegrationHttpMethod" ? "integrationHttpMethod" : name] = value;
  }
  const auto done = scene.Call("apigateway", "PutIntegration", input);
  if (!done) return done.error();
  for (const json& response : Property(integration, "IntegrationResponses")) {
    json response_input = MethodKey(properties);
    response_input.update(response);
    const auto put = scene.Call("apigateway", "PutIntegrationResponse", response_input);
    if (!put) return put.error();
  }
  return std::nullopt;
}

std::optional<ApiError> DeleteMethod(Scene& scene, const std::string&, const json& properties) {
  return UnlessGone(scene.Call("apigateway", "DeleteMethod", MethodKey(properties)));
}

Result<Made> CreateMethod(Scene& scene, const json& properties) {
  json input = MethodKey(properties);
  input.update(Pick(properties, {"AuthorizationType", "AuthorizerId", "ApiKeyRequired",
                                 "OperationName", "RequestParameters", "RequestModels",
                                 "RequestValidatorId", "AuthorizationScopes"}));
  if (!input.contains("AuthorizationType")) input["AuthorizationType"] = "NONE";
  const auto created = scene.Call("apigateway", "PutMethod", input);
  if (!created) return created.error();
  std::optional<ApiError> error;
  for (const json& response : Property(properties, "MethodResponses")) {
    json response_input = MethodKey(properties);
    response_input.update(response);
    const auto put = scene.Call("apigateway", "PutMethodResponse", response_input);
    if (!put) error = put.error();
  }
  if (!error) error = PutIntegration(scene, properties);
  const std::string id =
      fmt::format("{}|{}|{}", TextProperty(properties, "RestApiId"),
                  TextProperty(properties, "ResourceId"), TextProperty(properties, "HttpMethod"));
  if (error) {
    (void)DeleteMethod(scene, id, properties);
    return *error;
  }
  return Made{id, json::object()};
}

// Puts everything anew: a method has no state of its own.
Result<Made> UpdateMethod(Scene& scene, const std::string&, const json& before, const json& after) {
  if (auto error = DeleteMethod(scene, "", before)) return *error;
  return CreateMethod(scene, after);
}

const std::vector<std::string_view> kAuthorizer = {"Name",
                                                   "Type",
                                                   "ProviderARNs",
                                                   "AuthType",
                                                   "AuthorizerUri",
                                                   "AuthorizerCredentials",
                                                   "IdentitySource",
                                                   "IdentityValidationExpression",
                                                   "AuthorizerResultTtlInSeconds"};

Result<Made> CreateAuthorizer(Scene& scene, const json& properties) {
  json input = Pick(properties, kAuthorizer);
  input["restApiId"] = Property(properties, "RestApiId");
  const auto created = scene.Call("apigateway", "CreateAuthorizer", input);
  if (!created) return created.error();
  const auto id = TextProperty(*created, "id");
  return Made{id, {{"AuthorizerId", id}}};
}

Result<Made> UpdateAuthorizer(Scene& scene, const std::string& id, const json& before,
                              const json& after) {
  json patches = json::array();
  for (const auto name : kAuthorizer) {
    if (name == "ProviderARNs" || !Differs(before, after, name)) continue;
    std::string path = "/" + std::string(name);
    path[1] = static_cast<char>(path[1] - 'A' + 'a');
    const json& value = Property(after, name);
    json patch = {{"op", value.is_null() ? "remove" : "replace"}, {"path", path}};
    if (!value.is_null()) patch["value"] = value.is_string() ? value : json(value.dump());
    patches.push_back(std::move(patch));
  }
  for (const char* op : {"remove", "add"}) {
    if (!Differs(before, after, "ProviderARNs")) break;
    for (const json& arn :
         Property(std::string_view(op) == "add" ? after : before, "ProviderARNs")) {
      patches.push_back({{"op", op}, {"path", "/providerARNs"}, {"value", arn}});
    }
  }
  if (!patches.empty()) {
    const auto done = scene.Call("apigateway", "UpdateAuthorizer",
                                 {{"restApiId", Property(after, "RestApiId")},
                                  {"authorizerId", id},
                                  {"patchOperations", patches}});
    if (!done) return done.error();
  }
  return Made{id, {{"AuthorizerId", id}}};
}

std::optional<ApiError> DeleteAuthorizer(Scene& scene, const std::string& id,
                                         const json& properties) {
  return UnlessGone(
      scene.Call("apigateway", "DeleteAuthorizer",
                 {{"restApiId", Property(properties, "RestApiId")}, {"authorizerId", id}}));
}

}  // namespace

std::vector<ResourceType> RestApiPartTypes() {
  std::vector<std::string_view> authorizer_properties = kAuthorizer;
  authorizer_properties.push_back("RestApiId");
  return {
      {
          .name = "AWS::ApiGateway::Resource",
          .properties = {"RestApiId", "ParentId", "PathPart"},
          .create_only = {"RestApiId", "ParentId", "PathPart"},
          .name_property = "",
          .required = {"RestApiId", "ParentId", "PathPart"},
          .create = CreateResource,
          .update = {},
          .remove = DeleteResource,
      },
      {
          .name = "AWS::ApiGateway::Method",
          .properties = {"RestApiId", "ResourceId", "HttpMethod", "AuthorizationType",
                         "AuthorizerId", "ApiKeyRequired", "OperationName", "RequestParameters",
                         "RequestModels", "RequestValidatorId", "AuthorizationScopes",
                         "Integration", "MethodResponses"},
          .create_only = {"RestApiId", "ResourceId", "HttpMethod"},
          .name_property = "",
          .required = {"RestApiId", "ResourceId", "HttpMethod"},
          .create = CreateMethod,
          .update = UpdateMethod,
          .remove = DeleteMethod,
      },
      {
          .name = "AWS::ApiGateway::Authorizer",
          .properties = authorizer_properties,
          .create_only = {"RestApiId"},
          .name_property = "",
          .required = {"RestApiId", "Name", "Type"},
          .create = CreateAuthorizer,
          .update = UpdateAuthorizer,
          .remove = DeleteAuthorizer,
      },
  };
}

}  // namespace fractus::cloudformation
