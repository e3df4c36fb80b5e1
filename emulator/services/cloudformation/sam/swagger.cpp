// CORS answers and authorizers in the Swagger body of an AWS::Serverless::Api.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "emulator/services/cloudformation/sam/sam.h"

namespace fractus::cloudformation {
namespace {

constexpr std::string_view kAnyMethod = "x-amazon-apigateway-any-method";

bool IsMethod(std::string_view key) {
  static constexpr std::array<std::string_view, 8> kMethods = {
      "get", "put", "post", "delete", "patch", "options", "head", kAnyMethod};
  return std::find(kMethods.begin(), kMethods.end(), key) != kMethods.end();
}

std::string Upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  return text;
}

// "'GET,OPTIONS'" of a path.
std::string AllowedMethods(const json& operations) {
  std::vector<std::string> methods = {"OPTIONS"};
  for (const auto& [key, unused] : operations.items()) {
    if (key == kAnyMethod) {
      methods = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"};
      break;
    }
    if (IsMethod(key) && key != "options") methods.push_back(Upper(key));
  }
  std::sort(methods.begin(), methods.end());
  return fmt::format("'{}'", fmt::join(methods, ","));
}

json CorsOperation(const json& cors, const json& operations) {
  json parameters = json::object(), headers = json::object();
  const auto add = [&](const char* header, const json& value) {
    parameters[std::string("method.response.header.") + header] = value;
    headers[header] = {{"type", "string"}};
  };
  add("Access-Control-Allow-Origin", cors.is_object() ? MemberOf(cors, "AllowOrigin") : cors);
  const json methods = cors.is_object() ? MemberOf(cors, "AllowMethods") : json();
  add("Access-Control-Allow-Methods",
      methods.is_null() ? json(AllowedMethods(operations)) : methods);
  if (cors.is_object()) {
    if (cors.contains("AllowHeaders")) add("Access-Control-Allow-Headers", cors["AllowHeaders"]);
    if (cors.contains("MaxAge")) add("Access-Control-Max-Age", cors["MaxAge"]);
    if (FlagOf(cors, "AllowCredentials", false)) add("Access-Control-Allow-Credentials", "'true'");
  }
  return {{"summary", "CORS support"},
          {"consumes", json::array({"application/json"})},
          {"produces", json::array({"application/json"})},
          {"x-amazon-apigateway-integration",
           {{"type", "mock"},
            {"requestTemplates", {{"application/json", "{\n  \"statusCode\" : 200\n}\n"}}},
            {"responses",
             {{"default",
               {{"statusCode", "200"},
                {"responseParameters", parameters},
                {"responseTemplates", {{"application/json", "{}\n"}}}}}}}}},
          {"responses",
           {{"200", {{"description", "Default response for CORS method"}, {"headers", headers}}}}}};
}

std::string IdentitySource(const json& identity) {
  static const std::vector<std::pair<const char*, const char*>> kSources = {
      {"Headers", "method.request.header."},
      {"QueryStrings", "method.request.querystring."},
      {"StageVariables", "stageVariables."},
      {"Context", "context."}};
  std::vector<std::string> sources;
  for (const auto& [member, prefix] : kSources) {
    for (const json& name : MemberOf(identity, member)) {
      if (name.is_string()) sources.push_back(prefix + name.get<std::string>());
    }
  }
  return fmt::format("{}", fmt::join(sources, ", "));
}

// The body's definition of an authorizer.
json SecurityDefinition(const ServerlessApi& api, const std::string& name, const json& authorizer) {
  const json& identity = MemberOf(authorizer, "Identity");
  json settings = json::object();
  json definition = {{"type", "apiKey"}, {"in", "header"}};
  const json& header = MemberOf(identity, "Header");
  definition["name"] = header.is_null() ? json("Authorization") : header;
  if (authorizer.contains("UserPoolArn")) {
    definition["x-amazon-apigateway-authtype"] = "cognito_user_pools";
    const json& arns = authorizer["UserPoolArn"];
    settings = {{"type", "cognito_user_pools"},
                {"providerARNs", arns.is_array() ? arns : json::array({arns})}};
  } else {
    const json& function = MemberOf(authorizer, "FunctionArn");
    if (function.is_null()) {
      throw InvalidResource{
          api.logical_id, fmt::format("{} Authorizer must have FunctionArn or UserPoolArn.", name)};
    }
    definition["x-amazon-apigateway-authtype"] = "custom";
    const bool request = TextOf(authorizer, "FunctionPayloadType", "TOKEN") == "REQUEST";
    settings = {
        {"type", request ? "request" : "token"},
        {"authorizerUri",
         {{"Fn::Sub",
           json::array(
               {"arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
                "${__FunctionArn__}/invocations",
                {{"__FunctionArn__", function}}})}}}};
    if (request) {
      definition["name"] = "Unused";
      if (const auto source = IdentitySource(identity); !source.empty())
        settings["identitySource"] = source;
    }
    const json& role = MemberOf(authorizer, "FunctionInvokeRole");
    if (!role.is_null() && role != "NONE") settings["authorizerCredentials"] = role;
  }
  if (const json& ttl = MemberOf(identity, "ReauthorizeEvery"); !ttl.is_null()) {
    settings["authorizerResultTtlInSeconds"] = ttl;
  }
  if (const json& pattern = MemberOf(identity, "ValidationExpression"); !pattern.is_null()) {
    settings["identityValidationExpression"] = pattern;
  }
  definition["x-amazon-apigateway-authorizer"] = std::move(settings);
  return definition;
}

// One entry of "security".
json Requirement(const json& authorizers, const std::string& name, const json& scopes) {
  json list = scopes;
  if (list.is_null()) list = MemberOf(MemberOf(authorizers, name), "AuthorizationScopes");
  return {{name, list.is_array() ? list : json::array()}};
}

}  // namespace

