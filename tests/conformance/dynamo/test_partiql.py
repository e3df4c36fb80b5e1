"""PartiQL: ExecuteStatement, BatchExecuteStatement and ExecuteTransaction."""

import pytest

from support import tables
from support.errors import error_of, full_error_of

DUPLICATE = "Duplicate primary key exists in table"
NOT_A_KEY = "Where clause does not contain a mandatory equality on all key attributes"


@pytest.fixture(name="db", scope="module")
def client(emulator):
    return emulator.client("dynamodb")


@pytest.fixture(name="music", scope="module")
def table_of_music(db):
    table = tables.unique("Music")
    db.create_table(
        TableName=table, BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "Artist", "AttributeType": "S"},
                              {"AttributeName": "Year", "AttributeType": "N"},
                              {"AttributeName": "Genre", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "Artist", "KeyType": "HASH"}, {"AttributeName": "Year", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[{"IndexName": "by-genre", "Projection": {"ProjectionType": "ALL"},
                                 "KeySchema": [{"AttributeName": "Genre", "KeyType": "HASH"}]}])
    for artist, year, genre in [("A", 1999, "rock"), ("A", 2005, "jazz"), ("B", 2005, "rock"), ("C", 2010, "folk")]:
        run(db, f"INSERT INTO {table} VALUE {{'Artist': ?, 'Year': ?, 'Genre': ?, 'Label': {{'Cities': ['X', 'Y']}}}}",
            artist, year, genre)
    return table


def parameters(values):
    typed = []
    for value in values:
        typed.append({"N": str(value)} if isinstance(value, int) else {"S": value} if isinstance(value, str) else value)
    return {"Parameters": typed} if typed else {}


def run(db, statement, *values, **members):
    return db.execute_statement(Statement=statement, **parameters(values), **members)


def years(answer):
    return [int(item["Year"]["N"]) for item in answer["Items"]]


@pytest.mark.parametrize("where, values, wanted", [
    ("Artist = 'A'", [], [1999, 2005]),
    ("Artist = ? AND \"Year\" = ?", ["A", 2005], [2005]),
    ("Artist = 'A' AND \"Year\" < 2000", [], [1999]),
    ("Artist = 'A' AND \"Year\" BETWEEN 2000 AND 2010", [], [2005]),
    ("Artist IN ['B', 'C'] AND \"Year\" >= 2005", [], [2005, 2010]),
    ("Artist = 'B' OR Artist = 'C'", [], [2005, 2010]),
    ("NOT Artist = 'A' AND Genre <> 'folk'", [], [2005]),
    ("begins_with(Genre, 'ro')", [], [1999, 2005]),
    ("contains(Label.Cities, 'Y') AND Artist = 'C'", [], [2010]),
    ("Label.Cities[1] = 'Y' AND Artist = 'C'", [], [2010]),
    ("attribute_type(\"Year\", 'N') AND size(Artist) = 1 AND Artist = 'C'", [], [2010]),
    ("Artist = 'C' AND Nothing IS MISSING AND Genre IS NOT MISSING", [], [2010]),
    ("Artist = 'C' AND Genre IS NULL", [], []),
])
def test_where(db, music, where, values, wanted):
    assert sorted(years(run(db, f'SELECT * FROM "{music}" WHERE {where}', *values))) == wanted


def test_columns_and_index(db, music):
    answer = run(db, f'SELECT Artist, Label.Cities[0] FROM "{music}"."by-genre" WHERE Genre = ?', "jazz")
    assert answer["Items"] == [{"Artist": {"S": "A"}, "Cities[0]": {"S": "X"}}]


def test_order_by_a_key(db, music):
    assert years(run(db, f"SELECT * FROM \"{music}\" WHERE Artist = 'A' ORDER BY \"Year\" DESC")) == [2005, 1999]
    code, message = error_of(run, db, f'SELECT * FROM "{music}" ORDER BY "Year"')
    assert (code, message) == ("ValidationException",
                               "Must have WHERE clause in the statement when using ORDER BY clause.")


