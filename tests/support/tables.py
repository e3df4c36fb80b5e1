"""Makes DynamoDB tables for tests."""

import uuid

_RUN = uuid.uuid4().hex[:8]


def unique(name):
    """The name as no other run of the tests has it; without hyphens, so that PartiQL takes it as it is."""
    return f"fractus_{_RUN}_{name}"


def create(client, name, hash_key="id", range_key=None, types=None, **members):
    """Creates an on-demand table and returns its name; keys are strings unless `types` says otherwise."""
    keys = [key for key in (hash_key, range_key) if key]
    members.setdefault("BillingMode", "PAY_PER_REQUEST")
    client.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": (types or {}).get(key, "S")} for key in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"))],
        **members)
    return name


def fill(client, table, items):
    """Writes items in batches of 25, the most that DynamoDB takes."""
    items = list(items)
    for start in range(0, len(items), 25):
        requests = [{"PutRequest": {"Item": item}} for item in items[start:start + 25]]
        answer = client.batch_write_item(RequestItems={table: requests})
        assert not answer["UnprocessedItems"]
