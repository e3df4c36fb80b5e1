"""Functions: created, described, changed, listed and deleted, with the members that tools read back."""

import base64
import hashlib
import urllib.request

import pytest

from support import functions
from support.errors import error_of, full_error_of

ECHO = "def handler(event, context):\n    return event\n"


@pytest.fixture(name="lambdas")
def client(emulator):
    return emulator.client("lambda")


def arn(name):
    return f"arn:aws:lambda:us-east-1:000000000000:function:{name}"


def test_a_function_lives(lambdas, name):
    code = functions.archive({"app.py": ECHO})
    created = lambdas.create_function(
        FunctionName=name, Role=functions.ROLE, Runtime="python3.11", Handler="app.handler", Code={"ZipFile": code},
        Environment={"Variables": {"A": "1"}}, Description="An echo", Timeout=7, MemorySize=256, Tags={"k": "v"})
    sha = base64.b64encode(hashlib.sha256(code).digest()).decode()
    expected = {"FunctionArn": arn(name), "CodeSha256": sha, "CodeSize": len(code), "Timeout": 7, "MemorySize": 256,
                "Version": "$LATEST", "PackageType": "Zip", "Description": "An echo", "Handler": "app.handler",
                "Environment": {"Variables": {"A": "1"}}, "TracingConfig": {"Mode": "PassThrough"},
                "Architectures": ["x86_64"], "EphemeralStorage": {"Size": 512}}
    assert created["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert {member: created[member] for member in expected} == expected

    shown = lambdas.get_function(FunctionName=name)
    assert shown["Configuration"]["State"] == "Active"
    assert shown["Configuration"]["LastUpdateStatus"] == "Successful"
    assert shown["Tags"] == {"k": "v"}
    assert shown["Code"]["RepositoryType"] == "S3"
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(shown["Code"]["Location"]) as answer:
        assert answer.read() == code

    changed = lambdas.update_function_configuration(FunctionName=name, Timeout=9, Description="Changed")
    assert (changed["Timeout"], changed["MemorySize"]) == (9, 256)
    assert changed["RevisionId"] != created["RevisionId"]
    new_code = functions.archive({"app.py": "def handler(event, context):\n    return 'new'\n"})
    updated = lambdas.update_function_code(FunctionName=name, ZipFile=new_code)
    assert updated["CodeSha256"] == base64.b64encode(hashlib.sha256(new_code).digest()).decode()
    assert functions.invoke(lambdas, name)[0] == "new"
    assert name in {f["FunctionName"] for page in lambdas.get_paginator("list_functions").paginate()
                    for f in page["Functions"]}

    assert lambdas.delete_function(FunctionName=name)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert error_of(lambdas.get_function, FunctionName=name) == (
        "ResourceNotFoundException", f"Function not found: {arn(name)}")


def test_a_function_answers_to_all_its_names(lambdas, name):
    functions.create(lambdas, name, ECHO)
    for spelled in (arn(name), f"000000000000:function:{name}", f"{name}:$LATEST", f"{arn(name)}:$LATEST"):
        assert functions.invoke(lambdas, spelled, {"x": 1})[0] == {"x": 1}


def test_errors_of_bad_functions(lambdas, emulator, name):
    functions.create(lambdas, name, ECHO)
    assert error_of(functions.create, lambdas, name, ECHO) == (
        "ResourceConflictException", f"Function already exist: {name}")
    code, _, answer = full_error_of(lambdas.delete_function, FunctionName="nope")
    assert code == "ResourceNotFoundException"
    # Source: recorded case test_delete_on_nonexisting_version.
    assert answer["Type"] == "User" and answer["Message"] == f"Function not found: {arn('nope')}"
    code, message = error_of(functions.create, lambdas, name + "r", ECHO, Runtime="cobol1.0")
    assert code == "InvalidParameterValueException"
    assert message.startswith("Value cobol1.0 at 'runtime' failed to satisfy constraint: Member must satisfy enum")
    code, message = error_of(
        emulator.unchecked("lambda").create_function, FunctionName=name + "r", Role="r1", Runtime="python3.11",
        Handler="app.handler", Code={"ZipFile": functions.archive({"app.py": ECHO})})
    assert code == "ValidationException"
    assert message.startswith("1 validation error detected: Value 'r1' at 'role' failed to satisfy constraint: Member "
                              "must satisfy regular expression pattern: ")


def test_reserved_concurrency_is_kept(lambdas, name):
    functions.create(lambdas, name, ECHO)
    assert lambdas.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=3)[
        "ReservedConcurrentExecutions"] == 3
    assert lambdas.get_function(FunctionName=name)["Concurrency"] == {"ReservedConcurrentExecutions": 3}


def test_permissions_are_added_once(lambdas, name):
    functions.create(lambdas, name, ECHO)
    members = {"FunctionName": name, "StatementId": "one", "Action": "lambda:InvokeFunction",
               "Principal": "apigateway.amazonaws.com", "SourceArn": "arn:aws:execute-api:us-east-1:000000000000:x/*"}
    statement = lambdas.add_permission(**members)["Statement"]
    assert '"Sid":"one"' in statement and "apigateway.amazonaws.com" in statement
    assert error_of(lambdas.add_permission, **members) == (
        "ResourceConflictException", "The statement id (one) provided already exists. Please provide a new statement "
        "id, or remove the existing statement.")
