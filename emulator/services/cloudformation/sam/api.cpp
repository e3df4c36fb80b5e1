// AWS::Serverless::Api: the RestApi, its deployment and its stage.
#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "emulator/core/encoding.h"
#include "emulator/services/cloudformation/sam/sam.h"

namespace fractus::cloudformation {
namespace {

constexpr std::array<std::string_view, 28> kKnown = {"Name",
                                                     "StageName",
                                                     "DefinitionBody",
                                                     "DefinitionUri",
                                                     "CacheClusterEnabled",
                                                     "CacheClusterSize",
                                                     "Variables",
                                                     "EndpointConfiguration",
                                                     "MethodSettings",
                                                     "BinaryMediaTypes",
                                                     "MinimumCompressionSize",
                                                     "Cors",
                                                     "Auth",
                                                     "GatewayResponses",
                                                     "AccessLogSetting",
                                                     "CanarySetting",
                                                     "TracingEnabled",
                                                     "OpenApiVersion",
                                                     "Description",
                                                     "Mode",
                                                     "Tags",
                                                     "PropagateTags",
                                                     "DisableExecuteApiEndpoint",
                                                     "ApiKeySourceType",
                                                     "AlwaysDeploy",
                                                     "FailOnWarnings",
                                                     "Parameters",
                                                     "Policy"};

std::string Sha1Hex(const std::string& text) {
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return HexEncode(std::string_view(reinterpret_cast<const char*>(digest), sizeof digest));
}

bool IsAlphanumeric(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c); });
}

// Operations under conditions become Fn::If, so that a path without its function does not exist.
void ApplyConditions(json& body) {
  if (!body.contains("paths")) return;
  for (auto& [path, operations] : body["paths"].items()) {
    if (!operations.is_object()) continue;
    for (auto& [verb, operation] : operations.items()) {
      if (!operation.is_object() || !operation.contains("$condition")) continue;
      const json condition = operation["$condition"];
      operation.erase("$condition");
      operation = {{"Fn::If", json::array({condition, operation, {{"Ref", "AWS::NoValue"}}})}};
    }
  }
}

json RestApi(const ServerlessApi& api) {
  const json& properties = api.properties;
  json rest_api = json::object();
  for (const char* name :
       {"Name", "Description", "Mode", "MinimumCompressionSize", "DisableExecuteApiEndpoint",
        "ApiKeySourceType", "FailOnWarnings", "Parameters", "Policy"}) {
    if (properties.contains(name)) rest_api[name] = properties[name];
  }
  if (const json& uri = MemberOf(properties, "DefinitionUri"); !uri.is_null()) {
    rest_api["BodyS3Location"] = uri;
  } else {
    rest_api["Body"] = api.body;
  }
  const json& endpoint = MemberOf(properties, "EndpointConfiguration");
  const json type = endpoint.is_object() && endpoint.contains("Type") ? endpoint["Type"] : endpoint;
  if (!type.is_null()) {
    rest_api["EndpointConfiguration"] = {{"Types", json::array({type})}};
    rest_api["Parameters"]["endpointConfigurationTypes"] = type;
    if (const json& ids = MemberOf(endpoint, "VPCEndpointIds"); !ids.is_null()) {
      rest_api["EndpointConfiguration"]["VpcEndpointIds"] = ids;
    }
  }
  if (FlagOf(properties, "PropagateTags", false) && properties.contains("Tags")) {
    rest_api["Tags"] = TagsAsList(properties["Tags"]);
  }
  return rest_api;
}

}  // namespace

ServerlessApi MakeApi(const std::string& logical_id, const json& resource) {
  ServerlessApi api;
  api.logical_id = logical_id;
  api.properties = MemberOf(resource, "Properties");
  for (const auto& [name, value] : api.properties.items()) {
    if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) {
      throw InvalidResource{
          logical_id,
          fmt::format("The property {} of AWS::Serverless::Api is not emulated by fractus", name)};
    }
  }
  if (!api.properties.contains("StageName"))
    throw InvalidResource{logical_id, "Missing required property 'StageName'."};
  api.attributes = resource;
  api.attributes.erase("Type");
  api.attributes.erase("Properties");
  const json& body = MemberOf(api.properties, "DefinitionBody");
  api.managed_body = body.is_null() && !api.properties.contains("DefinitionUri");
  api.body = body.is_object()
                 ? body
                 : json{{"swagger", "2.0"},
                        {"info", {{"version", "1.0"}, {"title", {{"Ref", "AWS::StackName"}}}}},
                        {"paths", json::object()}};
  if (!body.is_object() && api.properties.contains("Name"))
    api.body["info"]["title"] = api.properties["Name"];
  return api;
}

