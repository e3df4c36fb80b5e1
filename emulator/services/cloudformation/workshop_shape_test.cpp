// One stack that grows step by step, as applications do: a table, a function, an API, users, an
// authorizer, logs, alarms.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "emulator/services/cloudformation/cloudformation.h"
#include "emulator/services/cloudformation/fake_api.h"
#include "emulator/services/cloudformation/package.h"
#include "emulator/yaml/yaml.h"

namespace fractus::cloudformation {
namespace {

constexpr char kHead[] = R"(
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.11, MemorySize: 128, Timeout: 100, Tracing: Active, CodeUri: s3://hot-reload//srv/app}}
Parameters: {GroupName: {Type: String, Default: admins}}
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub  ${AWS::StackName}-Notes
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      BillingMode: PAY_PER_REQUEST
)";
constexpr char kFunction[] = R"(
  NotesFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: src/notes.handler
      Environment: {Variables: {TABLE: !Ref Table}}
      Policies: [{DynamoDBCrudPolicy: {TableName: !Ref Table}}]
      Tags: {Stack: !Sub "${AWS::StackName}"}
)";
constexpr char kEvents[] = R"(
      Events:
        List: {Type: Api, Properties: {Path: /notes, Method: get, RestApiId: !Ref Api}}
        Read: {Type: Api, Properties: {Path: '/notes/{id}', Method: get, RestApiId: !Ref Api}}
)";
constexpr char kApi[] = R"(
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: Prod
      TracingEnabled: true
      Tags: {Name: !Sub "${AWS::StackName}-API"}
)";
constexpr char kAuth[] = R"(
      Auth:
        DefaultAuthorizer: Tokens
        Authorizers: {Tokens: {FunctionArn: !GetAtt Guard.Arn, Identity: {Headers: [Authorization]}}}
)";
constexpr char kAccessLog[] = R"(
      AccessLogSetting: {DestinationArn: !GetAtt AccessLogs.Arn, Format: '{"id":"$context.requestId"}'}
      MethodSettings: [{ResourcePath: "/*", LoggingLevel: INFO, HttpMethod: "*", DataTraceEnabled: True}]
)";
constexpr char kUsers[] = R"(
  Pool:
    Type: AWS::Cognito::UserPool
    Properties:
      UserPoolName: !Sub ${AWS::StackName}-Pool
      AdminCreateUserConfig: {AllowAdminCreateUserOnly: false}
      UsernameAttributes: [email]
      UserPoolTags: {Key: Name, Value: !Sub '${AWS::StackName} Pool'}
  Client:
    Type: AWS::Cognito::UserPoolClient
    Properties: {UserPoolId: !Ref Pool, GenerateSecret: false, RefreshTokenValidity: 30}
  Domain:
    Type: AWS::Cognito::UserPoolDomain
    Properties: {Domain: !Ref Client, UserPoolId: !Ref Pool}
  Admins:
    Type: AWS::Cognito::UserPoolGroup
    Properties: {GroupName: !Ref GroupName, Precedence: 0, UserPoolId: !Ref Pool}
)";
constexpr char kGuard[] = R"(
  Guard:
    Type: AWS::Serverless::Function
    Properties: {Handler: src/guard.handler, Environment: {Variables: {POOL: !Ref Pool, CLIENT: !Ref Client}}}
)";
constexpr char kLogs[] = R"(
  LoggingRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: [apigateway.amazonaws.com]}, Action: "sts:AssumeRole"}]}
      ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]
  Account: {Type: AWS::ApiGateway::Account, Properties: {CloudWatchRoleArn: !GetAtt LoggingRole.Arn}}
  AccessLogs:
    Type: AWS::Logs::LogGroup
    DependsOn: LoggingRole
    Properties: {RetentionInDays: 30, LogGroupName: !Sub "/${AWS::StackName}/Access"}
)";
constexpr char kAlarms[] = R"(
  Topic: {Type: AWS::SNS::Topic, Properties: {Tags: [{Key: "Stack", Value: !Sub "${AWS::StackName}"}]}}
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmActions: [!Ref Topic]
      ComparisonOperator: GreaterThanOrEqualToThreshold
      Dimensions: [{Name: FunctionName, Value: !Ref NotesFunction}]
      EvaluationPeriods: 1
      MetricName: Errors
      Namespace: AWS/Lambda
      Period: 60
      Statistic: Sum
      Threshold: 1.0
)";
constexpr char kDashboard[] = R"(
  Board:
    Type: AWS::CloudWatch::Dashboard
    Properties:
      DashboardName: !Sub "${AWS::StackName}-board"
      DashboardBody:
        Fn::Sub: >
          {"widgets": [{"metric": "${NotesFunction}", "region": "${AWS::Region}"}]}
)";

