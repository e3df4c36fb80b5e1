"""Batches: limits, duplicates, and many writers at once."""

import concurrent.futures

import pytest

from support import tables
from support.errors import error_of


@pytest.fixture(name="db", scope="module")
def client(emulator):
    return emulator.client("dynamodb")


@pytest.fixture(name="table", scope="module")
def one_table(db):
    return tables.create(db, tables.unique("batches"))


def puts(*ids):
    return [{"PutRequest": {"Item": {"id": {"S": i}}}} for i in ids]


def test_a_batch_writes_deletes_and_reads(db, table):
    tables.fill(db, table, ({"id": {"S": f"i{n}"}, "n": {"N": str(n)}} for n in range(40)))
    db.batch_write_item(RequestItems={table: [{"DeleteRequest": {"Key": {"id": {"S": "i0"}}}}] + puts("new")})
    keys = [{"id": {"S": f"i{n}"}} for n in range(40)] + [{"id": {"S": "new"}}]
    answer = db.batch_get_item(RequestItems={table: {"Keys": keys, "ProjectionExpression": "id", "ConsistentRead": True}})
    got = {item["id"]["S"] for item in answer["Responses"][table]}
    assert got == {f"i{n}" for n in range(1, 40)} | {"new"}
    assert answer["UnprocessedKeys"] == {}


def test_batches_that_are_too_long_or_repeat_themselves_are_refused(db, table):
    code, message = error_of(db.batch_write_item, RequestItems={table: puts(*map(str, range(26)))})
    assert code == "ValidationException" and "less than or equal to 25" in message
    assert error_of(db.batch_write_item, RequestItems={table: puts("a", "a")}) == (
        "ValidationException", "Provided list of item keys contains duplicates")
    keys = [{"id": {"S": str(n)}} for n in range(101)]
    code, message = error_of(db.batch_get_item, RequestItems={table: {"Keys": keys}})
    assert code == "ValidationException" and ("less than or equal to 100" in message or "Too many items" in message)
    assert error_of(db.batch_get_item, RequestItems={table: {"Keys": keys[:1] * 2}}) == (
        "ValidationException", "Provided list of item keys contains duplicates")
    # Source: recorded case test_batch_write_not_matching_schema.
    assert error_of(db.batch_write_item, RequestItems={table: [{"PutRequest": {"Item": {"no": {"S": "1"}}}}]}) == (
        "ValidationException", "The provided key element does not match the schema")
    assert error_of(db.batch_write_item, RequestItems={"nope": puts("1")}) == (
        "ResourceNotFoundException", "Requested resource not found")


def test_a_refused_batch_writes_nothing(db, table):
    error_of(db.batch_write_item, RequestItems={table: puts("half") + [{"PutRequest": {"Item": {"no": {"S": "1"}}}}]})
    assert "Item" not in db.get_item(TableName=table, Key={"id": {"S": "half"}})


def test_no_update_of_many_at_once_is_lost(emulator, db, table):
    db.put_item(TableName=table, Item={"id": {"S": "counter"}, "n": {"N": "0"}})

    def count_up(_):
        own = emulator.client("dynamodb")
        for _ in range(25):
            own.update_item(TableName=table, Key={"id": {"S": "counter"}}, UpdateExpression="ADD n :one",
                            ExpressionAttributeValues={":one": {"N": "1"}})

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(8)))
    assert db.get_item(TableName=table, Key={"id": {"S": "counter"}})["Item"]["n"] == {"N": "200"}


def test_only_one_of_many_creators_wins(emulator, db, table, name):
    def create(number):
        try:
            emulator.client("dynamodb").put_item(TableName=table, Item={"id": {"S": name}, "by": {"N": str(number)}},
                                                 ConditionExpression="attribute_not_exists(id)")
            return 1
        except db.exceptions.ConditionalCheckFailedException:
            return 0

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(create, range(8))) == 1
