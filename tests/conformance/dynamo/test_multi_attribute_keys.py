"""Global secondary indexes whose partition and sort keys are made of up to four attributes each."""

import pytest

from support import tables
from support.errors import error_of

MATCHES = [("1", "WINTER", "NA", "FINAL", 2), ("2", "WINTER", "NA", "FINAL", 10), ("3", "WINTER", "NA", "QUARTER", 1),
           ("4", "WINTER", "EU", "FINAL", 1), ("5", "SUMMER", "NA", "FINAL", 1)]


@pytest.fixture(name="db", scope="module")
def client(emulator):
    return emulator.client("dynamodb")


def schema(hashes, ranges=()):
    return ([{"AttributeName": name, "KeyType": "HASH"} for name in hashes]
            + [{"AttributeName": name, "KeyType": "RANGE"} for name in ranges])


def make(db, name, keys, projection="ALL", numbers=()):
    names = list(dict.fromkeys(["id", *(key["AttributeName"] for key in keys)]))
    return db.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=schema(["id"]),
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "N" if key in numbers else "S"} for key in names],
        GlobalSecondaryIndexes=[{"IndexName": "Index", "KeySchema": keys, "Projection": {"ProjectionType": projection}}])


@pytest.fixture(name="matches", scope="module")
def table_of_matches(db):
    table = tables.unique("matches")
    make(db, table, schema(["cup", "area"], ["stage", "court"]), numbers=["court"])
    for key, cup, area, stage, court in MATCHES:
        db.put_item(TableName=table, Item={"id": {"S": key}, "cup": {"S": cup}, "area": {"S": area},
                                           "stage": {"S": stage}, "court": {"N": str(court)}})
    # Lacks one of the index's attributes, so that it is in the table only.
    db.put_item(TableName=table, Item={"id": {"S": "6"}, "cup": {"S": "WINTER"}, "area": {"S": "NA"}})
    return table


def query(db, table, condition, **values):
    values = {f":{name}": {"N": str(value)} if isinstance(value, int) else {"S": value} for name, value in values.items()}
    return db.query(TableName=table, IndexName="Index", KeyConditionExpression=condition,
                    ExpressionAttributeValues=values)


def ids(answer):
    return [item["id"]["S"] for item in answer["Items"]]


@pytest.mark.parametrize("condition, values, wanted", [
    ("", {}, ["1", "2", "3"]),
    (" AND stage = :s", {"s": "FINAL"}, ["1", "2"]),
    (" AND begins_with(stage, :s)", {"s": "QU"}, ["3"]),
    (" AND stage BETWEEN :s AND :t", {"s": "A", "t": "G"}, ["1", "2"]),
    (" AND stage = :s AND court > :n", {"s": "FINAL", "n": 2}, ["2"]),
    (" AND stage = :s AND court = :n", {"s": "FINAL", "n": 2}, ["1"]),
])
def test_sort_attributes_are_given_from_the_left(db, matches, condition, values, wanted):
    answer = query(db, matches, "cup = :c AND area = :a" + condition, c="WINTER", a="NA", **values)
    assert ids(answer) == wanted


@pytest.mark.parametrize("condition, values, wanted", [
    ("cup = :c", {"c": "WINTER"}, "Query condition missed key schema element: area"),
    ("cup = :c AND area = :a AND court = :n", {"c": "WINTER", "a": "NA", "n": 1},
     "Query condition missed key schema element: stage"),
    ("cup = :c AND begins_with(area, :a)", {"c": "WINTER", "a": "N"}, "Query key condition not supported"),
    ("cup = :c AND area = :a AND stage > :s AND court = :n", {"c": "WINTER", "a": "NA", "s": "A", "n": 1},
     "Query key condition not supported"),
])
def test_conditions_that_do_not_fit_the_key(db, matches, condition, values, wanted):
    assert error_of(query, db, matches, condition, **values) == ("ValidationException", wanted)


def test_a_scan_of_the_index_sees_only_items_with_all_key_attributes(db, matches):
    assert sorted(ids(db.scan(TableName=matches, IndexName="Index"))) == ["1", "2", "3", "4", "5"]
    assert db.scan(TableName=matches)["Count"] == 6


def test_pages_go_on_after_the_last_key(db, matches):
    pages = db.get_paginator("query").paginate(
        TableName=matches, IndexName="Index", KeyConditionExpression="cup = :c AND area = :a",
        ExpressionAttributeValues={":c": {"S": "WINTER"}, ":a": {"S": "NA"}}, PaginationConfig={"PageSize": 1})
    found = [page for page in pages if page["Items"]]
    assert [ids(page) for page in found] == [["1"], ["2"], ["3"]]
    assert set(found[0]["LastEvaluatedKey"]) == {"id", "cup", "area", "stage", "court"}


def test_the_key_schema_comes_back_in_its_order(db, name):
    keys = schema(["d", "c", "b", "a"], ["h", "g", "f", "e"])
    made = make(db, name, keys)["TableDescription"]["GlobalSecondaryIndexes"][0]
    assert made["KeySchema"] == keys
    assert db.describe_table(TableName=name)["Table"]["GlobalSecondaryIndexes"][0]["KeySchema"] == keys


@pytest.mark.parametrize("keys, wanted", [
    (schema("abcde"), "The KeySchema exceeds the maximum allowed number of HASH key attributes"),
    (schema("a", "bcdef"), "The KeySchema exceeds the maximum allowed number of RANGE key attributes"),
    (schema("a", "b") + schema("c"), "All HASH key attributes must precede RANGE key attributes in the KeySchema"),
    (schema("", "a"), "The first KeySchemaElement is not a HASH key type"),
])
def test_key_schemas_that_no_index_can_have(db, keys, wanted):
    code, message = error_of(make, db, "refused", keys)
    assert (code, wanted in message) == ("ValidationException", True), message


def test_a_table_has_one_attribute_of_each_kind(db):
    code, _ = error_of(db.create_table, TableName="refused", BillingMode="PAY_PER_REQUEST",
                       KeySchema=schema("ab", "c"),
                       AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in "abc"])
    assert code == "ValidationException"


def test_an_index_added_to_a_table_is_filled(db, name):
    make(db, name, schema(["x"]))
    db.put_item(TableName=name, Item={one: {"S": one} for one in ("id", "x", "y", "z")})
    db.update_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in ("y", "z")],
        GlobalSecondaryIndexUpdates=[{"Create": {"IndexName": "Later", "KeySchema": schema("yz"),
                                                 "Projection": {"ProjectionType": "ALL"}}}])
    answer = db.query(TableName=name, IndexName="Later", KeyConditionExpression="y = :y AND z = :z",
                      ExpressionAttributeValues={":y": {"S": "y"}, ":z": {"S": "z"}})
    assert ids(answer) == ["id"]
