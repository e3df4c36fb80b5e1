#include <algorithm>
#include <map>
#include <mutex>

#include "emulator/core/encoding.h"
#include "emulator/core/log.h"
#include "gateway/operations.h"
#include "gateway/patch.h"
#include "gateway/rest_api_document.h"

namespace fractus::gateway {
namespace {

ApiError UnknownStage() { return NotFound("Invalid stage identifier specified"); }
ApiError UnknownDeployment() { return BadRequest("Deployment id does not exist"); }

ApiError InvalidPath(const PatchOperation& operation) {
  return BadRequest(
      "Invalid method setting path: " + operation.path +
      ". Must be one of: [/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, "
      "/clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, "
      "/accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled, "
      "/{resourcePath}/{httpMethod}/logging/dataTrace, "
      "/{resourcePath}/{httpMethod}/logging/loglevel, "
      "/{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/"
      "rateLimit/{resourcePath}/{httpMethod}/caching/ttlInSeconds, "
      "/{resourcePath}/{httpMethod}/caching/enabled, "
      "/{resourcePath}/{httpMethod}/caching/dataEncrypted, "
      "/{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, "
      "/{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, "
      "/*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, "
      "/*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, "
      "/*/*/caching/enabled, /*/*/caching/dataEncrypted, "
      "/*/*/caching/requireAuthorizationForCacheControl, "
      "/*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, "
      "/tracingEnabled]");
}

ApiError CannotRemove(const std::string& setting) {
  return BadRequest("Cannot remove method setting " + setting +
                    " because there is no method setting for this method ");
}

enum class SettingKind { kFlag, kText, kInteger, kNumber };

struct Setting {
  const char* member;
  SettingKind kind;
};

const std::map<std::string, Setting, std::less<>>& Settings() {
  static const std::map<std::string, Setting, std::less<>> settings = {
      {"metrics/enabled", {"metricsEnabled", SettingKind::kFlag}},
      {"logging/dataTrace", {"dataTraceEnabled", SettingKind::kFlag}},
      {"logging/loglevel", {"loggingLevel", SettingKind::kText}},
      {"throttling/burstLimit", {"throttlingBurstLimit", SettingKind::kInteger}},
      {"throttling/rateLimit", {"throttlingRateLimit", SettingKind::kNumber}},
      {"caching/enabled", {"cachingEnabled", SettingKind::kFlag}},
      {"caching/ttlInSeconds", {"cacheTtlInSeconds", SettingKind::kInteger}},
      {"caching/dataEncrypted", {"cacheDataEncrypted", SettingKind::kFlag}},
      {"caching/requireAuthorizationForCacheControl",
       {"requireAuthorizationForCacheControl", SettingKind::kFlag}},
      {"caching/unauthorizedCacheControlHeaderStrategy",
       {"unauthorizedCacheControlHeaderStrategy", SettingKind::kText}},
  };
  return settings;
}

json DefaultMethodSetting() {
  return {{"metricsEnabled", false},
          {"dataTraceEnabled", false},
          {"throttlingBurstLimit", 5000},
          {"throttlingRateLimit", 10000.0},
          {"cachingEnabled", false},
          {"cacheTtlInSeconds", 300},
          {"cacheDataEncrypted", false},
          {"requireAuthorizationForCacheControl", true},
          {"unauthorizedCacheControlHeaderStrategy", "SUCCEED_WITH_RESPONSE_HEADER"}};
}

Result<json> ApplyAccessLog(json& stage, const PatchOperation& operation) {
  const bool known = operation.parts.size() == 2 &&
                     (operation.parts[1] == "destinationArn" || operation.parts[1] == "format");
  if (operation.op == "remove") {
    if (operation.parts.size() == 1) {
      stage.erase("accessLogSettings");
      return json();
    }
    return CannotRemove("accessLogSettings/" + operation.parts[1]);
  }
  if (!known) {
    return BadRequest(
        "Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, "
        "/accessLogSettings/format]");
  }
  if (operation.value.empty()) return BadRequest("Access Log value must not be empty");
  std::string value = operation.value;
  if (operation.parts[1] == "destinationArn" && value.ends_with(":*")) {
    value.resize(value.size() - 2);
  }
  stage["accessLogSettings"][operation.parts[1]] = value;
  return json();
}

// AWS names a resource's settings without its leading slash: "users/{id}/GET".
std::string SettingKey(const std::vector<std::string>& parts, size_t count) {
  std::string path = Join({parts.begin(), parts.begin() + static_cast<long>(count) - 1}, "/");
  if (path.size() > 1 && path.starts_with('/')) path.erase(0, 1);
  return path + "/" + parts[count - 1];
}

// "/{resource path}/{verb}/{group}/{name}", or "/{resource path}/{verb}" to remove all of it.
// Slashes in the resource's path should be "~1" but are taken as they are, too.
Result<json> ApplyMethodSetting(json& stage, const PatchOperation& operation) {
  const auto& parts = operation.parts;
  if (operation.op == "remove" && parts.size() >= 2) {
    const std::string key = SettingKey(parts, parts.size());
    if (!stage["methodSettings"].contains(key)) return CannotRemove(key);
    stage["methodSettings"].erase(key);
    return json();
  }
  if (parts.size() < 4) return InvalidPath(operation);
  const size_t count = parts.size();
  const auto setting = Settings().find(parts[count - 2] + "/" + parts[count - 1]);
  if (setting == Settings().end()) return InvalidPath(operation);
  json& method = stage["methodSettings"][SettingKey(parts, count - 2)];
  if (method.is_null()) method = DefaultMethodSetting();
  json& value = method[setting->second.member];
  switch (setting->second.kind) {
    case SettingKind::kFlag:
      value = PatchFlag(operation.value);
      break;
    case SettingKind::kText:
      value = operation.value;
      break;
    case SettingKind::kInteger:
    case SettingKind::kNumber: {
      char* end = nullptr;
      const double number = std::strtod(operation.value.c_str(), &end);
      if (operation.value.empty() || *end != '\0') {
        return BadRequest("Invalid value for " + operation.path + ": " + operation.value);
      }
      if (setting->second.kind == SettingKind::kInteger) {
        value = static_cast<long long>(number);
      } else {
        value = number;
      }
      break;
    }
  }
  if (setting->first == "logging/loglevel" && operation.value != "OFF") {
    static std::once_flag once;
    std::call_once(once, [] {
      Log(LogLevel::kWarning,
          "gateway: execution logging (loggingLevel) is stored but not emulated; access logs are");
    });
  }
  return json();
}

Result<json> Apply(const json& document, json& stage, const PatchOperation& operation) {
  const std::string& first = operation.parts[0];
  if (operation.Is({"deploymentId"})) {
    if (!document.at("deployments").contains(operation.value)) return UnknownDeployment();
    stage["deploymentId"] = operation.value;
  } else if (operation.Is({"description"}) || operation.Is({"clientCertificateId"}) ||
             operation.Is({"cacheClusterSize"})) {
    if (operation.op == "remove" || operation.value.empty()) {
      stage.erase(first);
    } else {
      stage[first] = operation.value;
    }
  } else if (operation.Is({"tracingEnabled"}) || operation.Is({"cacheClusterEnabled"})) {
    stage[first] = PatchFlag(operation.value);
  } else if (first == "variables" && operation.parts.size() == 2) {
    if (operation.op == "remove") {
      if (stage.contains("variables")) stage["variables"].erase(operation.parts[1]);
      if (stage.contains("variables") && stage["variables"].empty()) stage.erase("variables");
    } else {
      stage["variables"][operation.parts[1]] = operation.value;
    }
  } else if (first == "accessLogSettings") {
    return ApplyAccessLog(stage, operation);
  } else {
    return ApplyMethodSetting(stage, operation);
  }
  return json();
}

}  // namespace

json NewStage(const RequestContext& context, const std::string& name,
              const std::string& deployment_id) {
  return {{"stageName", name},
          {"deploymentId", deployment_id},
          {"cacheClusterEnabled", false},
          {"cacheClusterStatus", "NOT_AVAILABLE"},
          {"methodSettings", json::object()},
          {"tracingEnabled", false},
          {"createdDate", EpochSeconds(context.now)},
          {"lastUpdatedDate", EpochSeconds(context.now)}};
}

Result<json> CreateStage(ApiStore& store, const Request& request) {
  if (request.Has("canarySettings")) {
    // Differs from AWS: canary releases are not emulated.
    return BadRequest("Canary settings are not emulated");
  }
  const auto answer =
      store.Change(request.context, request.Text("restApiId"), [&](json& document) -> Result<json> {
        const std::string name = request.Text("stageName");
        if (name.empty() || !std::all_of(name.begin(), name.end(), [](unsigned char c) {
              return std::isalnum(c) || c == '_' || c == '-';
            })) {
          return BadRequest("Stage name only allows a-zA-Z0-9_-");
        }
        if (document["stages"].contains(name)) return Conflict("Stage already exists");
        if (!document["deployments"].contains(request.Text("deploymentId"))) {
          return UnknownDeployment();
        }
        json stage = NewStage(request.context, name, request.Text("deploymentId"));
        CopyMembers(request.input, stage,
                    {"description", "cacheClusterEnabled", "cacheClusterSize",
                     "documentationVersion", "tracingEnabled"});
        for (const char* const member : {"variables", "tags"}) {
          if (!request.Object(member).empty()) stage[member] = request.Object(member);
        }
        document["stages"][name] = stage;
        return stage;
      });
  if (answer) store.Publish();
  return answer;
}

Result<json> GetStage(ApiStore& store, const Request& request) {
  return store.Read(request.context, request.Text("restApiId"),
                    [&](const json& document) -> Result<json> {
                      const json& stages = document.at("stages");
                      const auto found = stages.find(request.Text("stageName"));
                      if (found == stages.end()) return UnknownStage();
                      return *found;
                    });
}

Result<json> GetStages(ApiStore& store, const Request& request) {
  return store.Read(request.context, request.Text("restApiId"),
                    [&](const json& document) -> Result<json> {
                      json items = json::array();
                      const std::string deployment = request.Text("deploymentId");
                      for (const json& stage : document.at("stages")) {
                        if (deployment.empty() || stage.at("deploymentId") == deployment) {
                          items.push_back(stage);
                        }
                      }
                      return json{{"item", std::move(items)}};
                    });
}

Result<json> UpdateStage(ApiStore& store, const Request& request) {
  const auto answer =
      store.Change(request.context, request.Text("restApiId"), [&](json& document) -> Result<json> {
        const auto found = document["stages"].find(request.Text("stageName"));
        if (found == document["stages"].end()) return UnknownStage();
        for (const PatchOperation& operation : PatchOperations(request)) {
          if (auto applied = Apply(document, *found, operation); !applied) return applied;
        }
        (*found)["lastUpdatedDate"] = EpochSeconds(request.context.now);
        return *found;
      });
  if (answer) store.Publish();
  return answer;
}

Result<json> DeleteStage(ApiStore& store, const Request& request) {
  const auto answer =
      store.Change(request.context, request.Text("restApiId"), [&](json& document) -> Result<json> {
        const std::string name = request.Text("stageName");
        if (!document["stages"].contains(name)) return UnknownStage();
        document["stages"].erase(name);
        return json::object();
      });
  if (answer) store.Publish();
  return answer;
}

Result<json> FlushStageAuthorizersCache(ApiStore& store, const Request& request) {
  // The execution path keeps authorizer results as long as this date stays the same.
  const auto answer =
      store.Change(request.context, request.Text("restApiId"), [&](json& document) -> Result<json> {
        const auto found = document["stages"].find(request.Text("stageName"));
        if (found == document["stages"].end()) return UnknownStage();
        (*found)["$authorizersFlushed"] = (*found).value("$authorizersFlushed", 0) + 1;
        return json::object();
      });
  if (answer) store.Publish();
  return answer;
}

}  // namespace fractus::gateway
