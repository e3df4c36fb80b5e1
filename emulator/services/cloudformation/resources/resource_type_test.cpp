#include "emulator/services/cloudformation/resources/resource_type.h"

#include <gtest/gtest.h>

#include "emulator/services/cloudformation/fake_api.h"
#include "emulator/services/cloudformation/resources/inline_zip.h"

namespace fractus::cloudformation {
namespace {

class ResourceTypeTest : public testing::Test {
 protected:
  Scene MakeScene() { return Scene(api_, api_.catalog, ids_, RequestContext(), "app", "Thing"); }

  Made Create(const char* type, const char* properties) {
    Scene scene = MakeScene();
    const auto made = FindResourceType(type)->create(scene, json::parse(properties));
    EXPECT_TRUE(made) << type << ": " << (made ? "" : made.error().message);
    ignored_ = scene.ignored;
    return made ? *made : Made();
  }
  Made Update(const char* type, const std::string& id, const char* before, const char* after) {
    Scene scene = MakeScene();
    const auto made =
        FindResourceType(type)->update(scene, id, json::parse(before), json::parse(after));
    EXPECT_TRUE(made) << type << ": " << (made ? "" : made.error().message);
    return made ? *made : Made();
  }
  void Delete(const char* type, const std::string& id, const char* properties) {
    Scene scene = MakeScene();
    const auto error = FindResourceType(type)->remove(scene, id, json::parse(properties));
    EXPECT_FALSE(error) << type << ": " << (error ? error->message : "");
  }
  json Input(const std::string& operation, size_t index = 0) {
    const auto calls = api_.Calls(operation);
    EXPECT_GT(calls.size(), index) << operation;
    return calls.size() > index ? calls[index].input : json();
  }

  FakeApi api_;
  IdSource ids_{1};
  std::vector<std::string> ignored_;
};

TEST_F(ResourceTypeTest, InputsTakeTheTypesOfTheModel) {
  Create(
      "AWS::Lambda::Function",
      R"({"FunctionName": "f", "Role": "arn:aws:iam::000000000000:role/r", "Runtime": "python3.11", "Handler": "a.b",
             "MemorySize": "256", "Timeout": 5.0, "Code": {"S3Bucket": "hot-reload", "S3Key": "/srv/app"},
             "Environment": {"Variables": {"N": 5, "B": true}}, "Tags": [{"Key": "k", "Value": "v"}]})");
  const json input = Input("lambda:CreateFunction");
  EXPECT_EQ(input["MemorySize"], 256);
  EXPECT_EQ(input["Timeout"], 5);
  EXPECT_TRUE(input["Timeout"].is_number_integer());
  EXPECT_EQ(input["Environment"]["Variables"], json::parse(R"({"N": "5", "B": "true"})"));
  EXPECT_EQ(input["Tags"], json::parse(R"({"k": "v"})"));
  EXPECT_EQ(input["Code"]["S3Key"], "/srv/app");
}

TEST_F(ResourceTypeTest, InlineCodeIsZipped) {
  Create(
      "AWS::Lambda::Function",
      R"({"Role": "arn:aws:iam::000000000000:role/r", "Runtime": "nodejs18.x", "Handler": "index.handler",
             "Code": {"ZipFile": "exports.handler = 1"}, "ReservedConcurrentExecutions": 2})");
  const json input = Input("lambda:CreateFunction");
  const auto& bytes = input["Code"]["ZipFile"].get_binary();
  const std::string zip(bytes.begin(), bytes.end());
  EXPECT_TRUE(zip.starts_with("PK\x03\x04"));
  EXPECT_NE(zip.find("index.js"), std::string::npos);
  EXPECT_NE(zip.find("exports.handler = 1"), std::string::npos);
  EXPECT_EQ(ZipOfOneFile("a", "b"), ZipOfOneFile("a", "b"));
  EXPECT_EQ(Input("lambda:PutFunctionConcurrency")["ReservedConcurrentExecutions"], 2);
}

TEST_F(ResourceTypeTest, AFunctionUpdateCallsOnlyWhatChanged) {
  const char* before =
      R"({"Role": "r", "Code": {"S3Bucket": "bucket", "S3Key": "1"}, "Timeout": 5, "Description": "x"})";
  Update(
      "AWS::Lambda::Function", "f", before,
      R"({"Role": "r", "Code": {"S3Bucket": "bucket", "S3Key": "2"}, "Timeout": 5, "Description": "x"})");
  EXPECT_EQ(api_.Names(), (std::vector<std::string>{"lambda:UpdateFunctionCode"}));
  api_.Forget();
  Scene scene = MakeScene();
  (void)FindResourceType("AWS::Lambda::Function")
      ->update(scene, "f", json::parse(before),
               json::parse(R"({"Role": "r", "Code": {"S3Bucket": "bucket", "S3Key": "1"}})"));
  EXPECT_EQ(Input("lambda:UpdateFunctionConfiguration")["Timeout"], 3);
  EXPECT_EQ(Input("lambda:UpdateFunctionConfiguration")["Description"], "");
}

