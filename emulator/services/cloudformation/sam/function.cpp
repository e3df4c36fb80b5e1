// AWS::Serverless::Function: the function, its role and its events.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <regex>

#include "emulator/services/cloudformation/sam/sam.h"

namespace fractus::cloudformation {
namespace {

// Properties that mean the same for AWS::Lambda::Function.
constexpr std::array<std::string_view, 20> kSame = {"FunctionName",
                                                    "Handler",
                                                    "Runtime",
                                                    "Description",
                                                    "MemorySize",
                                                    "Timeout",
                                                    "VpcConfig",
                                                    "Environment",
                                                    "Layers",
                                                    "KmsKeyArn",
                                                    "FileSystemConfigs",
                                                    "ImageConfig",
                                                    "PackageType",
                                                    "ReservedConcurrentExecutions",
                                                    "Architectures",
                                                    "EphemeralStorage",
                                                    "CodeSigningConfigArn",
                                                    "SnapStart",
                                                    "LoggingConfig",
                                                    "RecursiveLoop"};

// Properties that this transform turns into something else.
constexpr std::array<std::string_view, 14> kTransformed = {"CodeUri",
                                                           "InlineCode",
                                                           "ImageUri",
                                                           "Tracing",
                                                           "Tags",
                                                           "Policies",
                                                           "Role",
                                                           "Events",
                                                           "DeadLetterQueue",
                                                           "AssumeRolePolicyDocument",
                                                           "PermissionsBoundary",
                                                           "RolePath",
                                                           "PropagateTags",
                                                           "PublishToLatestPublished"};

template <size_t N>
bool Contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsCall(const json& value) {
  return value.is_object() && value.size() == 1 &&
         (value.begin().key() == "Ref" || value.begin().key().starts_with("Fn::"));
}

// Code as AWS::Lambda::Function takes it.
json Code(const std::string& logical_id, const json& properties) {
  if (properties.contains("InlineCode")) return {{"ZipFile", properties["InlineCode"]}};
  if (properties.contains("ImageUri")) return {{"ImageUri", properties["ImageUri"]}};
  const json& uri = MemberOf(properties, "CodeUri");
  if (uri.is_null())
    throw InvalidResource{logical_id, "Either 'InlineCode' or 'CodeUri' must be set."};
  if (uri.is_object() && uri.contains("Bucket") && uri.contains("Key")) {
    json code = {{"S3Bucket", uri["Bucket"]}, {"S3Key", uri["Key"]}};
    if (uri.contains("Version")) code["S3ObjectVersion"] = uri["Version"];
    return code;
  }
  const std::string text = uri.is_string() ? uri.get<std::string>() : "";
  const size_t slash = text.starts_with("s3://") ? text.find('/', 5) : std::string::npos;
  if (slash == std::string::npos || slash == 5 || slash + 1 == text.size()) {
    throw InvalidResource{logical_id,
                          "'CodeUri' is not a valid S3 Uri of the form 's3://bucket/key' with "
                          "optional versionId query "
                          "parameter."};
  }
  std::string key = text.substr(slash + 1);
  json code = {{"S3Bucket", text.substr(5, slash - 5)}};
  static constexpr std::string_view kVersion = "?versionId=";
  if (const size_t version = key.find(kVersion); version != std::string::npos) {
    code["S3ObjectVersion"] = key.substr(version + kVersion.size());
    key.resize(version);
  }
  code["S3Key"] = key;
  return code;
}

std::string ManagedPolicyArn(const std::string& name) {
  static constexpr std::array<std::string_view, 8> kServiceRoles = {
      "AWSLambdaBasicExecutionRole",
      "AWSLambdaVPCAccessExecutionRole",
      "AWSLambdaDynamoDBExecutionRole",
      "AWSLambdaKinesisExecutionRole",
      "AWSLambdaSQSQueueExecutionRole",
      "AWSLambdaENIManagementAccess",
      "AWSLambdaRole",
      "AWSLambdaMSKExecutionRole"};
  if (name.starts_with("arn:")) return name;
  return fmt::format("arn:aws:iam::aws:policy/{}{}",
                     Contains(kServiceRoles, name) ? "service-role/" : "", name);
}

void AddUnlessKnown(json& list, json value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(std::move(value));
}

struct RolePolicies {
  json managed = json::array();
  json inlined = json::array();
};

RolePolicies Policies(const std::string& logical_id, const std::string& role_id,
                      const json& properties) {
  RolePolicies policies;
  policies.managed.push_back(ManagedPolicyArn("AWSLambdaBasicExecutionRole"));
  const json& tracing = MemberOf(properties, "Tracing");
  if (!tracing.is_null() && tracing != "Disabled")
    policies.managed.push_back(ManagedPolicyArn("AWSXrayWriteOnlyAccess"));
  if (properties.contains("VpcConfig")) {
    policies.managed.push_back(ManagedPolicyArn("AWSLambdaVPCAccessExecutionRole"));
  }
  const json& given = MemberOf(properties, "Policies");
  json list = json::array();
  if (given.is_array()) list = given;
  if (given.is_string() || given.is_object()) list.push_back(given);
  int index = -1;
  for (const json& entry : list) {
    ++index;
    const std::string name = fmt::format("{}Policy{}", role_id, index);
    if (entry.is_string()) {
      AddUnlessKnown(policies.managed, ManagedPolicyArn(entry.get<std::string>()));
    } else if (IsCall(entry)) {
      if (entry != json{{"Ref", "AWS::NoValue"}}) AddUnlessKnown(policies.managed, entry);
    } else if (entry.is_object() && entry.contains("Statement")) {
      policies.inlined.push_back({{"PolicyName", name}, {"PolicyDocument", entry}});
    } else if (entry.is_object() && entry.size() == 1) {
      const std::string& policy = entry.begin().key();
      const auto document = ExpandPolicyTemplate(logical_id, policy, entry.begin().value());
      if (!document) {
        throw InvalidResource{
            logical_id, fmt::format("The policy template {} is not emulated by fractus", policy)};
      }
      policies.inlined.push_back({{"PolicyName", name}, {"PolicyDocument", *document}});
    } else {
      throw InvalidResource{
          logical_id,
          fmt::format("Policy at index {} in the 'Policies' property is not valid", index)};
    }
  }
  return policies;
}

json CreatedBySam(const json& tags) {
  json list = json::array({{{"Key", "lambda:createdBy"}, {"Value", "SAM"}}});
  for (const json& tag : TagsAsList(tags)) list.push_back(tag);
  return list;
}

json Role(const std::string& logical_id, const std::string& role_id, const json& properties) {
  json role = json::object();
  role["AssumeRolePolicyDocument"] =
      properties.contains("AssumeRolePolicyDocument")
          ? properties["AssumeRolePolicyDocument"]
          : json{{"Version", "2012-10-17"},
                 {"Statement",
                  json::array(
                      {{{"Action", json::array({"sts:AssumeRole"})},
                        {"Effect", "Allow"},
                        {"Principal", {{"Service", json::array({"lambda.amazonaws.com"})}}}}})}};
  RolePolicies policies = Policies(logical_id, role_id, properties);
  role["ManagedPolicyArns"] = std::move(policies.managed);
  if (!policies.inlined.empty()) role["Policies"] = std::move(policies.inlined);
  role["Tags"] = CreatedBySam(MemberOf(properties, "Tags"));
  if (properties.contains("RolePath")) role["Path"] = properties["RolePath"];
  if (properties.contains("PermissionsBoundary"))
    role["PermissionsBoundary"] = properties["PermissionsBoundary"];
  return role;
}

}  // namespace

json InvocationUri(const std::string& function_id) {
  return {{"Fn::Sub",
           "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${" +
               function_id + ".Arn}/invocations"}};
}

json ExecuteApiArn(const std::string& api_id, const std::string& path, const json& variables) {
  json names = variables;
  names["__ApiId__"] = {{"Ref", api_id}};
  return {{"Fn::Sub",
           json::array(
               {"arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/" +
                    path,
                names})}};
}

void ExpandFunction(ServerlessTransform& transform, const std::string& logical_id,
                    const json& resource) {
  const json& properties = resource["Properties"];
  for (const auto& [name, value] : properties.items()) {
    if (!Contains(kSame, name) && !Contains(kTransformed, name)) {
      throw InvalidResource{
          logical_id,
          fmt::format("The property {} of AWS::Serverless::Function is not emulated by fractus",
                      name)};
    }
  }
  if (TextOf(properties, "PackageType", "Zip") != "Image") {
    for (const char* required : {"Handler", "Runtime"}) {
      if (!properties.contains(required)) {
        throw InvalidResource{logical_id, fmt::format("Missing required property '{}'.", required)};
      }
    }
  }
  json function = json::object();
  for (const auto name : kSame) {
    if (const json& value = MemberOf(properties, name); !value.is_null())
      function[std::string(name)] = value;
  }
  function["Code"] = Code(logical_id, properties);
  function["Tags"] = CreatedBySam(MemberOf(properties, "Tags"));
  if (properties.contains("Tracing")) function["TracingConfig"] = {{"Mode", properties["Tracing"]}};
  if (const json& queue = MemberOf(properties, "DeadLetterQueue"); queue.is_object()) {
    function["DeadLetterConfig"] = {{"TargetArn", MemberOf(queue, "TargetArn")}};
  }

  json attributes = resource;
  attributes.erase("Type");
  attributes.erase("Properties");
  json passed = json::object();
  for (const char* name : {"Condition", "DeletionPolicy", "UpdateReplacePolicy"}) {
    if (attributes.contains(name)) passed[name] = attributes[name];
  }
  if (properties.contains("Role")) {
    function["Role"] = properties["Role"];
  } else {
    const std::string role_id = logical_id + "Role";
    transform.Add(role_id, "AWS::IAM::Role", Role(logical_id, role_id, properties), passed);
    function["Role"] = {{"Fn::GetAtt", json::array({role_id, "Arn"})}};
  }
  transform.Add(logical_id, "AWS::Lambda::Function", std::move(function), attributes);

  for (const auto& [event_id, event] : MemberOf(properties, "Events").items()) {
    const std::string type = TextOf(event, "Type");
    if (type == "Cognito") {
      AddCognitoEvent(transform, logical_id, event_id, MemberOf(event, "Properties"), passed);
      continue;
    }
    if (type != "Api") {
      throw InvalidResource{
          logical_id,
          fmt::format("Event with id [{}] is invalid. The event type {} is not emulated by "
                      "fractus",
                      event_id, type)};
    }
    const json& event_properties = MemberOf(event, "Properties");
    AddApiEvent(transform, logical_id, event_id,
                event_properties.is_object() ? event_properties : json::object(), passed);
  }
}

void AddCognitoEvent(ServerlessTransform& transform, const std::string& function_id,
                     const std::string& event_id, const json& event_properties,
                     const json& attributes) {
  const auto invalid = [&](const std::string& why) {
    return InvalidResource{function_id,
                           fmt::format("Event with id [{}] is invalid. {}", event_id, why)};
  };
  const json& trigger = MemberOf(event_properties, "Trigger");
  const json& reference = MemberOf(event_properties, "UserPool");
  const std::string pool_id = TextOf(reference, "Ref");
  if (trigger.is_null()) throw invalid("Event is missing required property 'Trigger'.");
  const auto pool = transform.resources.find(pool_id);
  if (pool == transform.resources.end() || TextOf(*pool, "Type") != "AWS::Cognito::UserPool") {
    throw invalid("Cognito events must reference a Cognito UserPool in the same template.");
  }
  const json arn = {{"Fn::GetAtt", json::array({function_id, "Arn"})}};
  for (const json& name : trigger.is_array() ? trigger : json::array({trigger})) {
    json& triggers = (*pool)["Properties"]["LambdaConfig"];
    const auto key = name.get<std::string>();
    if (triggers.contains(key)) {
      throw invalid(fmt::format("Cognito trigger \"{}\" defined multiple times.", key));
    }
    triggers[key] = arn;
  }
  transform.Add(function_id + "CognitoPermission", "AWS::Lambda::Permission",
                {{"Action", "lambda:InvokeFunction"},
                 {"FunctionName", {{"Ref", function_id}}},
                 {"Principal", "cognito-idp.amazonaws.com"},
                 {"SourceArn", {{"Fn::GetAtt", json::array({pool_id, "Arn"})}}}},
                attributes);
}

void AddApiEvent(ServerlessTransform& transform, const std::string& function_id,
                 const std::string& event_id, const json& event_properties,
                 const json& attributes) {
  const auto invalid = [&](const std::string& why) {
    return InvalidResource{function_id,
                           fmt::format("Event with id [{}] is invalid. {}", event_id, why)};
  };
  for (const auto& [name, value] : event_properties.items()) {
    static constexpr std::array<std::string_view, 5> kKnown = {"Path", "Method", "RestApiId",
                                                               "Auth", "TimeoutInMillis"};
    if (!Contains(kKnown, name))
      throw invalid(fmt::format("The property {} of Api events is not emulated by fractus", name));
  }
  const json& path = MemberOf(event_properties, "Path");
  const json& method = MemberOf(event_properties, "Method");
  if (!path.is_string()) throw invalid("Event is missing required property 'Path'.");
  if (!method.is_string()) throw invalid("Event is missing required property 'Method'.");

  const json& given = MemberOf(event_properties, "RestApiId");
  std::string api_id = "ServerlessRestApi";
  if (given.is_string()) {
    api_id = given.get<std::string>();
  } else if (given.is_object() && given.contains("Ref") && given["Ref"].is_string()) {
    api_id = given["Ref"].get<std::string>();
  } else if (!given.is_null()) {
    throw invalid(
        "RestApiId property of Api event must reference a valid resource in the same template.");
  }
  if (api_id == "ServerlessRestApi" && !transform.apis.contains(api_id)) {
    transform.apis[api_id] = MakeApi(api_id, {{"Properties", {{"StageName", "Prod"}}}});
  }
  const auto api = transform.apis.find(api_id);
  if (api == transform.apis.end()) {
    throw invalid(
        "RestApiId property of Api event must reference a valid resource in the same template.");
  }

  std::string verb = method.get<std::string>();
  std::transform(verb.begin(), verb.end(), verb.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  const std::string key = verb == "any" ? "x-amazon-apigateway-any-method" : verb;
  if (api->second.managed_body) {
    json& operations = api->second.body["paths"][path.get<std::string>()];
    if (operations.contains(key)) {
      throw invalid(fmt::format("API method \"{}\" defined multiple times for path \"{}\".", verb,
                                path.get<std::string>()));
    }
    json integration = {
        {"type", "aws_proxy"}, {"httpMethod", "POST"}, {"uri", InvocationUri(function_id)}};
    if (event_properties.contains("TimeoutInMillis")) {
      integration["timeoutInMillis"] = event_properties["TimeoutInMillis"];
    }
    json operation = {{"x-amazon-apigateway-integration", std::move(integration)},
                      {"responses", json::object()}};
    if (attributes.contains("Condition")) operation["$condition"] = attributes["Condition"];
    // Read by ApplyAuth, which knows the API's authorizers.
    if (event_properties.contains("Auth")) operation["$auth"] = event_properties["Auth"];
    operations[key] = std::move(operation);
  }

  static const std::regex kVariable(R"(\{[^{}]*\})");
  const std::string pattern = std::regex_replace(path.get<std::string>(), kVariable, "*");
  std::string upper = verb;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  const json stage = transform.WithoutParameter(MemberOf(api->second.properties, "StageName"));
  const std::string suffix = stage.is_string() ? stage.get<std::string>() : "Stage";
  json permission = {{"Action", "lambda:InvokeFunction"},
                     {"FunctionName", {{"Ref", function_id}}},
                     {"Principal", "apigateway.amazonaws.com"},
                     {"SourceArn", ExecuteApiArn(api_id,
                                                 fmt::format("${{__Stage__}}/{}{}",
                                                             upper == "ANY" ? "*" : upper, pattern),
                                                 {{"__Stage__", "*"}})}};
  transform.Add(fmt::format("{}{}Permission{}", function_id, event_id, suffix),
                "AWS::Lambda::Permission", std::move(permission), attributes);
}

}  // namespace fractus::cloudformation
