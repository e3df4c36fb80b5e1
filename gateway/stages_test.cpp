#include "gateway/test_gateway.h"

namespace fractus::gateway {
namespace {

class StagesTest : public GatewayTest {
 protected:
  StagesTest() {
    const json api = Ok("CreateRestApi", {{"name", "a"}});
    api_ = api.at("id").get<std::string>();
    root_ = api.at("rootResourceId").get<std::string>();
  }

  void PutMethod() {
    json on = {{"restApiId", api_}, {"resourceId", root_}, {"httpMethod", "GET"}};
    on["authorizationType"] = "NONE";
    Ok("PutMethod", on);
    on["type"] = "MOCK";
    Ok("PutIntegration", on);
  }
  std::string Deploy() { return Ok("CreateDeployment", {{"restApiId", api_}}).value("id", ""); }
  json Patch(const char* operations) {
    return {
        {"restApiId", api_}, {"stageName", "dev"}, {"patchOperations", json::parse(operations)}};
  }

  std::string api_;
  std::string root_;
};

TEST_F(StagesTest, AnApiWithoutMethodsOrIntegrationsIsNotDeployed) {
  EXPECT_EQ(Error("CreateDeployment", {{"restApiId", api_}}),
            "BadRequestException: The REST API doesn't contain any methods");
  Ok("PutMethod", {{"restApiId", api_},
                   {"resourceId", root_},
                   {"httpMethod", "GET"},
                   {"authorizationType", "NONE"}});
  EXPECT_EQ(Error("CreateDeployment", {{"restApiId", api_}}),
            "BadRequestException: No integration defined for method");
}

// Source: test_apigateway_common, TestStages
TEST_F(StagesTest, ANewStageHasAwsDefaults) {
  PutMethod();
  const std::string deployment = Deploy();
  json stage =
      Ok("CreateStage", {{"restApiId", api_}, {"stageName", "dev"}, {"deploymentId", deployment}});
  EXPECT_EQ(stage.at("deploymentId"), deployment);
  stage.erase("createdDate");
  stage.erase("lastUpdatedDate");
  stage.erase("deploymentId");
  EXPECT_EQ(stage, json::parse(R"({"stageName": "dev", "cacheClusterEnabled": false,
      "cacheClusterStatus": "NOT_AVAILABLE", "methodSettings": {}, "tracingEnabled": false})"));
  EXPECT_EQ(Error("DeleteDeployment", {{"restApiId", api_}, {"deploymentId", deployment}}),
            "BadRequestException: Active stages pointing to this deployment must be moved or "
            "deleted");
}

TEST_F(StagesTest, CreateDeploymentMakesOrMovesTheStageItNames) {
  PutMethod();
  const json first = Ok("CreateDeployment", {{"restApiId", api_}, {"stageName", "dev"}});
  const json second = Ok("CreateDeployment", {{"restApiId", api_}, {"stageName", "dev"}});
  EXPECT_EQ(Ok("GetStage", {{"restApiId", api_}, {"stageName", "dev"}}).at("deploymentId"),
            second.at("id"));
  Ok("DeleteDeployment", {{"restApiId", api_}, {"deploymentId", first.at("id")}});
  EXPECT_EQ(Ok("GetDeployments", {{"restApiId", api_}}).at("items").size(), 1u);
}

TEST_F(StagesTest, PatchesSetVariablesLogsAndMethodSettings) {
  PutMethod();
  Ok("CreateDeployment", {{"restApiId", api_}, {"stageName", "dev"}});
  const json stage = Ok("UpdateStage", Patch(R"([
      {"op": "replace", "path": "/variables/alias", "value": "live"},
      {"op": "replace", "path": "/tracingEnabled", "value": "true"},
      {"op": "replace", "path": "/accessLogSettings/destinationArn",
       "value": "arn:aws:logs:us-east-1:000000000000:log-group:g:*"},
      {"op": "replace", "path": "/accessLogSettings/format", "value": "$context.status"},
      {"op": "replace", "path": "/*/*/logging/loglevel", "value": "INFO"},
      {"op": "replace", "path": "/~1users/GET/throttling/burstLimit", "value": "7"}])"));
  EXPECT_EQ(stage.at("variables"), json({{"alias", "live"}}));
  EXPECT_EQ(stage.at("tracingEnabled"), true);
  EXPECT_EQ(stage.at("accessLogSettings"),
            json({{"destinationArn", "arn:aws:logs:us-east-1:000000000000:log-group:g"},
                  {"format", "$context.status"}}));
  EXPECT_EQ(stage.at("methodSettings").at("*/*").at("loggingLevel"), "INFO");
  EXPECT_EQ(stage.at("methodSettings").at("*/*").at("throttlingRateLimit"), 10000.0);
  EXPECT_EQ(stage.at("methodSettings").at("users/GET").at("throttlingBurstLimit"), 7);
  EXPECT_EQ(Ok("UpdateStage", Patch(R"([{"op": "remove", "path": "/*/*"},
                                        {"op": "remove", "path": "/~1users/GET"}])"))
                .at("methodSettings"),
            json::object());
  EXPECT_FALSE(Ok("UpdateStage", Patch(R"([{"op": "remove", "path": "/accessLogSettings"}])"))
                   .contains("accessLogSettings"));
}

TEST_F(StagesTest, WrongPatchesAnswerAwsTexts) {
  PutMethod();
  Ok("CreateDeployment", {{"restApiId", api_}, {"stageName", "dev"}});
  EXPECT_EQ(Error("UpdateStage", Patch(R"([{"op": "remove", "path": "/*/*"}])")),
            "BadRequestException: Cannot remove method setting */* because there is no method "
            "setting for this method ");
  EXPECT_TRUE(Error("UpdateStage", Patch(R"([{"op": "replace", "path": "/tags/a", "value": "b"}])"))
                  .starts_with("BadRequestException: Invalid method setting path: /tags/a. Must be "
                               "one of: [/deploymentId, "));
  EXPECT_EQ(Error("UpdateStage",
                  Patch(R"([{"op": "add", "path": "/accessLogSettings/format", "value": ""}])")),
            "BadRequestException: Access Log value must not be empty");
  EXPECT_EQ(
      Error("UpdateStage", Patch(R"([{"op": "replace", "path": "/deploymentId", "value": "x"}])")),
      "BadRequestException: Deployment id does not exist");
}

TEST_F(StagesTest, DeploymentsAreSnapshots) {
  PutMethod();
  Ok("CreateDeployment", {{"restApiId", api_}, {"stageName", "dev"}});
  Ok("DeleteMethod", {{"restApiId", api_}, {"resourceId", root_}, {"httpMethod", "GET"}});
  const auto deployed = gateway_->deployed_apis().FindDeployed(api_);
  ASSERT_TRUE(deployed);
  EXPECT_TRUE(
      deployed->stages.at("dev").snapshot.at("resources").at(root_).contains("resourceMethods"));
}

TEST_F(StagesTest, GatewayResponsesFallBackOnTheirClass) {
  const auto get = [&](const char* type) {
    return Ok("GetGatewayResponse", {{"restApiId", api_}, {"responseType", type}});
  };
  EXPECT_EQ(get("UNAUTHORIZED"), json::parse(R"({"responseType": "UNAUTHORIZED",
      "defaultResponse": true, "statusCode": "401", "responseParameters": {},
      "responseTemplates": {"application/json": "{\"message\":$context.error.messageString}"}})"));
  Ok("PutGatewayResponse",
     {{"restApiId", api_},
      {"responseType", "DEFAULT_4XX"},
      {"responseParameters", {{"gatewayresponse.header.Access-Control-Allow-Origin", "'*'"}}}});
  EXPECT_EQ(get("UNAUTHORIZED").at("responseParameters").size(), 1u);
  EXPECT_EQ(get("INTEGRATION_TIMEOUT").at("responseParameters").size(), 0u);
  Ok("DeleteGatewayResponse", {{"restApiId", api_}, {"responseType", "DEFAULT_4XX"}});
  EXPECT_EQ(Error("DeleteGatewayResponse", {{"restApiId", api_}, {"responseType", "DEFAULT_4XX"}}),
            "NotFoundException: Gateway response type not defined on api");
}

}  // namespace
}  // namespace fractus::gateway
