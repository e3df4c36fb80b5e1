"""With --data everything is found again after a restart, and what was acknowledged survives a kill."""

import concurrent.futures
import json

import pytest

from support import apis, functions, tables
from support.pools import Pool


def test_a_restart_finds_everything(start, tmp_path):
    data = tmp_path / "data"
    first = start("--data", data).ready()
    outputs = apis.deploy(first, apis.fixture("echo"), "kept")
    db = first.client("dynamodb")
    tables.create(db, "kept", "pk", "sk")
    item = {"pk": {"S": "a"}, "sk": {"S": "b"}, "blob": {"B": b"\x00\xff"}, "n": {"N": "1.5"}}
    db.put_item(TableName="kept", Item=item)
    pool = Pool(first)
    email, _ = pool.person()
    token = pool.tokens(email)["IdToken"]
    keys = first.http("GET", f"/{pool.id}/.well-known/jwks.json")[2]
    lambdas = first.client("lambda")
    functions.create(lambdas, "kept", "def handler(event, context):\n    print('kept line')\n    return 'kept'\n")
    functions.invoke(lambdas, "kept")
    assert apis.Api(first, outputs["ApiId"]).get("/guarded", "sesame")[0] == 200
    assert first.stop() == 0

    second = start("--data", data).ready()
    assert second.client("dynamodb").get_item(TableName="kept", Key={"pk": {"S": "a"}, "sk": {"S": "b"}})["Item"] == item
    pool.idp = second.client("cognito-idp")
    assert pool.tokens(email)["IdToken"] != token
    assert second.http("GET", f"/{pool.id}/.well-known/jwks.json")[2] == keys
    assert functions.invoke(second.client("lambda"), "kept")[0] == "kept"
    events = second.client("logs").filter_log_events(logGroupName="/aws/lambda/kept")["events"]
    assert sum("kept line" in event["message"] for event in events) == 2
    assert apis.outputs(second, "kept") == outputs
    assert apis.Api(second, outputs["ApiId"]).get("/guarded", "sesame")[0] == 200
    # The stack is not only remembered, it can still be changed and removed.
    second.client("cloudformation").delete_stack(StackName="kept")
    second.client("cloudformation").get_waiter("stack_delete_complete").wait(
        StackName="kept", WaiterConfig={"Delay": 1})
    assert second.stop() == 0


def test_without_data_nothing_is_kept(start, tmp_path):
    first = start(cwd=tmp_path).ready()
    tables.create(first.client("dynamodb"), "gone")
    assert first.stop() == 0
    assert start(cwd=tmp_path).ready().client("dynamodb").list_tables()["TableNames"] == []
    assert not [path for path in tmp_path.iterdir() if not path.name.startswith("emulator")]


def test_what_was_acknowledged_survives_a_kill(start, tmp_path):
    data = tmp_path / "data"
    emulator = start("--data", data).ready()
    tables.create(emulator.client("dynamodb"), "kill")

    def write(worker):
        """Writes until the emulator dies; returns the numbers that were acknowledged."""
        connection, done = emulator.connect(), []
        headers = {"X-Amz-Target": "DynamoDB_20120810.PutItem", "Content-Type": "application/x-amz-json-1.0",
                   "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, "
                                    "SignedHeaders=host, Signature=0"}
        try:
            while True:
                item = {"id": {"S": f"{worker}-{len(done)}"}, "v": {"S": "x" * 200}}
                connection.request("POST", "/", json.dumps({"TableName": "kill", "Item": item}), headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    raise AssertionError(f"PutItem answered {answer.status}")
                done.append(item["id"]["S"])
                if worker == 0 and len(done) == 500:
                    emulator.process.kill()
        except (OSError, EOFError, __import__("http").client.HTTPException):
            return done

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        acknowledged = [key for keys in pool.map(write, range(4)) for key in keys]
    emulator.process.wait()
    assert len(acknowledged) >= 500

    again = start("--data", data).ready().client("dynamodb")
    pages = again.get_paginator("scan").paginate(TableName="kill", ProjectionExpression="id")
    found = {item["id"]["S"] for page in pages for item in page["Items"]}
    assert set(acknowledged) <= found
    assert again.describe_table(TableName="kill")["Table"]["TableStatus"] == "ACTIVE"


def test_a_data_folder_serves_one_emulator_at_a_time(start, tmp_path):
    data = tmp_path / "data"
    start("--data", data).ready()
    second = start("--data", data)
    assert second.process.wait(60) == 2
    second.wait_for(r"(?i)data|in use|lock")
    assert len([line for line in second.lines if line.strip()]) <= 2


@pytest.mark.parametrize("content", [b"", b"rubbish" * 100])
def test_a_damaged_data_folder_is_one_clear_sentence(start, tmp_path, content):
    data = tmp_path / "data"
    first = start("--data", data).ready()
    tables.create(first.client("dynamodb"), "table")
    assert first.stop() == 0
    damaged = [path for path in data.rglob("CURRENT")]
    assert damaged
    damaged[0].write_bytes(content)
    second = start("--data", data)
    assert second.process.wait(60) == 2, second.output()
    assert "terminate called" not in second.output()
