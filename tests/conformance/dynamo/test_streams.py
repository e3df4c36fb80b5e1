"""Streams: described, read in every way, split, disabled, and trimmed by the clock."""

import concurrent.futures
import itertools
import threading

import botocore.exceptions
import pytest

from support import stacks, tables
from support.errors import error_of

# AWS shows records a moment later, and an on-demand table has several shards from the start.
pytestmark = pytest.mark.emulator_only


@pytest.fixture(name="db", scope="module")
def client(emulator):
    return emulator.client("dynamodb")


@pytest.fixture(name="streams", scope="module")
def streams_client(emulator):
    return emulator.client("dynamodbstreams")


def make(db, name, view="NEW_AND_OLD_IMAGES", **more):
    """Creates a table with a stream and returns the stream's ARN."""
    tables.create(db, name, StreamSpecification={"StreamEnabled": True, "StreamViewType": view}, **more)
    return db.describe_table(TableName=name)["Table"]["LatestStreamArn"]


def shards_of(streams, arn):
    return streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]


def iterator(streams, arn, kind="TRIM_HORIZON", shard=0, **more):
    return streams.get_shard_iterator(StreamArn=arn, ShardId=shards_of(streams, arn)[shard]["ShardId"],
                                      ShardIteratorType=kind, **more)["ShardIterator"]


def read_all(streams, arn, **more):
    return streams.get_records(ShardIterator=iterator(streams, arn, **more))["Records"]


def put(db, table, key, **attributes):
    db.put_item(TableName=table, Item={"id": {"S": key}, **attributes})


def said(records):
    return [(record["eventName"], record["dynamodb"]["Keys"]["id"]["S"]) for record in records]


# Source: recorded test_batch_write_items_streaming, for the members.
def test_a_stream_is_described_as_the_service_does(db, streams, name):
    arn = make(db, name)
    table = db.describe_table(TableName=name)["Table"]
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert arn == f"{table['TableArn']}/stream/{table['LatestStreamLabel']}"
    described = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    assert described.pop("CreationRequestDateTime") and described.pop("StreamLabel") == table["LatestStreamLabel"]
    [shard] = described.pop("Shards")
    assert set(shard) == {"ShardId", "SequenceNumberRange"} and set(shard["SequenceNumberRange"]) == {
        "StartingSequenceNumber"}
    assert described == {"StreamArn": arn, "StreamStatus": "ENABLED", "StreamViewType": "NEW_AND_OLD_IMAGES",
                         "TableName": name, "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}
    assert streams.list_streams(TableName=name)["Streams"] == [
        {"StreamArn": arn, "TableName": name, "StreamLabel": table["LatestStreamLabel"]}]


# Source: recorded test_batch_write_items_streaming: the same requests, records and sizes.
def test_records_are_those_that_the_service_gives(db, streams, name):
    arn = make(db, name)
    put(db, name, "Fred")
    db.batch_write_item(RequestItems={name: [{"PutRequest": {"Item": {"id": {"S": "Fred"}}}},
                                             {"PutRequest": {"Item": {"id": {"S": "NewKey"}}}}]})
    db.batch_write_item(RequestItems={name: [{"DeleteRequest": {"Key": {"id": {"S": "NewKey"}}}}]})
    put(db, name, "Fred", name={"S": "Fred"})
    records = read_all(streams, arn)
    assert said(records) == [("INSERT", "Fred"), ("INSERT", "NewKey"), ("REMOVE", "NewKey"), ("MODIFY", "Fred")]
    assert [record["dynamodb"]["SizeBytes"] for record in records] == [12, 16, 16, 26]
    last = records[3]
    assert last["dynamodb"]["NewImage"] == {"id": {"S": "Fred"}, "name": {"S": "Fred"}}
    assert last["dynamodb"]["OldImage"] == {"id": {"S": "Fred"}}
    assert last["eventSource"] == "aws:dynamodb" and last["eventVersion"] == "1.1"
    assert last["awsRegion"] == "us-east-1" and "userIdentity" not in last
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in records]
    assert numbers == sorted(numbers) and len({record["eventID"] for record in records}) == 4


@pytest.mark.parametrize("view, images", [("KEYS_ONLY", set()), ("NEW_IMAGE", {"NewImage"}),
                                          ("OLD_IMAGE", {"OldImage"}),
                                          ("NEW_AND_OLD_IMAGES", {"NewImage", "OldImage"})])
def test_the_view_type_chooses_the_images(db, streams, name, view, images):
    arn = make(db, name, view)
    put(db, name, "a", b={"B": b"\x00\xff"})
    put(db, name, "a", b={"B": b"\x01"})
    record = read_all(streams, arn)[1]["dynamodb"]
    assert {member for member in record if member.endswith("Image")} == images
    assert record["StreamViewType"] == view
    if "OldImage" in images:
        assert record["OldImage"]["b"] == {"B": b"\x00\xff"}


