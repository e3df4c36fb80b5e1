#include "emulator/services/cloudformation/sam/sam.h"

#include <gtest/gtest.h>

#include <set>

namespace fractus::cloudformation {
namespace {

json Expand(const char* text, const json& parameters = json::object()) {
  const auto output = TransformServerless(json::parse(text), parameters);
  EXPECT_TRUE(output) << (output ? "" : output.error().message);
  return output ? *output : json::object();
}

std::string Refused(const char* text) {
  const auto output = TransformServerless(json::parse(text), json::object());
  EXPECT_FALSE(output);
  return output ? "" : output.error().message;
}

// An API with a token authorizer and two paths.
constexpr char kService[] = R"({
  "Transform": "AWS::Serverless-2016-10-31",
  "Globals": {"Function": {"Runtime": "python3.11", "MemorySize": 128, "Tracing": "Active",
                           "Environment": {"Variables": {"LEVEL": "info"}}, "CodeUri": "s3://hot-reload//srv/app"}},
  "Resources": {
    "Notes": {"Type": "AWS::DynamoDB::Table", "Properties": {}},
    "NotesFunction": {"Type": "AWS::Serverless::Function", "Properties": {
      "Handler": "notes.handler", "Timeout": 5, "Tags": {"Team": "core"},
      "Environment": {"Variables": {"TABLE": {"Ref": "Notes"}}},
      "Policies": ["AWSLambdaRole", {"DynamoDBCrudPolicy": {"TableName": {"Ref": "Notes"}}},
                   {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}],
      "Events": {
        "List": {"Type": "Api", "Properties": {"Path": "/notes", "Method": "get", "RestApiId": {"Ref": "NotesApi"}}},
        "Read": {"Type": "Api", "Properties": {"Path": "/notes/{id}", "Method": "GET", "RestApiId": {"Ref": "NotesApi"}}}}}},
    "Guard": {"Type": "AWS::Serverless::Function", "Properties": {"Handler": "guard.handler"}},
    "NotesApi": {"Type": "AWS::Serverless::Api", "Properties": {
      "StageName": "Prod", "TracingEnabled": true, "Tags": {"Team": "core"},
      "Auth": {"DefaultAuthorizer": "Tokens", "Authorizers": {"Tokens": {
        "FunctionArn": {"Fn::GetAtt": ["Guard", "Arn"]}, "Identity": {"Headers": ["Authorization"]}}}},
      "AccessLogSetting": {"DestinationArn": "arn", "Format": "$context.requestId"}}}}})";

std::set<std::string> Names(const json& output) {
  std::set<std::string> names;
  for (const auto& [name, resource] : output["Resources"].items()) names.insert(name);
  return names;
}

TEST(SamTest, AnApplicationBecomesTheResourcesThatSamMakes) {
  const json output = Expand(kService);
  auto names = Names(output);
  std::string deployment;
  for (const auto& name : names) {
    if (name.starts_with("NotesApiDeployment")) deployment = name;
  }
  ASSERT_EQ(deployment.size(), std::string("NotesApiDeployment").size() + 10);
  names.erase(deployment);
  EXPECT_EQ(names, (std::set<std::string>{"Guard", "GuardRole", "Notes", "NotesApi",
                                          "NotesApiProdStage", "NotesApiTokensAuthorizerPermission",
                                          "NotesFunction", "NotesFunctionListPermissionProd",
                                          "NotesFunctionReadPermissionProd", "NotesFunctionRole"}));
  EXPECT_FALSE(output.contains("Transform"));
  EXPECT_FALSE(output.contains("Globals"));
  const json& stage = output["Resources"]["NotesApiProdStage"]["Properties"];
  EXPECT_EQ(stage["DeploymentId"], json({{"Ref", deployment}}));
  EXPECT_EQ(stage["TracingEnabled"], true);
  EXPECT_EQ(stage["AccessLogSetting"]["DestinationArn"], "arn");
  EXPECT_EQ(stage["Tags"], json::parse(R"([{"Key": "Team", "Value": "core"}])"));
  const json& made = output["Resources"][deployment]["Properties"];
  EXPECT_EQ(made["StageName"], "Stage");
  EXPECT_TRUE(made["Description"].get<std::string>().starts_with("RestApi deployment id: " +
                                                                 deployment.substr(18)));
}

