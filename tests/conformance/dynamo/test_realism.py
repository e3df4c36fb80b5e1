"""The switches that make tables as slow, scarce and unordered as AWS's."""

from support import tables
from support.errors import error_of

KEY = {"id": {"S": "1"}}


def test_reads_and_indexes_lag_behind_on_the_clock(start):
    running = start("--stale-reads", "10m", "--index-delay", "1h").ready()
    db = running.client("dynamodb")
    db.create_table(
        TableName="late", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in ("id", "kind")],
        GlobalSecondaryIndexes=[{"IndexName": "by-kind", "KeySchema": [{"AttributeName": "kind", "KeyType": "HASH"}],
                                 "Projection": {"ProjectionType": "ALL"}}])
    db.put_item(TableName="late", Item=dict(KEY, kind={"S": "a"}))
    assert "Item" not in db.get_item(TableName="late", Key=KEY)
    assert db.get_item(TableName="late", Key=KEY, ConsistentRead=True)["Item"]
    assert (db.scan(TableName="late")["Count"], db.scan(TableName="late", ConsistentRead=True)["Count"]) == (0, 1)
    running.clock(advance="11m")
    assert db.get_item(TableName="late", Key=KEY)["Item"]
    assert db.scan(TableName="late", IndexName="by-kind")["Count"] == 0
    running.clock(advance="1h")
    assert db.scan(TableName="late", IndexName="by-kind")["Count"] == 1


def test_throughput_runs_out(start):
    running = start("--throttling").ready()
    running.clock(freeze=True)
    db = running.client("dynamodb")
    tables.create(db, "scarce", BillingMode="PROVISIONED",
                  ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
    db.put_item(TableName="scarce", Item=KEY)
    exceeded = ("ProvisionedThroughputExceededException",
                "The level of configured provisioned throughput for the table was exceeded. Consider increasing your "
                "provisioning level with the UpdateTable API.")
    assert error_of(db.put_item, TableName="scarce", Item=KEY) == exceeded
    assert db.get_item(TableName="scarce", Key=KEY, ConsistentRead=True)["Item"]
    assert error_of(db.get_item, TableName="scarce", Key=KEY) == exceeded
    running.clock(advance="2s")
    db.put_item(TableName="scarce", Item=KEY)


def test_a_table_may_be_scanned_in_no_visible_order(start):
    running = start("--scan-order", "hash").ready()
    db = running.client("dynamodb")
    tables.create(db, "mixed", range_key="sort")
    tables.fill(db, "mixed", ({"id": {"S": f"{number:03}"}, "sort": {"S": str(sort)}}
                              for number in range(50) for sort in range(3)))
    seen, start_key = [], {}
    while True:
        page = db.scan(TableName="mixed", Limit=7, **start_key)
        seen += [(item["id"]["S"], item["sort"]["S"]) for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            break
        start_key = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert seen != sorted(seen) and len(set(seen)) == len(seen) == 150
    # Within a partition the sort key still rules.
    assert [sort for _, sort in seen] == ["0", "1", "2"] * 50
    halves = [db.scan(TableName="mixed", Segment=segment, TotalSegments=2)["Items"] for segment in range(2)]
    assert sum(map(len, halves)) == 150 and all(halves)
    tables.create(db, "plain", Tags=[{"Key": "fractus:scan-order", "Value": "key"}])
    tables.fill(db, "plain", ({"id": {"S": f"{number:03}"}} for number in range(50)))
    assert [item["id"]["S"] for item in db.scan(TableName="plain")["Items"]] == [f"{n:03}" for n in range(50)]
