#include "gateway/test_gateway.h"

namespace fractus::gateway {
namespace {

class ResourcesTest : public GatewayTest {
 protected:
  ResourcesTest() {
    const json api = Ok("CreateRestApi", {{"name", "a"}});
    api_ = api.at("id").get<std::string>();
    root_ = api.at("rootResourceId").get<std::string>();
  }

  std::string Add(const std::string& parent, const std::string& part) {
    return Ok("CreateResource", {{"restApiId", api_}, {"parentId", parent}, {"pathPart", part}})
        .value("id", "");
  }
  std::string AddError(const std::string& parent, const std::string& part) {
    return Error("CreateResource", {{"restApiId", api_}, {"parentId", parent}, {"pathPart", part}});
  }
  json On(const std::string& resource, const std::string& verb, json more = json::object()) {
    more.update({{"restApiId", api_}, {"resourceId", resource}, {"httpMethod", verb}});
    return more;
  }

  std::string api_;
  std::string root_;
};

TEST_F(ResourcesTest, PathsAreMadeOfTheParentsParts) {
  const std::string users = Add(root_, "users");
  const std::string user = Add(users, "{userid}");
  EXPECT_EQ(Ok("GetResource", {{"restApiId", api_}, {"resourceId", user}}).at("path"),
            "/users/{userid}");
  const json items = Ok("GetResources", {{"restApiId", api_}}).at("items");
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[0].at("path"), "/");
  EXPECT_EQ(items[2].at("path"), "/users/{userid}");
}

// Source: test_apigateway_api, test_create_proxy_resource_validation,
// test_update_resource_behaviour
TEST_F(ResourcesTest, SiblingsAndChildrenOfVariablesAreChecked) {
  const std::string proxy = Add(root_, "{proxy+}");
  EXPECT_EQ(AddError(root_, "{id}"),
            "BadRequestException: A sibling ({proxy+}) of this resource already has a variable "
            "path part -- only one is allowed");
  EXPECT_EQ(AddError(proxy, "child"),
            "BadRequestException: Cannot create a child of a resource with a greedy path "
            "variable: {proxy+}");
  Add(root_, "users");
  EXPECT_EQ(AddError(root_, "users"),
            "ConflictException: Another resource with the same parent already has this name: "
            "users");
  EXPECT_EQ(AddError("nope", "x"), "NotFoundException: Invalid Resource identifier specified");
}

TEST_F(ResourcesTest, DeletingAResourceDeletesItsChildren) {
  const std::string users = Add(root_, "users");
  Add(users, "{userid}");
  Ok("DeleteResource", {{"restApiId", api_}, {"resourceId", users}});
  EXPECT_EQ(Ok("GetResources", {{"restApiId", api_}}).at("items").size(), 1u);
}

TEST_F(ResourcesTest, RenamingAResourceRenamesWhatIsBelow) {
  const std::string users = Add(root_, "users");
  const std::string user = Add(users, "{userid}");
  Ok("UpdateResource",
     {{"restApiId", api_},
      {"resourceId", users},
      {"patchOperations",
       json::parse(R"([{"op": "replace", "path": "/pathPart", "value": "people"}])")}});
  EXPECT_EQ(Ok("GetResource", {{"restApiId", api_}, {"resourceId", user}}).at("path"),
            "/people/{userid}");
}

TEST_F(ResourcesTest, MethodsAreBriefUnlessEmbedded) {
  Ok("PutMethod", On(root_, "GET", {{"authorizationType", "NONE"}}));
  EXPECT_EQ(Ok("GetResources", {{"restApiId", api_}}).at("items")[0].at("resourceMethods"),
            json::parse(R"({"GET": {}})"));
  const json full = Ok("GetResources", {{"restApiId", api_}, {"embed", {"methods"}}});
  EXPECT_EQ(full.at("items")[0].at("resourceMethods").at("GET"),
            json::parse(
                R"({"httpMethod": "GET", "authorizationType": "NONE", "apiKeyRequired": false})"));
}

TEST_F(ResourcesTest, MethodsAreValidated) {
  EXPECT_EQ(Error("PutMethod", On(root_, "FETCH", {{"authorizationType", "NONE"}})),
            "BadRequestException: Invalid HttpMethod specified. Valid options are "
            "GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY");
  EXPECT_EQ(Error("PutMethod", On(root_, "GET", {{"authorizationType", "CUSTOM"}})),
            "BadRequestException: Invalid authorizer ID specified. Setting the authorization type "
            "to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.");
  EXPECT_EQ(Error("GetMethod", On(root_, "GET")),
            "NotFoundException: Invalid Method identifier specified");
  EXPECT_EQ(Error("GetMethod", On("nope", "GET")),
            "NotFoundException: Invalid Resource identifier specified");
}

// Source: test_apigateway_integrations, test_put_integration_validation
TEST_F(ResourcesTest, IntegrationsAreValidated) {
  Ok("PutMethod", On(root_, "GET", {{"authorizationType", "NONE"}}));
  const auto put = [&](const char* type, const char* verb, const std::string& uri) {
    return On(root_, "GET", {{"type", type}, {"integrationHttpMethod", verb}, {"uri", uri}});
  };
  EXPECT_EQ(Error("PutIntegration", put("HTTP", "POST", "ftp://x")),
            "BadRequestException: Invalid HTTP endpoint specified for URI");
  EXPECT_EQ(Error("PutIntegration", put("AWS", "POST", "x")),
            "BadRequestException: Invalid ARN specified in the request");
  EXPECT_EQ(
      Error("PutIntegration", put("AWS_PROXY", "POST", "arn:aws:apigateway:us-east-1:s3:path/b/k")),
      "BadRequestException: Integrations of type 'AWS_PROXY' currently only supports Lambda "
      "function and Firehose stream invocations.");
  const json integration = Ok("PutIntegration", put("AWS_PROXY", "POST", LambdaUri("f")));
  EXPECT_EQ(integration.at("timeoutInMillis"), 29000);
  EXPECT_EQ(integration.at("passthroughBehavior"), "WHEN_NO_MATCH");
  EXPECT_EQ(integration.at("cacheNamespace"), root_);
  EXPECT_EQ(Ok("GetMethod", On(root_, "GET")).at("methodIntegration"), integration);
}

TEST_F(ResourcesTest, AnAuthorizerInUseIsNotDeleted) {
  const json authorizer =
      Ok("CreateAuthorizer", {{"restApiId", api_},
                              {"name", "a"},
                              {"type", "TOKEN"},
                              {"authorizerUri", LambdaUri("f")},
                              {"identitySource", "method.request.header.Auth"}});
  EXPECT_EQ(authorizer.at("authType"), "custom");
  Ok("PutMethod",
     On(root_, "GET", {{"authorizationType", "CUSTOM"}, {"authorizerId", authorizer.at("id")}}));
  const json input = {{"restApiId", api_}, {"authorizerId", authorizer.at("id")}};
  EXPECT_TRUE(Error("DeleteAuthorizer", input).starts_with("ConflictException"));
  Ok("DeleteMethod", On(root_, "GET"));
  Ok("DeleteAuthorizer", input);
  EXPECT_EQ(Error("GetAuthorizer", input),
            "NotFoundException: Invalid Authorizer identifier specified");
}

}  // namespace
}  // namespace fractus::gateway