TEST(SamTest, AFunctionHasItsCodeItsGlobalsAndItsTags) {
  const json function = Expand(kService)["Resources"]["NotesFunction"]["Properties"];
  EXPECT_EQ(function["Code"], json({{"S3Bucket", "hot-reload"}, {"S3Key", "/srv/app"}}));
  EXPECT_EQ(function["Runtime"], "python3.11");
  EXPECT_EQ(function["Timeout"], 5);
  EXPECT_EQ(function["TracingConfig"], json({{"Mode", "Active"}}));
  EXPECT_EQ(function["Environment"]["Variables"]["LEVEL"], "info");
  EXPECT_EQ(function["Environment"]["Variables"]["TABLE"], json({{"Ref", "Notes"}}));
  EXPECT_EQ(function["Role"], json::parse(R"({"Fn::GetAtt": ["NotesFunctionRole", "Arn"]})"));
  EXPECT_EQ(
      function["Tags"],
      json::parse(
          R"([{"Key": "lambda:createdBy", "Value": "SAM"}, {"Key": "Team", "Value": "core"}])"));
}

TEST(SamTest, ARoleHasBasicPoliciesTemplatesAndStatements) {
  const json role = Expand(kService)["Resources"]["NotesFunctionRole"]["Properties"];
  EXPECT_EQ(role["ManagedPolicyArns"],
            json::parse(R"(["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
                            "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess",
                            "arn:aws:iam::aws:policy/service-role/AWSLambdaRole"])"));
  ASSERT_EQ(role["Policies"].size(), 2u);
  EXPECT_EQ(role["Policies"][0]["PolicyName"], "NotesFunctionRolePolicy1");
  EXPECT_EQ(role["Policies"][1]["PolicyName"], "NotesFunctionRolePolicy2");
  const json& statement = role["Policies"][0]["PolicyDocument"]["Statement"][0];
  EXPECT_EQ(statement["Action"].size(), 10u);
  EXPECT_EQ(
      statement["Resource"][1]["Fn::Sub"][0],
      "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${tableName}/index/*");
  EXPECT_EQ(statement["Resource"][1]["Fn::Sub"][1],
            json::parse(R"({"tableName": {"Ref": "Notes"}})"));
}

TEST(SamTest, TheBodyHasPathsIntegrationsAndTheAuthorizer) {
  const json body = Expand(kService)["Resources"]["NotesApi"]["Properties"]["Body"];
  EXPECT_EQ(body["swagger"], "2.0");
  EXPECT_EQ(body["info"], json::parse(R"({"version": "1.0", "title": {"Ref": "AWS::StackName"}})"));
  const json& operation = body["paths"]["/notes/{id}"]["get"];
  EXPECT_EQ(operation["x-amazon-apigateway-integration"]["type"], "aws_proxy");
  EXPECT_EQ(operation["x-amazon-apigateway-integration"]["httpMethod"], "POST");
  EXPECT_EQ(operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"],
            "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
            "${NotesFunction.Arn}/"
            "invocations");
  EXPECT_EQ(operation["security"], json::parse(R"([{"Tokens": []}])"));
  EXPECT_EQ(operation["responses"], json::object());
  const json& definition = body["securityDefinitions"]["Tokens"];
  EXPECT_EQ(definition["type"], "apiKey");
  EXPECT_EQ(definition["name"], "Authorization");
  EXPECT_EQ(definition["x-amazon-apigateway-authtype"], "custom");
  EXPECT_EQ(definition["x-amazon-apigateway-authorizer"]["type"], "token");
  EXPECT_FALSE(
      definition["x-amazon-apigateway-authorizer"].contains("authorizerResultTtlInSeconds"));
}

