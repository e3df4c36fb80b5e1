// AWS::ApiGateway::RestApi, Deployment, Account.
#include <fmt/format.h>

#include "emulator/services/cloudformation/resources/json_patch.h"
#include "emulator/services/cloudformation/resources/resource_type.h"

namespace fractus::cloudformation {
namespace {

Result<Made> DescribeApi(Scene& scene, const std::string& id, const json& answer) {
  std::string root = TextProperty(answer, "rootResourceId");
  if (root.empty()) {
    const auto resources =
        scene.Call("apigateway", "GetResources", {{"restApiId", id}, {"limit", 500}});
    if (!resources) return resources.error();
    for (const char* member : {"items", "item"}) {
      for (const json& resource : Property(*resources, member)) {
        if (TextProperty(resource, "path") == "/") root = TextProperty(resource, "id");
      }
    }
  }
  return Made{id, {{"RootResourceId", root}, {"RestApiId", id}}};
}

// The body's bytes, and the parameters of an import.
json ImportInput(const json& properties) {
  const std::string text = properties["Body"].is_string() ? properties["Body"].get<std::string>()
                                                          : properties["Body"].dump();
  json input = {{"body", json::binary(std::vector<uint8_t>(text.begin(), text.end()))}};
  if (properties.contains("FailOnWarnings")) input["failOnWarnings"] = properties["FailOnWarnings"];
  json parameters = Property(properties, "Parameters");
  if (!parameters.is_object()) parameters = json::object();
  const json& types = Property(Property(properties, "EndpointConfiguration"), "Types");
  if (types.is_array() && !types.empty()) parameters["endpointConfigurationTypes"] = types[0];
  if (!parameters.empty()) input["parameters"] = parameters;
  return input;
}

// What the properties say beside the body.
json ApiPatches(const json& before, const json& after) {
  json patches = json::array();
  PatchScalar(patches, before, after, "Name", "/name");
  PatchScalar(patches, before, after, "Description", "/description");
  PatchScalar(patches, before, after, "Policy", "/policy");
  PatchScalar(patches, before, after, "ApiKeySourceType", "/apiKeySource");
  if (Differs(before, after, "MinimumCompressionSize")) {
    // Compression is switched off by an empty value; the path cannot be removed.
    const json& size = Property(after, "MinimumCompressionSize");
    patches.push_back(
        Patch("replace", "/minimumCompressionSize", size.is_null() ? json("") : size));
  }
  PatchScalar(patches, before, after, "DisableExecuteApiEndpoint", "/disableExecuteApiEndpoint");
  const json old_types = Property(before, "BinaryMediaTypes"),
             new_types = Property(after, "BinaryMediaTypes");
  if (old_types != new_types) {
    for (const json& type : old_types) {
      patches.push_back(Patch("remove", "/binaryMediaTypes/" + Pointer(type.get<std::string>())));
    }
    for (const json& type : new_types) {
      patches.push_back(Patch("add", "/binaryMediaTypes/" + Pointer(type.get<std::string>())));
    }
  }
  return patches;
}

Result<Made> CreateApi(Scene& scene, const json& properties) {
  if (properties.contains("BodyS3Location")) {
    return ApiError{"NotImplemented",
                    "BodyS3Location of AWS::ApiGateway::RestApi is not emulated by fractus"};
  }
  const json tags = TagMap(scene, Property(properties, "Tags"));
  if (!properties.contains("Body")) {
    json input = Pick(properties, {"Name", "Description", "CloneFrom", "BinaryMediaTypes",
                                   "MinimumCompressionSize", "EndpointConfiguration", "Policy",
                                   "DisableExecuteApiEndpoint"});
    if (properties.contains("ApiKeySourceType"))
      input["apiKeySource"] = properties["ApiKeySourceType"];
    if (!tags.empty()) input["tags"] = tags;
    const auto created = scene.Call("apigateway", "CreateRestApi", input);
    if (!created) return created.error();
    return DescribeApi(scene, TextProperty(*created, "id"), *created);
  }
  const auto created = scene.Call("apigateway", "ImportRestApi", ImportInput(properties));
  if (!created) return created.error();
  const auto id = TextProperty(*created, "id");
  const json patches = ApiPatches(json::object(), properties);
  std::optional<ApiError> error;
  if (!patches.empty()) {
    const auto patched = scene.Call("apigateway", "UpdateRestApi",
                                    {{"restApiId", id}, {"patchOperations", patches}});
    if (!patched) error = patched.error();
  }
  if (!error && !tags.empty()) {
    const auto tagged = scene.Call("apigateway", "TagResource",
                                   {{"resourceArn", ApiArn(scene, id)}, {"tags", tags}});
    if (!tagged) error = tagged.error();
  }
  if (error) {
    (void)scene.Call("apigateway", "DeleteRestApi", {{"restApiId", id}});
    return *error;
  }
  return DescribeApi(scene, id, *created);
}

Result<Made> UpdateApi(Scene& scene, const std::string& id, const json& before, const json& after) {
  json answer = json::object();
  if (Differs(before, after, "Body") && after.contains("Body")) {
    json input = ImportInput(after);
    input["restApiId"] = id;
    input["mode"] = TextProperty(after, "Mode") == "merge" ? "merge" : "overwrite";
    auto put = scene.Call("apigateway", "PutRestApi", input);
    if (!put) return put.error();
    answer = *std::move(put);
  }
  // Replacing the body also replaces what it says about the name.
  const json patches = ApiPatches(Differs(before, after, "Body") ? json::object() : before, after);
  if (!patches.empty()) {
    const auto patched = scene.Call("apigateway", "UpdateRestApi",
                                    {{"restApiId", id}, {"patchOperations", patches}});
    if (!patched) return patched.error();
  }
  if (auto error = UpdateTags(scene, "apigateway", ApiArn(scene, id), before, after)) return *error;
  return DescribeApi(scene, id, answer);
}

std::optional<ApiError> DeleteApi(Scene& scene, const std::string& id, const json&) {
  return UnlessGone(scene.Call("apigateway", "DeleteRestApi", {{"restApiId", id}}));
}

Result<Made> CreateDeployment(Scene& scene, const json& properties) {
  json input = Pick(properties, {"RestApiId", "StageName", "Description"});
  const json& stage = Property(properties, "StageDescription");
  if (stage.is_object()) {
    for (const char* member :
         {"Variables", "CacheClusterEnabled", "CacheClusterSize", "TracingEnabled"}) {
      if (stage.contains(member)) input[member] = stage[member];
    }
    if (stage.contains("Description")) input["stageDescription"] = stage["Description"];
  }
  const auto created = scene.Call("apigateway", "CreateDeployment", input);
  if (!created) return created.error();
  const auto id = TextProperty(*created, "id");
  return Made{id, {{"DeploymentId", id}}};
}

Result<Made> UpdateDeployment(Scene& scene, const std::string& id, const json& before,
                              const json& after) {
  json patches = json::array();
  PatchScalar(patches, before, after, "Description", "/description");
  if (!patches.empty()) {
    const auto done = scene.Call("apigateway", "UpdateDeployment",
                                 {{"restApiId", Property(after, "RestApiId")},
                                  {"deploymentId", id},
                                  {"patchOperations", patches}});
    if (!done) return done.error();
  }
  return Made{id, {{"DeploymentId", id}}};
}

std::optional<ApiError> DeleteDeployment(Scene& scene, const std::string& id,
                                         const json& properties) {
  const json& api = Property(properties, "RestApiId");
  if (const auto stage = TextProperty(properties, "StageName"); !stage.empty()) {
    // The stage that this deployment made goes with it, unless it serves a newer deployment by now.
    const auto read =
        scene.Call("apigateway", "GetStage", {{"restApiId", api}, {"stageName", stage}});
    if (read && TextProperty(*read, "deploymentId") == id) {
      (void)scene.Call("apigateway", "DeleteStage", {{"restApiId", api}, {"stageName", stage}});
    }
  }
  return UnlessGone(
      scene.Call("apigateway", "DeleteDeployment", {{"restApiId", api}, {"deploymentId", id}}));
}

Result<Made> PutAccount(Scene& scene, const std::string& id, const json& before,
                        const json& after) {
  if (Differs(before, after, "CloudWatchRoleArn")) {
    const json& role = Property(after, "CloudWatchRoleArn");
    const json patches =
        json::array({Patch("replace", "/cloudwatchRoleArn", role.is_null() ? json("") : role)});
    const auto done = scene.Call("apigateway", "UpdateAccount", {{"patchOperations", patches}});
    if (!done) return done.error();
  }
  return Made{id, {{"Id", id}}};
}

Result<Made> CreateAccount(Scene& scene, const json& properties) {
  return PutAccount(scene, scene.GeneratedName(64), json::object(), properties);
}

// AWS leaves the account's settings as they are.
std::optional<ApiError> DeleteAccount(Scene&, const std::string&, const json&) {
  return std::nullopt;
}

}  // namespace

std::vector<ResourceType> RestApiTypes() {
  return {
      StageType(),
      {
          .name = "AWS::ApiGateway::RestApi",
          .properties = {"Name", "Description", "Body", "BodyS3Location", "CloneFrom",
                         "FailOnWarnings", "Mode", "Parameters", "BinaryMediaTypes",
                         "MinimumCompressionSize", "EndpointConfiguration", "Policy",
                         "DisableExecuteApiEndpoint", "ApiKeySourceType", "Tags"},
          .create_only = {"CloneFrom"},
          .name_property = "",
          .required = {},
          .create = CreateApi,
          .update = UpdateApi,
          .remove = DeleteApi,
      },
      {
          .name = "AWS::ApiGateway::Deployment",
          .properties = {"RestApiId", "StageName", "Description", "StageDescription"},
          .create_only = {"RestApiId"},
          .name_property = "",
          .required = {"RestApiId"},
          .create = CreateDeployment,
          .update = UpdateDeployment,
          .remove = DeleteDeployment,
      },
      {
          .name = "AWS::ApiGateway::Account",
          .properties = {"CloudWatchRoleArn"},
          .create_only = {},
          .name_property = "",
          .required = {},
          .create = CreateAccount,
          .update = PutAccount,
          .remove = DeleteAccount,
      },
  };
}

}  // namespace fractus::cloudformation
