// AWS::ApiGateway::RestApi, Deployment, Stage, Account.
#include <fmt/format.h>

#include "emulator/services/cloudformation/resources/resource_type.h"

namespace fractus::cloudformation {
namespace {

json Patch(std::string op, std::string path, const json& value = nullptr) {
  json operation = {{"op", std::move(op)}, {"path", std::move(path)}};
  if (!value.is_null()) operation["value"] = value.is_string() ? value : json(value.dump());
  return operation;
}

// A name inside a JSON pointer.
std::string Pointer(const std::string& name) {
  std::string escaped;
  for (const char c : name) {
    if (c == '~') {
      escaped += "~0";
    } else if (c == '/') {
      escaped += "~1";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

// "replace" for a value, "remove" for one that the new properties lack, nothing when they agree.
void PatchScalar(json& patches, const json& before, const json& after, std::string_view name,
                 std::string path) {
  if (!Differs(before, after, name)) return;
  const json& value = Property(after, name);
  patches.push_back(value.is_null() ? Patch("remove", std::move(path))
                                    : Patch("replace", std::move(path), value));
}

// Members of a map of texts below `path`.
void PatchMap(json& patches, const json& before, const json& after, const std::string& path) {
  if (before.is_object()) {
    for (const auto& [key, value] : before.items()) {
      if (!after.is_object() || !after.contains(key))
        patches.push_back(Patch("remove", path + "/" + Pointer(key)));
    }
  }
  if (!after.is_object()) return;
  for (const auto& [key, value] : after.items()) {
    if (!before.is_object() || Property(before, key) != value) {
      patches.push_back(Patch("replace", path + "/" + Pointer(key), value));
    }
  }
}

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
  PatchScalar(patches, before, after, "MinimumCompressionSize", "/minimumCompressionSize");
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
    const auto tagged =
        scene.Call("apigateway", "TagResource",
                   {{"resourceArn",
                     fmt::format("arn:aws:apigateway:{}::/restapis/{}", scene.context.region, id)},
                    {"tags", tags}});
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

// "/~1users~1{id}/GET" of a MethodSettings entry.
std::string SettingPath(const json& setting) {
  std::string path = TextProperty(setting, "ResourcePath");
  const std::string method = TextProperty(setting, "HttpMethod");
  if (path == "/*") path = "*";
  return "/" + Pointer(path.empty() ? "*" : path) + "/" + (method.empty() ? "*" : method);
}

void PatchSettings(json& patches, const json& before, const json& after) {
  static const std::vector<std::pair<const char*, const char*>> kSettings = {
      {"LoggingLevel", "logging/loglevel"},
      {"DataTraceEnabled", "logging/dataTrace"},
      {"MetricsEnabled", "metrics/enabled"},
      {"ThrottlingBurstLimit", "throttling/burstLimit"},
      {"ThrottlingRateLimit", "throttling/rateLimit"},
      {"CachingEnabled", "caching/enabled"},
      {"CacheTtlInSeconds", "caching/ttlInSeconds"},
      {"CacheDataEncrypted", "caching/dataEncrypted"}};
  const json &old_settings = Property(before, "MethodSettings"),
             &new_settings = Property(after, "MethodSettings");
  if (old_settings == new_settings) return;
  json kept = json::object();
  for (const json& setting : new_settings) kept[SettingPath(setting)] = true;
  for (const json& setting : old_settings) {
    if (!kept.contains(SettingPath(setting)))
      patches.push_back(Patch("remove", SettingPath(setting)));
  }
  for (const json& setting : new_settings) {
    for (const auto& [property, path] : kSettings) {
      if (setting.contains(property)) {
        patches.push_back(Patch("replace", SettingPath(setting) + "/" + path, setting[property]));
      }
    }
  }
}

// Fn::GetAtt of a log group gives an ARN that ends with ":*"; the API wants it without.
json LogSetting(const json& properties) {
  json setting = Property(properties, "AccessLogSetting");
  if (std::string arn = TextProperty(setting, "DestinationArn"); arn.ends_with(":*")) {
    setting["DestinationArn"] = arn.substr(0, arn.size() - 2);
  }
  return setting;
}

json StagePatches(const json& before, const json& after) {
  json patches = json::array();
  const json old_log = LogSetting(before), new_log = LogSetting(after);
  if (old_log != new_log) {
    if (new_log.is_null()) {
      patches.push_back(Patch("remove", "/accessLogSettings"));
    } else {
      PatchScalar(patches, old_log, new_log, "DestinationArn", "/accessLogSettings/destinationArn");
      PatchScalar(patches, old_log, new_log, "Format", "/accessLogSettings/format");
    }
  }
  PatchSettings(patches, before, after);
  return patches;
}

std::optional<ApiError> PatchStage(Scene& scene, const json& api, const std::string& stage,
                                   const json& patches) {
  if (patches.empty()) return std::nullopt;
  const auto done =
      scene.Call("apigateway", "UpdateStage",
                 {{"restApiId", api}, {"stageName", stage}, {"patchOperations", patches}});
  if (!done) return done.error();
  return std::nullopt;
}

Result<Made> CreateStage(Scene& scene, const json& properties) {
  json input = Pick(properties,
                    {"RestApiId", "DeploymentId", "StageName", "Description", "CacheClusterEnabled",
                     "CacheClusterSize", "Variables", "DocumentationVersion", "TracingEnabled"});
  std::string name = TextProperty(properties, "StageName");
  if (name.empty()) name = scene.ids().LowerAlnum(6);
  input["StageName"] = name;
  if (const json tags = TagMap(scene, Property(properties, "Tags")); !tags.empty())
    input["tags"] = tags;
  const auto created = scene.Call("apigateway", "CreateStage", input);
  if (!created) return created.error();
  if (auto error = PatchStage(scene, Property(properties, "RestApiId"), name,
                              StagePatches(json::object(), properties))) {
    (void)scene.Call("apigateway", "DeleteStage",
                     {{"restApiId", Property(properties, "RestApiId")}, {"stageName", name}});
    return *error;
  }
  return Made{name, json::object()};
}

Result<Made> UpdateStage(Scene& scene, const std::string& name, const json& before,
                         const json& after) {
  json patches = StagePatches(before, after);
  PatchScalar(patches, before, after, "DeploymentId", "/deploymentId");
  PatchScalar(patches, before, after, "Description", "/description");
  PatchScalar(patches, before, after, "TracingEnabled", "/tracingEnabled");
  PatchScalar(patches, before, after, "CacheClusterEnabled", "/cacheClusterEnabled");
  PatchScalar(patches, before, after, "CacheClusterSize", "/cacheClusterSize");
  PatchMap(patches, Property(before, "Variables"), Property(after, "Variables"), "/variables");
  if (auto error = PatchStage(scene, Property(after, "RestApiId"), name, patches)) return *error;
  return Made{name, json::object()};
}

std::optional<ApiError> DeleteStage(Scene& scene, const std::string& name, const json& properties) {
  return UnlessGone(
      scene.Call("apigateway", "DeleteStage",
                 {{"restApiId", Property(properties, "RestApiId")}, {"stageName", name}}));
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
          .name = "AWS::ApiGateway::Stage",
          .properties = {"RestApiId", "DeploymentId", "StageName", "Description",
                         "CacheClusterEnabled", "CacheClusterSize", "Variables",
                         "DocumentationVersion", "TracingEnabled", "Tags", "AccessLogSetting",
                         "MethodSettings"},
          .create_only = {"RestApiId", "StageName"},
          .name_property = "StageName",
          .required = {"RestApiId"},
          .create = CreateStage,
          .update = UpdateStage,
          .remove = DeleteStage,
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
