#include "lambdas/testing_room.h"

namespace fractus::lambdas {
namespace {

constexpr char kArn[] = "arn:aws:lambda:us-east-1:000000000000:function:echo";

class PermissionsTest : public testing::RoomTest {
 protected:
  PermissionsTest() { EXPECT_TRUE(Create("echo")); }

  Result<json> Add(const std::string& sid, json more = json::object()) {
    json input = json::parse(R"({"FunctionName": "echo", "Action": "lambda:InvokeFunction",
                                 "Principal": "apigateway.amazonaws.com"})");
    input["StatementId"] = sid;
    input.update(more);
    return Call("AddPermission", input);
  }

  Result<ports::InvocationResult> InvokeFrom(const std::string& principal,
                                             const std::string& source_arn) {
    ports::Invocation invocation;
    invocation.function = kArn;
    invocation.payload = "{}";
    invocation.principal = principal;
    invocation.source_arn = source_arn;
    return InvokeAs(std::move(invocation));
  }
};

// The order of the members is AWS's: both answers are text.
TEST_F(PermissionsTest, StatementAndPolicyAreTextInAwsOrder) {
  const auto added = Add("api", json::parse(R"({"SourceArn": "arn:aws:execute-api:r:a:api/*"})"));
  ASSERT_TRUE(added);
  const std::string statement =
      std::string(R"({"Sid":"api","Effect":"Allow",)") +
      R"("Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction",)" +
      R"("Resource":")" + kArn +
      R"(","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:execute-api:r:a:api/*"}}})";
  EXPECT_EQ(added->at("Statement"), statement);
  const auto policy = CallText("GetPolicy", R"({"FunctionName": "echo"})");
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->at("Policy"),
            R"({"Version":"2012-10-17","Id":"default","Statement":[)" + statement + "]}");
  EXPECT_EQ(policy->at("RevisionId").get<std::string>().size(), 36u);
}

// Source: recorded test_add_lambda_permission_fields.
TEST_F(PermissionsTest, PrincipalsAndConditionsTakeTheirForms) {
  const auto statement = [this](const std::string& sid, const char* more) {
    return json::parse(Add(sid, json::parse(more))->at("Statement").get<std::string>());
  };
  EXPECT_EQ(statement("a", R"({"Principal": "111111111111"})").at("Principal"),
            json::parse(R"({"AWS": "arn:aws:iam::111111111111:root"})"));
  EXPECT_EQ(statement("b", R"({"Principal": "*"})").at("Principal"), "*");
  EXPECT_EQ(statement("c", R"({"Principal": "arn:aws:iam::1:user/u"})").at("Principal"),
            json::parse(R"({"AWS": "arn:aws:iam::1:user/u"})"));
  EXPECT_EQ(statement("d", R"({"SourceAccount": "1", "FunctionUrlAuthType": "NONE",
                               "PrincipalOrgID": "o-1234567890", "EventSourceToken": "t"})")
                .at("Condition"),
            json::parse(R"({"StringEquals": {"AWS:SourceAccount": "1",
                "lambda:FunctionUrlAuthType": "NONE", "aws:PrincipalOrgID": "o-1234567890",
                "lambda:EventSourceToken": "t"}})"));
}

TEST_F(PermissionsTest, FailuresAreInAwsWords) {
  ASSERT_TRUE(Add("s3"));
  const auto message = [](const Result<json>& output) {
    return output ? std::string("no error") : output.error().message;
  };
  EXPECT_EQ(message(Add("s3")),
            "The statement id (s3) provided already exists. Please provide a new statement id, or "
            "remove the existing statement.");
  EXPECT_EQ(message(Add("x", json::parse(R"({"Principal": "nobody"})"))),
            "The provided principal was invalid. Please check the principal and try again.");
  EXPECT_EQ(message(Add("x", json::parse(R"({"Qualifier": "$LATEST"})"))),
            "We currently do not support adding policies for $LATEST.");
  EXPECT_EQ(message(Add("x", json::parse(R"({"Qualifier": "42"})"))),
            std::string("Function not found: ") + kArn + ":42");
  EXPECT_EQ(message(Add("x", json::parse(R"({"Qualifier": "live"})"))),
            std::string("Cannot find alias arn: ") + kArn + ":live");
  EXPECT_EQ(message(Add("x", json::parse(R"({"RevisionId": "old"})"))),
            "The Revision Id provided does not match the latest Revision Id. Call the GetPolicy "
            "API to retrieve the latest Revision Id");
  EXPECT_EQ(
      message(CallText("RemovePermission", R"({"FunctionName": "echo", "StatementId": "n"})")),
      "Statement n is not found in resource policy.");
  EXPECT_EQ(
      message(CallText("RemovePermission", R"({"FunctionName": "nope", "StatementId": "n"})")),
      "No policy found for: arn:aws:lambda:us-east-1:000000000000:function:nope");
  EXPECT_EQ(message(CallText("GetPolicy", R"({"FunctionName": "nope"})")),
            "The resource you requested does not exist.");
}

TEST_F(PermissionsTest, PolicyGoesWithItsLastStatement) {
  ASSERT_TRUE(Add("a"));
  ASSERT_TRUE(Add("b"));
  ASSERT_TRUE(CallText("RemovePermission", R"({"FunctionName": "echo", "StatementId": "a"})"));
  EXPECT_TRUE(CallText("GetPolicy", R"({"FunctionName": "echo"})"));
  ASSERT_TRUE(CallText("RemovePermission", R"({"FunctionName": "echo", "StatementId": "b"})"));
  EXPECT_FALSE(CallText("GetPolicy", R"({"FunctionName": "echo"})"));
  const auto gone = CallText("RemovePermission", R"({"FunctionName": "echo", "StatementId": "b"})");
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().message, "No policy is associated with the given resource.");
}

TEST_F(PermissionsTest, AServiceIsLetInOnlyByThePolicy) {
  const std::string mine = "arn:aws:execute-api:us-east-1:000000000000:abc/Prod/GET/users";
  const auto refused = InvokeFrom("apigateway.amazonaws.com", mine);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "AccessDeniedException");
  EXPECT_EQ(refused.error().http_status, 403);
  ASSERT_TRUE(Add(
      "api",
      json::parse(R"({"SourceArn": "arn:aws:execute-api:us-east-1:000000000000:abc/*/GET/*"})")));
  EXPECT_TRUE(InvokeFrom("apigateway.amazonaws.com", mine));
  EXPECT_FALSE(InvokeFrom("s3.amazonaws.com", mine));
  EXPECT_FALSE(InvokeFrom("apigateway.amazonaws.com",
                          "arn:aws:execute-api:us-east-1:000000000000:other/Prod/GET/users"));
  EXPECT_FALSE(InvokeFrom("apigateway.amazonaws.com",
                          "arn:aws:execute-api:us-east-1:000000000000:abc/Prod/PUT/users"));
}

}  // namespace
}  // namespace fractus::lambdas
