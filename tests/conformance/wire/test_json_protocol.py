"""JSON protocols as bytes on the wire: what a client without an SDK sees, and what nonsense gets."""

import json
import re
import zlib

import pytest

from support import tables
from support.emulator import credential

DYNAMO = "DynamoDB_20120810."
COGNITO = "AWSCognitoIdentityProviderService."


@pytest.fixture(name="table", scope="module")
def one_table(emulator):
    return tables.create(emulator.client("dynamodb"), "wire")


def test_an_answer_has_the_headers_of_aws(emulator, table):
    status, headers, body = emulator.call(DYNAMO + "GetItem", {"TableName": table, "Key": {"id": {"S": "none"}}})
    assert (status, body) == (200, {})
    assert headers["Content-Type"] == "application/x-amz-json-1.0"
    assert headers["x-amzn-RequestId"]
    assert headers["x-amz-crc32"] == str(zlib.crc32(b"{}"))


def test_the_checksum_fits_every_answer(emulator, table):
    # SDKs check it, for errors too.
    credentials = {"Authorization": credential("dynamodb"), "Content-Type": "application/x-amz-json-1.0"}
    for target, body in (("ListTables", "{}"), ("GetItem", '{"TableName": "nope", "Key": {"id": {"S": "1"}}}'),
                         ("PutItem", "{"), ("PutItem", json.dumps({"TableName": table, "Item": {"id": {"S": "ž"}}}))):
        _, headers, raw = emulator.http("POST", "/", body, dict(credentials, **{"X-Amz-Target": DYNAMO + target}))
        assert headers["x-amz-crc32"] == str(zlib.crc32(raw))


@pytest.mark.parametrize("target, body, status, kind", [
    (DYNAMO + "GetItem", "{not json", 400, "SerializationException"),
    (DYNAMO + "GetItem", "[1, 2]", 400, "SerializationException"),
    (DYNAMO + "GetItem", '"text"', 400, "SerializationException"),
    (DYNAMO + "GetItem", "", 400, "SerializationException"),
    (DYNAMO + "GetItem", '{"TableName": 5}', 400, "SerializationException"),
    (DYNAMO + "GetItem", '{"TableName": "t", "Key": []}', 400, "SerializationException"),
    (DYNAMO + "GetItem", '{"TableName": "t", "Key": {"id": "1"}}', 400, "SerializationException"),
    (DYNAMO + "Scan", '{"TableName": "t", "Limit": "ten"}', 400, "SerializationException"),
    (DYNAMO + "PutItem", '{"TableName": "t", "Item": {"id": {"B": "*not base64*"}}}', 400, "SerializationException"),
    (DYNAMO + "GetItem", "[" * 200_000, 400, "SerializationException"),
    (DYNAMO + "NoSuchThing", "{}", 400, "UnknownOperationException"),
    ("NoSuchService.GetItem", "{}", 400, "UnknownOperationException"),
    (COGNITO + "SignUp", "{", 400, "SerializationException"),
    (COGNITO + "SignUp", '{"ClientId": {}}', 400, "SerializationException"),
    (COGNITO + "SignUp", "{}", 400, "InvalidParameterException"),
])
def test_nonsense_gets_the_right_error(emulator, target, body, status, kind):
    service = "cognito-idp" if target.startswith("AWSCognito") else "dynamodb"
    got, _, answer = emulator.call(target, body, version="1.1" if service == "cognito-idp" else "1.0", service=service)
    assert got == status
    assert answer["__type"].split("#")[-1] == kind


def test_deep_values_are_no_trouble(emulator, table):
    # 32 levels are DynamoDB's limit; far more must not bring the emulator down.
    for depth in (30, 40, 50_000):
        value = '{"L": [' * depth + '{"N": "1"}' + "]}" * depth
        status, _, answer = emulator.call(
            DYNAMO + "PutItem", f'{{"TableName": "{table}", "Item": {{"id": {{"S": "deep"}}, "v": {value}}}}}')
        assert status == (200 if depth == 30 else 400), answer
        if depth > 30:
            assert "Exception" in answer["__type"]


def test_an_error_names_its_type_as_aws_does(emulator):
    _, _, answer = emulator.call(DYNAMO + "DescribeTable", {"TableName": "nope"})
    assert answer == {"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
                      "message": "Requested resource not found: Table: nope not found"}
    _, headers, answer = emulator.call(COGNITO + "DescribeUserPool", {"UserPoolId": "us-east-1_Nowhere00"}, "1.1",
                                       service="cognito-idp")
    assert answer["__type"] == "ResourceNotFoundException"
    assert headers["x-amzn-ErrorType"].rstrip(":") == "ResourceNotFoundException"


def test_what_is_not_emulated_says_so_by_name(emulator):
    status, _, answer = emulator.call(DYNAMO + "DescribeEndpoints", {})
    if status != 200:
        assert status == 501 and "DescribeEndpoints" in answer["message"]
    status, _, answer = emulator.call(DYNAMO + "ExportTableToPointInTime", {"TableArn": "arn", "S3Bucket": "b"})
    assert status == 501 and "ExportTableToPointInTime" in answer["message"]
    status, _, raw = emulator.http("POST", "/", "{}", {"Authorization": credential("rekognition"),
                                                       "X-Amz-Target": "RekognitionService.DetectFaces"})
    assert status == 501 and b"rekognition" in raw


def test_validation_speaks_as_aws_does(emulator):
    _, _, answer = emulator.call(DYNAMO + "GetItem", {"TableName": "wire"})
    assert answer["message"] == ("1 validation error detected: Value null at 'key' failed to satisfy constraint: Member "
                                 "must not be null")


def test_a_service_is_found_without_a_signature(emulator):
    # Cognito's sign-up calls come unsigned.
    status, _, answer = emulator.call(COGNITO + "InitiateAuth", {}, "1.1", headers={"Authorization": None})
    assert status == 400 and answer["__type"] == "InvalidParameterException"
    status, _, _ = emulator.call(DYNAMO + "ListTables", {}, headers={"Authorization": None})
    assert status in (200, 400, 403)


def test_every_request_id_is_new(emulator):
    ids = {emulator.call(DYNAMO + "ListTables", {})[1]["x-amzn-RequestId"] for _ in range(20)}
    assert len(ids) == 20 and all(re.fullmatch(r"[0-9A-Za-z-]+", one) for one in ids)
