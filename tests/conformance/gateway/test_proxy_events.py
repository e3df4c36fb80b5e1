"""What a handler behind a REST API is given, and what may be made of its answer."""

import json
import re

import pytest

from support import apis, functions

ECHO = """
import json
def handler(event, context):
    return {"statusCode": 200, "body": json.dumps(event)}
"""


@pytest.fixture(name="api", scope="module")
def one_api(emulator):
    functions.create(emulator.client("lambda"), "proxy-echo", ECHO)
    return apis.proxy_api(emulator, "proxy-echo")


# Source: recorded case test_lambda_aws_proxy_integration.
def test_the_event_has_the_members_of_aws(api):
    status, _, event = api.call("GET", "/some/where%20else", headers={"tEsT-HEADeR": "aValUE", "User-Agent": "probe"})
    assert status == 200
    assert set(event) == {"resource", "path", "httpMethod", "headers", "multiValueHeaders", "queryStringParameters",
                          "multiValueQueryStringParameters", "pathParameters", "stageVariables", "requestContext",
                          "body", "isBase64Encoded"}
    assert (event["resource"], event["httpMethod"]) == ("/{proxy+}", "GET")
    assert event["pathParameters"] == {"proxy": "some/where%20else"}
    assert event["path"] == "/some/where%20else" or event["path"] == "/some/where else"
    for absent in ("queryStringParameters", "multiValueQueryStringParameters", "stageVariables", "body"):
        assert event[absent] is None
    assert event["isBase64Encoded"] is False
    assert event["headers"]["tEsT-HEADeR"] == "aValUE"
    assert event["multiValueHeaders"]["tEsT-HEADeR"] == ["aValUE"]
    for header in ("X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Amzn-Trace-Id", "Host"):
        assert event["headers"][header]


def test_the_request_context_has_the_members_of_aws(api):
    context = api.get("/where", **{"User-Agent": "probe"})[2]["requestContext"]
    assert set(context) == {"accountId", "apiId", "deploymentId", "domainName", "domainPrefix", "extendedRequestId",
                            "httpMethod", "identity", "path", "protocol", "requestId", "requestTime",
                            "requestTimeEpoch", "resourceId", "resourcePath", "stage"}
    assert context["accountId"] == "000000000000" and context["apiId"] == api.id
    assert (context["path"], context["resourcePath"], context["stage"]) == ("/Prod/where", "/{proxy+}", "Prod")
    assert re.fullmatch(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000", context["requestTime"])
    assert isinstance(context["requestTimeEpoch"], int) and context["requestTimeEpoch"] > 10 ** 12
    identity = context["identity"]
    assert (identity.pop("sourceIp"), identity.pop("userAgent")) == ("127.0.0.1", "probe")
    assert set(identity) == {"accessKey", "accountId", "caller", "cognitoAuthenticationProvider",
                             "cognitoAuthenticationType", "cognitoIdentityId", "cognitoIdentityPoolId",
                             "principalOrgId", "user", "userArn"}
    assert set(identity.values()) == {None}


def test_the_last_of_repeated_query_parameters_wins_and_all_are_kept(api):
    event = api.get("/q?a=1&a=2&b=x%20y&empty=")[2]
    assert event["queryStringParameters"] == {"a": "2", "b": "x y", "empty": ""}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": ["x y"], "empty": [""]}


def test_a_body_arrives_as_text(api):
    text = json.dumps({"name": "Žofie"}, ensure_ascii=False)
    event = api.call("POST", "/b", body=text.encode(), headers={"Content-Type": "application/json"})[2]
    assert event["body"] == text and event["isBase64Encoded"] is False


def test_all_forms_of_the_url_reach_the_api(api, emulator):
    # wrappers and front ends have these forms in their configurations.
    host = {"Host": f"{api.id}.execute-api.us-east-1.amazonaws.com"}
    local = {"Host": f"{api.id}.execute-api.localhost.localstack.cloud:{emulator.port}"}
    for path, headers in ((f"/_aws/execute-api/{api.id}/Prod/x", {}), (f"/restapis/{api.id}/Prod/_user_request_/x", {}),
                          ("/Prod/x", host), ("/Prod/x", local)):
        status, _, body = emulator.http("GET", path, headers=headers)
        assert status == 200, (path, headers, body)
        assert json.loads(body)["path"] == "/x"


def test_an_unknown_stage_or_api_is_refused(api, emulator):
    status, _, body = emulator.http("GET", f"/_aws/execute-api/{api.id}/nostage/x")
    assert (status, json.loads(body)) == (403, {"message": "Forbidden"})
    status, _, body = emulator.http("GET", "/_aws/execute-api/nosuchapi0/Prod/x")
    assert status == 404 and b"nosuchapi0" in body


# Source: recorded case test_aws_proxy_response_payload_format_validation.
@pytest.mark.parametrize("answer, status, body", [
    ({}, 200, ""),
    ({"statusCode": "201"}, 201, ""),
    ({"statusCode": 200, "body": None}, 200, ""),
    ({"statusCode": 200, "headers": None, "body": "text"}, 200, "text"),
    ({"statusCode": 404, "body": "{\"no\": 1}"}, 404, {"no": 1}),
    ("text", 502, {"message": "Internal server error"}),
    (["list"], 502, {"message": "Internal server error"}),
    ({"statusCode": "wrong"}, 502, {"message": "Internal server error"}),
    ({"statusCode": 200, "unknown": 1}, 502, {"message": "Internal server error"}),
    ({"statusCode": 200, "body": {"not": "text"}}, 502, {"message": "Internal server error"}),
    ({"statusCode": 200, "multiValueHeaders": {"a": "not a list"}}, 502, {"message": "Internal server error"}),
])
def test_answers(mirror, answer, status, body):
    got_status, headers, got = mirror.call("POST", "/x", body=json.dumps(answer))
    assert (got_status, got) == (status, body)
    assert headers["Content-Type"] == "application/json"
    if status == 502:
        assert headers["x-amzn-ErrorType"] == "InternalServerErrorException"


@pytest.fixture(name="mirror", scope="module")
def api_that_answers_what_it_is_told(emulator):
    functions.create(emulator.client("lambda"), "proxy-mirror",
                     "import json\ndef handler(event, context):\n    return json.loads(event['body'])\n")
    return apis.proxy_api(emulator, "proxy-mirror")


def test_headers_of_an_answer_go_out(mirror):
    _, headers, _ = mirror.call("POST", "/x", body=json.dumps({
        "statusCode": 200, "headers": {"X-One": "1", "X-Flag": True, "Content-Type": "text/plain"},
        "multiValueHeaders": {"X-Many": ["a", "b"]}, "body": "text"}))
    assert (headers["X-One"], headers["X-Flag"], headers["Content-Type"]) == ("1", "true", "text/plain")
    assert headers.get_all("X-Many") == ["a", "b"] or headers["X-Many"] == "a, b"


def test_a_header_cannot_smuggle_another_one(mirror):
    _, headers, _ = mirror.call("POST", "/x", body=json.dumps(
        {"statusCode": 200, "headers": {"X-One": "1\r\nX-Evil: 1"}, "body": "text"}))
    assert "X-Evil" not in headers
