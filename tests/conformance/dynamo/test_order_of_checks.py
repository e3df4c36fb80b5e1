"""DynamoDB checks in a fixed order, and applications come to depend on which error wins."""

from support import tables
from support.errors import error_of

NO_TABLE = ("ResourceNotFoundException", "Requested resource not found")


def test_an_unknown_table_wins_over_a_key_that_cannot_fit(emulator):
    db = emulator.client("dynamodb")
    assert error_of(db.get_item, TableName="nope", Key={"whatever": {"N": "1"}}) == NO_TABLE
    assert error_of(db.put_item, TableName="nope", Item={}) == NO_TABLE


def test_a_bad_value_or_expression_wins_over_an_unknown_table(emulator):
    db = emulator.client("dynamodb")
    assert error_of(db.put_item, TableName="nope", Item={"id": {"N": "abc"}})[0] == "ValidationException"
    code, message = error_of(db.update_item, TableName="nope", Key={"id": {"S": "1"}}, UpdateExpression="SET")
    assert code == "ValidationException" and message.startswith("Invalid UpdateExpression: Syntax error;")
    code, message = error_of(db.get_item, TableName="nope", Key={"id": {"S": "1"}}, ProjectionExpression="#a")
    assert (code, message) == (
        "ValidationException", "Invalid ProjectionExpression: An expression attribute name used in the document path "
        "is not defined; attribute name: #a")


def test_a_wrong_key_wins_over_a_failing_condition(emulator, name):
    db = emulator.client("dynamodb")
    tables.create(db, name)
    code, message = error_of(db.delete_item, TableName=name, Key={"wrong": {"S": "1"}},
                             ConditionExpression="attribute_exists(id)")
    assert (code, message) == ("ValidationException", "The provided key element does not match the schema")


def test_old_and_new_parameters_do_not_mix(emulator, name):
    db = emulator.client("dynamodb")
    tables.create(db, name)
    code, message = error_of(db.get_item, TableName=name, Key={"id": {"S": "1"}}, AttributesToGet=["a"],
                             ProjectionExpression="a")
    assert (code, message) == (
        "ValidationException", "Can not use both expression and non-expression parameters in the same request: "
        "Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}")
