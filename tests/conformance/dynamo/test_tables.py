"""Tables: what describes them, how they are listed, and what AWS says of bad ones."""

import pytest

from support import tables
from support.errors import error_of


@pytest.fixture(name="db")
def client(emulator):
    return emulator.client("dynamodb")


def test_a_new_table_is_described_with_every_member_that_tools_read(emulator, db, name):
    created = db.create_table(
        TableName=name, AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 6})["TableDescription"]
    assert created["TableStatus"] == "CREATING"
    described = db.describe_table(TableName=name)["Table"]
    # Waiters poll every 20 seconds, so a table of an emulator has to be ready at the first look.
    assert described["TableStatus"] == "ACTIVE"
    assert described["TableArn"] == f"arn:aws:dynamodb:{emulator.region}:{emulator.account}:table/{name}"
    assert described["ItemCount"] == 0 and described["TableSizeBytes"] == 0
    assert described["ProvisionedThroughput"] == {
        "NumberOfDecreasesToday": 0, "ReadCapacityUnits": 5, "WriteCapacityUnits": 6}
    assert described["TableId"] == created["TableId"]


def test_an_on_demand_table_says_so(db, name):
    tables.create(db, name)
    assert db.describe_table(TableName=name)["Table"]["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_delete_answers_deleting_and_then_the_table_is_gone(db, name):
    tables.create(db, name)
    assert db.delete_table(TableName=name)["TableDescription"]["TableStatus"] == "DELETING"
    assert error_of(db.describe_table, TableName=name) == (
        "ResourceNotFoundException", f"Requested resource not found: Table: {name} not found")
    # A table that comes back under its old name starts empty.
    tables.create(db, name)
    assert db.scan(TableName=name)["Items"] == []


def test_deleting_a_table_takes_its_items_along(db, name):
    tables.create(db, name)
    db.put_item(TableName=name, Item={"id": {"S": "1"}})
    db.delete_table(TableName=name)
    tables.create(db, name)
    assert "Item" not in db.get_item(TableName=name, Key={"id": {"S": "1"}})


@pytest.mark.emulator_only
def test_tables_are_listed_in_order_and_in_pages(emulator):
    db = emulator.client("dynamodb", region="eu-west-3")
    for letter in "cab":
        tables.create(db, f"list-{letter}")
    first = db.list_tables(Limit=2)
    assert first["TableNames"] == ["list-a", "list-b"] and first["LastEvaluatedTableName"] == "list-b"
    rest = db.list_tables(ExclusiveStartTableName="list-b")
    assert rest["TableNames"] == ["list-c"] and "LastEvaluatedTableName" not in rest


@pytest.mark.emulator_only
def test_accounts_and_regions_do_not_see_each_other(emulator, name):
    tables.create(emulator.client("dynamodb"), name)
    for other in (emulator.client("dynamodb", region="us-west-2"), emulator.client("dynamodb", key="111122223333")):
        assert error_of(other.describe_table, TableName=name)[0] == "ResourceNotFoundException"
        tables.create(other, name)
    arn = emulator.client("dynamodb", key="111122223333").describe_table(TableName=name)["Table"]["TableArn"]
    assert arn == f"arn:aws:dynamodb:us-east-1:111122223333:table/{name}"


def test_errors_of_bad_tables(db, name):
    tables.create(db, name)
    key = [{"AttributeName": "id", "KeyType": "HASH"}]
    string = [{"AttributeName": "id", "AttributeType": "S"}]
    assert error_of(tables.create, db, name) == ("ResourceInUseException", f"Table already exists: {name}")
    assert error_of(db.delete_table, TableName=name + "-no") == (
        "ResourceNotFoundException", f"Requested resource not found: Table: {name}-no not found")
    code, message = error_of(db.create_table, TableName=name + "x", KeySchema=key, AttributeDefinitions=string,
                             BillingMode="PAY_PER_REQUEST",
                             ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
    assert (code, message) == (
        "ValidationException", "One or more parameter values were invalid: Neither ReadCapacityUnits nor "
        "WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
    code, message = error_of(db.create_table, TableName=name + "x", KeySchema=key, BillingMode="PAY_PER_REQUEST",
                             AttributeDefinitions=string + [{"AttributeName": "spare", "AttributeType": "S"}])
    assert code == "ValidationException" and "Number of attributes in KeySchema does not exactly match" in message
    code, _ = error_of(db.create_table, TableName="a b", KeySchema=key, AttributeDefinitions=string,
                       BillingMode="PAY_PER_REQUEST")
    assert code == "ValidationException"
    code, message = error_of(db.create_table, TableName=name + "x", KeySchema=key, BillingMode="PAY_PER_REQUEST",
                             AttributeDefinitions=[{"AttributeName": "other", "AttributeType": "S"}])
    assert code == "ValidationException" and "are not defined in AttributeDefinitions" in message


def test_waiters_wait_for_tables_that_take_their_time(start):
    # A client that forgets to wait works against most emulators and fails on AWS.
    running = start("--table-delay", "3s").ready()
    db = running.client("dynamodb")
    tables.create(db, "slow")
    assert db.describe_table(TableName="slow")["Table"]["TableStatus"] == "CREATING"
    assert error_of(db.put_item, TableName="slow", Item={"id": {"S": "1"}}) == (
        "ResourceNotFoundException", "Requested resource not found")
    assert error_of(db.delete_table, TableName="slow") == (
        "ResourceInUseException",
        "Attempt to change a resource which is still in use: Table is being created: slow")
    running.http("POST", "/_fractus/clock", '{"advance": "3s"}')
    db.get_waiter("table_exists").wait(TableName="slow", WaiterConfig={"Delay": 1})
    db.put_item(TableName="slow", Item={"id": {"S": "1"}})
    db.delete_table(TableName="slow")
    assert db.describe_table(TableName="slow")["Table"]["TableStatus"] == "DELETING"
    running.http("POST", "/_fractus/clock", '{"advance": "3s"}')
    db.get_waiter("table_not_exists").wait(TableName="slow", WaiterConfig={"Delay": 1})


@pytest.mark.emulator_only
def test_an_index_is_added_filled_and_deleted(db, name):
    tables.create(db, name)
    db.put_item(TableName=name, Item={"id": {"S": "1"}, "kind": {"S": "a"}})
    added = db.update_table(
        TableName=name, AttributeDefinitions=[{"AttributeName": "kind", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[{"Create": {
            "IndexName": "by-kind", "KeySchema": [{"AttributeName": "kind", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"}}}])["TableDescription"]
    assert added["TableStatus"] == "UPDATING"
    assert added["GlobalSecondaryIndexes"][0]["IndexStatus"] == "CREATING"
    index = db.describe_table(TableName=name)["Table"]["GlobalSecondaryIndexes"][0]
    assert (index["IndexStatus"], index["ItemCount"]) == ("ACTIVE", 1)
    assert db.scan(TableName=name, IndexName="by-kind")["Count"] == 1
    db.update_table(TableName=name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-kind"}}])
    assert "GlobalSecondaryIndexes" not in db.describe_table(TableName=name)["Table"]


def test_throughput_has_to_change(db, name):
    tables.create(db, name, BillingMode="PROVISIONED",
                  ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5})
    code, message = error_of(db.update_table, TableName=name,
                             ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5})
    assert code == "ValidationException"
    assert message.startswith("The provisioned throughput for the table will not change. The requested value equals")
    db.update_table(TableName=name, ProvisionedThroughput={"ReadCapacityUnits": 9, "WriteCapacityUnits": 1})
    throughput = db.describe_table(TableName=name)["Table"]["ProvisionedThroughput"]
    assert throughput["NumberOfDecreasesToday"] == 1
    assert throughput["LastIncreaseDateTime"] == throughput["LastDecreaseDateTime"]
    # Source: recorded test_dynamodb_pay_per_request says the same of CreateTable.
    code, message = error_of(db.update_table, TableName=name, BillingMode="PAY_PER_REQUEST",
                             ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
    assert (code, message) == (
        "ValidationException", "One or more parameter values were invalid: Neither ReadCapacityUnits nor "
        "WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")


def test_a_protected_table_stays(emulator, db, name):
    tables.create(db, name)
    emulator.call("DynamoDB_20120810.UpdateTable", {"TableName": name, "DeletionProtectionEnabled": True})
    code, message = error_of(db.delete_table, TableName=name)
    assert (code, message) == (
        "ValidationException", "Resource cannot be deleted as it is currently protected against deletion. Disable "
        "deletion protection first.")
    emulator.call("DynamoDB_20120810.UpdateTable", {"TableName": name, "DeletionProtectionEnabled": False})
    db.delete_table(TableName=name)


@pytest.mark.emulator_only
def test_what_is_not_emulated_fails_by_name(emulator, db, name):
    tables.create(db, name)
    arn = db.describe_table(TableName=name)["Table"]["TableArn"]
    for operation, members in (
            ("CreateGlobalTable", {"GlobalTableName": name, "ReplicationGroup": []}),
            ("EnableKinesisStreamingDestination", {"TableName": name, "StreamArn": arn + "/stream/longer-than-37"}),
            ("ExportTableToPointInTime", {"TableArn": arn, "S3Bucket": "bucket"}),
            ("UpdateKinesisStreamingDestination", {"TableName": name, "StreamArn": arn + "/stream/longer-than-37"}),
            ("ListImports", {}), ("ListExports", {})):
        status, _, answer = emulator.call("DynamoDB_20120810." + operation, members)
        assert status == 501 and operation in answer["message"]
