"""The virtual clock and the seed: two runs of one script give byte-identical answers, and handlers see the same time."""

import json

import pytest

from support import functions
from support.emulator import credential
from support.pools import PASSWORD

START = "2026-01-01T00:00:00Z"


def script(emulator):
    """Calls that make ids, tokens, codes and keys; returns every byte that came back."""
    answers = []

    def call(target, body, version="1.1", service="cognito-idp"):
        headers = {"X-Amz-Target": target, "Content-Type": f"application/x-amz-json-{version}",
                   "Authorization": credential(service)}
        status, got, raw = emulator.http("POST", "/", json.dumps(body), headers)
        answers.append((target, status, sorted(got.items()), raw))
        return json.loads(raw) if raw else None

    idp = "AWSCognitoIdentityProviderService."
    pool = call(idp + "CreateUserPool", {"PoolName": "p"})["UserPool"]["Id"]
    client = call(idp + "CreateUserPoolClient", {"UserPoolId": pool, "ClientName": "c", "GenerateSecret": False,
                                                "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]})
    client = client["UserPoolClient"]["ClientId"]
    call(idp + "SignUp", {"ClientId": client, "Username": "ada", "Password": PASSWORD})
    call(idp + "AdminConfirmSignUp", {"UserPoolId": pool, "Username": "ada"})
    call(idp + "InitiateAuth", {"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
                                "AuthParameters": {"USERNAME": "ada", "PASSWORD": PASSWORD}})
    table = {"TableName": "table", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "i", "KeyType": "HASH"}],
             "AttributeDefinitions": [{"AttributeName": "i", "AttributeType": "S"}]}
    call("DynamoDB_20120810.CreateTable", table, "1.0", "dynamodb")
    call("DynamoDB_20120810.GetItem", {"TableName": "table", "Key": {"i": {"S": "1"}}}, "1.0", "dynamodb")
    call("secretsmanager.GetRandomPassword", {"PasswordLength": 40}, service="secretsmanager")
    for verb, path, body in (("POST", "/restapis", {"name": "a"}), ("GET", "/restapis", None)):
        status, got, raw = emulator.http(verb, path, json.dumps(body) if body else None,
                                         {"Authorization": credential("apigateway")})
        answers.append((path, status, sorted(got.items()), raw))
    answers.append(emulator.http("GET", f"/{pool}/.well-known/jwks.json")[2])
    return answers


def run_once(start, seed):
    emulator = start("--seed", seed, "--clock", START).ready()
    emulator.clock(freeze=True)
    emulator.clock(set=START)
    answers = script(emulator)
    assert emulator.stop() == 0
    return answers


def test_the_same_seed_and_clock_give_the_same_bytes(start):
    first, second = run_once(start, 42), run_once(start, 42)
    for one, other in zip(first, second):
        assert one == other
    assert len(first) == len(second) == 11
    assert all(answer[1] in (200, 201) for answer in first[:-1]), first


def test_another_seed_gives_other_ids(start):
    first, second = run_once(start, 1), run_once(start, 2)
    assert first[0][3] != second[0][3] and first[-1] != second[-1]


def test_without_a_seed_nothing_repeats(start):
    made = [start().ready().client("cognito-idp").create_user_pool(PoolName="p")["UserPool"]["Id"] for _ in range(2)]
    assert made[0] != made[1]


@pytest.mark.parametrize("isolation", [(), ("--isolation", "process")])
def test_handlers_see_the_virtual_clock(start, isolation):
    emulator = start("--clock", START, *isolation).ready()
    lambdas = emulator.client("lambda")
    functions.create(lambdas, "clock", """
        import datetime, time
        def handler(event, context):
            return [time.time(), datetime.datetime.now(datetime.timezone.utc).timestamp(),
                    datetime.datetime.utcnow().isoformat(), time.gmtime().tm_year]
        """)
    midnight = 1767225600
    now, aware, text, year = functions.invoke(lambdas, "clock")[0]
    assert midnight <= now < midnight + 120 and abs(aware - now) < 5
    assert text.startswith("2026-01-01T00:0") and year == 2026
    emulator.clock(advance="36h10m")
    later = functions.invoke(lambdas, "clock")[0]
    assert midnight + 130_200 <= later[0] < midnight + 130_320
    assert later[2].startswith("2026-01-02T12:1")
    emulator.clock(freeze=True)
    assert functions.invoke(lambdas, "clock")[0][0] == functions.invoke(lambdas, "clock")[0][0]


def test_services_follow_the_clock(start):
    emulator = start("--clock", START).ready()
    logs = emulator.client("logs")
    logs.create_log_group(logGroupName="g")
    emulator.clock(advance="1d")
    logs.create_log_group(logGroupName="h")
    made = {group["logGroupName"]: group["creationTime"] for group in logs.describe_log_groups()["logGroups"]}
    assert 86_400_000 <= made["h"] - made["g"] < 86_460_000
    shown = json.loads(emulator.http("GET", "/_fractus/clock")[2])
    assert shown["now"].startswith("2026-01-02T00:0") and shown["frozen"] is False


def test_a_timeout_counts_real_seconds_however_the_clock_is_moved(start):
    emulator = start("--clock", START).ready()
    lambdas = emulator.client("lambda")
    functions.create(lambdas, "left", "def handler(event, context):\n    return context.get_remaining_time_in_millis()\n",
                     Timeout=5)
    functions.invoke(lambdas, "left")
    emulator.clock(advance="10d")
    assert 0 < functions.invoke(lambdas, "left")[0] <= 5000


def test_a_signature_of_today_is_good_on_any_day(start):
    # boto3 signs with the machine's clock.
    emulator = start("--clock", "2031-05-05T05:05:05Z").ready()
    assert emulator.client("sts").get_caller_identity()["Account"]