void ExpandApi(ServerlessTransform& transform, ServerlessApi& api) {
  const json& properties = api.properties;
  ApplyCors(api);
  ApplyAuth(transform, api);
  ApplyBodySettings(api);
  ApplyConditions(api.body);

  json passed = json::object();
  for (const char* name : {"Condition", "DeletionPolicy", "UpdateReplacePolicy"}) {
    if (api.attributes.contains(name)) passed[name] = api.attributes[name];
  }
  const json reference = {{"Ref", api.logical_id}};
  json rest_api = RestApi(api);
  // Sorted and without blanks, so that the same API always has the same deployment.
  const std::string hash =
      Sha1Hex(rest_api.contains("Body") ? rest_api["Body"].dump() : rest_api.dump());
  const std::string deployment_id = api.logical_id + "Deployment" + hash.substr(0, 10);
  transform.Add(api.logical_id, "AWS::ApiGateway::RestApi", std::move(rest_api), api.attributes);

  json deployment = {{"RestApiId", reference}, {"Description", "RestApi deployment id: " + hash}};
  // SAM has always made a stage of that name too, until templates set OpenApiVersion.
  if (!properties.contains("OpenApiVersion")) deployment["StageName"] = "Stage";
  transform.Add(deployment_id, "AWS::ApiGateway::Deployment", std::move(deployment), passed);

  const json stage_name = transform.WithoutParameter(properties["StageName"]);
  json stage = {{"RestApiId", reference},
                {"DeploymentId", {{"Ref", deployment_id}}},
                {"StageName", properties["StageName"]}};
  for (const char* name : {"CacheClusterEnabled", "CacheClusterSize", "Variables", "MethodSettings",
                           "AccessLogSetting", "CanarySetting", "TracingEnabled"}) {
    if (properties.contains(name)) stage[name] = properties[name];
  }
  if (properties.contains("Tags")) stage["Tags"] = TagsAsList(properties["Tags"]);
  std::string stage_id = api.logical_id;
  if (stage_name.is_string() && IsAlphanumeric(stage_name.get<std::string>())) {
    stage_id += stage_name.get<std::string>() + "Stage";
  } else {
    stage_id += "Stage" + Sha1Hex(stage_name.dump()).substr(0, 10);
  }
  transform.Add(stage_id, "AWS::ApiGateway::Stage", std::move(stage), passed);
}

void ApplyBodySettings(ServerlessApi& api) {
  const json& properties = api.properties;
  if (const json& types = MemberOf(properties, "BinaryMediaTypes"); types.is_array()) {
    json plain = json::array();
    for (const json& type : types) {
      std::string text = type.is_string() ? type.get<std::string>() : "";
      for (size_t at = text.find("~1"); at != std::string::npos; at = text.find("~1"))
        text.replace(at, 2, "/");
      plain.push_back(type.is_string() ? json(text) : type);
    }
    api.body["x-amazon-apigateway-binary-media-types"] = plain;
  }
  if (const json& responses = MemberOf(properties, "GatewayResponses"); responses.is_object()) {
    json& section = api.body["x-amazon-apigateway-gateway-responses"];
    for (const auto& [kind, response] : responses.items()) {
      json entry = json::object();
      if (response.contains("StatusCode")) entry["statusCode"] = response["StatusCode"];
      if (response.contains("ResponseTemplates"))
        entry["responseTemplates"] = response["ResponseTemplates"];
      static const std::vector<std::pair<const char*, const char*>> kKinds = {
          {"Headers", "header"}, {"Paths", "path"}, {"QueryStrings", "querystring"}};
      for (const auto& [group, word] : kKinds) {
        for (const auto& [name, value] :
             MemberOf(MemberOf(response, "ResponseParameters"), group).items()) {
          entry["responseParameters"][fmt::format("gatewayresponse.{}.{}", word, name)] = value;
        }
      }
      section[kind] = std::move(entry);
    }
  }
  const json& version = MemberOf(properties, "OpenApiVersion");
  const std::string text = version.is_string() ? version.get<std::string>() : version.dump();
  if (!api.managed_body || !text.starts_with("3")) return;
  api.body.erase("swagger");
  api.body["openapi"] = text;
  if (api.body.contains("securityDefinitions")) {
    api.body["components"]["securitySchemes"] = api.body["securityDefinitions"];
    api.body.erase("securityDefinitions");
  }
}

}  // namespace fractus::cloudformation
