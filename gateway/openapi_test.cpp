#include "gateway/openapi.h"

#include "gateway/test_gateway.h"

namespace fractus::gateway {
namespace {

class OpenApiTest : public GatewayTest {
 protected:
  // A description as SAM makes it of a function with Api events and a token authorizer.
  static json Swagger() {
    json description = json::parse(R"({
      "swagger": "2.0",
      "info": {"version": "1.0", "title": "notes"},
      "paths": {
        "/notes": {"get": {"responses": {}}},
        "/notes/{id}": {
          "get": {"responses": {}, "security": [{"NONE": []}],
                  "parameters": [{"name": "id", "in": "path", "required": true, "type": "string"}]},
          "x-amazon-apigateway-any-method": {"responses": {}}
        }
      },
      "securityDefinitions": {
        "Tokens": {
          "type": "apiKey", "name": "X-Token", "in": "header",
          "x-amazon-apigateway-authtype": "custom",
          "x-amazon-apigateway-authorizer": {"type": "token"}
        }
      },
      "security": [{"Tokens": []}]
    })");
    const json integration = {
        {"type", "aws_proxy"}, {"httpMethod", "POST"}, {"uri", LambdaUri("notes")}};
    for (json& item : description["paths"]) {
      for (json& operation : item) operation["x-amazon-apigateway-integration"] = integration;
    }
    description["securityDefinitions"]["Tokens"]["x-amazon-apigateway-authorizer"]
               ["authorizerUri"] = LambdaUri("tokens");
    return description;
  }

