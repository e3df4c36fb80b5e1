#include "gateway/execute/json_text.h"
#include "gateway/execute/test_execution.h"

namespace fractus::gateway::execute {
namespace {

TEST(JsonText, EscapesAndReplacesWhatIsNoUtf8) {
  std::string out;
  AppendQuoted(out, "a\"b\\c\n\x01\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(out, "\"a\\\"b\\\\c\\n\\u0001\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\"");
  for (const char* const broken : {"\xFF", "\xC3", "\xE2\x82", "\xED\xA0\x80", "\xC0\x80"}) {
    out.clear();
    AppendQuoted(out, broken);
    EXPECT_TRUE(json::accept(out)) << out;
    EXPECT_NE(out.find("\xEF\xBF\xBD"), std::string::npos);
  }
}

class ProxyTest : public ExecutionTest {
 protected:
  void DeployProxy() {
    DeployApi(Description({{"/{proxy+}", {{"x-amazon-apigateway-any-method", "f"}}}}));
  }

  // What the client gets when the function answers with this.
  HttpResponse Answer(const json& answer, std::vector<HttpHeaders::Field> headers = {}) {
    if (deployment_.empty()) DeployProxy();
    Function("f", answer);
    return Send("GET", "/Prod/a", std::move(headers));
  }
};

// Source: test_apigateway_lambda, test_lambda_aws_proxy_integration
TEST_F(ProxyTest, TheEventHasEveryFieldOfVersion1) {
  DeployApi(Description({{"/users/{id}", {{"post", "f"}}}}));
  Function("f", {{"statusCode", 200}});
  Send("POST", "/Prod/users/7?a=1&a=2&b=x%20y+z",
       {{"Host", "api1.execute-api.us-east-1.amazonaws.com"},
        {"tEsT-HEADeR", "aValUE"},
        {"User-Agent", "test/1"},
        {"X-Two", "1"},
        {"x-two", "2"},
        {"Content-Length", "5"},
        {"Connection", "keep-alive"}},
       "{\"n\"}");
  json event = LastEvent();
  const std::string trace = event["headers"]["X-Amzn-Trace-Id"].get<std::string>();
  EXPECT_TRUE(trace.starts_with("Root=1-695735a5-")) << trace;
  const json extended_id = event["requestContext"]["extendedRequestId"];
  const json resource_id = event["requestContext"]["resourceId"];
  json expected = json::parse(R"json({
    "resource": "/users/{id}",
    "path": "/users/7",
    "httpMethod": "POST",
    "headers": {
      "Host": "api1.execute-api.us-east-1.amazonaws.com",
      "tEsT-HEADeR": "aValUE",
      "User-Agent": "test/1",
      "X-Two": "2",
      "X-Forwarded-For": "203.0.113.9",
      "X-Forwarded-Port": "443",
      "X-Forwarded-Proto": "https"
    },
    "multiValueHeaders": {
      "Host": ["api1.execute-api.us-east-1.amazonaws.com"],
      "tEsT-HEADeR": ["aValUE"],
      "User-Agent": ["test/1"],
      "X-Two": ["1", "2"],
      "X-Forwarded-For": ["203.0.113.9"],
      "X-Forwarded-Port": ["443"],
      "X-Forwarded-Proto": ["https"]
    },
    "queryStringParameters": {"a": "2", "b": "x y z"},
    "multiValueQueryStringParameters": {"a": ["1", "2"], "b": ["x y z"]},
    "pathParameters": {"id": "7"},
    "stageVariables": null,
    "requestContext": {
      "resourcePath": "/users/{id}",
      "httpMethod": "POST",
      "requestTime": "02/Jan/2026:03:04:05 +0000",
      "path": "/Prod/users/7",
      "accountId": "000000000000",
      "protocol": "HTTP/1.1",
      "stage": "Prod",
      "domainPrefix": "api1",
      "requestTimeEpoch": 1767323045678,
      "requestId": "request-1",
      "identity": {
        "cognitoIdentityPoolId": null, "accountId": null, "cognitoIdentityId": null,
        "caller": null, "sourceIp": "203.0.113.9", "principalOrgId": null, "accessKey": null,
        "cognitoAuthenticationType": null, "cognitoAuthenticationProvider": null,
        "userArn": null, "userAgent": "test/1", "user": null
      },
      "domainName": "api1.execute-api.us-east-1.amazonaws.com",
      "apiId": "api1"
    },
    "body": "{\"n\"}",
    "isBase64Encoded": false
  })json");
  expected["headers"]["X-Amzn-Trace-Id"] = trace;
  expected["multiValueHeaders"]["X-Amzn-Trace-Id"] = {trace};
  expected["requestContext"]["extendedRequestId"] = extended_id;
  expected["requestContext"]["resourceId"] = resource_id;
  expected["requestContext"]["deploymentId"] = deployment_;
  EXPECT_EQ(event, expected) << json::diff(event, expected).dump(1);
}

TEST_F(ProxyTest, AbsentMapsAndBodiesAreNull) {
  DeployApi(Description({{"/a", {{"get", "f"}}}}));
  Function("f", {{"statusCode", 200}});
  Send("GET", "/Prod/a");
  const json event = LastEvent();
  for (const char* const member : {"queryStringParameters", "multiValueQueryStringParameters",
                                   "pathParameters", "stageVariables", "body"}) {
    EXPECT_TRUE(event.at(member).is_null()) << member;
  }
  EXPECT_TRUE(event.at("requestContext").at("identity").at("userAgent").is_null());
  EXPECT_FALSE(event.at("requestContext").contains("authorizer"));
}

// Source: test_apigateway_lambda, test_lambda_aws_proxy_integration
TEST_F(ProxyTest, PathsKeepTheirSpelling) {
  DeployProxy();
  Function("f", {{"statusCode", 200}});
  struct Case {
    const char* sent;
    const char* path;
    const char* proxy;
    const char* full_path;
  };
  for (const Case& c : {
           Case{"/Prod/v/", "/v/", "v", "/Prod/v/"},
           Case{"/Prod/v//w", "/v//w", "v//w", "/Prod/v//w"},
           Case{"//Prod/v", "/v", "v", "/Prod/v"},
           Case{"/Prod//v", "/v", "v", "/Prod//v"},
           Case{"/Prod/a%2Bb@c/d+e", "/a%2Bb@c/d+e", "a%2Bb@c/d+e", "/Prod/a%2Bb@c/d+e"},
       }) {
    Send("GET", c.sent);
    const json event = LastEvent();
    EXPECT_EQ(event.at("path"), c.path);
    EXPECT_EQ(event.at("pathParameters").at("proxy"), c.proxy);
    EXPECT_EQ(event.at("requestContext").at("path"), c.full_path);
  }
}

TEST_F(ProxyTest, BinaryBodiesAreEncodedForBinaryMediaTypes) {
  json description = Description({{"/a", {{"post", "f"}}}});
  description["x-amazon-apigateway-binary-media-types"] = {"image/*"};
  DeployApi(description);
  Function("f", {{"statusCode", 200}, {"body", "aGk="}, {"isBase64Encoded", true}});
  const HttpResponse text = Send("POST", "/Prod/a", {{"Content-Type", "text/plain"}}, "hi");
  EXPECT_EQ(LastEvent().at("isBase64Encoded"), false);
  EXPECT_EQ(text.body, "aGk=");
  const HttpResponse image = Send(
      "POST", "/Prod/a", {{"Content-Type", "image/png; x=y"}, {"Accept", "image/png, */*"}}, "hi");
  EXPECT_EQ(LastEvent().at("isBase64Encoded"), true);
  EXPECT_EQ(LastEvent().at("body"), "aGk=");
  EXPECT_EQ(image.body, "hi");
}

TEST_F(ProxyTest, AnAnswerBecomesAResponse) {
  const HttpResponse response = Answer({{"statusCode", 201},
                                        {"headers", {{"X-One", "1"}, {"x-flag", true}}},
                                        {"multiValueHeaders", {{"Set-Cookie", {"a=1", "b=2"}}}},
                                        {"body", "hello"}});
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, "hello");
  EXPECT_EQ(response.headers.Get("Content-Type"), "application/json");
  EXPECT_EQ(response.headers.Get("X-One"), "1");
  EXPECT_EQ(response.headers.Get("x-flag"), "true");
  EXPECT_EQ(std::count_if(response.headers.begin(), response.headers.end(),
                          [](const auto& field) { return field.first == "Set-Cookie"; }),
            2);
  EXPECT_EQ(response.headers.Get("x-amzn-RequestId"), "request-1");
  EXPECT_TRUE(response.headers.Get("X-Amzn-Trace-Id").starts_with("Root=1-"));
  EXPECT_FALSE(response.headers.Find("x-amzn-ErrorType"));
  EXPECT_EQ(response.log_reason, "");
}