def test_pages(db, music):
    found, token = [], {}
    while True:
        page = run(db, f'SELECT * FROM "{music}"', Limit=3, **token)
        found += years(page)
        if "NextToken" not in page:
            break
        assert set(page["LastEvaluatedKey"]) == {"Artist", "Year"}
        token = {"NextToken": page["NextToken"]}
    assert sorted(found) == [1999, 2005, 2005, 2010]


def test_consumed_capacity(db, music):
    answer = run(db, f"SELECT * FROM \"{music}\" WHERE Artist = 'A'", ReturnConsumedCapacity="TOTAL", ConsistentRead=True)
    assert answer["ConsumedCapacity"] == {"TableName": music, "CapacityUnits": 1.0}


@pytest.fixture(name="things")
def empty_table(db, name):
    return tables.create(db, name)


def test_an_item_lives_through_all_statements(db, things):
    insert = f"INSERT INTO {things} VALUE {{'id': 'a', 'n': 1, 'tags': <<'x', 'y'>>, 'list': [1]}}"
    assert run(db, insert)["Items"] == []
    assert error_of(run, db, insert) == ("DuplicateItemException", DUPLICATE)
    changed = run(db, f"UPDATE {things} SET n = n + 2 SET tags = set_add(tags, <<'z'>>) "
                      f"SET list = list_append(list, [?]) WHERE id = 'a' RETURNING ALL NEW *", 2)
    assert changed["Items"] == [{"id": {"S": "a"}, "n": {"N": "3"}, "tags": {"SS": ["x", "y", "z"]},
                                 "list": {"L": [{"N": "1"}, {"N": "2"}]}}]
    assert run(db, f"UPDATE {things} REMOVE list[0], tags WHERE id = 'a' RETURNING MODIFIED OLD *")["Items"] == [
        {"tags": {"SS": ["x", "y", "z"]}, "list": {"L": [{"N": "1"}]}}]
    gone = run(db, f"DELETE FROM {things} WHERE id = 'a' AND n = 3 RETURNING ALL OLD *")
    assert gone["Items"] == [{"id": {"S": "a"}, "n": {"N": "3"}, "list": {"L": [{"N": "2"}]}}]
    assert run(db, f"SELECT * FROM {things}")["Items"] == []


def test_writes_that_find_another_item_than_they_want(db, things):
    failed = ("ConditionalCheckFailedException", "The conditional request failed")
    assert error_of(run, db, f"UPDATE {things} SET n = 1 WHERE id = 'a'") == failed
    assert run(db, f"DELETE FROM {things} WHERE id = 'a' AND n = 1")["Items"] == []
    run(db, f"INSERT INTO {things} VALUE {{'id': 'a', 'n': 2}}")
    assert error_of(run, db, f"UPDATE {things} SET n = 1 WHERE id = 'a' AND n = 1") == failed
    assert error_of(run, db, f"DELETE FROM {things} WHERE id = 'a' AND n = 1") == failed


@pytest.mark.parametrize("statement, wanted", [
    ("UPDATE {} SET n = 1 WHERE n = 2", NOT_A_KEY),
    ("DELETE FROM {} WHERE n = 2", NOT_A_KEY),
    ("UPDATE {} SET n = 1", NOT_A_KEY),
    ("DROP TABLE {}", "Statement wasn't well formed, can't be processed: Expected data manipulation"),
    ("SELECT key FROM {}", "Statement wasn't well formed, can't be processed: Unexpected keyword"),
    ("SELECT * FROM some-{}", "Statement wasn't well formed, can't be processed: Unexpected from source"),
    ("SELECT * FROM {} WHERE id = ?", "Number of parameters in request and statement don't match."),
    ("SELECT * FROM {}.nothing", "The table does not have the specified index: nothing"),
    ("INSERT INTO {} VALUE {{'n': 1}}", "One or more parameter values were invalid: Missing the key id in the item"),
    ("UPDATE {} SET id = 'b' WHERE id = 'a'",
     "One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key"),
])
def test_statements_that_are_refused(db, things, statement, wanted):
    assert error_of(run, db, statement.format(things)) == ("ValidationException", wanted)


def test_a_table_that_is_not_there(db):
    assert error_of(run, db, "SELECT * FROM nowhere") == ("ResourceNotFoundException", "Requested resource not found")