TEST_F(ResourceTypeTest, WhatTheModelDoesNotKnowIsNoted) {
  Create("AWS::Cognito::UserPool",
         R"({"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": "false", "Nope": 1}})");
  EXPECT_EQ(ignored_, (std::vector<std::string>{"AdminCreateUserConfig.Nope"}));
  EXPECT_EQ(Input("cognito-idp:CreateUserPool")["AdminCreateUserConfig"],
            json::parse(R"({"AllowAdminCreateUserOnly": false})"));
}

TEST_F(ResourceTypeTest, ARoleGetsItsPoliciesAndLosesThemBeforeItGoes) {
  const char* properties =
      R"({"AssumeRolePolicyDocument": {"Version": "2012-10-17"}, "ManagedPolicyArns": ["arn:aws:iam::aws:policy/A"],
          "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": []}}]})";
  const Made role = Create("AWS::IAM::Role", properties);
  EXPECT_TRUE(role.physical_id.starts_with("app-Thing-"));
  EXPECT_EQ(role.attributes["Arn"], "arn:aws:iam::000000000000:role/" + role.physical_id);
  EXPECT_EQ(Input("iam:CreateRole")["AssumeRolePolicyDocument"], R"({"Version":"2012-10-17"})");
  EXPECT_EQ(Input("iam:PutRolePolicy")["PolicyDocument"], R"({"Statement":[]})");
  EXPECT_EQ(Input("iam:AttachRolePolicy")["PolicyArn"], "arn:aws:iam::aws:policy/A");
  api_.Fail("iam:ListRolePolicies", {"NotImplemented", "x"});
  api_.Fail("iam:ListAttachedRolePolicies", {"NotImplemented", "x"});
  Delete("AWS::IAM::Role", role.physical_id, properties);
  EXPECT_EQ(Input("iam:DeleteRolePolicy")["PolicyName"], "p");
  EXPECT_EQ(Input("iam:DetachRolePolicy")["PolicyArn"], "arn:aws:iam::aws:policy/A");
  EXPECT_EQ(api_.Names().back(), "iam:DeleteRole");
}

TEST_F(ResourceTypeTest, ARestApiIsImportedAndPutAnew) {
  const Made api = Create(
      "AWS::ApiGateway::RestApi",
      R"({"Body": {"swagger": "2.0"}, "Name": "n", "EndpointConfiguration": {"Types": ["REGIONAL"]}})");
  const json imported = Input("apigateway:ImportRestApi");
  EXPECT_EQ(imported["parameters"]["endpointConfigurationTypes"], "REGIONAL");
  EXPECT_EQ(json::parse(imported["body"].get_binary())["swagger"], "2.0");
  EXPECT_EQ(Input("apigateway:UpdateRestApi")["patchOperations"],
            json::parse(R"([{"op": "replace", "path": "/name", "value": "n"}])"));
  EXPECT_EQ(api.attributes["RootResourceId"], "root");
  Update("AWS::ApiGateway::RestApi", api.physical_id, R"({"Body": {"swagger": "2.0"}})",
         R"({"Body": {"info": {}}})");
  EXPECT_EQ(Input("apigateway:PutRestApi")["mode"], "overwrite");
}

TEST_F(ResourceTypeTest, AStageIsPatched) {
  Create("AWS::ApiGateway::Stage",
         R"({"RestApiId": "a", "DeploymentId": "d", "StageName": "Prod", "TracingEnabled": true,
             "AccessLogSetting": {"DestinationArn": "arn:aws:logs:r:a:log-group:x:*", "Format": "f"},
             "MethodSettings": [{"ResourcePath": "/*", "HttpMethod": "*", "LoggingLevel": "INFO", "DataTraceEnabled": true}]})");
  EXPECT_EQ(Input("apigateway:CreateStage")["tracingEnabled"], true);
  EXPECT_EQ(Input("apigateway:UpdateStage")["patchOperations"], json::parse(R"([
    {"op": "replace", "path": "/accessLogSettings/destinationArn", "value": "arn:aws:logs:r:a:log-group:x"},
    {"op": "replace", "path": "/accessLogSettings/format", "value": "f"},
    {"op": "replace", "path": "/*/*/logging/loglevel", "value": "INFO"},
    {"op": "replace", "path": "/*/*/logging/dataTrace", "value": "true"}])"));
  api_.Forget();
  Update(
      "AWS::ApiGateway::Stage", "Prod",
      R"({"RestApiId": "a", "DeploymentId": "d", "AccessLogSetting": {"Format": "f"}, "Variables": {"a": "1", "b": "2"}})",
      R"({"RestApiId": "a", "DeploymentId": "e", "Variables": {"a": "3"}})");
  EXPECT_EQ(Input("apigateway:UpdateStage")["patchOperations"], json::parse(R"([
    {"op": "remove", "path": "/accessLogSettings"},
    {"op": "replace", "path": "/deploymentId", "value": "e"},
    {"op": "remove", "path": "/variables/b"},
    {"op": "replace", "path": "/variables/a", "value": "3"}])"));
}

