"""The REST protocols as bytes on the wire: paths, queries and bodies that are not what they should be."""

import json

import pytest

from support.emulator import credential


def call(emulator, service, verb, path, body=None, **headers):
    status, got, raw = emulator.http(verb, path, body, dict(headers, Authorization=credential(service)))
    return status, got, raw


@pytest.mark.parametrize("verb, path, body, status, kind", [
    ("GET", "/2015-03-31/functions/nope", None, 404, "ResourceNotFoundException"),
    ("POST", "/2015-03-31/functions", "{not json", 400, "SerializationException"),
    ("POST", "/2015-03-31/functions", "[]", 400, "SerializationException"),
    ("POST", "/2015-03-31/functions", '{"FunctionName": 5}', 400, "SerializationException"),
    ("POST", "/2015-03-31/functions", "{}", 400, "ValidationException"),
    ("GET", "/2015-03-31/functions?MaxItems=many", None, 400, "SerializationException"),
])
def test_lambda_errors_have_type_and_header(emulator, verb, path, body, status, kind):
    got, headers, raw = call(emulator, "lambda", verb, path, body)
    assert got == status, raw
    assert headers["x-amzn-ErrorType"].split(":")[0] == kind
    assert headers["Content-Type"] == "application/json"
    json.loads(raw)


def test_an_unknown_path_is_an_unknown_operation(emulator):
    status, headers, _ = call(emulator, "lambda", "GET", "/2015-03-31/no/such/path")
    assert status == 404 and "UnknownOperationException" in headers["x-amzn-ErrorType"]


def test_path_parts_are_decoded_once(emulator):
    status, _, raw = call(emulator, "lambda", "GET", "/2015-03-31/functions/a%252Fb")
    assert status in (400, 404) and b"a/b" not in raw


def test_a_path_with_encoded_slashes_stays_one_part(emulator):
    status, _, _ = call(emulator, "lambda", "GET", "/2015-03-31/functions/a%2F..%2Fb")
    assert status in (400, 404)


def test_apigateway_errors_have_its_own_form(emulator):
    status, headers, raw = call(emulator, "apigateway", "GET", "/restapis/nosuchapi0")
    assert status == 404
    assert json.loads(raw) == {"message": "Invalid API identifier specified 000000000000:nosuchapi0"}
    assert headers["x-amzn-ErrorType"].split(":")[0] == "NotFoundException"
