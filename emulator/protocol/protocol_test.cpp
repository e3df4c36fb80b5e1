// Wire-level tests: bytes as clients send them, bytes as they expect them.
#include "emulator/protocol/protocol.h"

#include <gtest/gtest.h>

#include "emulator/core/encoding.h"
#include "emulator/model/catalog.h"

namespace fractus::protocol {
namespace {

class ProtocolTest : public testing::Test {
 protected:
  const model::ServiceModel& Service(const char* name) { return *catalog_.Find(name); }

  HttpRequest Post(std::string body, std::string path = "/") {
    HttpRequest request;
    request.method = "POST";
    request.path = std::move(path);
    request.body = std::move(body);
    return request;
  }
  Result<json> Parse(const char* service, const HttpRequest& request) {
    const auto& wire = For(Service(service));
    const auto operation = wire.FindOperation(Service(service), request);
    if (!operation) return operation.error();
    return wire.ParseInput(Service(service), **operation, request);
  }
  HttpResponse Reply(const char* service, const char* operation, json output) {
    return For(Service(service))
        .Reply(Service(service), *Service(service).FindOperation(operation), std::move(output),
               context_);
  }
  HttpResponse Fail(const char* service, ApiError error) {
    return For(Service(service)).Fail(Service(service), error, context_);
  }

