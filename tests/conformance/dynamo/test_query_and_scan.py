"""Query and Scan: order, key conditions, filters and pages."""

import pytest

from support import tables
from support.errors import error_of

NUMBERS = ["-1000", "-1.5", "-1", "-0.001", "0", "0.001", "1", "1.5", "2", "10", "1000"]


@pytest.fixture(name="db", scope="module")
def client(emulator):
    return emulator.client("dynamodb")


@pytest.fixture(name="numbered", scope="module")
def table_with_number_keys(db):
    table = tables.create(db, tables.unique("numbered"), "pk", "n", {"n": "N"})
    shuffled = NUMBERS[::2] + NUMBERS[1::2]
    tables.fill(db, table, ({"pk": {"S": "a"}, "n": {"N": n}, "even": {"BOOL": float(n) % 2 == 0}} for n in shuffled))
    tables.fill(db, table, [{"pk": {"S": "b"}, "n": {"N": "5"}}])
    return table


@pytest.fixture(name="named", scope="module")
def table_with_text_keys(db):
    table = tables.create(db, tables.unique("named"), "pk", "sk")
    tables.fill(db, table, ({"pk": {"S": "a"}, "sk": {"S": sk}} for sk in ("ant", "bee", "bear", "bee hive", "cat", "Z")))
    return table


def numbers(db, table, condition, values, **members):
    answer = db.query(TableName=table, KeyConditionExpression="pk = :p" + condition,
                      ExpressionAttributeValues=dict(values, **{":p": {"S": "a"}}), **members)
    return [item["n"]["N"] for item in answer["Items"]], answer


def test_number_keys_are_in_numeric_order(db, numbered):
    assert numbers(db, numbered, "", {})[0] == NUMBERS
    assert numbers(db, numbered, "", {}, ScanIndexForward=False)[0] == NUMBERS[::-1]


@pytest.mark.parametrize("condition, wanted", [
    (" AND n = :a", ["1"]), (" AND n < :a", ["-1000", "-1.5", "-1", "-0.001", "0", "0.001"]),
    (" AND n <= :a", ["-1000", "-1.5", "-1", "-0.001", "0", "0.001", "1"]), (" AND n > :a", ["1.5", "2", "10", "1000"]),
    (" AND n >= :a", ["1", "1.5", "2", "10", "1000"]), (" AND n BETWEEN :a AND :b", ["1", "1.5", "2", "10"]),
])
def test_key_conditions_on_numbers(db, numbered, condition, wanted):
    values = {":a": {"N": "1"}}
    if ":b" in condition:
        values[":b"] = {"N": "10"}
    assert numbers(db, numbered, condition, values)[0] == wanted


def test_text_keys_are_in_byte_order_and_know_prefixes(db, named):
    def keys(condition, **values):
        answer = db.query(TableName=named, KeyConditionExpression="pk = :p" + condition, ExpressionAttributeValues=dict(
            {":p": {"S": "a"}}, **{f":{name}": {"S": value} for name, value in values.items()}))
        return [item["sk"]["S"] for item in answer["Items"]]

    assert keys("") == ["Z", "ant", "bear", "bee", "bee hive", "cat"]
    assert keys(" AND begins_with(sk, :s)", s="bee") == ["bee", "bee hive"]
    assert keys(" AND sk BETWEEN :s AND :t", s="b", t="bee") == ["bear", "bee"]


def test_the_limit_counts_before_the_filter(db, numbered):
    found, answer = numbers(db, numbered, "", {":t": {"BOOL": True}}, Limit=4, FilterExpression="even = :t")
    assert (found, answer["Count"], answer["ScannedCount"]) == (["-1000"], 1, 4)
    assert answer["LastEvaluatedKey"] == {"pk": {"S": "a"}, "n": {"N": "-0.001"}}


def test_pages_follow_one_another_without_gap_or_repeat(db, numbered):
    found, start = [], {}
    while True:
        page, answer = numbers(db, numbered, "", {}, Limit=3, **start)
        found += page
        if "LastEvaluatedKey" not in answer:
            break
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
    assert found == NUMBERS


def test_a_page_ends_at_one_megabyte(db, name):
    tables.create(db, name, "pk", "sk")
    for i in range(12):
        db.put_item(TableName=name, Item={"pk": {"S": "a"}, "sk": {"S": f"{i:02}"}, "v": {"S": "x" * 100_000}})
    first = db.query(TableName=name, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": "a"}})
    assert 10 <= first["Count"] <= 11 and "LastEvaluatedKey" in first
    assert sum(page["Count"] for page in db.get_paginator("scan").paginate(TableName=name)) == 12


def test_counting_gives_no_items(db, numbered):
    answer = db.scan(TableName=numbered, Select="COUNT")
    assert answer["Count"] == len(NUMBERS) + 1 and "Items" not in answer


def test_parallel_segments_cover_the_table_once(db, name):
    tables.create(db, name)
    tables.fill(db, name, ({"id": {"S": f"k{i}"}} for i in range(60)))
    segments = [[item["id"]["S"] for item in db.scan(TableName=name, Segment=s, TotalSegments=4)["Items"]]
                for s in range(4)]
    assert sorted(key for keys in segments for key in keys) == sorted(f"k{i}" for i in range(60))
    assert sum(bool(keys) for keys in segments) > 1


def test_a_scan_with_the_old_parameter_projects(db, numbered):
    # The workshop's tests clean up with AttributesToGet.
    assert all(set(item) == {"n"} for item in db.scan(TableName=numbered, AttributesToGet=["n"])["Items"])


@pytest.mark.parametrize("expression, message", [
    ("n = :v", "Query condition missed key schema element: pk"),
    ("pk > :v", "Query key condition not supported"),
    ("pk = :v AND another = :v", "Query condition missed key schema element: n"),
    ("pk = :v OR n = :v", "Invalid operator used in KeyConditionExpression: OR"),
    ("pk = :v AND n <> :v", "Invalid operator used in KeyConditionExpression: <>"),
])
def test_bad_key_conditions_are_refused_with_the_words_of_aws(db, numbered, expression, message):
    code, said = error_of(db.query, TableName=numbered, KeyConditionExpression=expression,
                          ExpressionAttributeValues={":v": {"S": "a"}})
    assert code == "ValidationException" and message in said


def test_a_filter_may_not_use_key_attributes(db, numbered):
    code, message = error_of(db.query, TableName=numbered, KeyConditionExpression="pk = :v", FilterExpression="n = :n",
                             ExpressionAttributeValues={":v": {"S": "a"}, ":n": {"N": "1"}})
    assert (code, message) == ("ValidationException", "Filter Expression can only contain non-primary key attributes: "
                               "Primary key attribute: n")