void ApplyCors(ServerlessApi& api) {
  const json& cors = MemberOf(api.properties, "Cors");
  if (cors.is_null()) return;
  if (cors.is_object() && !cors.contains("AllowOrigin") && !cors.contains("Ref") &&
      !cors.contains("Fn::Sub")) {
    throw InvalidResource{api.logical_id, "Invalid value for 'Cors' property."};
  }
  if (!api.body.contains("paths")) return;
  for (auto& [path, operations] : api.body["paths"].items()) {
    if (operations.is_object() && !operations.contains("options")) {
      const json operation = CorsOperation(cors, operations);
      operations["options"] = operation;
    }
  }
}

void ApplyAuth(ServerlessTransform& transform, ServerlessApi& api) {
  const json& auth = MemberOf(api.properties, "Auth");
  for (const auto& [name, value] : auth.items()) {
    static constexpr std::array<std::string_view, 5> kKnown = {
        "DefaultAuthorizer", "Authorizers", "AddDefaultAuthorizerToCorsPreflight", "ApiKeyRequired",
        "InvokeRole"};
    if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) {
      throw InvalidResource{
          api.logical_id,
          fmt::format("The property Auth.{} of AWS::Serverless::Api is not emulated by "
                      "fractus",
                      name)};
    }
  }
  const json& authorizers = MemberOf(auth, "Authorizers");
  const json& chosen = MemberOf(auth, "DefaultAuthorizer");
  const std::string by_default = chosen.is_string() ? chosen.get<std::string>() : "";
  if (!by_default.empty() && by_default != "AWS_IAM" && by_default != "NONE" &&
      MemberOf(authorizers, by_default).is_null()) {
    throw InvalidResource{
        api.logical_id,
        fmt::format(
            "Unable to set DefaultAuthorizer because '{}' was not defined in 'Authorizers'.",
            by_default)};
  }
  for (const auto& [name, authorizer] : authorizers.items()) {
    api.body["securityDefinitions"][name] = SecurityDefinition(api, name, authorizer);
    if (!authorizer.contains("FunctionArn") ||
        FlagOf(authorizer, "DisableFunctionDefaultPermissions", false))
      continue;
    json passed = json::object();
    if (api.attributes.contains("Condition")) passed["Condition"] = api.attributes["Condition"];
    transform.Add(fmt::format("{}{}AuthorizerPermission", api.logical_id, name),
                  "AWS::Lambda::Permission",
                  {{"Action", "lambda:InvokeFunction"},
                   {"FunctionName", authorizer["FunctionArn"]},
                   {"Principal", "apigateway.amazonaws.com"},
                   {"SourceArn", ExecuteApiArn(api.logical_id, "authorizers/*", json::object())}},
                  passed);
  }

  const bool key_for_all = FlagOf(auth, "ApiKeyRequired", false);
  const bool preflight = FlagOf(auth, "AddDefaultAuthorizerToCorsPreflight", true);
  bool uses_iam = false, uses_key = false;
  if (!api.body.contains("paths")) return;
  for (auto& [path, operations] : api.body["paths"].items()) {
    if (!operations.is_object()) continue;
    for (auto& [verb, operation] : operations.items()) {
      if (!IsMethod(verb) || !operation.is_object()) continue;
      json own = json::object();
      if (operation.contains("$auth")) {
        own = operation["$auth"];
        operation.erase("$auth");
      }
      if (operation.contains("security")) continue;
      const bool open_preflight = verb == "options" && !preflight;
      const json& named = MemberOf(own, "Authorizer");
      std::string name = named.is_string() ? named.get<std::string>() : by_default;
      if (open_preflight) name.clear();
      if (!name.empty() && name != "NONE" && name != "AWS_IAM" &&
          MemberOf(authorizers, name).is_null()) {
        throw InvalidResource{api.logical_id,
                              fmt::format("Unable to set Authorizer on API method [{}] for path "
                                          "[{}] because '{}' was not defined in the API's "
                                          "Authorizers.",
                                          verb, path, name)};
      }
      json requirement = json::object();
      // An operation that is to be open says so only where it would not be open otherwise.
      if (!name.empty() && (name != "NONE" || !by_default.empty())) {
        requirement = Requirement(authorizers, name, MemberOf(own, "AuthorizationScopes"));
      }
      const bool wants_key = FlagOf(own, "ApiKeyRequired", key_for_all) && !open_preflight;
      if (wants_key) requirement["api_key"] = json::array();
      uses_iam = uses_iam || name == "AWS_IAM";
      uses_key = uses_key || wants_key;
      if (!requirement.empty()) operation["security"] = json::array({requirement});
    }
  }
  if (uses_iam) {
    api.body["securityDefinitions"]["AWS_IAM"] = {{"type", "apiKey"},
                                                  {"name", "Authorization"},
                                                  {"in", "header"},
                                                  {"x-amazon-apigateway-authtype", "awsSigv4"}};
  }
  if (uses_key) {
    api.body["securityDefinitions"]["api_key"] = {
        {"type", "apiKey"}, {"name", "x-api-key"}, {"in", "header"}};
  }
}

}  // namespace fractus::cloudformation