TEST(SamTest, PermissionsLetTheApiIn) {
  const json output = Expand(kService);
  const json& permission = output["Resources"]["NotesFunctionReadPermissionProd"]["Properties"];
  EXPECT_EQ(permission["FunctionName"], json({{"Ref", "NotesFunction"}}));
  EXPECT_EQ(permission["Principal"], "apigateway.amazonaws.com");
  EXPECT_EQ(permission["SourceArn"]["Fn::Sub"][0],
            "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/"
            "${__Stage__}/GET/notes/*");
  EXPECT_EQ(permission["SourceArn"]["Fn::Sub"][1],
            json::parse(R"({"__Stage__": "*", "__ApiId__": {"Ref": "NotesApi"}})"));
  const json& guard = output["Resources"]["NotesApiTokensAuthorizerPermission"]["Properties"];
  EXPECT_EQ(guard["FunctionName"], json::parse(R"({"Fn::GetAtt": ["Guard", "Arn"]})"));
  EXPECT_TRUE(
      guard["SourceArn"]["Fn::Sub"][0].get<std::string>().ends_with("${__ApiId__}/authorizers/*"));
}

TEST(SamTest, AnotherBodyMakesAnotherDeployment) {
  json changed = json::parse(kService);
  changed["Resources"]["NotesFunction"]["Properties"]["Events"].erase("Read");
  const auto again = TransformServerless(json::parse(kService), json::object());
  const auto other = TransformServerless(changed, json::object());
  EXPECT_EQ(Names(Expand(kService)), Names(*again));
  EXPECT_NE(Names(*other), Names(*again));
}

TEST(SamTest, EventsWithoutAnApiShareOne) {
  const json output = Expand(R"({
    "Globals": {"Api": {"Cors": "'*'"}},
    "Resources": {"F": {"Type": "AWS::Serverless::Function", "Properties": {
      "Handler": "a.b", "Runtime": "python3.11", "InlineCode": "x",
      "Events": {"E": {"Type": "Api", "Properties": {"Path": "/", "Method": "any"}}}}}},
    "Outputs": {"Url": {"Value": {"Fn::Sub": "https://${ServerlessRestApi}/${ServerlessRestApi.Stage}"}}}})");
  const json& resources = output["Resources"];
  EXPECT_TRUE(resources.contains("ServerlessRestApiProdStage"));
  EXPECT_TRUE(resources.contains("FEPermissionProd"));
  EXPECT_EQ(resources["F"]["Properties"]["Code"], json({{"ZipFile", "x"}}));
  const json& path = resources["ServerlessRestApi"]["Properties"]["Body"]["paths"]["/"];
  EXPECT_TRUE(path.contains("x-amazon-apigateway-any-method"));
  EXPECT_EQ(path["options"]["x-amazon-apigateway-integration"]["type"], "mock");
  EXPECT_EQ(path["options"]["x-amazon-apigateway-integration"]["responses"]["default"]
                ["responseParameters"]["method.response.header.Access-Control-Allow-Methods"],
            "'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT'");
  EXPECT_EQ(output["Outputs"]["Url"]["Value"]["Fn::Sub"],
            "https://${ServerlessRestApi}/${ServerlessRestApiProdStage}");
}

TEST(SamTest, ACognitoEventMakesTheFunctionATriggerOfThePool) {
  const json output = Expand(R"({
    "Resources": {
      "People": {"Type": "AWS::Cognito::UserPool"},
      "Welcome": {"Type": "AWS::Serverless::Function", "Properties": {
        "Handler": "a.b", "Runtime": "python3.11", "CodeUri": "s3://hot-reload//srv/app",
        "Events": {"Join": {"Type": "Cognito", "Properties": {
          "UserPool": {"Ref": "People"}, "Trigger": ["PreSignUp", "PostConfirmation"]}}}}}}})");
  const json arn = {{"Fn::GetAtt", {"Welcome", "Arn"}}};
  const json& resources = output["Resources"];
  EXPECT_EQ(resources["People"]["Properties"]["LambdaConfig"],
            (json{{"PreSignUp", arn}, {"PostConfirmation", arn}}));
  EXPECT_EQ(resources["WelcomeCognitoPermission"]["Properties"],
            (json{{"Action", "lambda:InvokeFunction"},
                  {"FunctionName", {{"Ref", "Welcome"}}},
                  {"Principal", "cognito-idp.amazonaws.com"},
                  {"SourceArn", {{"Fn::GetAtt", {"People", "Arn"}}}}}));
}

