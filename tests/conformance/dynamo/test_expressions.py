"""The expression language, through the operations that take it."""

import pytest

from support import tables
from support.errors import error_of


@pytest.fixture(name="db", scope="module")
def client(emulator):
    return emulator.client("dynamodb")


@pytest.fixture(name="table", scope="module")
def one_table(db):
    return tables.create(db, tables.unique("expressions"))


@pytest.fixture(name="row")
def one_row(db, table, name):
    """A row of known content, and a function that updates it and gives it back."""
    key = {"id": {"S": name}}
    db.put_item(TableName=table, Item=dict(key, n={"N": "10"}, s={"S": "abc"}, list={"L": [{"N": "0"}, {"N": "1"}]},
                                           map={"M": {"in": {"N": "1"}}}, tags={"SS": ["a", "b"]}))

    def update(expression, values=None, names=None, **members):
        if values:
            members["ExpressionAttributeValues"] = values
        if names:
            members["ExpressionAttributeNames"] = names
        members.setdefault("ReturnValues", "ALL_NEW")
        return db.update_item(TableName=table, Key=key, UpdateExpression=expression, **members).get("Attributes")

    return update


@pytest.mark.parametrize("expression, values, attribute, wanted", [
    ("SET n = n + :v", {":v": {"N": "5"}}, "n", {"N": "15"}),
    ("SET n = :v - n", {":v": {"N": "5"}}, "n", {"N": "-5"}),
    ("SET n = if_not_exists(n, :v)", {":v": {"N": "5"}}, "n", {"N": "10"}),
    ("SET fresh = if_not_exists(fresh, :v)", {":v": {"N": "5"}}, "fresh", {"N": "5"}),
    ("SET #l = list_append(#l, :v)", {":v": {"L": [{"N": "2"}]}}, "list", {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}]}),
    ("SET #l[1] = :v", {":v": {"S": "b"}}, "list", {"L": [{"N": "0"}, {"S": "b"}]}),
    ("SET #l[9] = :v", {":v": {"S": "b"}}, "list", {"L": [{"N": "0"}, {"N": "1"}, {"S": "b"}]}),
    ("REMOVE #l[0]", None, "list", {"L": [{"N": "1"}]}),
    ("SET #m.#i = #m.#i + :v", {":v": {"N": "1"}}, "map", {"M": {"in": {"N": "2"}}}),
    ("ADD n :v", {":v": {"N": "-3"}}, "n", {"N": "7"}),
    ("ADD fresh :v", {":v": {"N": "3"}}, "fresh", {"N": "3"}),
    ("DELETE tags :v", {":v": {"SS": ["a", "zz"]}}, "tags", {"SS": ["b"]}),
    ("DELETE tags :v", {":v": {"SS": ["a", "b"]}}, "tags", None),
    ("REMOVE n, s", None, "n", None),
    ("SET a = n, n = :v", {":v": {"N": "0"}}, "a", {"N": "10"}),
])
def test_updates(row, expression, values, attribute, wanted):
    names = {"#l": "list", "#m": "map", "#i": "in"}
    used = {short: long for short, long in names.items() if short in expression}
    assert row(expression, values, used).get(attribute) == wanted


def test_return_values_of_an_update(row):
    values = {":v": {"N": "1"}}
    assert row("SET n = :v", values, ReturnValues="UPDATED_OLD") == {"n": {"N": "10"}}
    assert row("SET n = n + :v", values, ReturnValues="UPDATED_NEW") == {"n": {"N": "2"}}
    assert row("SET n = n + :v", values, ReturnValues="NONE") is None
    assert row("SET n = n + :v", values, ReturnValues="ALL_OLD")["n"] == {"N": "3"}


