"""REST APIs: imported from a document, or made piece by piece; a stage serves what was deployed, not what was changed."""

import json

import pytest

from support import apis, functions
from support.errors import error_of


@pytest.fixture(name="gateway")
def client(emulator):
    return emulator.client("apigateway")


@pytest.fixture(name="function", scope="module")
def one_function(emulator):
    made = functions.create(emulator.client("lambda"), "routes", """
        def handler(event, context):
            return {"statusCode": 200, "body": event["httpMethod"] + " " + event["resource"]}
        """)
    emulator.client("lambda").add_permission(
        FunctionName="routes", StatementId="all", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com")
    return made["FunctionArn"]


def document(function, routes, title="imported"):
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": apis.lambda_uri(function)}
    paths = {}
    for verb, path in routes:
        paths.setdefault(path, {})[verb] = {"x-amazon-apigateway-integration": integration, "responses": {}}
    return json.dumps({"swagger": "2.0", "info": {"title": title, "version": "1.0"}, "paths": paths})


def test_an_imported_document_is_routed_as_aws_does(gateway, emulator, function):
    routes = [("get", "/users"), ("get", "/users/{id}"), ("get", "/users/me"), ("get", "/users/{id}/pets"),
              ("x-amazon-apigateway-any-method", "/files/{path+}"), ("delete", "/files/{path+}")]
    api = gateway.import_rest_api(body=document(function, routes))
    assert api["name"] == "imported"
    gateway.create_deployment(restApiId=api["id"], stageName="live")
    called = apis.Api(emulator, api["id"], "live")
    for verb, path, resource in (("GET", "/users", "/users"), ("GET", "/users/7", "/users/{id}"),
                                 ("GET", "/users/me", "/users/me"), ("GET", "/users/7/pets", "/users/{id}/pets"),
                                 ("PATCH", "/files/a/b/c", "/files/{path+}"), ("DELETE", "/files/a", "/files/{path+}"),
                                 ("GET", "/users/", "/users")):
        status, _, body = called.call(verb, path)
        assert (status, body) == (200, f"{verb} {resource}"), path
    for verb, path in (("POST", "/users"), ("GET", "/users/7/pets/9"), ("GET", "/"), ("GET", "/files")):
        assert called.call(verb, path)[::2] == (403, {"message": "Missing Authentication Token"}), path


def test_resources_are_listed_with_their_paths(gateway, function):
    api = gateway.import_rest_api(body=document(function, [("get", "/a/b"), ("post", "/a/b"), ("get", "/c")]))["id"]
    found = {item["path"]: sorted(item.get("resourceMethods", {})) for item in
             gateway.get_resources(restApiId=api)["items"]}
    assert found == {"/": [], "/a": [], "/a/b": ["GET", "POST"], "/c": ["GET"]}


def test_a_stage_serves_what_was_deployed(gateway, emulator, function):
    api = gateway.import_rest_api(body=document(function, [("get", "/old")]))["id"]
    gateway.create_deployment(restApiId=api, stageName="Prod")
    called = apis.Api(emulator, api)
    gateway.put_rest_api(restApiId=api, mode="overwrite", body=document(function, [("get", "/new")]))
    assert called.get("/old")[0] == 200 and called.get("/new")[0] == 403
    gateway.create_deployment(restApiId=api, stageName="Prod")
    assert called.get("/old")[0] == 403 and called.get("/new")[0] == 200


def test_an_api_lives(gateway, name):
    api = gateway.create_rest_api(name=name, description="An API")
    assert len(api["id"]) == 10
    assert gateway.get_rest_api(restApiId=api["id"])["description"] == "An API"
    assert name in {item["name"] for item in gateway.get_rest_apis(limit=500)["items"]}
    gateway.delete_rest_api(restApiId=api["id"])
    # Source: recorded case test_get_api_case_insensitive.
    assert error_of(gateway.get_rest_api, restApiId=api["id"]) == (
        "NotFoundException", f"Invalid API identifier specified 000000000000:{api['id']}")


def test_a_stage_lives(gateway, function):
    api = gateway.import_rest_api(body=document(function, [("get", "/a")]))["id"]
    deployment = gateway.create_deployment(restApiId=api)["id"]
    gateway.create_stage(restApiId=api, stageName="one", deploymentId=deployment, variables={"colour": "red"})
    stage = gateway.get_stage(restApiId=api, stageName="one")
    assert stage["deploymentId"] == deployment and stage["variables"] == {"colour": "red"}
    assert [item["stageName"] for item in gateway.get_stages(restApiId=api)["item"]] == ["one"]
    gateway.delete_stage(restApiId=api, stageName="one")
    assert error_of(gateway.get_stage, restApiId=api, stageName="one") == (
        "NotFoundException", "Invalid stage identifier specified")


def test_a_document_that_is_none_is_refused(gateway):
    assert error_of(gateway.import_rest_api, body=b"{{{ not a document")[0] == "BadRequestException"


def test_access_logs_follow_the_format_of_the_stage(gateway, emulator, function):
    logs = emulator.client("logs")
    logs.create_log_group(logGroupName="/test/access")
    api = gateway.import_rest_api(body=document(function, [("get", "/logged")]))["id"]
    deployment = gateway.create_deployment(restApiId=api)["id"]
    gateway.create_stage(restApiId=api, stageName="Prod", deploymentId=deployment)
    gateway.update_stage(restApiId=api, stageName="Prod", patchOperations=[
        {"op": "replace", "path": "/accessLogSettings/destinationArn",
         "value": "arn:aws:logs:us-east-1:000000000000:log-group:/test/access"},
        {"op": "replace", "path": "/accessLogSettings/format",
         "value": "$context.httpMethod $context.resourcePath $context.status $context.integrationStatus "
                  "$context.routeKey $context.apiId $context.stage $context.identity.sourceIp"}])
    called = apis.Api(emulator, api)
    called.get("/logged")
    called.get("/nowhere")
    lines = [event["message"].strip() for event in logs.filter_log_events(logGroupName="/test/access")["events"]]
    # What does not exist prints a dash.
    assert f"GET /logged 200 200 - {api} Prod 127.0.0.1" in lines
    assert any(line.startswith("GET - 403 -") or " 403 - " in line for line in lines)
