"""When the function behind an API fails, the caller gets API Gateway's answer and not the function's."""

import pytest

from support import apis, functions

ERROR = {"message": "Internal server error"}
ECHO = "def handler(event, context):\n    return {'statusCode': 200, 'body': 'fine'}\n"


@pytest.fixture(name="lambdas")
def client(emulator):
    return emulator.client("lambda")


def test_a_handler_that_raises_is_502(emulator, lambdas, name):
    functions.create(lambdas, name, "def handler(event, context):\n    raise Exception('secret')\n")
    status, headers, body = apis.proxy_api(emulator, name).get("/x")
    assert (status, body, headers["x-amzn-ErrorType"]) == (502, ERROR, "InternalServerErrorException")


def test_a_function_that_times_out_is_502(emulator, lambdas, name):
    functions.create(lambdas, name, "import time\ndef handler(event, context):\n    time.sleep(60)\n", Timeout=1)
    assert apis.proxy_api(emulator, name).get("/x")[0] == 502


def test_an_integration_that_times_out_is_504(emulator, lambdas, name):
    functions.create(lambdas, name, "import time\ndef handler(event, context):\n    time.sleep(5)\n", Timeout=20)
    status, headers, body = apis.proxy_api(emulator, name, timeoutInMillis=100).get("/x")
    assert (status, body) == (504, {"message": "Endpoint request timed out"})
    assert headers["x-amzn-ErrorType"] == "InternalServerErrorException"


def test_a_throttled_function_is_500_not_429(emulator, lambdas, name):
    functions.create(lambdas, name, ECHO)
    lambdas.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    status, headers, body = apis.proxy_api(emulator, name).get("/x")
    assert (status, body, headers["x-amzn-ErrorType"]) == (500, ERROR, "InternalServerErrorException")


def test_a_function_that_does_not_permit_the_api_is_500(emulator, lambdas, name):
    functions.create(lambdas, name, ECHO)
    status, _, body = apis.proxy_api(emulator, name, permit=False).get("/x")
    assert (status, body) == (500, ERROR)


def test_a_deleted_function_is_500(emulator, lambdas, name):
    functions.create(lambdas, name, ECHO)
    api = apis.proxy_api(emulator, name)
    assert api.get("/x")[0] == 200
    lambdas.delete_function(FunctionName=name)
    assert api.get("/x")[::2] == (500, ERROR)