// Source: test_apigateway_lambda, test_aws_proxy_response_payload_format_validation
TEST_F(ProxyTest, MultiValueHeadersComeFirstAndGiveTheSpelling) {
  const HttpResponse response = Answer({{"headers", {{"test-multi", "value-solo"}}},
                                        {"multiValueHeaders", {{"tesT-Multi", {"value-multi"}}}}});
  std::vector<HttpHeaders::Field> fields;
  for (const auto& field : response.headers) {
    if (EqualsIgnoreCase(field.first, "test-multi")) fields.emplace_back(field.first, field.second);
  }
  EXPECT_EQ(fields, (std::vector<HttpHeaders::Field>{{"tesT-Multi", "value-multi"},
                                                     {"tesT-Multi", "value-solo"}}));
}

TEST_F(ProxyTest, LenientAnswersAreTaken) {
  for (const char* const answer :
       {"{}", R"({"statusCode": "201"})", R"({"statusCode": 200, "headers": null})",
        R"({"headers": {"a": "b"}})", R"({"statusCode": 200, "body": null})"}) {
    const HttpResponse response = Answer(json::parse(answer));
    EXPECT_LT(response.status, 300) << answer;
    EXPECT_EQ(response.body, "") << answer;
  }
}

TEST_F(ProxyTest, MalformedAnswersAreBadGateways) {
  for (const char* const answer :
       {"null", "\"text\"", "[]", R"({"statusCode": 200, "other": 1})", R"({"statusCode": "ok"})",
        R"({"statusCode": 99})", R"({"statusCode": 200, "body": {}})",
        R"({"statusCode": 200, "headers": []})", R"({"statusCode": 200, "headers": {"a": {}}})",
        R"({"statusCode": 200, "headers": {"a": "b\r\nc: d"}})",
        R"({"statusCode": 200, "headers": {"a b": "c"}})",
        R"({"statusCode": 200, "multiValueHeaders": {"a": "b"}})"}) {
    const HttpResponse response = Answer(json::parse(answer));
    EXPECT_EQ(response.status, 502) << answer;
    EXPECT_EQ(response.body, R"({"message": "Internal server error"})");
    EXPECT_EQ(response.headers.Get("x-amzn-ErrorType"), "InternalServerErrorException");
    EXPECT_TRUE(response.log_reason.starts_with("502: malformed Lambda proxy response: "));
  }
}

