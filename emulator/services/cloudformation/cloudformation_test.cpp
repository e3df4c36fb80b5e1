#include "emulator/services/cloudformation/cloudformation.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "emulator/services/cloudformation/fake_api.h"

namespace fractus::cloudformation {
namespace {

constexpr char kTopicAndTable[] = R"(
Parameters: {Suffix: {Type: String, Default: one}}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Suffix}}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub '${AWS::StackName}-Notes'
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Logs:
    Type: AWS::Logs::LogGroup
    DependsOn: Topic
    Properties: {LogGroupName: !Sub '/${Table}/logs', RetentionInDays: '30'}
Outputs:
  TableArn: {Value: !GetAtt Table.Arn, Export: {Name: !Sub '${AWS::StackName}-arn'}}
)";

class CloudFormationTest : public testing::Test {
 protected:
  CloudFormationTest()
      : folder_(std::filesystem::path(testing::TempDir()) /
                ("cfn_" + std::to_string(getpid()) +
                 testing::UnitTest::GetInstance()->current_test_info()->name())),
        database_(
            std::make_unique<storage::Database>(folder_.string(), storage::Durability::kNone)) {
    clock_.Freeze();
    Open();
  }
  ~CloudFormationTest() override {
    room_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Open() {
    room_ = std::make_unique<CloudFormation>(*database_, clock_, ids_, api_, &api_.catalog);
  }

  Result<json> Try(const std::string& operation, json input) {
    Request request;
    request.context.now = clock_.Now();
    request.input = std::move(input);
    const auto table = room_->Operations();
    return std::get<service::Operation>(table.at(operation))(request);
  }
  json Call(const std::string& operation, json input) {
    auto output = Try(operation, std::move(input));
    EXPECT_TRUE(output) << operation << ": " << (output ? "" : output.error().message);
    room_->WaitUntilIdle();
    return output ? *output : json::object();
  }
  std::string Refused(const std::string& operation, json input) {
    const auto output = Try(operation, std::move(input));
    EXPECT_FALSE(output) << operation;
    return output ? "" : output.error().message;
  }
  json Create(const std::string& text, const std::string& name = "app") {
    return Call("CreateStack",
                {{"StackName", name}, {"TemplateBody", text}, {"Capabilities", kAll}});
  }
  json Update(const std::string& text, const std::string& name = "app") {
    return Call("UpdateStack",
                {{"StackName", name}, {"TemplateBody", text}, {"Capabilities", kAll}});
  }
  json Describe(const std::string& name = "app") {
    return Call("DescribeStacks", {{"StackName", name}})["Stacks"][0];
  }
  std::string Status(const std::string& name = "app") {
    return Describe(name)["StackStatus"].get<std::string>();
  }
  std::string PhysicalId(const std::string& logical_id) {
    const auto detail =
        Try("DescribeStackResource", {{"StackName", "app"}, {"LogicalResourceId", logical_id}});
    return detail ? (*detail)["StackResourceDetail"].value("PhysicalResourceId", "") : "";
  }
  // "Topic CREATE_COMPLETE", oldest first.
  std::vector<std::string> Events(const std::string& name = "app") {
    std::vector<std::string> events;
    const json output = Call("DescribeStackEvents", {{"StackName", name}});
    for (const json& event : output["StackEvents"]) {
      events.insert(events.begin(), event["LogicalResourceId"].get<std::string>() + " " +
                                        event["ResourceStatus"].get<std::string>());
    }
    return events;
  }
  std::string Reason(const std::string& logical_id, const std::string& status) {
    const json output = Call("DescribeStackEvents", {{"StackName", "app"}});
    for (const json& event : output["StackEvents"]) {
      if (event["LogicalResourceId"] == logical_id && event["ResourceStatus"] == status) {
        return event.value("ResourceStatusReason", "");
      }
    }
    return "no such event";
  }

  const json kAll = {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"};
  std::filesystem::path folder_;
  std::unique_ptr<storage::Database> database_;
  Clock clock_;
  IdSource ids_{7};
  FakeApi api_;
  std::unique_ptr<CloudFormation> room_;
};

TEST_F(CloudFormationTest, AStackIsCreatedInTheOrderOfItsDependencies) {
  const json created = Create(kTopicAndTable);
  EXPECT_TRUE(created["StackId"].get<std::string>().starts_with(
      "arn:aws:cloudformation:us-east-1:000000000000:stack/app/"));
  EXPECT_EQ(Events(),
            (std::vector<std::string>{
                "app CREATE_IN_PROGRESS", "Table CREATE_IN_PROGRESS", "Table CREATE_IN_PROGRESS",
                "Table CREATE_COMPLETE", "Topic CREATE_IN_PROGRESS", "Topic CREATE_IN_PROGRESS",
                "Topic CREATE_COMPLETE", "Logs CREATE_IN_PROGRESS", "Logs CREATE_IN_PROGRESS",
                "Logs CREATE_COMPLETE", "app CREATE_COMPLETE"}));
  const json stack = Describe();
  EXPECT_EQ(stack["Outputs"][0]["OutputValue"],
            "arn:aws:dynamodb:us-east-1:000000000000:table/app-Notes");
  EXPECT_EQ(stack["Outputs"][0]["ExportName"], "app-arn");
  EXPECT_EQ(stack["Parameters"],
            json::parse(R"([{"ParameterKey": "Suffix", "ParameterValue": "one"}])"));
  EXPECT_EQ(PhysicalId("Table"), "app-Notes");
  EXPECT_EQ(PhysicalId("Logs"), "/app-Notes/logs");
  // A generated name ends with twelve capitals and digits.
  const std::string topic = PhysicalId("Topic");
  EXPECT_TRUE(topic.starts_with("arn:aws:sns:us-east-1:000000000000:app-Topic-"));
  EXPECT_EQ(topic.size(), std::string("arn:aws:sns:us-east-1:000000000000:app-Topic-").size() + 12);
  // Texts become the numbers that the operation wants.
  EXPECT_EQ(api_.Calls("logs:PutRetentionPolicy")[0].input["retentionInDays"], 30);
}

TEST_F(CloudFormationTest, TheSameSeedGivesTheSamePhysicalIds) {
  Create(kTopicAndTable);
  const std::string topic = PhysicalId("Topic");
  FakeApi other_api;
  IdSource other_ids(7);
  storage::Database other_database((folder_ / "other").string(), storage::Durability::kNone);
  CloudFormation other(other_database, clock_, other_ids, other_api, &other_api.catalog);
  Request request;
  request.input = {{"StackName", "app"}, {"TemplateBody", kTopicAndTable}, {"Capabilities", kAll}};
  ASSERT_TRUE(std::get<service::Operation>(other.Operations().at("CreateStack"))(request));
  other.WaitUntilIdle();
  request.input = {{"StackName", "app"}, {"LogicalResourceId", "Topic"}};
  const auto detail =
      std::get<service::Operation>(other.Operations().at("DescribeStackResource"))(request);
  EXPECT_EQ((*detail)["StackResourceDetail"]["PhysicalResourceId"], topic);
}

TEST_F(CloudFormationTest, AnUpdateKeepsPhysicalIdsAndTouchesOnlyWhatChanged) {
  Create(kTopicAndTable);
  const std::string topic = PhysicalId("Topic");
  api_.Forget();
  Call("UpdateStack",
       {{"StackName", "app"},
        {"UsePreviousTemplate", true},
        {"Parameters", json::parse(R"([{"ParameterKey": "Suffix", "ParameterValue": "two"}])")}});
  EXPECT_EQ(Status(), "UPDATE_COMPLETE");
  EXPECT_EQ(PhysicalId("Topic"), topic);
  EXPECT_EQ(api_.Names(), (std::vector<std::string>{"sns:SetTopicAttributes"}));
  EXPECT_EQ(
      api_.Calls()[0].input,
      json({{"TopicArn", topic}, {"AttributeName", "DisplayName"}, {"AttributeValue", "two"}}));
}

TEST_F(CloudFormationTest, AnUpdateWithoutChangesIsRefused) {
  Create(kTopicAndTable);
  EXPECT_EQ(Refused("UpdateStack", {{"StackName", "app"}, {"TemplateBody", kTopicAndTable}}),
            "No updates are to be performed.");
  EXPECT_EQ(Refused("UpdateStack", {{"StackName", "nope"}, {"TemplateBody", kTopicAndTable}}),
            "Stack [nope] does not exist");
}

TEST_F(CloudFormationTest, RemovedResourcesGoAndReplacedOnesAreCleanedUp) {
  Create(kTopicAndTable);
  api_.Forget();
  // The table gets another name, so it is replaced and the log group, named after it, too; the
  // topic is removed.
  Update(R"(
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub '${AWS::StackName}-Other'
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub '/${Table}/logs', RetentionInDays: 30}}
)");
  EXPECT_EQ(Status(), "UPDATE_COMPLETE");
  EXPECT_EQ(PhysicalId("Table"), "app-Other");
  EXPECT_EQ(PhysicalId("Logs"), "/app-Other/logs");
  EXPECT_EQ(PhysicalId("Topic"), "");
  EXPECT_EQ(Reason("Table", "UPDATE_IN_PROGRESS"), "Resource creation Initiated");
  EXPECT_EQ(api_.Names(), (std::vector<std::string>{
                              "dynamodb:CreateTable", "dynamodb:DescribeTable",
                              "logs:CreateLogGroup", "logs:PutRetentionPolicy",
                              "logs:DeleteLogGroup", "sns:DeleteTopic", "dynamodb:DeleteTable"}));
  EXPECT_EQ(api_.Calls("dynamodb:DeleteTable")[0].input["TableName"], "app-Notes");
  EXPECT_FALSE(Describe().contains("Outputs"));
}

