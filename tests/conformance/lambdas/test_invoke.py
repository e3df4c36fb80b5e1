"""Invocations: what goes in, what comes out, and what a handler finds around it."""

import base64
import concurrent.futures
import json
import re

import pytest

from support import functions, tables
from support.errors import error_of, full_error_of

ECHO = "def handler(event, context):\n    return event\n"


@pytest.fixture(name="lambdas")
def client(emulator):
    return emulator.client("lambda")


@pytest.mark.parametrize("event", [{"a": [1, None, True, "žluť 🐎"]}, [], "text", 12345678901234567890, 1.5, None])
def test_events_come_back_unharmed(lambdas, event):
    if error_of_get(lambdas, "echo-all"):
        functions.create(lambdas, "echo-all", ECHO)
    answer = lambdas.invoke(FunctionName="echo-all", Payload=json.dumps(event))
    assert json.loads(answer["Payload"].read()) == event
    assert (answer["StatusCode"], answer["ExecutedVersion"], answer.get("FunctionError")) == (200, "$LATEST", None)


def error_of_get(lambdas, name):
    try:
        lambdas.get_function(FunctionName=name)
    except lambdas.exceptions.ResourceNotFoundException as error:
        return error


def test_invocation_types(lambdas, emulator, name):
    functions.create(lambdas, name, "def handler(event, context):\n    print('got', event['n'])\n")
    dry = lambdas.invoke(FunctionName=name, InvocationType="DryRun")
    assert (dry["StatusCode"], dry["Payload"].read()) == (204, b"")
    event = lambdas.invoke(FunctionName=name, InvocationType="Event", Payload='{"n": 7}')
    assert (event["StatusCode"], event["Payload"].read()) == (202, b"")
    # The event is handled later; a following request has to wait for the same environment or a second one.
    found = wait_for_log(emulator, name, "got 7")
    assert found


def wait_for_log(emulator, name, text):
    """Polls the function's log group through the API until a line is there."""
    logs = emulator.client("logs")
    for _ in range(600):
        try:
            events = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
        except logs.exceptions.ResourceNotFoundException:
            events = []
        if any(text in event["message"] for event in events):
            return [event["message"] for event in events]
        # Each round trip lets the emulator work; a busy machine needs many.
        emulator.http("GET", "/_fractus/health")
    return []


def test_an_unknown_function_is_not_found(lambdas):
    # Source: recorded case test_invoke_exceptions.
    code, message, answer = full_error_of(lambdas.invoke, FunctionName="doesnotexist")
    assert code == "ResourceNotFoundException" and answer["Type"] == "User"
    assert message in ("Function not found: arn:aws:lambda:us-east-1:000000000000:function:doesnotexist",
                       "Function not found: arn:aws:lambda:us-east-1:000000000000:function:doesnotexist:$LATEST")


def test_the_event_has_to_be_json(lambdas, name):
    functions.create(lambdas, name, ECHO)
    code, message = error_of(lambdas.invoke, FunctionName=name, Payload=b'{"unfinished": ')
    assert code == "InvalidRequestContentException"
    assert message.startswith("Could not parse request body into json")


def test_the_tail_of_the_log_comes_along_when_asked_for(lambdas, name):
    functions.create(lambdas, name, "def handler(event, context):\n    print('hello from inside')\n")
    answer = lambdas.invoke(FunctionName=name, LogType="Tail")
    tail = base64.b64decode(answer["LogResult"]).decode()
    request_id = answer["ResponseMetadata"]["RequestId"]
    assert tail.startswith(f"START RequestId: {request_id} Version: $LATEST\n")
    assert "hello from inside\n" in tail and f"END RequestId: {request_id}\n" in tail
    assert re.search(rf"REPORT RequestId: {request_id}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\t"
                     r"Memory Size: 128 MB\tMax Memory Used: \d+ MB", tail)
    assert "LogResult" not in lambdas.invoke(FunctionName=name)


def test_the_log_group_has_the_same_lines(lambdas, emulator, name):
    functions.create(lambdas, name, "def handler(event, context):\n    print('one')\n    print('two')\n")
    functions.invoke(lambdas, name)
    logs = emulator.client("logs")
    stream = logs.describe_log_streams(logGroupName=f"/aws/lambda/{name}")["logStreams"][0]["logStreamName"]
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", stream)
    messages = [event["message"].strip() for event in logs.get_log_events(
        logGroupName=f"/aws/lambda/{name}", logStreamName=stream, startFromHead=True)["events"]]
    kinds = [message.split()[0] for message in messages]
    assert kinds[-5:] == ["START", "one", "two", "END", "REPORT"]


def test_logging_carries_level_time_and_request(lambdas, name):
    functions.create(lambdas, name, """
        import logging
        logging.getLogger().setLevel(logging.INFO)
        def handler(event, context):
            logging.info("noted")
        """)
    answer = lambdas.invoke(FunctionName=name, LogType="Tail")
    tail = base64.b64decode(answer["LogResult"]).decode()
    request_id = answer["ResponseMetadata"]["RequestId"]
    assert re.search(rf"\[INFO\]\t\d{{4}}-\d\d-\d\dT[\d:.]+Z\t{request_id}\tnoted", tail)