  model::Catalog catalog_;
  RequestContext context_{
      .request_id = "r-1", .now = {}, .access_key = {}, .base_url = {}, .user_agent = {}};
};

TEST_F(ProtocolTest, JsonFindsTheOperationInItsTarget) {
  auto request = Post(R"({"TableName": "Users", "Unknown": 1})");
  request.headers.Add("x-amz-target", "DynamoDB_20120810.DescribeTable");
  EXPECT_EQ(*Parse("dynamodb", request), (json{{"TableName", "Users"}}));
  request.headers.Set("X-Amz-Target", "DynamoDB_20120810.Nonsense");
  EXPECT_EQ(Parse("dynamodb", request).error().code, "UnknownOperationException");
}

TEST_F(ProtocolTest, JsonRefusesMalformedDocumentsAndWrongTypes) {
  auto request = Post("{nonsense");
  request.headers.Add("X-Amz-Target", "AWSCognitoIdentityProviderService.ListUsers");
  EXPECT_EQ(Parse("cognito-idp", request).error().code, "SerializationException");
  request.body = R"({"UserPoolId": 7})";
  EXPECT_EQ(Parse("cognito-idp", request).error().message,
            "NUMBER_VALUE cannot be converted to String");
  request.body = R"({"UserPoolId": "p", "Limit": "many"})";
  EXPECT_EQ(Parse("cognito-idp", request).error().code, "SerializationException");
}

TEST_F(ProtocolTest, DynamoDbAnswersCarryTheirChecksumAndErrorsTheirNamespace) {
  const auto reply = Reply("dynamodb", "ListTables", {{"TableNames", {"a"}}});
  EXPECT_EQ(reply.body, R"({"TableNames":["a"]})");
  EXPECT_EQ(reply.headers.Get("x-amz-crc32"), std::to_string(Crc32(reply.body)));
  EXPECT_EQ(reply.headers.Get("Content-Type"), "application/x-amz-json-1.0");
  EXPECT_EQ(reply.headers.Get("x-amzn-RequestId"), "r-1");
  const auto missing =
      Fail("dynamodb", {"ResourceNotFoundException", "Requested resource not found"});
  EXPECT_EQ(missing.status, 400);
  EXPECT_EQ(json::parse(missing.body),
            (json{{"__type", "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"},
                  {"message", "Requested resource not found"}}));
  EXPECT_EQ(json::parse(Fail("dynamodb", {"ValidationException", "x"}).body)["__type"],
            "com.amazon.coral.validate#ValidationException");
}

TEST_F(ProtocolTest, Json11NamesErrorsPlainlyAndTimesAreNumbers) {
  const auto failed = Fail("cognito-idp", {"UserNotFoundException", "User does not exist."});
  EXPECT_EQ(json::parse(failed.body),
            (json{{"__type", "UserNotFoundException"}, {"message", "User does not exist."}}));
  EXPECT_EQ(failed.headers.Get("Content-Type"), "application/x-amz-json-1.1");
  const auto reply = Reply("cognito-idp", "AdminGetUser",
                           {{"Username", "u"}, {"UserCreateDate", 1767225600.5}, {"Unknown", 1}});
  EXPECT_EQ(reply.body, R"({"UserCreateDate":1767225600.5,"Username":"u"})");
}

TEST_F(ProtocolTest, QueryFormsBecomeTrees) {
  const auto input =
      Parse("cloudformation",
            Post("Action=CreateStack&Version=2010-05-15&StackName=s&Parameters.member.1."
                 "ParameterKey=K&Parameters.member.1.ParameterValue=a+b&"
                 "Parameters.member.2.ParameterKey=L&Parameters.member.2.UsePreviousValue=true&"
                 "Capabilities.member.1=CAPABILITY_IAM&TimeoutInMinutes=5"));
  EXPECT_EQ(*input, (json{{"StackName", "s"},
                          {"TimeoutInMinutes", 5},
                          {"Capabilities", {"CAPABILITY_IAM"}},
                          {"Parameters",
                           {{{"ParameterKey", "K"}, {"ParameterValue", "a b"}},
                            {{"ParameterKey", "L"}, {"UsePreviousValue", true}}}}}));
}

TEST_F(ProtocolTest, QueryMapsAreReadByTheirEntries) {
  const auto input = Parse("sns", Post("Action=CreateTopic&Version=2010-03-31&Name=t&Attributes."
                                       "entry.1.key=DisplayName&Attributes.entry.1.value=D"));
  EXPECT_EQ(*input, (json{{"Name", "t"}, {"Attributes", {{"DisplayName", "D"}}}}));
}

TEST_F(ProtocolTest, QueryRefusesWhatIsNoNumberAndUnknownActions) {
  EXPECT_EQ(Parse("cloudformation", Post("Action=CreateStack&TimeoutInMinutes=soon")).error().code,
            "MalformedInput");
  EXPECT_EQ(Parse("sts", Post("Action=Nonsense&Version=2011-06-15")).error().message,
            "Could not find operation Nonsense for version 2011-06-15");
}

TEST_F(ProtocolTest, QueryAnswersAreXml) {
  const auto reply =
      Reply("sts", "GetCallerIdentity", {{"Account", "1"}, {"Arn", "a<b>&c"}, {"UserId", "u"}});
  EXPECT_EQ(reply.body,
            "<GetCallerIdentityResponse "
            "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/"
            "\"><GetCallerIdentityResult><Account>1</Account><Arn>a&lt;b&gt;&amp;c</Arn>"
            "<UserId>u</UserId></GetCallerIdentityResult><ResponseMetadata><RequestId>r-1</"
            "RequestId></ResponseMetadata></GetCallerIdentityResponse>");
  const auto failed = Fail("iam", {"NoSuchEntityException", "gone"});
  EXPECT_EQ(failed.status, 404);
  EXPECT_NE(failed.body.find("<Type>Sender</Type><Code>NoSuchEntity</Code><Message>gone</Message>"),
            std::string::npos)
      << failed.body;
}

TEST_F(ProtocolTest, QueryListsAndTimesAreWrittenAsAwsWritesThem) {
  const auto reply = Reply("cloudformation", "DescribeStacks",
                           {{"Stacks", {{{"StackName", "s"}, {"CreationTime", 1767225600}}}}});
  EXPECT_NE(reply.body.find("<Stacks><member><CreationTime>2026-01-01T00:00:00.000Z</CreationTime>"
                            "<StackName>s</StackName></member></Stacks>"),
            std::string::npos)
      << reply.body;
}

TEST_F(ProtocolTest, RestJsonReadsPathQueryHeaderAndBody) {
  auto request = Post(
      R"({"a": 1})",
      "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A0%3Afunction%3Aecho/invocations");
  request.query = "Qualifier=1";
  request.headers.Add("x-amz-invocation-type", "DryRun");
  const auto input = Parse("lambda", request);
  EXPECT_EQ((*input)["FunctionName"], "arn:aws:lambda:us-east-1:0:function:echo");
  EXPECT_EQ((*input)["Qualifier"], "1");
  EXPECT_EQ((*input)["InvocationType"], "DryRun");
  EXPECT_EQ((*input)["Payload"].get_binary().size(), 8u);
}

TEST_F(ProtocolTest, RestJsonPrefersTheMoreSpecificOperation) {
  const auto& wire = For(Service("apigateway"));
  auto request = Post("{}", "/restapis");
  EXPECT_EQ((*wire.FindOperation(Service("apigateway"), request))->name, "CreateRestApi");
  request.query = "mode=import&failonwarnings=true";
  EXPECT_EQ((*wire.FindOperation(Service("apigateway"), request))->name, "ImportRestApi");
  EXPECT_EQ(wire.FindOperation(Service("apigateway"), Post("{}", "/nowhere")).error().http_status,
            404);
}

TEST_F(ProtocolTest, RestJsonMapsStatusHeadersAndPayload) {
  const auto reply = Reply("lambda", "Invoke",
                           {{"StatusCode", 200},
                            {"FunctionError", "Unhandled"},
                            {"ExecutedVersion", "$LATEST"},
                            {"Payload", json::binary({'{', '}'})}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.Get("X-Amz-Function-Error"), "Unhandled");
  EXPECT_EQ(reply.body, "{}");
  const auto failed = Fail("lambda", {"ResourceNotFoundException", "Function not found: x"});
  EXPECT_EQ(failed.status, 404);
  EXPECT_EQ(failed.headers.Get("x-amzn-ErrorType"), "ResourceNotFoundException");
  EXPECT_EQ(json::parse(failed.body),
            (json{{"Message", "Function not found: x"}, {"Type", "User"}}));
}

TEST_F(ProtocolTest, RestJsonMembersGoByTheirWireNames) {
  const auto reply = Reply("apigateway", "GetRestApi",
                           {{"id", "abc"}, {"name", "n"}, {"createdDate", 1767225600}});
  EXPECT_EQ(reply.body, R"({"createdDate":1767225600,"id":"abc","name":"n"})");
}

}  // namespace
}  // namespace fractus::protocol
