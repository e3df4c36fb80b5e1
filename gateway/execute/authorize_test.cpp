#include "gateway/execute/authorize.h"

#include "gateway/execute/test_execution.h"

namespace fractus::gateway::execute {
namespace {

class AuthorizeTest : public ExecutionTest {
 protected:
  AuthorizeTest() { Function("f", {{"statusCode", 200}}); }

  // /users and /users/{id} behind an authorizer with these further members.
  static json Guarded(const json& more = json::object()) {
    json description = Description({{"/users", {{"get", "f"}}}, {"/users/{id}", {{"get", "f"}}}});
    json authorizer = {{"type", "token"}, {"authorizerUri", LambdaUri("auth")}};
    authorizer.update(more);
    description["securityDefinitions"]["Guard"] = {{"type", "apiKey"},
                                                   {"name", "Authorization"},
                                                   {"in", "header"},
                                                   {"x-amazon-apigateway-authorizer", authorizer}};
    description["security"] = json::parse(R"([{"Guard": []}])");
    return description;
  }

  static json Policy(const std::string& effect, const json& resource) {
    return {{"Version", "2012-10-17"},
            {"Statement",
             {{{"Action", "execute-api:Invoke"}, {"Effect", effect}, {"Resource", resource}}}}};
  }

  // The authorizer lets callers read this path.
  void Allow(const std::string& path, const json& context = nullptr) {
    json answer = {{"principalId", "user-1"},
                   {"policyDocument", Policy("Allow", json::array({Arn(path)}))}};
    if (!context.is_null()) answer["context"] = context;
    Function("auth", answer);
  }
  static std::string Arn(const std::string& path) {
    return "arn:aws:execute-api:us-east-1:000000000000:api1/Prod/GET" + path;
  }

  HttpResponse Get(const std::string& path, const std::string& token = "t1") {
    return Send("GET", "/Prod" + path, {{"authorization", token}});
  }

  static void ExpectConfigurationError(const HttpResponse& response) {
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.body, R"({"message":null})");
    EXPECT_EQ(response.headers.Get("x-amzn-ErrorType"), "AuthorizerConfigurationException");
  }
  static void ExpectUnauthorized(const HttpResponse& response) {
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(response.body, R"({"message":"Unauthorized"})");
    EXPECT_EQ(response.headers.Get("x-amzn-ErrorType"), "UnauthorizedException");
  }
};

TEST_F(AuthorizeTest, WithoutATokenNobodyIsAsked) {
  DeployApi(Guarded());
  Allow("/users");
  ExpectUnauthorized(Send("GET", "/Prod/users"));
  ExpectUnauthorized(Get("/users", ""));
  EXPECT_TRUE(invoker_.calls.empty());
}

TEST_F(AuthorizeTest, TheAuthorizerGetsTheTokenAndTheRealPath) {
  DeployApi(Guarded());
  Allow("/users/7");
  EXPECT_EQ(Get("/users/7").status, 200);
  ASSERT_EQ(invoker_.calls.size(), 2u);
  EXPECT_EQ(
      json::parse(invoker_.calls[0].payload),
      json({{"type", "TOKEN"}, {"methodArn", Arn("/users/7")}, {"authorizationToken", "t1"}}));
  EXPECT_EQ(invoker_.calls[0].principal, "apigateway.amazonaws.com");
  const json id = Ok("GetAuthorizers", {{"restApiId", "api1"}}).at("items")[0].at("id");
  EXPECT_EQ(invoker_.calls[0].source_arn,
            "arn:aws:execute-api:us-east-1:000000000000:api1/authorizers/" + id.get<std::string>());
}

TEST_F(AuthorizeTest, TheFunctionGetsPrincipalAndContextAsTexts) {
  DeployApi(Guarded());
  Allow("/users", {{"name", "Ann"}, {"age", 7}, {"admin", true}});
  Get("/users");
  EXPECT_EQ(LastEvent().at("requestContext").at("authorizer"),
            json::parse(R"({"principalId": "user-1", "integrationLatency": 0,
                            "name": "Ann", "age": "7", "admin": "true"})"));
}

TEST_F(AuthorizeTest, AnImplicitDenyNamesWhatIsAllowed) {
  DeployApi(Guarded());
  Allow("/users/7");
  const HttpResponse response = Get("/users");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.body, R"({"Message":"User is not authorized to access this resource"})");
  EXPECT_EQ(response.headers.Get("x-amzn-ErrorType"), "AccessDeniedException");
  EXPECT_EQ(response.log_reason,
            "403: the authorizer's policy: statement 1 allows only GET /users/7; nothing allows "
            "GET /users");
}

TEST_F(AuthorizeTest, AnExplicitDenySaysSo) {
  DeployApi(Guarded());
  Function("auth", {{"principalId", "u"}, {"policyDocument", Policy("Deny", "*")}});
  const HttpResponse response = Get("/users");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(
      response.body,
      R"({"Message":"User is not authorized to access this resource with an explicit deny"})");
  EXPECT_EQ(response.log_reason, "403: the authorizer's policy: statement 1 denies GET /users");
}

TEST_F(AuthorizeTest, OnlyTheErrorUnauthorizedIsUnauthorized) {
  DeployApi(Guarded());
  FailingFunction("auth", "Unauthorized");
  ExpectUnauthorized(Get("/users"));
  FailingFunction("auth", "unauthorized user");
  ExpectConfigurationError(Get("/users"));
}

TEST_F(AuthorizeTest, AnAuthorizerThatCannotBeCalledIsAConfigurationError) {
  DeployApi(Guarded());
  const HttpResponse response = Get("/users");
  ExpectConfigurationError(response);
  EXPECT_EQ(response.log_reason,
            "500: authorizer Guard could not be called: ResourceNotFoundException: Function not "
            "found: auth");
}

