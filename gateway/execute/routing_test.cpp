#include "gateway/execute/path_tree.h"
#include "gateway/execute/test_execution.h"

namespace fractus::gateway::execute {
namespace {

TEST(PathTree, LiteralPartsWinOverVariablesAndThoseOverGreedyOnes) {
  PathTree<std::string> tree;
  for (const char* const path :
       {"/", "/users", "/users/{id}", "/users/me", "/users/{id}/notes", "/{proxy+}"}) {
    tree.Add(path, path);
  }
  PathParameters parameters;
  const auto find = [&](const char* path) -> std::string {
    const std::string* const found = tree.Find(path, parameters);
    return found == nullptr ? "nothing" : *found;
  };
  EXPECT_EQ(find("/"), "/");
  EXPECT_EQ(find("/users"), "/users");
  EXPECT_EQ(find("/users/"), "/users");
  EXPECT_EQ(find("/users/me"), "/users/me");
  EXPECT_EQ(find("/users/7"), "/users/{id}");
  EXPECT_EQ(parameters, (PathParameters{{"id", "7"}}));
  EXPECT_EQ(find("/users/me/notes"), "/users/{id}/notes");
  EXPECT_EQ(parameters, (PathParameters{{"id", "me"}}));
  EXPECT_EQ(find("/users/7/other"), "/{proxy+}");
  EXPECT_EQ(parameters, (PathParameters{{"proxy", "users/7/other"}}));
  EXPECT_EQ(find("/a//b/"), "/{proxy+}");
  EXPECT_EQ(parameters, (PathParameters{{"proxy", "a//b"}}));
  EXPECT_EQ(find("/us%65rs"), "/users");
}

TEST(PathTree, AGreedyVariableWantsAtLeastOnePart) {
  PathTree<int> tree;
  tree.Add("/files/{path+}", 1);
  PathParameters parameters;
  EXPECT_EQ(tree.Find("/files", parameters), nullptr);
  EXPECT_NE(tree.Find("/files/a/b", parameters), nullptr);
}

class RoutingTest : public ExecutionTest {
 protected:
  RoutingTest() {
    Function("f", {{"statusCode", 200}});
    Function("any", {{"statusCode", 201}});
  }
};

TEST_F(RoutingTest, TheExactMethodWinsOverAny) {
  DeployApi(Description({{"/a", {{"get", "f"}, {"x-amazon-apigateway-any-method", "any"}}}}));
  EXPECT_EQ(Send("GET", "/Prod/a").status, 200);
  EXPECT_EQ(Send("PATCH", "/Prod/a").status, 201);
}

// Source: test_apigateway_common, test_routing_not_found
TEST_F(RoutingTest, UnknownPathsAndMethodsAreMissingTokens) {
  DeployApi(Description({{"/a", {{"get", "f"}}}}));
  for (const auto& [method, path] : {std::pair{"GET", "/Prod/b"}, {"POST", "/Prod/a"}}) {
    const HttpResponse response = Send(method, path);
    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(response.body, R"({"message":"Missing Authentication Token"})");
    EXPECT_EQ(response.headers.Get("x-amzn-ErrorType"), "MissingAuthenticationTokenException");
    EXPECT_EQ(response.headers.Get("x-amzn-RequestId"), "request-1");
    EXPECT_EQ(response.headers.Get("Content-Type"), "application/json");
    EXPECT_EQ(response.headers.Get("x-amz-apigw-id").size(), 16u);
    EXPECT_FALSE(response.headers.Find("X-Amzn-Trace-Id"));
    EXPECT_NE(response.log_reason, "");
  }
}

TEST_F(RoutingTest, AnUnknownStageIsForbidden) {
  DeployApi(Description({{"/a", {{"get", "f"}}}}));
  for (const char* const path : {"/Other/a", "/"}) {
    const HttpResponse response = Send("GET", path);
    EXPECT_EQ(response.status, 403);
    EXPECT_EQ(response.body, R"({"message":"Forbidden"})");
    EXPECT_EQ(response.headers.Get("x-amzn-ErrorType"), "ForbiddenException");
  }
}

TEST_F(RoutingTest, AnUnknownApiIsNotFound) {
  api_id_ = "nope";
  const HttpResponse response = Send("GET", "/Prod/a");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(
      response.body,
      "{\"message\":\"The API id 'nope' does not correspond to a deployed API Gateway API\"}");
}

TEST_F(RoutingTest, ChangesAreServedOnlyOnceDeployed) {
  DeployApi(Description({{"/a", {{"get", "f"}}}}));
  EXPECT_EQ(Send("GET", "/Prod/a").status, 200);
  const json changed = Description({{"/a", {{"get", "any"}}}});
  Ok("PutRestApi", {{"restApiId", "api1"}, {"mode", "overwrite"}, {"body", changed.dump()}});
  EXPECT_EQ(Send("GET", "/Prod/a").status, 200);
  Redeploy(changed);
  EXPECT_EQ(Send("GET", "/Prod/a").status, 201);
  Ok("DeleteRestApi", {{"restApiId", "api1"}});
  EXPECT_EQ(Send("GET", "/Prod/a").status, 404);
}

TEST_F(RoutingTest, TheStageIsTheWholePathOfTheRoot) {
  DeployApi(Description({{"/", {{"get", "f"}}}}));
  EXPECT_EQ(Send("GET", "/Prod").status, 200);
  EXPECT_EQ(LastEvent().at("path"), "/");
  EXPECT_EQ(Send("GET", "/Prod/").status, 200);
}

TEST_F(RoutingTest, LambdaIsCalledAsApiGatewayWithTheResourcesArn) {
  DeployApi(Description({{"/users/{id}", {{"get", "f"}}}}));
  Send("GET", "/Prod/users/7");
  const ports::Invocation& call = invoker_.calls.back();
  EXPECT_EQ(call.principal, "apigateway.amazonaws.com");
  EXPECT_EQ(call.source_arn, "arn:aws:execute-api:us-east-1:000000000000:api1/Prod/GET/users/*");
  EXPECT_EQ(call.function, "arn:aws:lambda:us-east-1:000000000000:function:f");
}

TEST_F(RoutingTest, StageVariablesNameTheFunction) {
  DeployApi(Description({{"/a", {{"get", "${stageVariables.which}"}}}}));
  EXPECT_EQ(Send("GET", "/Prod/a").status, 500);
  PatchStage(R"([{"op": "replace", "path": "/variables/which", "value": "any"}])");
  EXPECT_EQ(Send("GET", "/Prod/a").status, 201);
  EXPECT_EQ(LastEvent().at("stageVariables"), json({{"which", "any"}}));
}

TEST_F(RoutingTest, AResourcePolicyDeniesAndAllows) {
  json description = Description({{"/a", {{"get", "f"}}}, {"/b", {{"get", "f"}}}});
  description["x-amazon-apigateway-policy"] = json::parse(R"({"Version": "2012-10-17",
      "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",
                     "Resource": "execute-api:/Prod/GET/a",
                     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}]})");
  DeployApi(description);
  EXPECT_EQ(Send("GET", "/Prod/a").status, 200);
  const HttpResponse denied = Send("GET", "/Prod/b");
  EXPECT_EQ(denied.status, 403);
  EXPECT_EQ(denied.body,
            R"({"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on )"
            R"(resource: arn:aws:execute-api:us-east-1:********0000:api1/Prod/GET/b"})");
}