class GrowingStackTest : public testing::Test {
 protected:
  GrowingStackTest()
      : folder_(std::filesystem::path(testing::TempDir()) /
                ("cfn_grow_" + std::to_string(getpid()))),
        database_(
            std::make_unique<storage::Database>(folder_.string(), storage::Durability::kNone)),
        room_(std::make_unique<CloudFormation>(*database_, clock_, ids_, api_, &api_.catalog)) {}
  ~GrowingStackTest() override {
    room_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  Result<json> Call(const std::string& operation, json input) {
    Request request;
    request.input = std::move(input);
    auto output = std::get<service::Operation>(room_->Operations().at(operation))(request);
    room_->WaitUntilIdle();
    return output;
  }
  // Creates or updates the stack and checks that it succeeds.
  void Deploy(const std::string& text) {
    const auto output = Call(deployed_++ == 0 ? "CreateStack" : "UpdateStack",
                             {{"StackName", "app"},
                              {"TemplateBody", text},
                              {"Capabilities", {"CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"}}});
    ASSERT_TRUE(output) << "step " << deployed_ << ": " << output.error().message;
    const json stack = (*Call("DescribeStacks", {{"StackName", "app"}}))["Stacks"][0];
    ASSERT_EQ(stack["StackStatus"], deployed_ == 1 ? "CREATE_COMPLETE" : "UPDATE_COMPLETE")
        << "step " << deployed_ << ": "
        << (*Call("DescribeStackEvents", {{"StackName", "app"}})).dump(1);
  }
  std::map<std::string, std::string> PhysicalIds() {
    std::map<std::string, std::string> ids;
    const json list = *Call("ListStackResources", {{"StackName", "app"}});
    for (const json& resource : list["StackResourceSummaries"]) {
      ids[resource["LogicalResourceId"].get<std::string>()] =
          resource["PhysicalResourceId"].get<std::string>();
    }
    return ids;
  }
  static void ExpectKept(const std::map<std::string, std::string>& before,
                         const std::map<std::string, std::string>& after) {
    for (const auto& [name, id] : before) {
      // A new body means a new deployment, under a new name.
      if (name.find("Deployment") != std::string::npos) continue;
      ASSERT_TRUE(after.contains(name)) << name;
      EXPECT_EQ(after.at(name), id) << name;
    }
  }

  std::filesystem::path folder_;
  std::unique_ptr<storage::Database> database_;
  Clock clock_;
  IdSource ids_{3};
  FakeApi api_;
  std::unique_ptr<CloudFormation> room_;
  int deployed_ = 0;
};

TEST_F(GrowingStackTest, EightStepsOfOneStackKeepWhatIsThere) {
  const std::string head = kHead, function = kFunction, events = kEvents, api = kApi,
                    users = kUsers;
  const std::string with_api = function + events + api;
  const std::string with_auth = function + events + api + kAuth;
  const std::vector<std::string> steps = {
      head,
      head + function,
      head + with_api,
      head + with_api + users,
      head + with_auth + users + kGuard,
      head + with_auth + kAccessLog + users + kGuard + kLogs,
      head + with_auth + kAccessLog + users + kGuard + kLogs + kAlarms,
      head + with_auth + kAccessLog + users + kGuard + kLogs + kAlarms + kDashboard,
  };
  std::map<std::string, std::string> ids;
  for (const auto& step : steps) {
    ASSERT_NO_FATAL_FAILURE(Deploy(step));
    const auto now = PhysicalIds();
    ExpectKept(ids, now);
    ids = now;
  }
  EXPECT_EQ(ids.size(), 21u);
  // The authorizer changed the body: the API was put anew, deployed, and the old deployment went
  // after the stage had left it.
  EXPECT_EQ(api_.Calls("apigateway:ImportRestApi").size(), 1u);
  EXPECT_EQ(api_.Calls("apigateway:PutRestApi").size(), 1u);
  EXPECT_EQ(api_.Calls("apigateway:CreateDeployment").size(), 2u);
  EXPECT_EQ(api_.Calls("apigateway:DeleteDeployment").size(), 1u);
  const auto names = api_.Names();
  EXPECT_LT(std::find(names.begin(), names.end(), "apigateway:UpdateStage"),
            std::find(names.begin(), names.end(), "apigateway:DeleteDeployment"));
  EXPECT_EQ(api_.Calls("lambda:CreateFunction").size(), 2u);
  EXPECT_EQ(api_.Calls("lambda:UpdateFunctionConfiguration").size(), 0u);
  // The body names its functions by their ARNs.
  const json body = json::parse(api_.Calls("apigateway:PutRestApi")[0].input["body"].get_binary());
  EXPECT_EQ(body["info"]["title"], "app");
  EXPECT_EQ(body["paths"]["/notes"]["get"]["x-amazon-apigateway-integration"]["uri"],
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
            "arn:aws:lambda:us-east-1:000000000000:function:" +
                ids["NotesFunction"] + "/invocations");

  ASSERT_TRUE(Call("DeleteStack", {{"StackName", "app"}}));
  EXPECT_FALSE(Call("DescribeStacks", {{"StackName", "app"}}));
  EXPECT_EQ(api_.Calls("apigateway:DeleteRestApi").size(), 1u);
  EXPECT_EQ(api_.Calls("dynamodb:DeleteTable").size(), 1u);
}

}  // namespace
}  // namespace fractus::cloudformation
