"""Token authorizers: every outcome with AWS's exact status, body and headers, and the cache of policies."""

import re

import pytest

from support import apis

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@pytest.fixture(name="stack", scope="module")
def deployed_outputs(emulator):
    return apis.deploy(emulator, apis.fixture("echo"), "echo-authorizers")


@pytest.fixture(name="api")
def one_api(emulator, stack):
    return apis.Api(emulator, stack["ApiId"])


@pytest.mark.parametrize("token, status, body, kind", [
    (None, 401, {"message": "Unauthorized"}, "UnauthorizedException"),
    ("", 401, {"message": "Unauthorized"}, "UnauthorizedException"),
    ("refuse", 401, {"message": "Unauthorized"}, "UnauthorizedException"),
    ("fail", 500, {"message": None}, "AuthorizerConfigurationException"),
    ("nonsense", 500, {"message": None}, "AuthorizerConfigurationException"),
    ("nothing", 403, {"Message": "User is not authorized to access this resource"}, "AccessDeniedException"),
    ("deny", 403, {"Message": "User is not authorized to access this resource with an explicit deny"},
     "AccessDeniedException"),
])
def test_outcomes(api, token, status, body, kind):
    headers = {} if token is None else {"Authorization": token}
    got_status, got_headers, got_body = api.call("GET", "/guarded", headers=headers)
    assert (got_status, got_body, got_headers["x-amzn-ErrorType"]) == (status, body, kind)
    assert got_headers["Content-Type"] == "application/json"
    assert re.fullmatch(UUID, got_headers["x-amzn-RequestId"]) and got_headers["x-amz-apigw-id"]


def test_a_token_that_is_let_in_brings_its_context_along(api):
    status, headers, event = api.get("/guarded", "sesame")
    assert status == 200
    authorizer = event["requestContext"]["authorizer"]
    # Context values arrive as text, whatever they were.
    assert authorizer.pop("integrationLatency") is not None
    assert authorizer == {"principalId": "bench", "token": "sesame", "length": "6", "long": "true"}
    assert "x-amzn-ErrorType" not in headers and headers["x-amzn-RequestId"]


def test_an_unknown_path_is_not_authorized_at_all(api):
    status, headers, body = api.get("/nowhere", "sesame")
    assert (status, body) == (403, {"message": "Missing Authentication Token"})
    assert headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"
    assert api.call("POST", "/guarded")[0] == 403


def test_the_policy_of_a_token_is_cached_and_failures_are_not(emulator, stack, api):
    logs = emulator.client("logs")
    name = emulator.client("cloudformation").describe_stack_resource(
        StackName="echo-authorizers", LogicalResourceId="AuthorizerFunction")["StackResourceDetail"]["PhysicalResourceId"]

    def runs():
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{name}")
        return sum(event["message"].startswith("START") for page in pages for event in page["events"])

    api.get("/guarded", "first")
    before = runs()
    for _ in range(3):
        assert api.get("/guarded", "first")[0] == 200
    assert runs() == before
    assert api.get("/guarded", "second")[0] == 200
    assert runs() == before + 1
    for _ in range(2):
        assert api.get("/guarded", "refuse")[0] == 401
    assert runs() == before + 3
    # No token, no call of the function.
    api.get("/guarded")
    assert runs() == before + 3


def test_the_cache_ends_after_five_minutes(start):
    emulator = start().ready()
    api = apis.Api(emulator, apis.deploy(emulator, apis.fixture("echo"), "echo")["ApiId"])
    name = emulator.client("cloudformation").describe_stack_resource(
        StackName="echo", LogicalResourceId="AuthorizerFunction")["StackResourceDetail"]["PhysicalResourceId"]

    def runs():
        events = emulator.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
        return sum(event["message"].startswith("START") for event in events)

    api.get("/guarded", "sesame")
    emulator.clock(advance="4m")
    api.get("/guarded", "sesame")
    assert runs() == 1
    emulator.clock(advance="2m")
    api.get("/guarded", "sesame")
    assert runs() == 2


def test_the_reason_of_a_refusal_is_in_the_log(emulator, api):
    since = len(emulator.lines)
    api.get("/guarded", "deny")
    line = emulator.wait_for(r"GET .*/guarded.* 403 ", since)
    assert re.search(r"(?i)den(y|ies|ied)", line.string), line.string