TEST_F(ProxyTest, ForbiddenHeadersAreRemapped) {
  const HttpResponse response =
      Answer({{"headers", {{"Server", "mine"}, {"WWW-Authenticate", "Basic"}}}});
  EXPECT_EQ(response.headers.Get("x-amzn-Remapped-Server"), "mine");
  EXPECT_EQ(response.headers.Get("x-amzn-Remapped-WWW-Authenticate"), "Basic");
  EXPECT_FALSE(response.headers.Find("Server"));
}

TEST_F(ProxyTest, AFunctionErrorIsABadGateway) {
  DeployProxy();
  FailingFunction("f", "boom");
  const HttpResponse response = Send("GET", "/Prod/a");
  EXPECT_EQ(response.status, 502);
  EXPECT_EQ(response.body, R"({"message": "Internal server error"})");
  EXPECT_NE(response.log_reason.find("boom"), std::string::npos);
}

TEST_F(ProxyTest, ARefusedInvokeIsAnInternalError) {
  DeployProxy();
  const HttpResponse response = Send("GET", "/Prod/a");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body, R"({"message": "Internal server error"})");
  EXPECT_EQ(response.log_reason,
            "500: Invoke was refused: ResourceNotFoundException: Function not found: f");
}

TEST_F(ProxyTest, ASlowFunctionIsAGatewayTimeout) {
  json operation = Lambda("never");
  operation["x-amazon-apigateway-integration"]["timeoutInMillis"] = 50;
  DeployApi(Description({{"/a", {{"get", operation}}}}));
  const HttpResponse response = Send("GET", "/Prod/a");
  EXPECT_EQ(response.status, 504);
  EXPECT_EQ(response.body, R"({"message": "Endpoint request timed out"})");
}