TEST_F(ResourceTypeTest, ATablesStreamAndEncryptionAreSpelledAsTheApiDoes) {
  Create("AWS::DynamoDB::Table",
         R"({"TableName": "t", "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
             "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST",
             "StreamSpecification": {"StreamViewType": "NEW_IMAGE"}, "SSESpecification": {"SSEEnabled": true},
             "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": true}})");
  const json input = Input("dynamodb:CreateTable");
  EXPECT_EQ(input["StreamSpecification"]["StreamEnabled"], true);
  EXPECT_EQ(input["SSESpecification"], json::parse(R"({"Enabled": true})"));
  EXPECT_EQ(Input("dynamodb:UpdateTimeToLive")["TimeToLiveSpecification"]["AttributeName"],
            "expires");
  Update(
      "AWS::DynamoDB::Table", "t", R"({"GlobalSecondaryIndexes": [{"IndexName": "abc"}]})",
      R"({"AttributeDefinitions": [], "BillingMode": "PROVISIONED", "GlobalSecondaryIndexes": []})");
  EXPECT_EQ(Input("dynamodb:UpdateTable")["GlobalSecondaryIndexUpdates"],
            json::parse(R"([{"Delete": {"IndexName": "abc"}}])"));
}

TEST_F(ResourceTypeTest, CognitoAndTheOthersAreMade) {
  const Made pool =
      Create("AWS::Cognito::UserPool", R"({"UserPoolName": "p", "UsernameAttributes": ["email"],
      "Schema": [{"Name": "email", "AttributeDataType": "String", "Required": true, "Mutable": true}],
      "UserPoolTags": {"Key": "Name", "Value": "x"}})");
  EXPECT_EQ(pool.attributes["ProviderName"],
            "cognito-idp.us-east-1.amazonaws.com/" + pool.physical_id);
  const Made client = Create(
      "AWS::Cognito::UserPoolClient",
      R"({"UserPoolId": "us-east-1_X", "RefreshTokenValidity": "30", "GenerateSecret": "false",
                                 "CallbackURLs": ["http://localhost"]})");
  EXPECT_TRUE(client.physical_id.starts_with("client"));
  EXPECT_EQ(Input("cognito-idp:CreateUserPoolClient")["RefreshTokenValidity"], 30);
  EXPECT_EQ(Create("AWS::Cognito::UserPoolDomain",
                   R"({"Domain": "d", "UserPoolId": "us-east-1_X", "ManagedLoginVersion": "2"})")
                .physical_id,
            "d");
  EXPECT_EQ(Input("cognito-idp:CreateUserPoolDomain")["ManagedLoginVersion"], 2);
  EXPECT_EQ(Create("AWS::Cognito::UserPoolGroup",
                   R"({"GroupName": "g", "UserPoolId": "us-east-1_X", "Precedence": 0})")
                .physical_id,
            "g");
  Create(
      "AWS::CloudWatch::Alarm",
      R"({"ComparisonOperator": "GreaterThanOrEqualToThreshold", "EvaluationPeriods": "1", "Threshold": "1.0",
             "MetricName": "Errors", "Namespace": "AWS/Lambda", "Period": 60, "Statistic": "Sum",
             "Dimensions": [{"Name": "FunctionName", "Value": "f"}]})");
  EXPECT_EQ(Input("cloudwatch:PutMetricAlarm")["Threshold"], 1.0);
  EXPECT_EQ(Create("AWS::CloudWatch::Dashboard", R"({"DashboardName": "d", "DashboardBody": "{}"})")
                .physical_id,
            "d");
  EXPECT_EQ(Create("AWS::Logs::LogGroup", R"({"LogGroupName": "/x", "RetentionInDays": 30})")
                .attributes["Arn"],
            "arn:aws:logs:us-east-1:000000000000:log-group:/x:*");
  Create("AWS::ApiGateway::Account", R"({"CloudWatchRoleArn": "arn:role"})");
  EXPECT_EQ(Input("apigateway:UpdateAccount")["patchOperations"][0]["value"], "arn:role");
}

TEST_F(ResourceTypeTest, WhatIsGoneCountsAsDeleted) {
  api_.Fail("dynamodb:DeleteTable", {"ResourceNotFoundException", "gone"});
  Delete("AWS::DynamoDB::Table", "t", "{}");
  api_.Fail("logs:DeleteLogGroup", {"OperationAbortedException", "busy"});
  Scene scene = MakeScene();
  EXPECT_TRUE(FindResourceType("AWS::Logs::LogGroup")->remove(scene, "g", json::object()));
}

TEST_F(ResourceTypeTest, LongNamesAreCut) {
  Scene scene(api_, api_.catalog, ids_, RequestContext(), std::string(100, 's'),
              std::string(100, 'l'));
  const std::string name = scene.GeneratedName(64);
  EXPECT_EQ(name.size(), 64u);
  EXPECT_NE(name.find("ssss-llll"), std::string::npos);
  EXPECT_EQ(FindResourceType("AWS::Foo::Bar"), nullptr);
}

}  // namespace
}  // namespace fractus::cloudformation
