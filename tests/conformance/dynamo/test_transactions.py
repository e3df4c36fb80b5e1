"""Transactions: all or nothing, reasons, tokens, and no money lost among many threads."""

import concurrent.futures
import uuid

import pytest

from support import tables
from support.errors import error_of


@pytest.fixture(name="db", scope="module")
def client(emulator):
    return emulator.client("dynamodb")


@pytest.fixture(name="table", scope="module")
def one_table(db):
    return tables.create(db, tables.unique("transactions"))


def put(table, key, **more):
    return {"Put": {"TableName": table, "Item": {"id": {"S": key}, "n": {"N": "1"}}, **more}}


def add(table, key, amount, **more):
    return {"Update": {"TableName": table, "Key": {"id": {"S": key}}, "UpdateExpression": "ADD n :x",
                       "ExpressionAttributeValues": {":x": {"N": str(amount)}}, **more}}


def get(table, key):
    return {"Get": {"TableName": table, "Key": {"id": {"S": key}}}}


def cancelled(db, actions, **more):
    """The reasons of a transaction that has to fail, and its message."""
    with pytest.raises(db.exceptions.TransactionCanceledException) as caught:
        db.transact_write_items(TransactItems=actions, **more)
    return caught.value.response["CancellationReasons"], caught.value.response["Error"]["Message"]


def test_a_transaction_writes_to_several_tables_at_once(db, table, name):
    tables.create(db, name)
    db.transact_write_items(TransactItems=[put(table, "both"), put(name, "both")])
    arn = db.describe_table(TableName=name)["Table"]["TableArn"]
    answer = db.transact_get_items(TransactItems=[get(table, "both"), get(arn, "both"), get(name, "missing")])
    item = {"id": {"S": "both"}, "n": {"N": "1"}}
    assert answer["Responses"] == [{"Item": item}, {"Item": item}, {}]


def test_a_read_shows_only_what_it_projects(db, table):
    db.transact_write_items(TransactItems=[put(table, "projected")])
    read = {"Get": dict(get(table, "projected")["Get"], ProjectionExpression="#n", ExpressionAttributeNames={"#n": "n"})}
    assert db.transact_get_items(TransactItems=[read])["Responses"] == [{"Item": {"n": {"N": "1"}}}]


def test_a_failed_condition_cancels_all_and_tells_which(db, table):
    db.put_item(TableName=table, Item={"id": {"S": "taken"}, "by": {"S": "ann"}})
    reasons, message = cancelled(db, [
        put(table, "fresh"),
        put(table, "taken", ConditionExpression="attribute_not_exists(id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD"),
        {"ConditionCheck": {"TableName": table, "Key": {"id": {"S": "absent"}},
                            "ConditionExpression": "attribute_exists(id)"}}])
    assert message == ("Transaction cancelled, please refer cancellation reasons for specific reasons "
                       "[None, ConditionalCheckFailed, ConditionalCheckFailed]")
    assert reasons == [
        {"Code": "None"},
        {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed",
         "Item": {"id": {"S": "taken"}, "by": {"S": "ann"}}},
        {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}]
    assert "Item" not in db.get_item(TableName=table, Key={"id": {"S": "fresh"}})


def test_an_update_that_does_not_fit_the_item_cancels(db, table):
    db.put_item(TableName=table, Item={"id": {"S": "text"}, "n": {"S": "one"}})
    reasons, _ = cancelled(db, [put(table, "fine"), add(table, "text", 1)])
    assert reasons == [{"Code": "None"}, {
        "Code": "ValidationError",
        "Message": "An operand in the update expression has an incorrect data type"}]


# Source: the service refuses keys that are wrong for every table, and cancels for those wrong for this one.
def test_wrong_keys_cancel_and_empty_ones_are_refused(db, table):
    reasons, _ = cancelled(db, [{"Delete": {"TableName": table, "Key": {"id": {"N": "1"}}}}])
    assert reasons == [{"Code": "ValidationError", "Message": "The provided key element does not match the schema"}]
    code, message = error_of(db.transact_write_items, TransactItems=[put(table, "")])
    assert code == "ValidationException" and message.endswith("cannot contain an empty string value. Key: id")


def test_bad_requests_are_refused_as_a_whole(emulator, db, table):
    unchecked = emulator.unchecked("dynamodb")
    assert error_of(unchecked.transact_write_items, TransactItems=[{}]) == (
        "ValidationException", "TransactItems can only contain one of Check, Put, Update or Delete")
    assert error_of(db.transact_write_items, TransactItems=[put(table, "twice"), add(table, "twice", 1)]) == (
        "ValidationException", "Transaction request cannot include multiple operations on one item")
    code, message = error_of(unchecked.transact_write_items, TransactItems=[put(table, str(n)) for n in range(101)])
    assert code == "ValidationException" and "less than or equal to 100" in message
    assert error_of(db.transact_write_items, TransactItems=[put("nope", "1")]) == (
        "ResourceNotFoundException", "Requested resource not found")
    assert error_of(db.transact_write_items, TransactItems=[
        add(table, "x", 1, ConditionExpression="status = :x")])[1].startswith("Invalid ConditionExpression")


def test_a_token_makes_a_transaction_happen_once(db, table):
    token = str(uuid.uuid4())
    steps = dict(TransactItems=[add(table, "once", 1)], ClientRequestToken=token, ReturnConsumedCapacity="TOTAL")
    first = db.transact_write_items(**steps)["ConsumedCapacity"]
    assert first == [{"TableName": table, "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}]
    again = db.transact_write_items(**steps)["ConsumedCapacity"]
    assert again == [{"TableName": table, "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}]
    assert db.get_item(TableName=table, Key={"id": {"S": "once"}})["Item"]["n"] == {"N": "1"}
    code, _ = error_of(db.transact_write_items, TransactItems=[add(table, "once", 2)], ClientRequestToken=token)
    assert code == "IdempotentParameterMismatchException"


def test_transfers_among_many_threads_keep_the_sum(emulator, db, table):
    accounts = [f"account{n}" for n in range(4)]
    for account in accounts:
        db.put_item(TableName=table, Item={"id": {"S": account}, "n": {"N": "50"}})

    def balance(client):
        try:
            answer = client.transact_get_items(TransactItems=[get(table, account) for account in accounts])
        except client.exceptions.TransactionCanceledException as conflict:
            assert conflict.response["Error"]["Message"].count("TransactionConflict")
            return None
        amounts = [int(response["Item"]["n"]["N"]) for response in answer["Responses"]]
        assert min(amounts) >= 0
        return sum(amounts)

    def transfer(number):
        own = emulator.client("dynamodb")
        for step in range(25):
            source, target = accounts[(step + number) % 4], accounts[(step + number + 1 + step % 3) % 4]
            try:
                own.transact_write_items(TransactItems=[
                    add(table, source, -9, ConditionExpression="n >= :least",
                        ExpressionAttributeValues={":x": {"N": "-9"}, ":least": {"N": "9"}}),
                    add(table, target, 9)])
            except own.exceptions.TransactionCanceledException:
                pass
            assert balance(own) in (None, 200)

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        list(pool.map(transfer, range(6)))
    assert balance(db) == 200
