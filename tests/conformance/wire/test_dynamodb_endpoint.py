"""DynamoDB's endpoint as HTTP: packed bodies, the health line, content types, CORS, and signatures that are checked."""

import gzip
import json
import zlib

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import pytest

from support import tables
from support.emulator import credential
from support.errors import error_of

JSON = "application/x-amz-json-1.0"
TARGET = "DynamoDB_20120810."


@pytest.fixture(name="table", scope="module")
def one_table(emulator):
    db = emulator.client("dynamodb")
    tables.create(db, "endpoint")
    db.put_item(TableName="endpoint", Item={"id": {"S": "1"}, "v": {"S": "x" * 5000}})
    return "endpoint"


def headers(operation, **more):
    return dict({"Content-Type": JSON, "X-Amz-Target": TARGET + operation, "Authorization": credential("dynamodb")},
                **{name.replace("_", "-"): value for name, value in more.items()})


def test_a_packed_request_is_read(emulator, table):
    body = gzip.compress(json.dumps({"TableName": table, "Key": {"id": {"S": "1"}}}).encode())
    for operation in ("GetItem", "DescribeTable"):
        packed = body if operation == "GetItem" else gzip.compress(json.dumps({"TableName": table}).encode())
        status, _, raw = emulator.http("POST", "/", packed, headers(operation, Content_Encoding="gzip"))
        assert status == 200, raw
    status, _, raw = emulator.http("POST", "/", b"no gzip", headers("GetItem", Content_Encoding="gzip"))
    assert status == 400 and json.loads(raw)["__type"].endswith("#SerializationException")


def test_an_answer_is_packed_for_whoever_takes_it(emulator, table):
    body = json.dumps({"TableName": table, "Key": {"id": {"S": "1"}}})
    status, sent, raw = emulator.http("POST", "/", body, headers("GetItem", Accept_Encoding="gzip, deflate"))
    assert status == 200 and sent["Content-Encoding"] == "gzip"
    # The checksum is over the bytes on the wire.
    assert sent["x-amz-crc32"] == str(zlib.crc32(raw))
    assert json.loads(gzip.decompress(raw))["Item"]["v"]["S"] == "x" * 5000
    _, sent, raw = emulator.http("POST", "/", body, headers("GetItem", Accept_Encoding="identity"))
    assert "Content-Encoding" not in sent and sent["x-amz-crc32"] == str(zlib.crc32(raw))


def test_the_health_line(emulator):
    status, _, raw = emulator.http("GET", "/", None, {"Host": "dynamodb.eu-west-1.amazonaws.com"})
    assert (status, raw) == (200, b"healthy: dynamodb.eu-west-1.amazonaws.com ")
    status, _, raw = emulator.http("GET", "/")
    assert (status, raw) == (200, b"healthy: dynamodb.us-east-1.amazonaws.com ")


@pytest.mark.parametrize("verb, content_type, target, status, answer", [
    ("POST", JSON, None, 400, "UnknownOperationException"),
    ("POST", JSON, TARGET + "Nothing", 400, "UnknownOperationException"),
    ("POST", "application/json; charset=utf-8", TARGET + "ListTables", 200, "TableNames"),
    ("POST", "text/plain", TARGET + "ListTables", 404, "<UnknownOperationException/>\n"),
    ("PUT", JSON, TARGET + "ListTables", 404, "<UnknownOperationException/>\n"),
])
def test_what_is_an_operation(emulator, table, verb, content_type, target, status, answer):
    sent = {"Content-Type": content_type, "Authorization": credential("dynamodb")}
    if target:
        sent["X-Amz-Target"] = target
    got, _, raw = emulator.http(verb, "/", "{}", sent)
    assert got == status and answer.encode() in raw


def test_the_answer_has_the_content_type_of_the_request(emulator, table):
    body = json.dumps({"TableName": table, "Key": {"id": {"S": "1"}}})
    for kind in (JSON, "application/json"):
        _, sent, _ = emulator.http("POST", "/", body, headers("GetItem", Content_Type=kind))
        assert sent["Content-Type"] == kind


def test_browsers_of_this_machine_may_call(emulator, table):
    origin = "http://localhost:3000"
    status, sent, _ = emulator.http("OPTIONS", "/", None, {
        "Origin": origin, "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-amz-date,x-amz-target"})
    assert status == 200 and sent["Access-Control-Allow-Origin"] == origin
    assert "x-amz-target" in sent["Access-Control-Allow-Headers"] and "POST" in sent["Access-Control-Allow-Methods"]
    _, sent, _ = emulator.http("POST", "/", "{}", headers("ListTables", Origin=origin))
    assert sent["Access-Control-Allow-Origin"] == origin and "x-amz-crc32" in sent["Access-Control-Expose-Headers"]
    status, _, _ = emulator.http("POST", "/", "{}", headers("ListTables", Origin="https://evil.example"))
    assert status == 403