def test_a_transaction_is_recorded_as_a_whole_or_not_at_all(db, streams, name):
    arn = make(db, name, "KEYS_ONLY")
    writes = [{"Put": {"TableName": name, "Item": {"id": {"S": key}}}} for key in "ab"]
    check = {"ConditionCheck": {"TableName": name, "Key": {"id": {"S": "c"}},
                                "ConditionExpression": "attribute_exists(id)"}}
    assert error_of(db.transact_write_items, TransactItems=writes + [check])[0] == "TransactionCanceledException"
    assert read_all(streams, arn) == []
    db.transact_write_items(TransactItems=writes)
    assert said(read_all(streams, arn)) == [("INSERT", "a"), ("INSERT", "b")]


def test_iterators_start_where_they_are_asked(db, streams, name):
    arn = make(db, name, "KEYS_ONLY")
    for key in "abc":
        put(db, name, key)
    latest = iterator(streams, arn, "LATEST")
    put(db, name, "d")
    assert said(streams.get_records(ShardIterator=latest)["Records"]) == [("INSERT", "d")]
    first = streams.get_records(ShardIterator=iterator(streams, arn), Limit=2)
    assert said(first["Records"]) == [("INSERT", "a"), ("INSERT", "b")]
    rest = streams.get_records(ShardIterator=first["NextShardIterator"])
    assert said(rest["Records"]) == [("INSERT", "c"), ("INSERT", "d")]
    number = first["Records"][1]["dynamodb"]["SequenceNumber"]
    assert said(read_all(streams, arn, kind="AT_SEQUENCE_NUMBER", SequenceNumber=number))[0] == ("INSERT", "b")
    assert said(read_all(streams, arn, kind="AFTER_SEQUENCE_NUMBER", SequenceNumber=number))[0] == ("INSERT", "c")
    # An empty page is followed by another iterator: the shard is open.
    assert streams.get_records(ShardIterator=rest["NextShardIterator"])["NextShardIterator"]