TEST_F(CloudFormationTest, AFailedCreationIsRolledBackWithItsReason) {
  api_.Fail("logs:CreateLogGroup",
            {"ResourceAlreadyExistsException", "The specified log group already exists"});
  Create(kTopicAndTable);
  EXPECT_EQ(Status(), "ROLLBACK_COMPLETE");
  EXPECT_EQ(Reason("app", "ROLLBACK_IN_PROGRESS"),
            "The following resource(s) failed to create: [Logs]. Rollback requested by user.");
  const std::string reason = Reason("Logs", "CREATE_FAILED");
  EXPECT_TRUE(
      reason.starts_with("Resource handler returned message: \"The specified log group already "
                         "exists (Service: Logs,"))
      << reason;
  EXPECT_TRUE(reason.ends_with("HandlerErrorCode: AlreadyExists)")) << reason;
  EXPECT_EQ(api_.Calls("dynamodb:DeleteTable").size(), 1u);
  EXPECT_EQ(api_.Calls("sns:DeleteTopic").size(), 1u);
  EXPECT_TRUE(Refused("UpdateStack", {{"StackName", "app"}, {"TemplateBody", kTopicAndTable}})
                  .ends_with("is in ROLLBACK_COMPLETE state and can not be updated."));
}

TEST_F(CloudFormationTest, ATypeThatIsNotEmulatedFailsByName) {
  Create("Resources: {Q: {Type: AWS::SQS::Queue}}");
  EXPECT_EQ(Status(), "ROLLBACK_COMPLETE");
  EXPECT_EQ(Reason("Q", "CREATE_FAILED"), "AWS::SQS::Queue is not emulated by fractus");
}