@pytest.fixture(name="strict", scope="module")
def strict_emulator(tmp_path_factory):
    from support.emulator import Emulator
    running = Emulator(tmp_path_factory.mktemp("strict"), "--auth", "strict").ready()
    yield running
    assert running.stop() == 0


def client(running, service, key, secret, token=None, **more):
    return boto3.session.Session().client(
        service, endpoint_url=running.url, region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret,
        aws_session_token=token, config=botocore.config.Config(retries={"max_attempts": 0}, proxies={}), **more)


def test_known_credentials_are_let_in(strict):
    iam = client(strict, "iam", "test", "test")
    iam.create_user(UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    assert client(strict, "dynamodb", key["AccessKeyId"], key["SecretAccessKey"]).list_tables()["TableNames"] == []
    temporary = client(strict, "sts", "test", "test").get_session_token()["Credentials"]
    keys = (temporary["AccessKeyId"], temporary["SecretAccessKey"])
    assert client(strict, "dynamodb", *keys, temporary["SessionToken"]).list_tables()
    assert error_of(client(strict, "dynamodb", *keys, "another token").list_tables)[0] == "UnrecognizedClientException"
    assert client(strict, "dynamodb", "111122223333", "test").list_tables()
    assert client(strict, "lambda", "test", "test").list_functions()["Functions"] == []


def test_wrong_ones_are_refused_in_the_words_of_aws(strict):
    code, message = error_of(client(strict, "dynamodb", "test", "wrong").list_tables)
    assert code == "InvalidSignatureException"
    assert message.startswith("The request signature we calculated does not match the signature you provided. Check your")
    assert error_of(client(strict, "dynamodb", "AKIAIOSFODNN7EXAMPLE", "test").list_tables) == (
        "UnrecognizedClientException", "The security token included in the request is invalid.")
    assert error_of(client(strict, "sts", "test", "wrong").get_caller_identity)[0] == "SignatureDoesNotMatch"
    assert error_of(client(strict, "sts", "AKIAIOSFODNN7EXAMPLE", "test").get_caller_identity)[0] == \
        "InvalidClientTokenId"
    status, _, answer = strict.call(TARGET + "ListTables", {}, headers={"Authorization": None})
    assert status == 400
    assert answer == {"__type": "com.amazon.coral.service#MissingAuthenticationTokenException",
                      "message": "Request is missing Authentication Token"}
    status, _, answer = strict.call(TARGET + "ListTables", {}, headers={
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request"})
    assert answer["__type"] == "com.amazon.coral.service#IncompleteSignatureException"
    assert "Authorization header requires 'Signature' parameter." in answer["message"]


def test_an_old_signature_is_expired(strict):
    request = botocore.awsrequest.AWSRequest("POST", strict.url + "/", headers={
        "Content-Type": JSON, "X-Amz-Target": TARGET + "ListTables"}, data="{}")
    botocore.auth.SigV4Auth(botocore.credentials.Credentials("test", "test"), "dynamodb", "us-east-1").add_auth(request)
    sent = dict(request.headers.items())
    sent["X-Amz-Date"] = "20200101T000000Z"
    sent["Authorization"] = sent["Authorization"].replace(sent["Authorization"].split("/")[1], "20200101", 1)
    status, _, raw = strict.http("POST", "/", "{}", sent)
    answer = json.loads(raw)
    assert status == 400 and answer["__type"].endswith("#InvalidSignatureException")
    assert answer["message"].startswith("Signature expired: 20200101T000000Z is now earlier than ")


def test_sign_up_needs_no_signature(strict):
    # Cognito's operations for end users are not signed on AWS either.
    status, _, answer = strict.call("AWSCognitoIdentityProviderService.InitiateAuth", {}, "1.1",
                                    headers={"Authorization": None})
    assert status == 400 and answer["__type"] == "InvalidParameterException"


def test_the_command_line_signs(strict):
    from support.emulator import run
    done = run(["outputs", "--endpoint", strict.url], strict.environment)
    # What the emulator says of an unsigned or wrongly signed call would be another text.
    assert "No stack is deployed" in done.stderr
