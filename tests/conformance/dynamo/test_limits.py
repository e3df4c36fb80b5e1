"""DynamoDB's limits, at each border and one step beyond it."""

import base64

import pytest

from support import tables
from support.errors import error_of

INVALID = "One or more parameter values were invalid: "
TOO_LARGE = ("ValidationException", "Item size has exceeded the maximum allowed size")
TOO_LARGE_UPDATE = ("ValidationException", "Item size to update has exceeded the maximum allowed size")
KILOBYTE = 1024


@pytest.fixture(name="db", scope="module")
def client(emulator):
    return emulator.unchecked("dynamodb")


@pytest.fixture(name="table", scope="module")
def one_table(db):
    return tables.create(db, tables.unique("limits"))


@pytest.fixture(name="sorted_table", scope="module")
def table_with_sort_key(db):
    return tables.create(db, tables.unique("limits-sorted"), range_key="sort", types={"sort": "B"})


def put(db, table, **values):
    return db.put_item(TableName=table, Item=dict({"id": {"S": "1"}}, **values))


def test_an_item_holds_400_kilobytes_of_names_and_values(db, table):
    # Names and values count: "id" + "1" + "v" + text.
    most = 400 * KILOBYTE - len("id" + "1" + "v")
    put(db, table, v={"S": "x" * most})
    assert error_of(put, db, table, v={"S": "x" * (most + 1)}) == TOO_LARGE
    # UTF-8 bytes, not characters.
    put(db, table, v={"S": "é" * (most // 2)})
    assert error_of(put, db, table, v={"S": "é" * (most // 2 + 1)}) == TOO_LARGE


def test_an_update_cannot_grow_an_item_beyond_400_kilobytes(db, table):
    most = 400 * KILOBYTE - len("id" + "u" + "v")

    def update(size):
        return db.update_item(TableName=table, Key={"id": {"S": "u"}}, UpdateExpression="SET v = :v",
                              ExpressionAttributeValues={":v": {"B": b"x" * size}})
    update(most)
    assert error_of(update, most + 1) == TOO_LARGE_UPDATE


def test_partition_keys_have_2048_bytes_and_sort_keys_1024(db, table, sorted_table):
    put(db, table, id={"S": "k" * 2048})
    assert db.get_item(TableName=table, Key={"id": {"S": "k" * 2048}})["Item"]
    # The missing blank is AWS's.
    too_long = ("ValidationException", INVALID + "Size of hashkey has exceeded the maximum size limit of2048 bytes")
    assert error_of(put, db, table, id={"S": "k" * 2049}) == too_long
    assert error_of(db.get_item, TableName=table, Key={"id": {"S": "k" * 2049}}) == too_long
    put(db, sorted_table, sort={"B": b"s" * 1024})
    too_long = ("ValidationException",
                INVALID + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
    assert error_of(put, db, sorted_table, sort={"B": b"s" * 1025}) == too_long


def test_index_keys_have_the_same_limits(db, name):
    keys = [{"AttributeName": "a", "KeyType": "HASH"}, {"AttributeName": "b", "KeyType": "RANGE"}]
    db.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in ("id", "a", "b")],
        GlobalSecondaryIndexes=[{"IndexName": "by-a", "KeySchema": keys, "Projection": {"ProjectionType": "ALL"}}])
    put(db, name, a={"S": "a" * 2048}, b={"S": "b" * 1024})
    code, message = error_of(put, db, name, a={"S": "a" * 2049}, b={"S": "b"})
    assert code == "ValidationException" and "2048 bytes" in message
    code, message = error_of(put, db, name, a={"S": "a"}, b={"S": "b" * 1025})
    assert code == "ValidationException" and "1024 bytes" in message


@pytest.mark.parametrize("kept, text", [
    ("12345678901234567890123456789012345678", None),
    ("-9.9999999999999999999999999999999999999E+125", None),
    ("1E-130", None),
    ("0.00000000000000000000000000000000000001", None),
    ("123456789012345678901234567890123456789",
     "Attempting to store more than 38 significant digits in a Number"),
    ("1E+126", "Number overflow. Attempting to store a number with magnitude larger than supported range"),
    ("1E-131", "Number underflow. Attempting to store a number with magnitude smaller than supported range"),
    ("abc", "The parameter cannot be converted to a numeric value: abc"),
    ("", "The parameter cannot be converted to a numeric value"),
    ("1 2", "The parameter cannot be converted to a numeric value: 1 2"),
    ("NaN", "The parameter cannot be converted to a numeric value: NaN"),
])
def test_numbers_have_38_digits_and_a_range(db, table, kept, text):
    if text is None:
        put(db, table, v={"N": kept})
    else:
        assert error_of(put, db, table, v={"N": kept}) == ("ValidationException", text)


@pytest.mark.parametrize("written, read", [
    ("007", "7"), ("1.50", "1.5"), ("-0", "0"), ("1e3", "1000"), ("+5", "5"), (".5", "0.5"), ("5.", "5"),
    ("1000000000000000000000000000000000000000", "1000000000000000000000000000000000000000"),
])
def test_numbers_come_back_in_one_form(db, table, written, read):
    put(db, table, v={"N": written})
    assert db.get_item(TableName=table, Key={"id": {"S": "1"}})["Item"]["v"] == {"N": read}


def test_arithmetic_stays_within_38_digits(db, table):
    put(db, table, v={"N": "99999999999999999999999999999999999999"})

    def add(number):
        return db.update_item(TableName=table, Key={"id": {"S": "1"}}, UpdateExpression="SET v = v + :n",
                              ExpressionAttributeValues={":n": {"N": number}}, ReturnValues="UPDATED_NEW")
    assert add("1")["Attributes"]["v"] == {"N": "100000000000000000000000000000000000000"}
    assert error_of(add, "0.1")[0] == "ValidationException"


def nested(levels):
    value = {"S": "deep"}
    for level in range(levels):
        value = {"L": [value]} if level % 2 else {"M": {"m": value}}
    return value


def test_documents_nest_32_levels(db, table):
    put(db, table, v=nested(31))
    code, message = error_of(put, db, table, v=nested(33))
    assert (code, message) == (
        "ValidationException",
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported "
        "limit")


@pytest.mark.parametrize("value, message", [
    ({"SS": []}, INVALID + "An string set  may not be empty"),
    ({"NS": []}, INVALID + "An number set  may not be empty"),
    ({"BS": []}, INVALID + "Binary sets should not be empty"),
    ({"SS": ["a", "a"]}, INVALID + "Input collection [a, a] contains duplicates."),
    ({"NS": ["1", "1.0"]}, "Input collection contains duplicates"),
    ({"NULL": False}, INVALID + "Null attribute value types must have the value of true"),
    ({}, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
    ({"S": "a", "N": "1"},
     "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"),
])
def test_values_that_cannot_be(db, table, value, message):
    assert error_of(put, db, table, v=value) == ("ValidationException", message)


def test_empty_texts_are_fine_but_not_as_keys(db, table, sorted_table):
    put(db, table, v={"S": ""}, w={"B": b""}, m={"M": {"": {"L": []}}})
    message = ("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
               "empty {} value. Key: {}")
    assert error_of(put, db, table, id={"S": ""}) == ("ValidationException", message.format("string", "id"))
    assert error_of(put, db, sorted_table, sort={"B": b""}) == ("ValidationException", message.format("binary", "sort"))
    assert error_of(db.get_item, TableName=table, Key={"id": {"S": ""}}) == (
        "ValidationException", message.format("string", "id"))


def condition(db, table, expression, values=None, names=None):
    members = {"ExpressionAttributeValues": values} if values else {}
    if names:
        members["ExpressionAttributeNames"] = names
    return db.put_item(TableName=table, Item={"id": {"S": "c"}}, ConditionExpression=expression, **members)


def test_an_expression_has_4_kilobytes(db, table):
    text = "attribute_not_exists(v)"
    condition(db, table, text + " " * (4096 - len(text)))
    assert error_of(condition, db, table, text + " " * (4097 - len(text))) == (
        "ValidationException", "Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; "
        "expression size: 4097")
    assert error_of(condition, db, table, "") == (
        "ValidationException", "Invalid ConditionExpression: The expression can not be empty;")


def test_an_expression_has_300_operators(db, table):
    one = {":v": {"N": "1"}}
    # Every comparison and every OR is an operator.
    condition(db, table, "v<>:v" + " OR v<>:v" * 149, one)
    code, message = error_of(condition, db, table, "v<>:v" + " OR v<>:v" * 150, one)
    assert code == "ValidationException" and message.startswith("Invalid ConditionExpression: ")


def test_in_takes_100_operands(db, table):
    values = {f":{number}": {"N": str(number)} for number in range(101)}
    hundred = dict(list(values.items())[:100])
    error = error_of(condition, db, table, "v IN (" + ",".join(hundred) + ")", hundred)
    assert error[0] == "ConditionalCheckFailedException"
    code, message = error_of(condition, db, table, "v IN (" + ",".join(values) + ")", values)
    assert code == "ValidationException" and message.startswith("Invalid ConditionExpression: ")


@pytest.mark.parametrize("expression, names, values, message", [
    ("#a = :v", None, {":v": {"S": "1"}},
     "Invalid ConditionExpression: An expression attribute name used in the document path is not defined; attribute "
     "name: #a"),
    ("a = :v", None, None,
     "Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: "
     ":v"),
    ("attribute_exists(a)", {"#b": "b"}, None,
     "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}"),
    ("attribute_exists(a)", None, {":b": {"S": "b"}},
     "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}"),
    ("attribute_exists(a)", {"b": "b"}, None,
     'ExpressionAttributeNames contains invalid key: Syntax error; key: "b"'),
    ("attribute_exists(size)", None, None,
     "Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: size"),
    ("a = = :v", None, {":v": {"S": "1"}},
     'Invalid ConditionExpression: Syntax error; token: "=", near: "= = :v"'),
])
def test_placeholders_and_reserved_words(db, table, expression, names, values, message):
    assert error_of(condition, db, table, expression, values, names) == ("ValidationException", message)


@pytest.mark.parametrize("expression, message", [
    ("SET a = :v, a.b = :v",
     "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: "
     "[a, b]"),
    ("SET a = :v REMOVE a",
     "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: "
     "[a]"),
    ("SET a.b = :v, a[0] = :v",
     "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path "
     "two: [a, [0]]"),
    ("SET a = :v SET b = :v", 'The "SET" section can only be used once in an update expression;'),
])
def test_paths_that_overlap_or_conflict(db, table, expression, message):
    assert error_of(db.update_item, TableName=table, Key={"id": {"S": "1"}}, UpdateExpression=expression,
                    ExpressionAttributeValues={":v": {"S": "1"}}) == (
        "ValidationException", "Invalid UpdateExpression: " + message)


def test_return_values_that_an_operation_does_not_have(db, table):
    only = ("ValidationException", "ReturnValues can only be ALL_OLD or NONE")
    assert error_of(db.put_item, TableName=table, Item={"id": {"S": "1"}}, ReturnValues="ALL_NEW") == only
    assert error_of(db.delete_item, TableName=table, Key={"id": {"S": "1"}}, ReturnValues="UPDATED_NEW") == only
    assert error_of(db.put_item, TableName=table, Item={"id": {"S": "1"}}, ReturnValues="ALL") == (
        "ValidationException", "1 validation error detected: Value 'ALL' at 'returnValues' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]")


@pytest.mark.parametrize("name, is_good", [("ab", False), ("abc", True), ("x" * 255, True), ("x" * 256, False),
                                           ("a b", False), ("a.b-c_d", True)])
def test_table_names_have_3_to_255_characters(db, name, is_good):
    code, message = error_of(db.describe_table, TableName=name)
    assert code == ("ResourceNotFoundException" if is_good else "ValidationException"), message


def test_a_table_has_20_global_and_5_local_indexes(db, name):
    def create(local, many):
        keys = [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "sort", "KeyType": "RANGE"}]
        member = "LocalSecondaryIndexes" if local else "GlobalSecondaryIndexes"
        return db.create_table(
            TableName=f"{name}-{local}-{many}", BillingMode="PAY_PER_REQUEST", KeySchema=keys,
            AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in ("id", "sort")],
            **{member: [{"IndexName": f"index{number}", "KeySchema": keys, "Projection": {"ProjectionType": "ALL"}}
                        for number in range(many)]})
    create(True, 5)
    create(False, 20)
    code, message = error_of(create, True, 6)
    assert code == "ValidationException" and "LocalSecondaryIndex" in message
    code, message = error_of(create, False, 21)
    assert code == "ValidationException" and "GlobalSecondaryIndex" in message


def test_a_resource_has_50_tags(db, table):
    arn = db.describe_table(TableName=table)["Table"]["TableArn"]
    db.tag_resource(ResourceArn=arn, Tags=[{"Key": f"k{number}", "Value": "v"} for number in range(50)])
    assert error_of(db.tag_resource, ResourceArn=arn, Tags=[{"Key": "one-more", "Value": "v"}])[0] == \
        "ValidationException"
    db.untag_resource(ResourceArn=arn, TagKeys=[f"k{number}" for number in range(50)])
    assert db.list_tags_of_resource(ResourceArn=arn)["Tags"] == []


def test_binary_keys_sort_by_their_bytes(db, sorted_table):
    for byte in (255, 0, 128, 1):
        db.put_item(TableName=sorted_table, Item={"id": {"S": "b"}, "sort": {"B": bytes([byte])}})
    found = db.query(TableName=sorted_table, KeyConditionExpression="id = :i",
                     ExpressionAttributeValues={":i": {"S": "b"}})["Items"]
    assert [item["sort"]["B"] for item in found] == [b"\x00", b"\x01", b"\x80", b"\xff"]


def test_sets_are_equal_in_any_order(db, table):
    put(db, table, v={"SS": ["b", "a"]})
    db.put_item(TableName=table, Item={"id": {"S": "1"}, "v": {"SS": ["a", "b"]}}, ConditionExpression="v = :v",
                ExpressionAttributeValues={":v": {"SS": ["a", "b"]}})
    assert base64.b64encode(b"\x90") == b"kA=="
