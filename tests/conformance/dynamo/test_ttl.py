"""Time to live: set, expired by the clock, and told in the stream."""

import time

import pytest

from support import tables
from support.errors import error_of


@pytest.fixture(name="db", scope="module")
def client(emulator):
    return emulator.client("dynamodb")


def enable(db, table, attribute="ttl", enabled=True):
    specification = {"Enabled": enabled, "AttributeName": attribute}
    answer = db.update_time_to_live(TableName=table, TimeToLiveSpecification=specification)
    assert answer["TimeToLiveSpecification"] == specification


@pytest.mark.emulator_only
def test_time_to_live_is_set_and_described(db, name):
    tables.create(db, name)

    def described():
        return db.describe_time_to_live(TableName=name)["TimeToLiveDescription"]

    assert described() == {"TimeToLiveStatus": "DISABLED"}
    enable(db, name)
    assert described() == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}

    def update(attribute, enabled):
        return error_of(db.update_time_to_live, TableName=name,
                        TimeToLiveSpecification={"Enabled": enabled, "AttributeName": attribute})

    assert update("ttl", True) == ("ValidationException", "TimeToLive is already enabled")
    assert update("other", True) == (
        "ValidationException", "TimeToLive is active on a different AttributeName: current AttributeName is ttl")
    enable(db, name, enabled=False)
    assert update("ttl", False) == ("ValidationException", "TimeToLive is already disabled")
    assert error_of(db.describe_time_to_live, TableName="nope") == (
        "ResourceNotFoundException", "Requested resource not found: Table: nope not found")


def test_an_item_expires_when_the_clock_passes_its_time(start):
    emulator = start().ready()
    db, streams = emulator.client("dynamodb"), emulator.client("dynamodbstreams")
    tables.create(db, "sessions", StreamSpecification={"StreamEnabled": True, "StreamViewType": "OLD_IMAGE"})
    enable(db, "sessions")
    now = int(time.time())
    for key, expiry in (("soon", now + 3600), ("later", now + 3 * 3600), ("expired", now - 5)):
        db.put_item(TableName="sessions", Item={"id": {"S": key}, "ttl": {"N": str(expiry)}})
    # Expired, but not deleted yet: readers have to filter such items themselves, as on AWS.
    assert "Item" in db.get_item(TableName="sessions", Key={"id": {"S": "expired"}})

    emulator.http("POST", "/_fractus/clock", '{"advance": "2h"}')
    left = {"soon", "later", "expired"}
    deadline = time.monotonic() + 30
    while left != {"later"} and time.monotonic() < deadline:
        left = {item["id"]["S"] for item in db.scan(TableName="sessions")["Items"]}
    assert left == {"later"}

    arn = db.describe_table(TableName="sessions")["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    start_at = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    removed = [record for record in streams.get_records(ShardIterator=start_at["ShardIterator"])["Records"]
               if record["eventName"] == "REMOVE"]
    assert {record["dynamodb"]["OldImage"]["id"]["S"] for record in removed} == {"soon", "expired"}
    for record in removed:
        assert record["userIdentity"] == {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}