TEST_F(ProxyTest, AMockAnswersPreflightRequests) {
  const json mock = json::parse(R"({
    "responses": {"200": {"headers": {"Access-Control-Allow-Origin": {"type": "string"}}}},
    "x-amazon-apigateway-integration": {
      "type": "mock",
      "requestTemplates": {"application/json": "{statusCode:200}"},
      "responses": {"default": {"statusCode": "200",
        "responseParameters": {"method.response.header.Access-Control-Allow-Origin": "'*'"},
        "responseTemplates": {"application/json": "{\"id\": \"$context.requestId\"}"}}}
    }})");
  DeployApi(Description({{"/a", {{"options", mock}}}}));
  const HttpResponse response = Send("OPTIONS", "/Prod/a");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.Get("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(response.body, R"({"id": "request-1"})");
  EXPECT_FALSE(response.headers.Find("X-Amzn-Trace-Id"));
}

TEST_F(ProxyTest, TemplatesBeyondTheEmulatedPartFailByName) {
  const json mock = json::parse(R"({
    "x-amazon-apigateway-integration": {"type": "mock",
      "requestTemplates": {"application/json": "#set($a = 1){\"statusCode\": 200}"}}})");
  DeployApi(Description({{"/a", {{"get", mock}}}}));
  const HttpResponse response = Send("GET", "/Prod/a");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.log_reason,
            "500: MOCK integration: mapping templates with #set are not emulated");
}

TEST_F(ProxyTest, GatewayResponsesReplaceAwsOwn) {
  json description = Description({{"/a", {{"get", "f"}}}});
  description["x-amazon-apigateway-gateway-responses"] = json::parse(R"({
    "MISSING_AUTHENTICATION_TOKEN": {"statusCode": 404,
      "responseParameters": {"gatewayresponse.header.X-Asked": "method.request.header.Accept"},
      "responseTemplates": {"application/json":
          "{\"why\": $context.error.messageString, \"type\": \"$context.error.responseType\"}"}},
    "DEFAULT_5XX": {"responseParameters":
        {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}}})");
  DeployApi(description);
  const HttpResponse missing = Send("GET", "/Prod/b", {{"Accept", "text/x"}});
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.body,
            R"({"why": "Missing Authentication Token", "type": "MISSING_AUTHENTICATION_TOKEN"})");
  EXPECT_EQ(missing.headers.Get("X-Asked"), "text/x");
  FailingFunction("f", "boom");
  const HttpResponse failed = Send("GET", "/Prod/a");
  EXPECT_EQ(failed.status, 502);
  EXPECT_EQ(failed.body, R"({"message": "Internal server error"})");
  EXPECT_EQ(failed.headers.Get("Access-Control-Allow-Origin"), "*");
}

TEST_F(ProxyTest, AccessLogLinesFollowTheFormat) {
  DeployProxy();
  Function("f", {{"statusCode", 400}, {"body", "hello"}});
  PatchStage(R"([{"op": "replace", "path": "/accessLogSettings/destinationArn",
                  "value": "arn:aws:logs:us-east-1:000000000000:log-group:/my/log:*"},
                 {"op": "replace", "path": "/accessLogSettings/format",
                  "value": "$context.requestId [$context.requestTime] $context.httpMethod $context.routeKey $context.status $context.integrationStatus $context.integrationLatency $context.responseLength $context.error.message. $context.identity.sourceIp"}])");
  Send("GET", "/Prod/a");
  Send("GET", "/Prod/");
  const auto& lines = logs_.lines;
  ASSERT_EQ(lines.size(), 2u);
  const std::string where =
      "000000000000 us-east-1 /my/log cfcd208495d565ef66e7dff9f98764da request-1 "
      "[02/Jan/2026:03:04:05 +0000] GET - ";
  EXPECT_EQ(lines[0], where + "400 200 0 5 -. 203.0.113.9");
  EXPECT_EQ(lines[1], where + "403 - - 42 Missing Authentication Token. 203.0.113.9");
}

}  // namespace
}  // namespace fractus::gateway::execute