@pytest.mark.parametrize("expression, values, message", [
    ("SET n = :v", None, "Invalid UpdateExpression: An expression attribute value used in expression is not defined; "
                         "attribute value: :v"),
    ("SET n = :v", {":v": {"N": "1"}, ":w": {"N": "1"}},
     "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}"),
    ("SET name = :v", {":v": {"N": "1"}},
     "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: name"),
    ("SET n = = :v", {":v": {"N": "1"}}, 'Invalid UpdateExpression: Syntax error; token: "=", near: "= = :v"'),
    ("SET n = :v, n = :v", {":v": {"N": "1"}},
     "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; "
     "path one: [n], path two: [n]"),
    ("SET n = :v SET s = :v", {":v": {"N": "1"}},
     'Invalid UpdateExpression: The "SET" section can only be used once in an update expression;'),
    ("SET id = :v", {":v": {"S": "1"}},
     "One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key"),
    ("SET n = s + :v", {":v": {"N": "1"}}, "An operand in the update expression has an incorrect data type"),
    ("SET n = nowhere", None,
     "The provided expression refers to an attribute that does not exist in the item"),
    ("SET nowhere.deep = :v", {":v": {"N": "1"}},
     "The document path provided in the update expression is invalid for update"),
    ("SET n = nonsense(n)", None, "Invalid UpdateExpression: Invalid function name; function: nonsense"),
    ("", None, "Invalid UpdateExpression: The expression can not be empty;"),
])
def test_bad_updates_are_refused_with_the_words_of_aws(row, expression, values, message):
    assert error_of(row, expression, values) == ("ValidationException", message)


@pytest.mark.parametrize("condition, holds", [
    ("attribute_exists(n)", True), ("attribute_not_exists(n)", False), ("attribute_exists(tags)", True),
    ("n = :ten", True), ("n <> :ten", False), ("n BETWEEN :two AND :ten", True), ("n IN (:two, :ten)", True),
    ("n > :two AND NOT s = :ten", True), ("n < :two OR n > :ten", False), ("begins_with(s, :ab)", True),
    ("contains(s, :b)", True), ("contains(tags, :b)", True), ("contains(tags, :ab)", False), ("size(s) = :three", True),
    ("size(tags) > :three", False), ("attribute_type(n, :typeN)", True), ("#m.#i = :one", True), ("#l[1] = :one", True),
    ("#l[7] = :one", False), ("n = :one OR n = :ten AND attribute_not_exists(n)", False),
    ("(n = :ten OR n = :one) AND (attribute_exists(s))", True), ("s > :ten", False), ("nowhere = :ten", False),
    ("nowhere <> :ten", True),
])
def test_conditions(db, row, table, condition, holds):
    values = {":ten": {"N": "10"}, ":two": {"N": "2"}, ":one": {"N": "1"}, ":three": {"N": "3"}, ":ab": {"S": "ab"},
              ":b": {"S": "b"}, ":typeN": {"S": "N"}}
    used = {key: value for key, value in values.items() if key in condition.replace(",", " ").replace("(", " ").replace(")", " ").split()}
    names = {short: long for short, long in {"#m": "map", "#i": "in", "#l": "list"}.items() if short in condition}
    members = {"ConditionExpression": condition}
    if used:
        members["ExpressionAttributeValues"] = used
    if names:
        members["ExpressionAttributeNames"] = names
    key = {"id": row("SET seen = if_not_exists(seen, n)")["id"]}
    if holds:
        db.delete_item(TableName=table, Key=key, **members)
    else:
        assert error_of(db.delete_item, TableName=table, Key=key, **members) == (
            "ConditionalCheckFailedException", "The conditional request failed")


def test_projections_pick_from_the_depths(db, row, table):
    key = {"id": row("SET seen = n")["id"]}
    got = db.get_item(TableName=table, Key=key, ProjectionExpression="#m.#i, #l[1], s, nowhere",
                      ExpressionAttributeNames={"#m": "map", "#i": "in", "#l": "list"})["Item"]
    assert got == {"map": {"M": {"in": {"N": "1"}}}, "list": {"L": [{"N": "1"}]}, "s": {"S": "abc"}}
