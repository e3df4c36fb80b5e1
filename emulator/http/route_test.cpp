#include "emulator/http/route.h"

#include <gtest/gtest.h>

namespace fractus::http {
namespace {

HttpRequest To(std::string host, std::string path) {
  HttpRequest request;
  request.method = "POST";
  request.host = std::move(host);
  request.path = std::move(path);
  return request;
}

TEST(RouteTest, TheCredentialScopeNamesServiceAndRegion) {
  auto request = To("localhost:4566", "/");
  request.headers.Add(
      "Authorization",
      "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/monitoring/aws4_request, "
      "SignedHeaders=host, "
      "Signature=0000000000000000000000000000000000000000000000000000000000000000");
  const Route route = FindRoute(request);
  EXPECT_EQ(route.door, Door::kAwsApi);
  EXPECT_EQ(route.id, "cloudwatch");
  EXPECT_EQ(route.region, "eu-west-1");
}

TEST(RouteTest, UnsignedCallsGoByTheirTarget) {
  auto request = To("cognito-idp.us-east-1.amazonaws.com", "/");
  request.headers.Add("X-Amz-Target", "AWSCognitoIdentityProviderService.InitiateAuth");
  EXPECT_EQ(FindRoute(request).id, "cognito-idp");
  EXPECT_EQ(FindRoute(request).region, "us-east-1");
  request.headers.Set("X-Amz-Target", "DynamoDBStreams_20120810.GetRecords");
  EXPECT_EQ(FindRoute(request).id, "dynamodbstreams");
}

TEST(RouteTest, UnsignedCallsGoByHostPathAndForm) {
  EXPECT_EQ(FindRoute(To("lambda.us-west-2.amazonaws.com", "/x")).id, "lambda");
  EXPECT_EQ(FindRoute(To("bucket.s3.localhost.localstack.cloud:4566", "/key")).id, "s3");
  EXPECT_EQ(FindRoute(To("localhost:4566", "/2015-03-31/functions")).id, "lambda");
  EXPECT_EQ(FindRoute(To("localhost:4566", "/restapis/abc/resources")).id, "apigateway");
  auto form = To("localhost:4566", "/");
  form.body = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15";
  EXPECT_EQ(FindRoute(form).id, "sts");
  EXPECT_EQ(FindRoute(To("localhost:4566", "/")).id, "");
}

TEST(RouteTest, DeployedApisAreReachedByHostAndByBothPathForms) {
  for (const auto& request :
       {To("abc123.execute-api.us-east-1.amazonaws.com", "/Prod/users/1"),
        To("abc123.execute-api.localhost.localstack.cloud:4566", "/Prod/users/1"),
        To("abc123-vpce-1.execute-api.localhost", "/Prod/users/1"),
        To("localhost:4566", "/_aws/execute-api/abc123/Prod/users/1"),
        To("localhost:4566", "/restapis/abc123/Prod/_user_request_/users/1")}) {
    const Route route = FindRoute(request);
    EXPECT_EQ(route.door, Door::kExecuteApi) << request.host << request.path;
    EXPECT_EQ(route.id, "abc123");
    EXPECT_EQ(route.path, "/Prod/users/1");
  }
}

TEST(RouteTest, TheIssuerIsFoundByItsPoolId) {
  for (const char* host :
       {"cognito-idp.us-east-1.amazonaws.com", "localhost:4566", "127.0.0.1:4566"}) {
    const Route route = FindRoute(To(host, "/us-east-1_AbCdEfGhI/.well-known/jwks.json"));
    EXPECT_EQ(route.door, Door::kCognitoIssuer);
    EXPECT_EQ(route.id, "us-east-1_AbCdEfGhI");
    EXPECT_EQ(route.path, "/.well-known/jwks.json");
  }
}

TEST(RouteTest, HostedPagesAndOwnPagesHaveTheirDoors) {
  EXPECT_EQ(FindRoute(To("my-app.auth.us-east-1.amazoncognito.com", "/login")).door,
            Door::kHostedUi);
  EXPECT_EQ(FindRoute(To("my-app.auth.us-east-1.amazoncognito.com", "/login")).id, "my-app");
  EXPECT_EQ(FindRoute(To("localhost:4566", "/_localstack/health")).door, Door::kInternal);
  EXPECT_EQ(FindRoute(To("localhost:4566", "/_fractus/inbox")).door, Door::kInbox);
  EXPECT_EQ(FindRoute(To("localhost:4566", "/_aws/ses")).door, Door::kInbox);
  EXPECT_EQ(FindRoute(To("localhost:4566", "/_aws/sns/sms-messages")).door, Door::kInbox);
}

TEST(RouteTest, ForeignNamesAreNotTrusted) {
  for (const char* host : {"localhost", "127.0.0.1", "::1", "fractus", "api.localhost",
                           "x.localhost.localstack.cloud", "dynamodb.us-east-1.amazonaws.com"})
    EXPECT_TRUE(IsTrustedHost(host)) << host;
  for (const char* host :
       {"evil.example.com", "localhost.evil.com", "amazonaws.com.evil.com", "notamazonaws.com"})
    EXPECT_FALSE(IsTrustedHost(host)) << host;
  EXPECT_TRUE(IsTrustedOrigin("http://localhost:3000"));
  EXPECT_FALSE(IsTrustedOrigin("https://evil.example.com"));
  EXPECT_FALSE(IsTrustedOrigin("null"));
}

TEST(RouteTest, HostHeadersLoseTheirPort) {
  EXPECT_EQ(HostName("LOCALHOST:4566"), "localhost");
  EXPECT_EQ(HostName("[::1]:4566"), "::1");
  EXPECT_EQ(HostName("localhost"), "localhost");
}

}  // namespace
}  // namespace fractus::http
