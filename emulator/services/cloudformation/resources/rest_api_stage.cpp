// AWS::ApiGateway::Stage.
#include <fmt/format.h>

#include "emulator/services/cloudformation/resources/json_patch.h"
#include "emulator/services/cloudformation/resources/resource_type.h"

namespace fractus::cloudformation {
namespace {

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
  const std::string arn = ApiArn(scene, TextProperty(after, "RestApiId")) + "/stages/" + name;
  if (auto error = UpdateTags(scene, "apigateway", arn, before, after)) return *error;
  return Made{name, json::object()};
}

std::optional<ApiError> DeleteStage(Scene& scene, const std::string& name, const json& properties) {
  return UnlessGone(
      scene.Call("apigateway", "DeleteStage",
                 {{"restApiId", Property(properties, "RestApiId")}, {"stageName", name}}));
}

}  // namespace

ResourceType StageType() {
  return {
      .name = "AWS::ApiGateway::Stage",
      .properties = {"RestApiId", "DeploymentId", "StageName", "Description", "CacheClusterEnabled",
                     "CacheClusterSize", "Variables", "DocumentationVersion", "TracingEnabled",
                     "Tags", "AccessLogSetting", "MethodSettings"},
      .create_only = {"RestApiId", "StageName"},
      .name_property = "StageName",
      .required = {"RestApiId"},
      .create = CreateStage,
      .update = UpdateStage,
      .remove = DeleteStage,
  };
}

}  // namespace fractus::cloudformation