TEST_F(CloudFormationTest, APropertyThatIsNotActedOnIsNamed) {
  Create("Resources: {T: {Type: AWS::SNS::Topic, Properties: {ArchivePolicy: {}}}}");
  EXPECT_EQ(Status(), "CREATE_COMPLETE");
  EXPECT_EQ(Reason("T", "CREATE_COMPLETE"), "Not acted on by fractus: ArchivePolicy");
}

TEST_F(CloudFormationTest, AMissingPropertyFailsAsOnAws) {
  Create("Resources: {D: {Type: AWS::CloudWatch::Dashboard}}");
  EXPECT_EQ(Reason("D", "CREATE_FAILED"),
            "Property validation failure: [The property {/DashboardBody} is required]");
}

TEST_F(CloudFormationTest, AFailedUpdateGoesBackToWhatWas) {
  Create(kTopicAndTable);
  const std::string topic = PhysicalId("Topic");
  api_.Forget();
  api_.Fail("cloudwatch:PutDashboard", {"DashboardInvalidInputError", "broken"});
  Update(std::string(R"(
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: two}}
  Extra: {Type: AWS::SNS::Topic}
  Zboard: {Type: AWS::CloudWatch::Dashboard, DependsOn: [Extra, Topic], Properties: {DashboardBody: '{}'}}
)"));
  EXPECT_EQ(Status(), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_EQ(Reason("app", "UPDATE_ROLLBACK_IN_PROGRESS"),
            "The following resource(s) failed to create: [Zboard]. Rollback requested by user.");
  EXPECT_EQ(PhysicalId("Topic"), topic);
  EXPECT_EQ(PhysicalId("Extra"), "");
  EXPECT_EQ(PhysicalId("Table"), "app-Notes");
  const auto attributes = api_.Calls("sns:SetTopicAttributes");
  ASSERT_EQ(attributes.size(), 2u);
  EXPECT_EQ(attributes[1].input["AttributeValue"], "one");
  EXPECT_EQ(api_.Calls("sns:DeleteTopic").size(), 1u);
  EXPECT_EQ(Describe()["Outputs"].size(), 1u);
  // The old template still holds.
  EXPECT_EQ(Refused("UpdateStack", {{"StackName", "app"}, {"TemplateBody", kTopicAndTable}}),
            "No updates are to be performed.");
}

