// What the transform AWS::Serverless-2016-10-31 makes of a template.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/api_error.h"

namespace fractus::cloudformation {

// The template with its AWS::Serverless resources expanded, without Transform and Globals.
// `parameters` are the values of the template's parameters. Fails with ValidationError "Invalid
// Serverless Application Specification document. ...". Source:
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
Result<json> TransformServerless(const json& document, const json& parameters);

// For the transform's own files.

// A resource of the template that cannot be transformed. Thrown within the transform, caught in
// TransformServerless.
struct InvalidResource {
  std::string logical_id;
  std::string message;
};

// A REST API while the functions' events add their paths to it.
struct ServerlessApi {
  std::string logical_id;
  json properties = json::object();
  // Condition, DependsOn and so on, which go to the RestApi.
  json attributes = json::object();
  // The Swagger document. Paths come from the events unless the template gave the body.
  json body = json::object();
  bool managed_body = true;
};

// The state of one transform.
struct ServerlessTransform {
  // The resources made so far, and those that need no transform.
  json resources = json::object();
  std::map<std::string, ServerlessApi> apis;
  json parameters = json::object();

  void Add(const std::string& logical_id, std::string_view type, json properties,
           const json& attributes);
  // The value of {"Ref": parameter}, else the value itself.
  json WithoutParameter(const json& value) const;
};

void ExpandFunction(ServerlessTransform& transform, const std::string& logical_id,
                    const json& resource);
// Puts a function's Api event into its API and returns the permission that lets the API in.
void AddApiEvent(ServerlessTransform& transform, const std::string& function_id,
                 const std::string& event_id, const json& event_properties, const json& attributes);
// Makes the function a trigger of the user pool in the same template, and lets the pool in.
void AddCognitoEvent(ServerlessTransform& transform, const std::string& function_id,
                     const std::string& event_id, const json& event_properties,
                     const json& attributes);
void ExpandApi(ServerlessTransform& transform, ServerlessApi& api);
ServerlessApi MakeApi(const std::string& logical_id, const json& resource);
void ExpandSimpleTable(ServerlessTransform& transform, const std::string& logical_id,
                       const json& resource);

// The statements of a policy template with its parameters filled in. Nothing for an unknown name;
// throws InvalidResource when a parameter is missing.
std::optional<json> ExpandPolicyTemplate(const std::string& logical_id, const std::string& name,
                                         const json& values);

// Adds the CORS answers, the authorizers and the other settings of the API's properties to its
// body.
void ApplyCors(ServerlessApi& api);
void ApplyAuth(ServerlessTransform& transform, ServerlessApi& api);
void ApplyBodySettings(ServerlessApi& api);

// {"Fn::Sub": ["arn:...${__ApiId__}...", {"__ApiId__": {"Ref": api}}]} with the path after the
// API's id.
json ExecuteApiArn(const std::string& api_id, const std::string& path, const json& variables);
// A template's map of tags as a list.
json TagsAsList(const json& tags);
// {"Fn::Sub": "arn:...:lambda:path/2015-03-31/functions/${Function.Arn}/invocations"}
json InvocationUri(const std::string& function_id);

// The member, or null.
const json& MemberOf(const json& object, std::string_view name);
// The member's text or flag where it is one, else the third argument.
std::string TextOf(const json& object, std::string_view name, std::string otherwise = "");
bool FlagOf(const json& object, std::string_view name, bool otherwise);

}  // namespace fractus::cloudformation
