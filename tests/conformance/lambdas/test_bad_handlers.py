"""Handlers that raise, exit, loop for ever, print megabytes or return nonsense: the right error, and others go on."""

import base64
import concurrent.futures

import pytest

from support import functions

ECHO = "def handler(event, context):\n    return event\n"
pytestmark = pytest.mark.usefixtures("alive")


@pytest.fixture(name="lambdas")
def client(emulator):
    return emulator.client("lambda")


def failure(lambdas, name, source, event=None, **members):
    """The error object of an invocation that has to fail."""
    functions.create(lambdas, name, source, **members)
    payload, answer = functions.invoke(lambdas, name, event)
    assert (answer["StatusCode"], answer.get("FunctionError")) == (200, "Unhandled"), payload
    return payload, answer["ResponseMetadata"]["RequestId"]


def test_one_that_raises(lambdas, name):
    error, request_id = failure(lambdas, name, """
        def inner():
            raise ValueError("not this one")
        def handler(event, context):
            inner()
        """)
    assert (error["errorMessage"], error["errorType"], error["requestId"]) == ("not this one", "ValueError", request_id)
    assert len(error["stackTrace"]) == 2
    assert error["stackTrace"][1].endswith('app.py", line 3, in inner\n    raise ValueError("not this one")\n')
    # The environment of a handler that raised lives on.
    assert functions.invoke(lambdas, name)[1]["FunctionError"] == "Unhandled"


@pytest.mark.parametrize("source, handler, kind, message", [
    ("import not_there_at_all\ndef handler(e, c): pass\n", "app.handler", "Runtime.ImportModuleError",
     "Unable to import module 'app': No module named 'not_there_at_all'"),
    (ECHO, "app.missing", "Runtime.HandlerNotFound", "Handler 'missing' missing on module 'app'"),
    (ECHO, "nothere.handler", "Runtime.ImportModuleError", "Unable to import module 'nothere': No module named 'nothere'"),
    ("def handler(:\n", "app.handler", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app': "),
    (ECHO, "nodot", "Runtime.MalformedHandlerName", "Bad handler 'nodot': "),
    ("raise RuntimeError('at import')\n", "app.handler", "RuntimeError", "at import"),
])
def test_ones_that_do_not_start(lambdas, name, source, handler, kind, message):
    error, _ = failure(lambdas, name, source, Handler=handler)
    assert error["errorType"] == kind and error["errorMessage"].startswith(message)


@pytest.mark.parametrize("way", ["import sys; sys.exit(4)", "import os; os._exit(4)"])
def test_ones_that_exit(lambdas, name, way):
    error, request_id = failure(lambdas, name, f"""
        def handler(event, context):
            if event.get("stay"):
                return "stayed"
            {way}
        """)
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"].startswith(f"RequestId: {request_id} Error: Runtime exited")
    # The next invocation gets a new environment.
    assert functions.invoke(lambdas, name, {"stay": True})[0] == "stayed"


@pytest.mark.parametrize("way", ["while True: pass", "import time; time.sleep(1000)",
                                 "import socket; socket.create_server(('127.0.0.1', 0)).accept()"])
def test_ones_that_never_end(lambdas, name, way):
    error, request_id = failure(lambdas, name, f"""
        def handler(event, context):
            if event.get("stay"):
                return "stayed"
            {way}
        """, Timeout=1)
    assert error == {"errorType": "Sandbox.Timedout",
                     "errorMessage": f"RequestId: {request_id} Error: Task timed out after 1.00 seconds"}
    assert functions.invoke(lambdas, name, {"stay": True})[0] == "stayed"


def test_others_go_on_while_one_loops(lambdas, emulator, name):
    functions.create(lambdas, name, "def handler(event, context):\n    while True: pass\n", Timeout=3)
    functions.create(lambdas, name + "other", ECHO)
    functions.invoke(lambdas, name + "other")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        looping = pool.submit(functions.invoke, emulator.client("lambda"), name)
        served = 0
        while not looping.done():
            assert functions.invoke(lambdas, name + "other", {"n": served})[0] == {"n": served}
            served += 1
    assert served > 5
    assert looping.result()[1]["FunctionError"] == "Unhandled"


def test_one_that_prints_megabytes(lambdas, name):
    functions.create(lambdas, name, """
        def handler(event, context):
            for i in range(50_000):
                print(i, "x" * 80)
            print("y" * 3_000_000)
            return "printed"
        """, Timeout=60)
    answer = lambdas.invoke(FunctionName=name, LogType="Tail")
    assert answer["Payload"].read() == b'"printed"'
    assert len(base64.b64decode(answer["LogResult"])) <= 4096


@pytest.mark.parametrize("value, message", [
    ("{1, 2}", "Unable to marshal response: Object of type set is not JSON serializable"),
    ("object()", "Unable to marshal response: Object of type object is not JSON serializable"),
])
def test_ones_that_return_nonsense(lambdas, name, value, message):
    error, _ = failure(lambdas, name, f"def handler(event, context):\n    return {value}\n")
    assert (error["errorType"], error["errorMessage"]) == ("Runtime.MarshalError", message)


def test_one_that_returns_too_much(lambdas, name):
    # Source: recorded case test_lambda_too_large_response.
    error, _ = failure(lambdas, name, "def handler(event, context):\n    return 'x' * 7_000_000\n")
    assert error == {"errorType": "Function.ResponseSizeTooLarge", "errorMessage":
                     "Response payload size exceeded maximum allowed payload size (6291556 bytes)."}


def test_one_that_closes_what_is_not_its_own(lambdas, name):
    # Descriptors of the emulator must be out of a handler's reach; it may lose the channel of its own environment.
    functions.create(lambdas, name, """
        import os
        def handler(event, context):
            if event.get("stay"):
                return "stayed"
            os.closerange(3, 200)
            return "closed"
        """)
    payload, answer = functions.invoke(lambdas, name)
    assert payload == "closed" or (answer["FunctionError"], payload["errorType"]) == ("Unhandled", "Runtime.ExitError")
    assert functions.invoke(lambdas, name, {"stay": True})[0] == "stayed"


def test_one_that_crashes_takes_only_its_process_along(start, name):
    # In process a crash of native code is a crash of the emulator; --isolation process is for such code.
    emulator = start("--isolation", "process").ready()
    lambdas = emulator.client("lambda")
    functions.create(lambdas, name, "import ctypes\ndef handler(event, context):\n    ctypes.string_at(0)\n", Timeout=30)
    payload, answer = functions.invoke(lambdas, name)
    assert answer["FunctionError"] == "Unhandled" and payload["errorType"] == "Runtime.ExitError"
    functions.create(lambdas, name + "other", ECHO)
    assert functions.invoke(lambdas, name + "other", 5)[0] == 5
    assert emulator.stop() == 0