TEST_F(CloudFormationTest, DeletionGoesBackwardsAndRetainsWhatIsRetained) {
  Create(R"(
Resources:
  A: {Type: AWS::SNS::Topic}
  B: {Type: AWS::SNS::Topic, DependsOn: A, DeletionPolicy: Retain}
  C: {Type: AWS::Logs::LogGroup, DependsOn: B}
)");
  const json id = Describe()["StackId"];
  api_.Forget();
  Call("DeleteStack", {{"StackName", "app"}});
  EXPECT_EQ(api_.Names(), (std::vector<std::string>{"logs:DeleteLogGroup", "sns:DeleteTopic"}));
  EXPECT_EQ(Refused("DescribeStacks", {{"StackName", "app"}}), "Stack with id app does not exist");
  EXPECT_EQ(Call("DescribeStacks", {{"StackName", id}})["Stacks"][0]["StackStatus"],
            "DELETE_COMPLETE");
  EXPECT_EQ(Refused("DescribeStackEvents", {{"StackName", "app"}}), "Stack [app] does not exist");
  // A deleted stack's name is free.
  Create(kTopicAndTable);
  EXPECT_EQ(Status(), "CREATE_COMPLETE");
}

TEST_F(CloudFormationTest, ADeletionThatFailsCanBeRepeated) {
  Create(kTopicAndTable);
  api_.Fail("dynamodb:DeleteTable", {"ResourceInUseException", "in use"});
  Call("DeleteStack", {{"StackName", "app"}});
  EXPECT_EQ(Status(), "DELETE_FAILED");
  EXPECT_EQ(Describe()["StackStatusReason"],
            "The following resource(s) failed to delete: [Table]. ");
  api_.Recover("dynamodb:DeleteTable");
  Call("DeleteStack", {{"StackName", "app"}});
  EXPECT_EQ(Call("DescribeStacks", json::object())["Stacks"].size(), 0u);
}

TEST_F(CloudFormationTest, RequestsAreRefusedInTheWordsOfAws) {
  Create(kTopicAndTable);
  const auto again = Try("CreateStack", {{"StackName", "app"}, {"TemplateBody", kTopicAndTable}});
  EXPECT_EQ(again.error().code, "AlreadyExistsException");
  EXPECT_EQ(again.error().message, "Stack [app] already exists");
  EXPECT_TRUE(Refused("CreateStack", {{"StackName", "*bad"}, {"TemplateBody", "x"}})
                  .starts_with("1 validation error detected: Value '*bad' at 'stackName' failed to "
                               "satisfy constraint:"));
  EXPECT_EQ(Refused("CreateStack", {{"StackName", "x"}}),
            "Either Template URL or Template Body must be specified.");
  EXPECT_EQ(Refused("DescribeStackResource", {{"StackName", "app"}, {"LogicalResourceId", "No"}}),
            "Resource No does not exist for stack app");
  EXPECT_EQ(Refused("GetTemplate", json::object()),
            "StackName is required if ChangeSetName is not specified.");
  const char* role =
      "Resources: {R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}}";
  const auto capability = Try("CreateStack", {{"StackName", "r"}, {"TemplateBody", role}});
  EXPECT_EQ(capability.error().code, "InsufficientCapabilitiesException");
  EXPECT_EQ(capability.error().message, "Requires capabilities : [CAPABILITY_IAM]");
  const char* named =
      "Resources: {R: {Type: AWS::IAM::Role, Properties: {RoleName: x, AssumeRolePolicyDocument: "
      "{}}}}";
  EXPECT_EQ(
      Refused("CreateStack",
              {{"StackName", "r"}, {"TemplateBody", named}, {"Capabilities", {"CAPABILITY_IAM"}}}),
      "Requires capabilities : [CAPABILITY_NAMED_IAM]");
  EXPECT_EQ(
      Refused("CreateStack",
              {{"StackName", "r"},
               {"TemplateBody",
                "Transform: AWS::Serverless-2016-10-31\nResources: {T: {Type: AWS::SNS::Topic}}"}}),
      "Requires capabilities : [CAPABILITY_AUTO_EXPAND]");
  EXPECT_EQ(
      Refused("CreateStack", {{"StackName", "m"},
                              {"TemplateBody",
                               "Mappings: {M: {a: {b: c}}}\nResources: {T: {Type: AWS::SNS::Topic, "
                               "Properties: {DisplayName: !FindInMap [M, x, b]}}}"}}),
      "Template error: Unable to get mapping for M::x::b");
}