  json Methods(const json& api, const std::string& path) {
    const json resources =
        Ok("GetResources", {{"restApiId", api.at("id")}, {"embed", {"methods"}}});
    for (const json& resource : resources.at("items")) {
      if (resource.at("path") == path) return resource.value("resourceMethods", json::object());
    }
    return json();
  }
};

TEST_F(OpenApiTest, ASwaggerDescriptionBecomesAnApi) {
  const json api = Import(Swagger());
  EXPECT_EQ(api.at("name"), "notes");
  EXPECT_EQ(api.at("version"), "1.0");

  const json authorizers = Ok("GetAuthorizers", {{"restApiId", api.at("id")}}).at("items");
  ASSERT_EQ(authorizers.size(), 1u);
  EXPECT_EQ(authorizers[0].at("name"), "Tokens");
  EXPECT_EQ(authorizers[0].at("type"), "TOKEN");
  EXPECT_EQ(authorizers[0].at("authType"), "custom");
  EXPECT_EQ(authorizers[0].at("identitySource"), "method.request.header.X-Token");
  EXPECT_FALSE(authorizers[0].contains("authorizerResultTtlInSeconds"));

  const json list = Methods(api, "/notes").at("GET");
  EXPECT_EQ(list.at("authorizationType"), "CUSTOM");
  EXPECT_EQ(list.at("authorizerId"), authorizers[0].at("id"));
  EXPECT_EQ(list.at("methodIntegration").at("type"), "AWS_PROXY");
  EXPECT_EQ(list.at("methodIntegration").at("httpMethod"), "POST");

  const json one = Methods(api, "/notes/{id}");
  EXPECT_EQ(one.at("GET").at("authorizationType"), "NONE");
  EXPECT_EQ(one.at("GET").at("requestParameters"), json({{"method.request.path.id", true}}));
  EXPECT_EQ(one.at("ANY").at("authorizationType"), "CUSTOM");
}

TEST_F(OpenApiTest, OpenApi3InYamlIsReadToo) {
  const json api = Ok("ImportRestApi", {{"body", R"(
openapi: "3.0.1"
info: {title: yaml, version: "1"}
paths:
  /pets:
    options:
      responses:
        "200":
          headers: {Access-Control-Allow-Origin: {schema: {type: string}}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses:
          default:
            statusCode: 200
            responseParameters: {method.response.header.Access-Control-Allow-Origin: "'*'"}
components:
  securitySchemes:
    pool:
      type: apiKey
      name: Authorization
      in: header
      x-amazon-apigateway-authtype: cognito_user_pools
      x-amazon-apigateway-authorizer:
        type: cognito_user_pools
        providerARNs: ["arn:aws:cognito-idp:us-east-1:000000000000:userpool/p"]
)"}});
  const json options = Methods(api, "/pets").at("OPTIONS");
  EXPECT_EQ(options.at("methodIntegration").at("type"), "MOCK");
  EXPECT_EQ(options.at("methodIntegration").at("integrationResponses").at("200"),
            json::parse(R"({"statusCode": "200", "responseParameters":
                {"method.response.header.Access-Control-Allow-Origin": "'*'"}})"));
  EXPECT_EQ(options.at("methodResponses").at("200").at("responseParameters"),
            json({{"method.response.header.Access-Control-Allow-Origin", false}}));
  EXPECT_EQ(Ok("GetAuthorizers", {{"restApiId", api.at("id")}}).at("items")[0].at("type"),
            "COGNITO_USER_POOLS");
}

TEST_F(OpenApiTest, WhatIsNoDescriptionIsRefused) {
  for (const char* const body : {"", "[]", "{}", "a: [", "{\"swagger\""}) {
    EXPECT_EQ(Error("ImportRestApi", {{"body", body}}),
              "BadRequestException: Invalid OpenAPI input.")
        << body;
  }
  EXPECT_EQ(Ok("GetRestApis", json::object()).at("items").size(), 0u);
}

TEST_F(OpenApiTest, OverwritingKeepsIdsAndDropsWhatIsNotMentioned) {
  const json api = Import(Swagger());
  const json before = Ok("GetResources", {{"restApiId", api.at("id")}}).at("items");
  const json authorizer =
      Ok("GetAuthorizers", {{"restApiId", api.at("id")}}).at("items")[0].at("id");
  json description = Swagger();
  description["info"]["title"] = "renamed";
  description["paths"].erase("/notes/{id}");
  const json put =
      Ok("PutRestApi",
         {{"restApiId", api.at("id")}, {"mode", "overwrite"}, {"body", description.dump()}});
  EXPECT_EQ(put.at("name"), "renamed");
  const json after = Ok("GetResources", {{"restApiId", api.at("id")}}).at("items");
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(after[1].at("id"), before[1].at("id"));
  EXPECT_EQ(Ok("GetAuthorizers", {{"restApiId", api.at("id")}}).at("items")[0].at("id"),
            authorizer);
}

TEST_F(OpenApiTest, MergingAddsToWhatIsThere) {
  const json api = Import(Swagger());
  const json more = json::parse(R"({"swagger": "2.0", "info": {"title": "notes"},
      "paths": {"/more": {"get": {"x-amazon-apigateway-integration": {"type": "mock"}}}}})");
  Ok("PutRestApi", {{"restApiId", api.at("id")}, {"mode", "merge"}, {"body", more.dump()}});
  EXPECT_FALSE(Methods(api, "/notes").is_null());
  EXPECT_FALSE(Methods(api, "/more").is_null());
}

TEST_F(OpenApiTest, AFailedImportChangesNothing) {
  const json api = Import(Swagger());
  json description = Swagger();
  description["paths"]["/notes"]["get"]["x-amazon-apigateway-integration"]["uri"] = "nonsense";
  EXPECT_EQ(
      Error("PutRestApi",
            {{"restApiId", api.at("id")}, {"mode", "overwrite"}, {"body", description.dump()}}),
      "BadRequestException: Unable to put integration on 'GET' for resource at path "
      "'/notes': Invalid ARN specified in the request");
  EXPECT_EQ(Methods(api, "/notes").at("GET").at("methodIntegration").at("uri"), LambdaUri("notes"));
}

}  // namespace
}  // namespace fractus::gateway