def test_bad_requests_are_refused(emulator, db, streams, name):
    arn = make(db, name, "KEYS_ONLY")
    gone = f"arn:aws:dynamodb:us-east-1:000000000000:table/{name}/stream/2024-11-18T14:36:44.149"
    # Source: recorded test_non_existent_stream.
    assert error_of(streams.describe_stream, StreamArn=gone) == (
        "ResourceNotFoundException", f"Requested resource not found: Stream: {gone} not found")
    assert error_of(streams.get_shard_iterator, StreamArn=arn, ShardId="shardId-00000000000000000000-00000000",
                    ShardIteratorType="LATEST") == (
        "ResourceNotFoundException", "Requested resource not found: Shard does not exist")
    assert error_of(streams.get_records, ShardIterator="nonsense") == (
        "ValidationException", "Invalid ShardIterator")
    assert error_of(db.update_table, TableName=name, StreamSpecification={
        "StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}) == (
        "ValidationException", f"Table already has an enabled stream: TableName: {name}")
    code, message = error_of(emulator.unchecked("dynamodb").update_table, TableName=name, StreamSpecification={
        "StreamEnabled": True, "StreamViewType": "ALL"})
    assert code == "ValidationException" and "streamViewType" in message


def test_a_disabled_stream_ends_and_a_new_one_begins(db, streams, name):
    first = make(db, name, "KEYS_ONLY")
    put(db, name, "a")
    db.update_table(TableName=name, StreamSpecification={"StreamEnabled": False})
    put(db, name, "b")
    assert "StreamSpecification" not in db.describe_table(TableName=name)["Table"]
    described = streams.describe_stream(StreamArn=first)["StreamDescription"]
    assert described["StreamStatus"] == "DISABLED"
    assert "EndingSequenceNumber" in described["Shards"][0]["SequenceNumberRange"]
    page = streams.get_records(ShardIterator=iterator(streams, first))
    assert said(page["Records"]) == [("INSERT", "a")] and "NextShardIterator" not in page
    db.update_table(TableName=name, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    second = db.describe_table(TableName=name)["Table"]["LatestStreamArn"]
    assert second != first
    put(db, name, "c")
    assert said(read_all(streams, second)) == [("INSERT", "c")]
    assert len(streams.list_streams(TableName=name)["Streams"]) == 2


def test_a_tag_splits_shards_into_children(emulator, db, streams, name):
    arn = make(db, name, "KEYS_ONLY")
    put(db, name, "before")
    table_arn = db.describe_table(TableName=name)["Table"]["TableArn"]
    db.tag_resource(ResourceArn=table_arn, Tags=[{"Key": "fractus:stream-shards", "Value": "2"}])
    for number in range(20):
        put(db, name, f"after{number}")
    shards = shards_of(streams, arn)
    assert [shard.get("ParentShardId") for shard in shards] == [None, shards[0]["ShardId"], shards[0]["ShardId"]]
    # A filter that this boto3 does not know yet.
    status, _, answer = emulator.call("DynamoDBStreams_20120810.DescribeStream", {
        "StreamArn": arn, "ShardFilter": {"Type": "CHILD_SHARDS", "ShardId": shards[0]["ShardId"]}})
    assert status == 200 and [shard["ShardId"] for shard in answer["StreamDescription"]["Shards"]] == [
        shards[1]["ShardId"], shards[2]["ShardId"]]
    assert said(read_all(streams, arn)) == [("INSERT", "before")]
    children = [said(read_all(streams, arn, shard=number)) for number in (1, 2)]
    assert all(children) and len(children[0] + children[1]) == 20


def test_records_and_iterators_age_with_the_clock_and_outlive_a_restart(start, tmp_path):
    emulator = start("--data", tmp_path / "data").ready()
    db, streams = emulator.client("dynamodb"), emulator.client("dynamodbstreams")
    arn = make(db, "aging", "KEYS_ONLY")
    put(db, "aging", "old")
    held = iterator(streams, arn)
    emulator.http("POST", "/_fractus/clock", '{"advance": "16m"}')
    assert error_of(streams.get_records, ShardIterator=held)[0] == "ExpiredIteratorException"
    number = read_all(streams, arn)[0]["dynamodb"]["SequenceNumber"]
    emulator.http("POST", "/_fractus/clock", '{"advance": "1d"}')
    put(db, "aging", "new")
    assert said(read_all(streams, arn)) == [("INSERT", "new")]
    assert error_of(iterator, streams, arn, "AT_SEQUENCE_NUMBER", SequenceNumber=number)[0] == (
        "TrimmedDataAccessException")
    assert emulator.stop() == 0
    again = start("--data", tmp_path / "data").ready()
    again.http("POST", "/_fractus/clock", '{"advance": "1455m"}')
    db, streams = again.client("dynamodb"), again.client("dynamodbstreams")
    put(db, "aging", "newer")
    assert said(read_all(streams, arn)) == [("INSERT", "new"), ("INSERT", "newer")]


# Whatever moment the process dies in: base table, index and stream tell the same story.
def test_a_killed_emulator_has_table_index_and_stream_in_step(start, tmp_path):
    emulator = start("--data", tmp_path / "data").ready()
    db = emulator.client("dynamodb")
    tables.create(db, "steps", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    db.update_table(TableName="steps", AttributeDefinitions=[{"AttributeName": "by", "AttributeType": "S"}],
                    GlobalSecondaryIndexUpdates=[{"Create": {
                        "IndexName": "by_writer", "KeySchema": [{"AttributeName": "by", "KeyType": "HASH"}],
                        "Projection": {"ProjectionType": "ALL"}}}])
    acknowledged = []
    killer = threading.Event()

    def write(writer):
        own = emulator.client("dynamodb")
        for number in itertools.count():
            keys = [f"{writer}-{number}-{half}" for half in "ab"]
            try:
                own.transact_write_items(TransactItems=[
                    {"Put": {"TableName": "steps", "Item": {"id": {"S": key}, "by": {"S": str(writer)}}}}
                    for key in keys])
            except botocore.exceptions.BotoCoreError:
                return
            acknowledged.extend(keys)
            if len(acknowledged) > 150:
                killer.set()

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, writer) for writer in range(4)]
        assert killer.wait(60)
        emulator.kill()
        for writer in writers:
            writer.result()

    again = start("--data", tmp_path / "data").ready()
    db, streams = again.client("dynamodb"), again.client("dynamodbstreams")
    arn = db.describe_table(TableName="steps")["Table"]["LatestStreamArn"]
    table, index = ({item["id"]["S"] for item in db.scan(TableName="steps", **more)["Items"]}
                    for more in ({}, {"IndexName": "by_writer"}))
    recorded = [record["dynamodb"]["NewImage"]["id"]["S"] for record in read_all(streams, arn)]
    assert set(acknowledged) <= table
    assert table == index == set(recorded) and len(recorded) == len(table)
    assert {key[:-1] + "b" for key in table if key.endswith("a")} == {key for key in table if key.endswith("b")}


def test_cloudformation_knows_the_streams_arn(emulator, db, name):
    stack = stacks.Stack(emulator, f"streamed-{name}")
    template = {
        "Resources": {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": {
            "TableName": name, "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"}}}},
        "Outputs": {"Stream": {"Value": {"Fn::GetAtt": ["Table", "StreamArn"]}}}}
    assert stack.create(template) == "CREATE_COMPLETE"
    arn = db.describe_table(TableName=name)["Table"]["LatestStreamArn"]
    assert stack.outputs() == {"Stream": arn}
    del template["Resources"]["Table"]["Properties"]["StreamSpecification"], template["Outputs"]
    assert stack.update(template) == "UPDATE_COMPLETE"
    assert "StreamSpecification" not in db.describe_table(TableName=name)["Table"]