TEST_F(CloudFormationTest, ExportsAreSharedAndProtected) {
  Create(kTopicAndTable);
  EXPECT_EQ(Call("ListExports", json::object())["Exports"][0]["Name"], "app-arn");
  Create("Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue app-arn}}}",
         "user");
  EXPECT_EQ(Status("user"), "CREATE_COMPLETE");
  EXPECT_EQ(Call("ListImports", {{"ExportName", "app-arn"}})["Imports"], json({"user"}));
  Call("DeleteStack", {{"StackName", "app"}});
  EXPECT_EQ(Status(), "CREATE_COMPLETE");
  EXPECT_EQ(Describe()["StackStatusReason"],
            "Delete canceled. Cannot delete export app-arn as it is in use by user.");
  Create("Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue nothing}}}",
         "broken");
  EXPECT_EQ(Status("broken"), "ROLLBACK_COMPLETE");
}

TEST_F(CloudFormationTest, AnInterruptedDeploymentIsMarkedAsFailed) {
  Create(kTopicAndTable);
  RequestContext context;
  StackStore store(*database_);
  auto stack = store.Find(context, "app");
  stack->status = "UPDATE_IN_PROGRESS";
  stack->resources.at("Topic").status = "UPDATE_IN_PROGRESS";
  store.Put(*stack);
  room_.reset();
  Open();
  EXPECT_EQ(Status(), "UPDATE_FAILED");
  EXPECT_EQ(Describe()["StackStatusReason"],
            "The emulator stopped while the stack was being updated");
  // It can be put right by the same template.
  Update(kTopicAndTable);
  EXPECT_EQ(Status(), "UPDATE_COMPLETE");
}

TEST_F(CloudFormationTest, TemplatesAreReturnedAndSummarized) {
  Create(kTopicAndTable);
  EXPECT_EQ(Call("GetTemplate", {{"StackName", "app"}})["TemplateBody"], kTopicAndTable);
  const json processed =
      Call("GetTemplate", {{"StackName", "app"}, {"TemplateStage", "Processed"}})["TemplateBody"];
  EXPECT_EQ(json::parse(processed.get<std::string>())["Resources"]["Topic"]["Type"],
            "AWS::SNS::Topic");
  const json summary = Call("GetTemplateSummary", {{"StackName", "app"}});
  EXPECT_EQ(summary["ResourceTypes"],
            json({"AWS::DynamoDB::Table", "AWS::Logs::LogGroup", "AWS::SNS::Topic"}));
  EXPECT_EQ(summary["Parameters"][0]["DefaultValue"], "one");
  EXPECT_EQ(
      Call("ValidateTemplate", {{"TemplateBody", kTopicAndTable}})["Parameters"][0]["ParameterKey"],
      "Suffix");
  EXPECT_TRUE(Refused("ValidateTemplate", {{"TemplateBody", "a: ["}})
                  .starts_with("Template format error: YAML not well-formed."));
}