# Source: recorded test_dynamodb_execute_statement_empy_parameter.
def test_an_empty_list_of_parameters(db, things):
    def send(params, **_):
        params["body"] = b'{"Statement": "SELECT * FROM x", "Parameters": []}'
    db.meta.events.register_first("before-call.dynamodb.ExecuteStatement", send)
    try:
        assert error_of(run, db, f"SELECT * FROM {things}") == (
            "ValidationException", "1 validation error detected: Value '[]' at 'parameters' failed to satisfy "
                                   "constraint: Member must have length greater than or equal to 1")
    finally:
        db.meta.events.unregister("before-call.dynamodb.ExecuteStatement", send)


# Source: recorded test_dynamodb_batch_execute_statement.
def test_a_batch_of_writes_names_the_table_of_each(db, things):
    run(db, f"INSERT INTO {things} VALUE {{'id': 'b', 'Age': 1}}")
    answer = db.batch_execute_statement(Statements=[
        {"Statement": f"INSERT INTO {things} VALUE {{'id': ?}}", "Parameters": [{"S": "a"}]},
        {"Statement": f"UPDATE {things} SET Age = 20 WHERE id = 'b'"}])
    assert answer["Responses"] == [{"TableName": things}, {"TableName": things}]
    assert db.get_item(TableName=things, Key={"id": {"S": "b"}})["Item"]["Age"] == {"N": "20"}


def test_a_batch_tells_each_error_at_its_place(db, things):
    run(db, f"INSERT INTO {things} VALUE {{'id': 'a'}}")
    responses = db.batch_execute_statement(Statements=[
        {"Statement": f"INSERT INTO {things} VALUE {{'id': 'a'}}"},
        {"Statement": f"UPDATE {things} SET n = 1 WHERE id = 'z'"},
        {"Statement": f"DELETE FROM {things} WHERE id = 'a'"}])["Responses"]
    assert [response.get("Error", {}).get("Code") for response in responses] == [
        "DuplicateItem", "ConditionalCheckFailed", None]
    assert run(db, f"SELECT * FROM {things}")["Items"] == []


def test_a_batch_of_reads_needs_whole_keys(db, music):
    responses = db.batch_execute_statement(Statements=[
        {"Statement": f"SELECT Genre FROM {music} WHERE Artist = 'A' AND \"Year\" = 1999"},
        {"Statement": f"SELECT Genre FROM {music} WHERE Artist = 'A' AND \"Year\" = 1"},
        {"Statement": f"SELECT Genre FROM {music} WHERE Artist = 'A'"}])["Responses"]
    assert responses[:2] == [{"TableName": music, "Item": {"Genre": {"S": "rock"}}}, {"TableName": music}]
    assert responses[2]["Error"] == {
        "Code": "ValidationError", "Message": "Select statements within BatchExecuteStatement must specify the "
                                              "primary key in the where clause."}


def test_a_transaction_is_done_as_a_whole(db, things):
    run(db, f"INSERT INTO {things} VALUE {{'id': 'a', 'n': 1}}")
    written = db.execute_transaction(TransactStatements=[
        {"Statement": f"EXISTS(SELECT * FROM {things} WHERE id = 'a' AND n = 1)"},
        {"Statement": f"INSERT INTO {things} VALUE {{'id': 'b'}}"}], ClientRequestToken="once")
    assert written["Responses"] == []
    code, message, answer = full_error_of(db.execute_transaction, TransactStatements=[
        {"Statement": f"UPDATE {things} SET n = 2 WHERE id = 'a'"},
        {"Statement": f"INSERT INTO {things} VALUE {{'id': 'b'}}"}])
    assert code == "TransactionCanceledException"
    assert message.endswith("[None, DuplicateItem]")
    assert answer["CancellationReasons"] == [{"Code": "None"}, {"Code": "DuplicateItem", "Message": DUPLICATE}]
    read = db.execute_transaction(TransactStatements=[
        {"Statement": f"SELECT * FROM {things} WHERE id = 'a'"},
        {"Statement": f"SELECT * FROM {things} WHERE id = 'c'"}], ReturnConsumedCapacity="TOTAL")
    assert read["Responses"] == [{"Item": {"id": {"S": "a"}, "n": {"N": "1"}}}, {}]
    assert read["ConsumedCapacity"][0]["CapacityUnits"] == 4.0