TEST_F(AuthorizeTest, WrongAnswersAreConfigurationErrors) {
  DeployApi(Guarded());
  const json policy = Policy("Allow", "*");
  for (const json& answer :
       {json(nullptr), json("text"), json::object(), json({{"policyDocument", policy}}),
        json({{"principalId", "u"}}), json({{"principalId", 7}, {"policyDocument", policy}}),
        json({{"principalId", "u"}, {"policyDocument", "text"}}),
        json({{"principalId", "u"},
              {"policyDocument", policy},
              {"context", {{"a", json::object()}}}})}) {
    Function("auth", answer);
    ExpectConfigurationError(Get("/users"));
  }
  EXPECT_EQ(invoker_.Count("f"), 0);
}

TEST_F(AuthorizeTest, ResultsAreKeptByTokenFor300Seconds) {
  DeployApi(Guarded());
  Allow("/users");
  EXPECT_EQ(Get("/users").status, 200);
  EXPECT_EQ(Get("/users").status, 200);
  EXPECT_EQ(invoker_.Count("auth"), 1);
  EXPECT_EQ(Get("/users", "t2").status, 200);
  EXPECT_EQ(invoker_.Count("auth"), 2);
  clock_.Advance(std::chrono::seconds(299));
  Get("/users");
  EXPECT_EQ(invoker_.Count("auth"), 2);
  clock_.Advance(std::chrono::seconds(1));
  Get("/users");
  EXPECT_EQ(invoker_.Count("auth"), 3);
}

TEST_F(AuthorizeTest, AKeptPolicyIsAppliedToEachRequest) {
  DeployApi(Guarded());
  Allow("/users/7");
  EXPECT_EQ(Get("/users/7").status, 200);
  EXPECT_EQ(Get("/users/8").status, 403);
  EXPECT_EQ(Get("/users/7").status, 200);
  EXPECT_EQ(invoker_.Count("auth"), 1);
}

TEST_F(AuthorizeTest, FailuresAreNotKept) {
  DeployApi(Guarded());
  FailingFunction("auth", "Unauthorized");
  Get("/users");
  Allow("/users");
  EXPECT_EQ(Get("/users").status, 200);
}

TEST_F(AuthorizeTest, ATimeOfZeroKeepsNothing) {
  DeployApi(Guarded({{"authorizerResultTtlInSeconds", 0}}));
  Allow("/users");
  Get("/users");
  Get("/users");
  EXPECT_EQ(invoker_.Count("auth"), 2);
}

TEST_F(AuthorizeTest, DeployingAndFlushingForgetResults) {
  DeployApi(Guarded());
  Allow("/users");
  Get("/users");
  Redeploy(Guarded());
  Get("/users");
  EXPECT_EQ(invoker_.Count("auth"), 2);
  Ok("FlushStageAuthorizersCache", {{"restApiId", "api1"}, {"stageName", "Prod"}});
  Get("/users");
  EXPECT_EQ(invoker_.Count("auth"), 3);
}

TEST_F(AuthorizeTest, TheValidationExpressionIsAskedFirst) {
  DeployApi(Guarded({{"identityValidationExpression", "^Bearer [a-z]+$"}}));
  Allow("/users");
  ExpectUnauthorized(Get("/users", "t1"));
  EXPECT_EQ(invoker_.Count("auth"), 0);
  EXPECT_EQ(Get("/users", "Bearer abc").status, 200);
}

TEST_F(AuthorizeTest, PolicyConditionsSeeTheCaller) {
  DeployApi(Guarded());
  json policy = Policy("Allow", "*");
  policy["Statement"][0]["Condition"] =
      json::parse(R"({"IpAddress": {"aws:SourceIp": "203.0.113.9"}})");
  Function("auth", {{"principalId", "u"}, {"policyDocument", policy}});
  EXPECT_EQ(Get("/users").status, 200);
}

TEST_F(AuthorizeTest, ARequestAuthorizerGetsTheRequest) {
  DeployApi(Guarded(
      {{"type", "request"},
       {"identitySource", "method.request.header.Authorization, method.request.querystring.who"}}));
  Allow("/users");
  ExpectUnauthorized(Get("/users"));
  EXPECT_EQ(Get("/users?who=me").status, 200);
  const json event = json::parse(invoker_.calls[0].payload);
  EXPECT_EQ(event.at("type"), "REQUEST");
  EXPECT_EQ(event.at("methodArn"), Arn("/users"));
  EXPECT_EQ(event.at("queryStringParameters"), json({{"who", "me"}}));
  EXPECT_EQ(event.at("pathParameters"), json::object());
  EXPECT_EQ(event.at("headers").at("authorization"), "t1");
  EXPECT_FALSE(event.contains("body"));
  EXPECT_EQ(Get("/users?who=you").status, 200);
  EXPECT_EQ(invoker_.Count("auth"), 2);
}

TEST_F(AuthorizeTest, UserPoolAuthorizersFailByName) {
  json description = Guarded();
  description["securityDefinitions"]["Guard"]["x-amazon-apigateway-authorizer"] = {
      {"type", "cognito_user_pools"},
      {"providerARNs", {"arn:aws:cognito-idp:us-east-1:000000000000:userpool/p"}}};
  DeployApi(description);
  const HttpResponse response = Get("/users");
  EXPECT_EQ(response.status, 500);
  EXPECT_NE(response.log_reason.find("COGNITO_USER_POOLS"), std::string::npos);
}

}  // namespace
}  // namespace fractus::gateway::execute
