#include "gateway/test_gateway.h"

namespace fractus::gateway {
namespace {

using RestApisTest = GatewayTest;

// Source: test_apigateway_api, test_create_rest_api_with_optional_params
TEST_F(RestApisTest, ANewApiHasAwsDefaults) {
  const json api = Ok("CreateRestApi", {{"name", "orders"}});
  EXPECT_EQ(api.at("id").get<std::string>().size(), 10u);
  EXPECT_EQ(api.at("name"), "orders");
  EXPECT_EQ(api.at("apiKeySource"), "HEADER");
  EXPECT_EQ(api.at("disableExecuteApiEndpoint"), false);
  EXPECT_EQ(api.at("endpointConfiguration"),
            json::parse(R"({"types": ["EDGE"], "ipAddressType": "ipv4"})"));
  EXPECT_FALSE(api.contains("tags"));
  EXPECT_EQ(Ok("GetRestApi", {{"restApiId", api.at("id")}}), api);
}

TEST_F(RestApisTest, AnUnknownApiIsNamedWithTheAccount) {
  EXPECT_EQ(Error("GetRestApi", {{"restApiId", "nope"}}),
            "NotFoundException: Invalid API identifier specified 000000000000:nope");
  EXPECT_EQ(Error("DeleteRestApi", {{"restApiId", "nope"}}),
            "NotFoundException: Invalid API identifier specified 000000000000:nope");
}

TEST_F(RestApisTest, AnEmptyDescriptionIsRefused) {
  EXPECT_EQ(Error("CreateRestApi", {{"name", "a"}, {"description", ""}}),
            "BadRequestException: Description cannot be an empty string");
}

TEST_F(RestApisTest, ATagGivesTheId) {
  const json input = {{"name", "a"}, {"tags", {{"_custom_id_", "myapi"}}}};
  EXPECT_EQ(Ok("CreateRestApi", input).at("id"), "myapi");
  EXPECT_EQ(Error("CreateRestApi", input),
            "ConflictException: The API id 'myapi' is already in use");
}

TEST_F(RestApisTest, ApisAreListedInPages) {
  for (const char* const name : {"a", "b", "c"}) Ok("CreateRestApi", {{"name", name}});
  const json first = Ok("GetRestApis", {{"limit", 2}});
  EXPECT_EQ(first.at("items").size(), 2u);
  const json second = Ok("GetRestApis", {{"limit", 2}, {"position", first.at("position")}});
  EXPECT_EQ(second.at("items").size(), 1u);
  EXPECT_FALSE(second.contains("position"));
}

TEST_F(RestApisTest, PatchesChangeTextsAndBinaryMediaTypes) {
  const json id = Ok("CreateRestApi", {{"name", "a"}}).at("id");
  const auto patch = [&](const char* operations) {
    return json{{"restApiId", id}, {"patchOperations", json::parse(operations)}};
  };
  const json updated = Ok("UpdateRestApi", patch(R"([
      {"op": "replace", "path": "/name", "value": "b"},
      {"op": "add", "path": "/binaryMediaTypes/image~1png"}])"));
  EXPECT_EQ(updated.at("name"), "b");
  EXPECT_EQ(updated.at("binaryMediaTypes"), json({"image/png"}));
  EXPECT_EQ(updated.at("tags"), json::object());
  EXPECT_EQ(Error("UpdateRestApi", patch(R"([{"op": "add", "path": "/binaryMediaTypes"}])")),
            "BadRequestException: Invalid patch path /binaryMediaTypes");
}

TEST_F(RestApisTest, ApisSurviveARestart) {
  const json id = Ok("CreateRestApi", {{"name", "a"}}).at("id");
  Open();
  EXPECT_EQ(Ok("GetRestApi", {{"restApiId", id}}).at("name"), "a");
}

TEST_F(RestApisTest, TagsAreKeptByArn) {
  const auto id = Ok("CreateRestApi", {{"name", "a"}}).at("id").get<std::string>();
  const std::string arn = "arn:aws:apigateway:us-east-1::/restapis/" + id;
  Ok("TagResource", {{"resourceArn", arn}, {"tags", {{"k", "v"}, {"l", "w"}}}});
  Ok("UntagResource", {{"resourceArn", arn}, {"tagKeys", {"l"}}});
  EXPECT_EQ(Ok("GetTags", {{"resourceArn", arn}}).at("tags"), json({{"k", "v"}}));
  EXPECT_EQ(Ok("GetRestApi", {{"restApiId", id}}).at("tags"), json({{"k", "v"}}));
  EXPECT_EQ(Error("GetTags", {{"resourceArn", "arn:aws:s3:::b"}}),
            "BadRequestException: Invalid ARN specified in the request");
}

TEST_F(RestApisTest, TheAccountKeepsItsLogRole) {
  Ok("UpdateAccount",
     {{"patchOperations", json::parse(R"([{"op": "replace", "path": "/cloudwatchRoleArn",
                                         "value": "arn:aws:iam::000000000000:role/r"}])")}});
  const json account = Ok("GetAccount", json::object());
  EXPECT_EQ(account.at("cloudwatchRoleArn"), "arn:aws:iam::000000000000:role/r");
  EXPECT_EQ(account.at("throttleSettings").at("burstLimit"), 5000);
}

}  // namespace
}  // namespace fractus::gateway