TEST(SamTest, CognitoAuthorizersAndOpenEvents) {
  const json output = Expand(R"({"Resources": {
    "Api": {"Type": "AWS::Serverless::Api", "Properties": {"StageName": {"Ref": "Stage"}, "Auth": {
      "DefaultAuthorizer": "Pool", "Authorizers": {"Pool": {"UserPoolArn": "arn:pool", "Identity": {"ReauthorizeEvery": 60}}}}}},
    "F": {"Type": "AWS::Serverless::Function", "Properties": {"Handler": "a.b", "Runtime": "python3.11",
      "CodeUri": {"Bucket": "b", "Key": "k"}, "Role": "arn:role",
      "Events": {"Open": {"Type": "Api", "Properties": {"Path": "/open", "Method": "get", "RestApiId": "Api",
                          "Auth": {"Authorizer": "NONE"}}},
                 "Closed": {"Type": "Api", "Properties": {"Path": "/closed", "Method": "get", "RestApiId": {"Ref": "Api"}}}}}}}})",
                             {{"Stage", "dev"}});
  const json& body = output["Resources"]["Api"]["Properties"]["Body"];
  EXPECT_EQ(body["paths"]["/open"]["get"]["security"], json::parse(R"([{"NONE": []}])"));
  EXPECT_EQ(body["paths"]["/closed"]["get"]["security"], json::parse(R"([{"Pool": []}])"));
  EXPECT_EQ(
      body["securityDefinitions"]["Pool"]["x-amazon-apigateway-authorizer"],
      json::parse(
          R"({"type": "cognito_user_pools", "providerARNs": ["arn:pool"], "authorizerResultTtlInSeconds": 60})"));
  EXPECT_TRUE(output["Resources"].contains("ApidevStage"));
  EXPECT_TRUE(output["Resources"].contains("FOpenPermissiondev"));
  EXPECT_EQ(output["Resources"]["F"]["Properties"]["Role"], "arn:role");
  EXPECT_FALSE(output["Resources"].contains("FRole"));
}

TEST(SamTest, ATableOfOneKey) {
  const json output = Expand(R"({"Resources": {"T": {"Type": "AWS::Serverless::SimpleTable"}}})");
  EXPECT_EQ(output["Resources"]["T"]["Type"], "AWS::DynamoDB::Table");
  EXPECT_EQ(output["Resources"]["T"]["Properties"]["KeySchema"][0]["AttributeName"], "id");
  EXPECT_EQ(output["Resources"]["T"]["Properties"]["BillingMode"], "PAY_PER_REQUEST");
}

TEST(SamTest, WhatIsNotEmulatedIsRefusedByName) {
  const auto function = [](const std::string& properties) {
    return R"({"Resources": {"F": {"Type": "AWS::Serverless::Function", "Properties": {"Handler": "a.b", "Runtime": "python3.11", )" +
           properties + "}}}}";
  };
  const std::string prefix =
      "Invalid Serverless Application Specification document. Number of errors found: 1. Resource "
      "with id [F] is invalid. ";
  EXPECT_EQ(
      Refused(function(R"("CodeUri": "s3://b/k", "AutoPublishAlias": "live")").c_str()),
      prefix +
          "The property AutoPublishAlias of AWS::Serverless::Function is not emulated by fractus");
  EXPECT_EQ(Refused(function(R"("CodeUri": "s3://b/k", "Events": {"E": {"Type": "SQS"}})").c_str()),
            prefix + "Event with id [E] is invalid. The event type SQS is not emulated by fractus");
  EXPECT_EQ(Refused(function(R"("CodeUri": "./src")").c_str()),
            prefix +
                "'CodeUri' is not a valid S3 Uri of the form 's3://bucket/key' with optional "
                "versionId query parameter.");
  EXPECT_EQ(Refused(R"({"Resources": {"F": {"Type": "AWS::Serverless::StateMachine"}}})"),
            prefix + "AWS::Serverless::StateMachine is not emulated by fractus");
  EXPECT_EQ(
      Refused(
          R"({"Resources": {"F": {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": "python3.11", "CodeUri": "s3://b/k"}}}})"),
      prefix + "Missing required property 'Handler'.");
}

}  // namespace
}  // namespace fractus::cloudformation
