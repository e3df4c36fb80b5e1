"""Items: every type there and back, and what AWS says of bad values and keys."""

import pytest

from support import tables
from support.errors import error_of

INVALID = "One or more parameter values were invalid: "


@pytest.fixture(name="db", scope="module")
def client(emulator):
    return emulator.client("dynamodb")


@pytest.fixture(name="table", scope="module")
def one_table(db):
    return tables.create(db, tables.unique("items"))


def put(db, table, **attributes):
    return db.put_item(TableName=table, Item=dict({"id": {"S": "x"}}, **attributes))


def test_every_type_comes_back_as_it_went_in(db, table):
    item = {
        "id": {"S": "types"}, "text": {"S": "žluťoučký 🐎"}, "empty": {"S": ""}, "number": {"N": "-12.5"},
        "bytes": {"B": b"\x00\xff\x7f"}, "no bytes": {"B": b""}, "yes": {"BOOL": True}, "nothing": {"NULL": True},
        "list": {"L": [{"N": "1"}, {"L": []}, {"M": {"deep": {"S": "er"}}}]}, "map": {"M": {}},
        "texts": {"SS": ["a", "b"]}, "numbers": {"NS": ["1", "2"]}, "blobs": {"BS": [b"a", b"\x01"]}}
    db.put_item(TableName=table, Item=item)
    got = db.get_item(TableName=table, Key={"id": {"S": "types"}}, ConsistentRead=True)["Item"]
    for kind in ("texts", "numbers", "blobs"):
        for member in (got, item):
            member[kind] = {which: set(values) for which, values in member[kind].items()}
    assert got == item


@pytest.mark.parametrize("sent, stored", [
    ("1.0", "1"), ("1e2", "100"), ("-0", "0"), ("0.10", "0.1"), ("+5", "5"), ("007", "7"),
    ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
    ("0.00000000000000000000000000000000000001", "0.00000000000000000000000000000000000001"),
])
def test_numbers_keep_38_digits_in_one_spelling(db, table, sent, stored):
    put(db, table, n={"N": sent})
    assert db.get_item(TableName=table, Key={"id": {"S": "x"}})["Item"]["n"] == {"N": stored}


@pytest.mark.parametrize("value, message", [
    ({"N": "abc"}, "The parameter cannot be converted to a numeric value: abc"),
    ({"N": ""}, "The parameter cannot be converted to a numeric value"),
    ({"N": "1e126"}, "Number overflow. Attempting to store a number with magnitude larger than supported range"),
    ({"N": "1e-131"}, "Number underflow. Attempting to store a number with magnitude smaller than supported range"),
    ({"N": "1" * 39}, "Attempting to store more than 38 significant digits in a Number"),
    ({"SS": []}, INVALID + "An string set  may not be empty"),
    ({"SS": ["a", "a"]}, INVALID + "Input collection [a, a] contains duplicates."),
    ({"NS": ["1", "1.0"]}, "Input collection contains duplicates"),
    ({}, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
    ({"S": "a", "N": "1"}, "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
                           "supported datatypes"),
])
def test_bad_values_are_refused_with_the_words_of_aws(db, emulator, table, value, message):
    code, said = error_of(emulator.unchecked("dynamodb").put_item, TableName=table,
                          Item={"id": {"S": "bad"}, "v": value})
    assert code == "ValidationException" and message in said


def test_bad_keys_are_refused(db, table):
    for item, message in (
            ({"other": {"S": "1"}}, INVALID + "Missing the key id in the item"),
            ({"id": {"N": "1"}}, INVALID + "Type mismatch for key id expected: S actual: N"),
            ({"id": {"S": ""}}, "One or more parameter values are not valid. The AttributeValue for a key attribute "
                                "cannot contain an empty string value. Key: id")):
        assert error_of(db.put_item, TableName=table, Item=item) == ("ValidationException", message)
    for key in ({"other": {"S": "1"}}, {"id": {"N": "1"}}, {"id": {"S": "1"}, "more": {"S": "1"}}):
        assert error_of(db.get_item, TableName=table, Key=key) == (
            "ValidationException", "The provided key element does not match the schema")


def test_an_item_may_be_400_kilobytes_and_no_more(db, table):
    # Names count too: "id" + "x" + "v" are 4 bytes.
    put(db, table, v={"S": "a" * (400 * 1024 - 4)})
    assert error_of(put, db, table, v={"S": "a" * (400 * 1024 - 3)}) == (
        "ValidationException", "Item size has exceeded the maximum allowed size")


def test_return_values_of_put_and_delete(db, table):
    db.delete_item(TableName=table, Key={"id": {"S": "r"}})
    assert "Attributes" not in db.put_item(TableName=table, Item={"id": {"S": "r"}}, ReturnValues="ALL_OLD")
    again = db.put_item(TableName=table, Item={"id": {"S": "r"}, "v": {"N": "2"}}, ReturnValues="ALL_OLD")
    assert again["Attributes"] == {"id": {"S": "r"}}
    gone = db.delete_item(TableName=table, Key={"id": {"S": "r"}}, ReturnValues="ALL_OLD")
    assert gone["Attributes"] == {"id": {"S": "r"}, "v": {"N": "2"}}
    assert "Attributes" not in db.delete_item(TableName=table, Key={"id": {"S": "r"}}, ReturnValues="ALL_OLD")
    assert error_of(db.put_item, TableName=table, Item={"id": {"S": "r"}}, ReturnValues="ALL_NEW") == (
        "ValidationException", "ReturnValues can only be ALL_OLD or NONE")


def test_consumed_capacity_is_reported_when_asked_for(db, table):
    db.put_item(TableName=table, Item={"id": {"S": "c"}, "v": {"S": "a" * 5000}})
    key = {"id": {"S": "c"}}
    eventual = db.get_item(TableName=table, Key=key, ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
    strong = db.get_item(TableName=table, Key=key, ConsistentRead=True, ReturnConsumedCapacity="TOTAL")
    written = db.put_item(TableName=table, Item=dict(key, v={"S": "a" * 5000}), ReturnConsumedCapacity="TOTAL")
    assert eventual == {"TableName": table, "CapacityUnits": 1.0}
    assert strong["ConsumedCapacity"]["CapacityUnits"] == 2.0
    assert written["ConsumedCapacity"]["CapacityUnits"] == 5.0


def test_the_document_interface_of_boto3_works(emulator, table):
    # Handlers use the resource API; it sends what the low-level one does, with types of its own.
    rows = emulator.resource("dynamodb").Table(table)
    rows.put_item(Item={"id": "doc", "tags": {"a", "b"}, "n": 7})
    assert rows.get_item(Key={"id": "doc"})["Item"] == {"id": "doc", "tags": {"a", "b"}, "n": 7}


@pytest.mark.emulator_only
def test_the_command_line_client_works(emulator, db, table):
    put(db, table, n={"N": "42"})
    got = emulator.aws("dynamodb", "get-item", "--table-name", table, "--key", '{"id": {"S": "x"}}')
    assert got["Item"]["n"] == {"N": "42"}
    failed = emulator.aws_raw("dynamodb", "get-item", "--table-name", "nope", "--key", '{"id": {"S": "x"}}')
    assert failed.returncode != 0
    assert ("An error occurred (ResourceNotFoundException) when calling the GetItem operation: Requested resource not "
            "found") in failed.stderr