TEST_F(RoutingTest, WhatIsNotEmulatedFailsByName) {
  json http = {{"x-amazon-apigateway-integration",
                {{"type", "http_proxy"}, {"httpMethod", "GET"}, {"uri", "http://example.com"}}}};
  DeployApi(Description({{"/http", {{"get", http}}}}));
  const HttpResponse response = Send("GET", "/Prod/http");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body, R"({"message": "Internal server error"})");
  EXPECT_EQ(response.log_reason,
            "500: integration type HTTP_PROXY (http://example.com) is not emulated");
}

TEST_F(RoutingTest, RequiredParametersAreChecked) {
  json description = Description({{"/a", {{"get", "f"}}}});
  description["x-amazon-apigateway-request-validators"] = {
      {"params", {{"validateRequestParameters", true}, {"validateRequestBody", false}}}};
  description["x-amazon-apigateway-request-validator"] = "params";
  description["paths"]["/a"]["get"]["parameters"] =
      json::parse(R"([{"name": "q", "in": "query", "required": true},
                      {"name": "X-H", "in": "header", "required": true}])");
  DeployApi(description);
  const HttpResponse response = Send("GET", "/Prod/a", {{"x-h", "1"}});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, R"({"message":"Missing required request parameters: [q]"})");
  EXPECT_EQ(Send("GET", "/Prod/a?q=1", {{"x-h", "1"}}).status, 200);
}

}  // namespace
}  // namespace fractus::gateway::execute