def test_the_environment_is_that_of_aws(lambdas, name):
    functions.create(lambdas, name, """
        import os, sys
        def handler(event, context):
            names = ("_HANDLER", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
                     "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_LOG_GROUP_NAME",
                     "AWS_LAMBDA_INITIALIZATION_TYPE", "TZ", "MINE")
            found = {name: os.environ.get(name) for name in names}
            found["keys"] = all(os.environ.get(k) for k in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
                                                           "AWS_SESSION_TOKEN", "AWS_LAMBDA_LOG_STREAM_NAME"))
            found["root"] = os.environ["LAMBDA_TASK_ROOT"] in sys.path
            return found
        """, MemorySize=192, Environment={"Variables": {"MINE": "yes"}})
    assert functions.invoke(lambdas, name)[0] == {
        "_HANDLER": "app.handler", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11", "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "192", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "TZ": ":UTC", "MINE": "yes", "keys": True, "root": True}


def test_the_context_is_that_of_aws(lambdas, name):
    functions.create(lambdas, name, """
        def handler(event, context):
            return {"name": context.function_name, "version": context.function_version,
                    "arn": context.invoked_function_arn, "memory": context.memory_limit_in_mb,
                    "request": context.aws_request_id, "group": context.log_group_name,
                    "left": context.get_remaining_time_in_millis(), "custom": context.client_context.custom,
                    "identity": context.identity.cognito_identity_id}
        """, Timeout=20)
    client_context = base64.b64encode(json.dumps({"custom": {"k": "v"}}).encode()).decode()
    got, answer = functions.invoke(lambdas, name, ClientContext=client_context)
    assert 0 < got.pop("left") <= 20_000
    assert got == {
        "name": name, "version": "$LATEST", "memory": "128", "custom": {"k": "v"}, "identity": None,
        "arn": f"arn:aws:lambda:us-east-1:000000000000:function:{name}", "group": f"/aws/lambda/{name}",
        "request": answer["ResponseMetadata"]["RequestId"]}


def test_an_environment_is_kept_warm_until_the_code_changes(lambdas, name):
    functions.create(lambdas, name, """
        count = 0
        def handler(event, context):
            global count
            count += 1
            return count
        """)
    assert [functions.invoke(lambdas, name)[0] for _ in range(3)] == [1, 2, 3]
    lambdas.update_function_configuration(FunctionName=name, Environment={"Variables": {"NEW": "1"}})
    assert functions.invoke(lambdas, name)[0] == 1


def test_functions_with_modules_of_the_same_name_do_not_mix(lambdas, name):
    for which in ("a", "b"):
        functions.create(lambdas, f"{name}{which}", {
            "app.py": "import os\ndef handler(event, context):\n    import part\n    return part.WHICH + os.environ['X']\n",
            "part.py": f"WHICH = {which!r}\n"}, Environment={"Variables": {"X": which.upper()}})
    assert functions.invoke(lambdas, name + "a")[0] == "aA"
    assert functions.invoke(lambdas, name + "b")[0] == "bB"
    assert functions.invoke(lambdas, name + "a")[0] == "aA"


def test_invocations_of_one_function_overlap(lambdas, emulator, name, tmp_path):
    """Each waits until all four have begun."""
    functions.create(lambdas, name, f"""
        import os, pathlib, time
        def handler(event, context):
            folder = pathlib.Path({str(tmp_path)!r})
            (folder / context.aws_request_id).touch()
            while len(os.listdir(folder)) < 4:
                time.sleep(0.01)
            return "together"
        """, Timeout=60)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: functions.invoke(emulator.client("lambda"), name)[0], range(4)))
    assert answers == ["together"] * 4


def test_the_concurrency_limit_holds(lambdas, name):
    # Source: recorded case test_lambda_concurrency_block.
    functions.create(lambdas, name, ECHO)
    lambdas.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    code, message, answer = full_error_of(lambdas.invoke, FunctionName=name)
    assert (code, message) == ("TooManyRequestsException", "Rate Exceeded.")
    assert answer["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded" and answer["Type"] == "User"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 429
    lambdas.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
    assert functions.invoke(lambdas, name, {"x": 1})[0] == {"x": 1}


def test_a_handler_reaches_the_emulator_as_if_it_were_aws(lambdas, emulator, name):
    # No endpoint, no credentials, no region in the code: everything comes from the environment.
    tables.create(emulator.client("dynamodb"), name)
    functions.create(lambdas, name, """
        import json, os, urllib.request
        import boto3
        table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
        def handler(event, context):
            table.put_item(Item={"id": "from inside"})
            request = urllib.request.Request("https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15")
            try:
                with urllib.request.urlopen(request) as answer:
                    return answer.status
            except urllib.error.HTTPError as refused:
                return refused.code
        """, Environment={"Variables": {"TABLE": name}}, Timeout=60)
    status, answer = functions.invoke(lambdas, name)
    assert "FunctionError" not in answer, status
    # Signed or not: it is the emulator that answers, over TLS that verifies.
    assert status in (200, 403)
    assert emulator.client("dynamodb").get_item(TableName=name, Key={"id": {"S": "from inside"}})["Item"]
