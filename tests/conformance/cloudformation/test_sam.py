"""The SAM transform: what it makes of a function, its events and its API, as SAM itself would."""

import json

import pytest

from support import apis
from support.stacks import Stack


@pytest.fixture(name="outputs", scope="module")
def deployed(emulator):
    return apis.deploy(emulator, apis.fixture("users"), "sam-users")


@pytest.fixture(name="resources", scope="module")
def types_of_resources(emulator, outputs):
    pages = emulator.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName="sam-users")
    return {r["LogicalResourceId"]: r for page in pages for r in page["StackResourceSummaries"]}


def test_the_expansion_has_the_logical_ids_of_sam(resources):
    kinds = {name: r["ResourceType"] for name, r in resources.items()}
    assert kinds["UsersFunction"] == "AWS::Lambda::Function"
    assert kinds["UsersFunctionRole"] == "AWS::IAM::Role"
    for event in ("List", "Create", "Read", "Replace", "Remove"):
        assert kinds[f"UsersFunction{event}PermissionProd"] == "AWS::Lambda::Permission"
    assert kinds["UsersApi"] == "AWS::ApiGateway::RestApi"
    assert kinds["UsersApiProdStage"] == "AWS::ApiGateway::Stage"
    assert kinds["UsersApiCognitoTokenAuthorizerPermission"] == "AWS::Lambda::Permission"
    assert [name for name, kind in kinds.items() if kind == "AWS::ApiGateway::Deployment"
            and name.startswith("UsersApiDeployment") and len(name) == len("UsersApiDeployment") + 10]


def test_a_function_has_its_role_with_the_policies_of_the_template(emulator, resources, outputs):
    iam = emulator.client("iam")
    role = resources["UsersFunctionRole"]["PhysicalResourceId"]
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole" in {p["PolicyArn"] for p in attached}
    name = iam.list_role_policies(RoleName=role)["PolicyNames"][0]
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    statement = document["Statement"][0]
    assert "dynamodb:PutItem" in statement["Action"]
    assert any(outputs["UsersTable"] in json.dumps(resource) for resource in statement["Resource"])
    configuration = emulator.client("lambda").get_function_configuration(FunctionName=outputs["UsersFunction"])
    assert configuration["Role"].endswith(f":role/{role}")
    assert configuration["Runtime"] == "python3.11" and configuration["Timeout"] == 15
    assert configuration["Environment"]["Variables"]["TABLE_NAME"] == outputs["UsersTable"]


def test_the_permissions_name_the_route(emulator, outputs):
    policy = json.loads(emulator.client("lambda").get_policy(FunctionName=outputs["UsersFunction"])["Policy"])
    sources = {s["Condition"]["ArnLike"]["AWS:SourceArn"].split("/", 1)[1] for s in policy["Statement"]}
    assert sources == {"*/GET/users", "*/POST/users", "*/GET/users/*", "*/PUT/users/*", "*/DELETE/users/*"}


def test_the_api_is_named_after_the_stack_and_has_its_authorizer(emulator, resources):
    gateway = emulator.client("apigateway")
    api = resources["UsersApi"]["PhysicalResourceId"]
    assert gateway.get_rest_api(restApiId=api)["name"] == "sam-users"
    authorizer = gateway.get_authorizers(restApiId=api)["items"][0]
    assert (authorizer["name"], authorizer["type"]) == ("CognitoToken", "TOKEN")
    assert authorizer["identitySource"] == "method.request.header.Authorization"
    paths = {item["path"]: sorted(item.get("resourceMethods", {})) for item in
             gateway.get_resources(restApiId=api)["items"]}
    assert paths == {"/": [], "/users": ["GET", "POST"], "/users/{userid}": ["DELETE", "GET", "PUT"]}


def test_the_processed_template_can_be_read(emulator):
    text = emulator.client("cloudformation").get_template(StackName="sam-users", TemplateStage="Processed")
    body = text["TemplateBody"]
    document = body if isinstance(body, dict) else json.loads(body)
    assert "AWS::Serverless::Function" not in json.dumps(document)


def test_a_change_of_the_api_makes_a_new_deployment(emulator, outputs, resources):
    # Logical ids of deployments carry a hash of the API, so that a changed API is served.
    cfn = emulator.client("cloudformation")
    before = {name for name in resources if name.startswith("UsersApiDeployment")}
    template = json.loads(json.dumps(cfn.get_template(StackName="sam-users")["TemplateBody"]))
    if isinstance(template, dict):
        template = json.dumps(template)
    assert "/users/{userid}" in template
    changed = template.replace("/users/{userid}", "/people/{userid}")
    stack = Stack(emulator, "sam-users")
    assert stack.update(changed) == "UPDATE_COMPLETE"
    after = {name for name in stack.resources() if name.startswith("UsersApiDeployment")}
    assert len(after) == 1 and after != before
    api = apis.Api(emulator, resources["UsersApi"]["PhysicalResourceId"])
    assert api.get("/people/1")[0] == 401
    assert api.get("/users/1")[2] == {"message": "Missing Authentication Token"}
