"""Who is let in by name: pages on the internet are not; AWS's names and this machine's are."""

import json

import pytest

from support.emulator import credential

LIST = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0",
        "Authorization": credential("dynamodb")}


@pytest.mark.parametrize("host", ["evil.example.com", "localhost.evil.com", "127.0.0.1.evil.com", "amazonaws.com.evil"])
def test_foreign_hosts_are_refused(emulator, host):
    # A page of theirs could point its own name at this machine (DNS rebinding).
    assert emulator.http("POST", "/", "{}", dict(LIST, Host=host))[0] == 403
    assert emulator.http("GET", "/_fractus/health", headers={"Host": host})[0] == 403


@pytest.mark.parametrize("host", ["localhost:4566", "127.0.0.1", "[::1]:4566", "dynamodb.us-east-1.amazonaws.com",
                                  "localhost.localstack.cloud:4566", "host.docker.internal:4566", "emulator:4566"])
def test_names_of_this_machine_and_of_aws_are_served(emulator, host):
    assert emulator.http("POST", "/", "{}", dict(LIST, Host=host))[0] == 200


@pytest.mark.parametrize("origin, status", [
    ("https://evil.example.com", 403), ("null", 403), ("http://localhost:3000", 200), ("http://127.0.0.1:8080", 200)])
def test_pages_of_this_machine_may_call_and_others_may_not(emulator, origin, status):
    got, headers, _ = emulator.http("POST", "/", "{}", dict(LIST, Origin=origin))
    assert got == status
    assert headers.get("Access-Control-Allow-Origin") == (origin if status == 200 else None)
    preflight = {"Origin": origin, "Access-Control-Request-Method": "POST",
                 "Access-Control-Request-Headers": "x-amz-target,authorization"}
    got, headers, _ = emulator.http("OPTIONS", "/", headers=preflight)
    assert (headers.get("Access-Control-Allow-Origin") == origin) is (status == 200)


def test_the_clock_cannot_be_moved_by_a_foreign_page(emulator):
    assert emulator.http("POST", "/_fractus/clock", "{}", {"Origin": "https://evil.example.com"})[0] == 403


@pytest.mark.parametrize("path", ["/_localstack/health", "/_fractus/health"])
def test_health_is_what_scripts_poll(emulator, path):
    status, headers, body = emulator.http("GET", path)
    health = json.loads(body)
    assert status == 200 and headers["Content-Type"] == "application/json"
    assert health["version"]
    for service in ("dynamodb", "cognito-idp", "lambda", "apigateway", "cloudformation", "logs", "sns", "iam", "sts",
                    "cloudwatch", "secretsmanager"):
        assert health["services"][service] in ("running", "available")


def test_the_ready_stage_is_shown_to_wrappers(emulator):
    body = json.loads(emulator.http("GET", "/_localstack/init")[2])
    assert body["completed"]["READY"] is True


def test_unknown_pages_of_the_emulator_are_not_found(emulator):
    assert emulator.http("GET", "/_fractus/no-such-page")[0] == 404


def test_the_clock_page_says_what_is_wrong(emulator):
    for body in ("not json", "[]", '{"advance": "soon"}', '{"set": "yesterday"}', '{"jump": "10m"}', '{"freeze": "yes"}'):
        status, _, raw = emulator.http("POST", "/_fractus/clock", body)
        assert status == 400 and json.loads(raw)["message"], body