TEST_F(CloudFormationTest, AChangeSetCreatesAStackAndAnotherUpdatesIt) {
  const json made = Call("CreateChangeSet", {{"StackName", "app"},
                                             {"ChangeSetName", "first"},
                                             {"ChangeSetType", "CREATE"},
                                             {"TemplateBody", kTopicAndTable}});
  EXPECT_EQ(Status(), "REVIEW_IN_PROGRESS");
  const json described =
      Call("DescribeChangeSet", {{"StackName", "app"}, {"ChangeSetName", "first"}});
  EXPECT_EQ(described["Status"], "CREATE_COMPLETE");
  EXPECT_EQ(described["ExecutionStatus"], "AVAILABLE");
  EXPECT_EQ(described["Changes"].size(), 3u);
  EXPECT_EQ(described["Changes"][0]["ResourceChange"]["Action"], "Add");
  Call("ExecuteChangeSet", {{"ChangeSetName", made["Id"]}});
  EXPECT_EQ(Status(), "CREATE_COMPLETE");
  EXPECT_EQ(Describe()["ChangeSetId"], made["Id"]);
  EXPECT_EQ(Events()[0], "app REVIEW_IN_PROGRESS");

  Call("CreateChangeSet",
       {{"StackName", "app"}, {"ChangeSetName", "same"}, {"TemplateBody", kTopicAndTable}});
  const json same = Call("DescribeChangeSet", {{"StackName", "app"}, {"ChangeSetName", "same"}});
  EXPECT_EQ(same["Status"], "FAILED");
  EXPECT_EQ(same["ExecutionStatus"], "UNAVAILABLE");
  EXPECT_EQ(same["StatusReason"],
            "The submitted information didn't contain changes. Submit different information to "
            "create a change set.");
  EXPECT_TRUE(Refused("ExecuteChangeSet", {{"StackName", "app"}, {"ChangeSetName", "same"}})
                  .ends_with("cannot be executed in its current status of [FAILED]"));

  Call("CreateChangeSet",
       {{"StackName", "app"},
        {"ChangeSetName", "second"},
        {"UsePreviousTemplate", true},
        {"Parameters", json::parse(R"([{"ParameterKey": "Suffix", "ParameterValue": "two"}])")}});
  const json second =
      Call("DescribeChangeSet", {{"StackName", "app"}, {"ChangeSetName", "second"}});
  ASSERT_EQ(second["Changes"].size(), 1u);
  const json& change = second["Changes"][0]["ResourceChange"];
  EXPECT_EQ(change["Action"], "Modify");
  EXPECT_EQ(change["Replacement"], "False");
  EXPECT_EQ(change["Details"][0]["Target"]["Name"], "DisplayName");
  EXPECT_EQ(Call("ListChangeSets", {{"StackName", "app"}})["Summaries"].size(), 2u);
  Call("ExecuteChangeSet", {{"StackName", "app"}, {"ChangeSetName", "second"}});
  EXPECT_EQ(Status(), "UPDATE_COMPLETE");
}

TEST_F(CloudFormationTest, ChangeSetsAreRefusedInTheWordsOfAws) {
  EXPECT_EQ(Refused("DescribeChangeSet", {{"StackName", "x"}, {"ChangeSetName", "y"}}),
            "Stack [x] does not exist");
  EXPECT_EQ(Refused("DeleteChangeSet", {{"ChangeSetName", "y"}}),
            "StackName must be specified if ChangeSetName is not specified as an ARN.");
  EXPECT_EQ(Refused("CreateChangeSet",
                    {{"StackName", "x"}, {"ChangeSetName", "y"}, {"TemplateBody", kTopicAndTable}}),
            "Stack [x] does not exist");
  Create(kTopicAndTable);
  EXPECT_EQ(Refused("CreateChangeSet", {{"StackName", "app"},
                                        {"ChangeSetName", "y"},
                                        {"ChangeSetType", "CREATE"},
                                        {"TemplateBody", kTopicAndTable}}),
            "Stack [app] already exists and cannot be created again with the changeSet [y].");
  const auto missing = Try("DescribeChangeSet", {{"StackName", "app"}, {"ChangeSetName", "y"}});
  EXPECT_EQ(missing.error().code, "ChangeSetNotFoundException");
  EXPECT_EQ(missing.error().message, "ChangeSet [y] does not exist");
}

TEST_F(CloudFormationTest, AFailedTransformRollsTheStackBack) {
  Create(
      "Transform: AWS::Serverless-2016-10-31\nResources: {M: {Type: "
      "AWS::Serverless::StateMachine}}");
  EXPECT_EQ(Status(), "ROLLBACK_COMPLETE");
  EXPECT_EQ(Reason("app", "ROLLBACK_IN_PROGRESS"),
            "Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application "
            "Specification document. Number "
            "of errors found: 1. Resource with id [M] is invalid. AWS::Serverless::StateMachine is "
            "not emulated by fractus. "
            "Rollback requested by user.");
}

}  // namespace
}  // namespace fractus::cloudformation
