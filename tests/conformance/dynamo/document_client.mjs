// The AWS SDK for JavaScript v3 against DynamoDB. Every step is a test of its own in test_document_client.py; what it
// told is one line of JSON: its name and, when it failed, why. Endpoint, region and credentials come from the environment.
import assert from "node:assert/strict";
import {
  ConditionalCheckFailedException, DynamoDBClient, CreateTableCommand, DeleteTableCommand, DescribeTableCommand,
  PutItemCommand, ResourceNotFoundException, TransactionCanceledException, paginateListTables, waitUntilTableExists,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand, DynamoDBStreamsClient, GetRecordsCommand, GetShardIteratorCommand,
} from "@aws-sdk/client-dynamodb-streams";
import {
  BatchExecuteStatementCommand, BatchGetCommand, BatchWriteCommand, DeleteCommand, DynamoDBDocument,
  ExecuteStatementCommand, ExecuteTransactionCommand, GetCommand, NumberValue, PutCommand, QueryCommand,
  TransactGetCommand, TransactWriteCommand, UpdateCommand, paginateQuery, paginateScan,
} from "@aws-sdk/lib-dynamodb";
import {unmarshall} from "@aws-sdk/util-dynamodb";

const {table} = JSON.parse(process.argv[2]);
const TableName = table;
const client = new DynamoDBClient({});
const documents = DynamoDBDocument.from(client);
// The options are kept in the client, so each set of them takes a client of its own.
const wrapped = DynamoDBDocument.from(new DynamoDBClient({}), {unmarshallOptions: {wrapNumbers: true}});
const patience = {client, maxWaitTime: 300, minDelay: 1};

async function step(name, run) {
  try {
    await run();
    console.log(JSON.stringify({step: name}));
  } catch (error) {
    console.log(JSON.stringify({step: name, error: error.stack}));
  }
}

const put = (Item, more = {}) => documents.send(new PutCommand({TableName, Item, ...more}));
const get = async (Key, from = documents) =>
  (await from.send(new GetCommand({TableName, Key, ConsistentRead: true}))).Item;
const refusal = async (promise) => promise.then(() => assert.fail("It was not refused"), (error) => error);

await step("a waiter sees a new table", async () => {
  const {TableDescription} = await client.send(new CreateTableCommand({
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{AttributeName: "pk", KeyType: "HASH"}, {AttributeName: "sk", KeyType: "RANGE"}],
    AttributeDefinitions: [
      {AttributeName: "pk", AttributeType: "S"}, {AttributeName: "sk", AttributeType: "N"},
      {AttributeName: "kind", AttributeType: "S"},
    ],
    GlobalSecondaryIndexes: [{
      IndexName: "by-kind", KeySchema: [{AttributeName: "kind", KeyType: "HASH"}, {AttributeName: "sk", KeyType: "RANGE"}],
      Projection: {ProjectionType: "KEYS_ONLY"},
    }],
    StreamSpecification: {StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES"},
  }));
  assert.ok(TableDescription.CreationDateTime instanceof Date);
  assert.equal((await waitUntilTableExists(patience, {TableName})).state, "SUCCESS");
  const names = [];
  for await (const page of paginateListTables({client, pageSize: 1}, {})) names.push(...page.TableNames);
  assert.ok(names.includes(table));
});

await step("an item of every type comes back as it was written", async () => {
  const item = {
    pk: "types", sk: -1.5, text: "zażółć \u{1F600}", yes: true, no: false, nothing: null,
    bytes: Uint8Array.from([0, 127, 255]), strings: new Set(["a", "b"]), numbers: new Set([1, 2.5, -3]),
    binaries: new Set([Uint8Array.from([1]), Uint8Array.from([2, 3])]),
    list: [1, "two", [3], {four: 4}], map: {deep: {deeper: [null, {deepest: true}]}},
  };
  await put(item);
  assert.deepEqual(await get({pk: "types", sk: -1.5}), item);
});

await step("empty values are kept, but not an empty key and not an empty set", async () => {
  const item = {pk: "empty", sk: 0, text: "", bytes: new Uint8Array(0), list: [], map: {}, nested: [""]};
  await put(item);
  assert.deepEqual(await get({pk: "empty", sk: 0}), item);
  const key = await refusal(put({pk: "", sk: 0}));
  assert.equal(key.name, "ValidationException");
  assert.match(key.message, /The AttributeValue for a key attribute cannot contain an empty string value\. Key: pk$/);
  const set = await refusal(client.send(new PutItemCommand({
    TableName, Item: {pk: {S: "empty"}, sk: {N: "1"}, set: {SS: []}},
  })));
  assert.equal(set.message, "One or more parameter values were invalid: An string set  may not be empty");
});

await step("marshalling options decide about undefined, empty and class instances", async () => {
  class Point {
    constructor() { this.x = 1; }
  }
  const lenient = DynamoDBDocument.from(new DynamoDBClient({}), {
    marshallOptions: {removeUndefinedValues: true, convertEmptyValues: true, convertClassInstanceToMap: true},
  });
  await lenient.send(new PutCommand({
    TableName, Item: {pk: "options", sk: 0, gone: undefined, empty: "", point: new Point()},
  }));
  assert.deepEqual(await get({pk: "options", sk: 0}), {pk: "options", sk: 0, empty: null, point: {x: 1}});
});

await step("big integers and wrapped numbers lose no digit", async () => {
  const big = 12345678901234567890123456789012345678n;
  const exact = "0.12345678901234567890123456789012345678";
  await put({pk: "numbers", sk: 0, big});
  assert.equal((await get({pk: "numbers", sk: 0})).big, big);
  await put({pk: "numbers", sk: 1, big, exact: NumberValue.from(exact), small: 1});
  const item = await get({pk: "numbers", sk: 1}, wrapped);
  assert.deepEqual([item.exact.toString(), item.big.toBigInt(), item.small.value], [exact, big, "1"]);
  await documents.send(new UpdateCommand({
    TableName, Key: {pk: "numbers", sk: 1}, UpdateExpression: "SET #big = #big - :one",
    ExpressionAttributeNames: {"#big": "big"}, ExpressionAttributeValues: {":one": 1n},
  }));
  assert.equal((await get({pk: "numbers", sk: 1}, wrapped)).big.toBigInt(), big - 1n);
  const long = await refusal(put({pk: "numbers", sk: 2, long: NumberValue.from("1".repeat(39))}));
  assert.equal(long.message, "Attempting to store more than 38 significant digits in a Number");
});

await step("a put gives back what it replaced", async () => {
  assert.equal((await put({pk: "put", sk: 0, v: 1}, {ReturnValues: "ALL_OLD"})).Attributes, undefined);
  assert.deepEqual((await put({pk: "put", sk: 0, v: 2}, {ReturnValues: "ALL_OLD"})).Attributes, {pk: "put", sk: 0, v: 1});
  assert.equal(await get({pk: "put", sk: 404}), undefined);
});

await step("an update changes parts of an item", async () => {
  const update = (UpdateExpression, ExpressionAttributeValues, ReturnValues) => documents.send(new UpdateCommand({
    TableName, Key: {pk: "update", sk: 0}, UpdateExpression, ExpressionAttributeValues, ReturnValues,
  }));
  const made = await update(
    "SET tags = list_append(if_not_exists(tags, :none), :tag), info = :info ADD seen :people, hits :one",
    {":none": [], ":tag": ["new"], ":info": {a: {b: 1}}, ":people": new Set(["ann", "bob"]), ":one": 1}, "ALL_NEW");
  assert.deepEqual(made.Attributes, {
    pk: "update", sk: 0, tags: ["new"], info: {a: {b: 1}}, seen: new Set(["ann", "bob"]), hits: 1,
  });
  const changed = await update(
    "SET info.a.b = info.a.b + :one, tags[1] = :tag REMOVE info.c DELETE seen :people",
    {":one": 1, ":tag": "second", ":people": new Set(["bob"])}, "UPDATED_NEW");
  assert.deepEqual(changed.Attributes, {info: {a: {b: 2}}, tags: ["second"], seen: new Set(["ann"])});
  const last = await update("DELETE seen :people", {":people": new Set(["ann"])}, "UPDATED_OLD");
  assert.deepEqual(last.Attributes, {seen: new Set(["ann"])});
  assert.ok(!("seen" in await get({pk: "update", sk: 0})));
});

await step("a delete gives back what it deleted", async () => {
  await put({pk: "delete", sk: 0, v: new Set([1])});
  const command = new DeleteCommand({TableName, Key: {pk: "delete", sk: 0}, ReturnValues: "ALL_OLD"});
  assert.deepEqual((await documents.send(command)).Attributes, {pk: "delete", sk: 0, v: new Set([1])});
  assert.equal((await documents.send(command)).Attributes, undefined);
});

await step("a failed condition is an error of its own class with the item in it", async () => {
  await put({pk: "condition", sk: 0, v: 1});
  const conditional = (more) => refusal(put({pk: "condition", sk: 0}, {
    ConditionExpression: "attribute_not_exists(pk)", ...more,
  }));
  const error = await conditional({ReturnValuesOnConditionCheckFailure: "ALL_OLD"});
  assert.ok(error instanceof ConditionalCheckFailedException);
  assert.equal(error.message, "The conditional request failed");
  assert.equal(error.$metadata.httpStatusCode, 400);
  assert.deepEqual(unmarshall(error.Item), {pk: "condition", sk: 0, v: 1});
  assert.equal((await conditional({})).Item, undefined);
});

await step("a batch writes, deletes and reads", async () => {
  const keys = [...Array(25).keys()].map((sk) => ({pk: "batch", sk}));
  const written = await documents.send(new BatchWriteCommand({
    RequestItems: {[table]: keys.map((key) => ({PutRequest: {Item: {...key, v: key.sk * 2, rest: "unread"}}}))},
  }));
  assert.deepEqual(written.UnprocessedItems, {});
  await documents.send(new BatchWriteCommand({RequestItems: {[table]: [{DeleteRequest: {Key: keys[7]}}]}}));
  const read = await documents.send(new BatchGetCommand({RequestItems: {
    [table]: {Keys: keys, ConsistentRead: true, ProjectionExpression: "sk, v"},
  }}));
  assert.deepEqual(read.UnprocessedKeys, {});
  const found = read.Responses[table].sort((a, b) => a.sk - b.sk);
  assert.deepEqual(found, keys.filter(({sk}) => sk !== 7).map(({sk}) => ({sk, v: sk * 2})));
});

await step("the query paginator walks a partition page by page", async () => {
  for (let sk = 0; sk < 10; ++sk) await put({pk: "query", sk, even: sk % 2 === 0});
  const query = {
    TableName, ConsistentRead: true, ScanIndexForward: false, KeyConditionExpression: "pk = :pk AND sk BETWEEN :low AND :high",
    ExpressionAttributeValues: {":pk": "query", ":low": 1, ":high": 8},
  };
  const pages = [];
  for await (const page of paginateQuery({client: documents, pageSize: 3}, {...query})) {
    pages.push(page.Items.map(({sk}) => sk));
  }
  assert.deepEqual(pages, [[8, 7, 6], [5, 4, 3], [2, 1]]);
  const counted = await documents.send(new QueryCommand({
    ...query, Select: "COUNT", FilterExpression: "even = :yes",
    ExpressionAttributeValues: {...query.ExpressionAttributeValues, ":yes": true},
  }));
  assert.deepEqual([counted.Count, counted.ScannedCount, counted.Items], [4, 8, undefined]);
});

await step("the scan paginator reads every segment once", async () => {
  for (let sk = 0; sk < 40; ++sk) await put({pk: `scan-${sk % 8}`, sk});
  const segments = await Promise.all([0, 1, 2].map(async (Segment) => {
    const seen = [];
    const scan = {
      TableName, Segment, TotalSegments: 3, ConsistentRead: true, FilterExpression: "begins_with(pk, :scan)",
      ExpressionAttributeValues: {":scan": "scan-"},
    };
    for await (const page of paginateScan({client: documents, pageSize: 7}, scan)) {
      seen.push(...page.Items.map(({sk}) => sk));
    }
    return seen;
  }));
  assert.deepEqual(segments.flat().sort((a, b) => a - b), [...Array(40).keys()]);
});

await step("an index is queried", async () => {
  await put({pk: "index-a", sk: 1, kind: "fruit", more: "not projected"});
  await put({pk: "index-b", sk: 2, kind: "fruit"});
  const ask = () => documents.send(new QueryCommand({
    TableName, IndexName: "by-kind", KeyConditionExpression: "kind = :kind", ExpressionAttributeValues: {":kind": "fruit"},
  }));
  let found = await ask();
  // AWS brings indexes up to date a moment later.
  for (let round = 0; round < 100 && found.Count < 2; ++round) found = await ask();
  assert.deepEqual(found.Items, [{pk: "index-a", sk: 1, kind: "fruit"}, {pk: "index-b", sk: 2, kind: "fruit"}]);
});

await step("a transaction writes to several items and reads them", async () => {
  await put({pk: "bank", sk: 1, money: 10});
  await put({pk: "bank", sk: 2, money: 0});
  await put({pk: "bank", sk: 3});
  const move = (sk, by) => ({Update: {
    TableName, Key: {pk: "bank", sk}, UpdateExpression: "ADD money :by", ExpressionAttributeValues: {":by": by},
  }});
  const order = {
    ClientRequestToken: `order-${Date.now()}`,
    TransactItems: [
      move(1, -4), move(2, 4), {Delete: {TableName, Key: {pk: "bank", sk: 3}}},
      {Put: {TableName, Item: {pk: "bank", sk: 4, at: ["once"]}}},
      {ConditionCheck: {TableName, Key: {pk: "bank", sk: 5}, ConditionExpression: "attribute_not_exists(pk)"}},
    ],
  };
  await documents.send(new TransactWriteCommand(order));
  // The same token again changes nothing.
  await documents.send(new TransactWriteCommand(order));
  const {Responses} = await documents.send(new TransactGetCommand({
    TransactItems: [1, 2, 3, 4].map((sk) => ({Get: {TableName, Key: {pk: "bank", sk}}})),
  }));
  assert.deepEqual(Responses.map(({Item}) => Item?.money ?? Item?.at), [6, 4, undefined, ["once"]]);
});

await step("a cancelled transaction tells the reason of each action", async () => {
  await put({pk: "cancel", sk: 1, owner: "ann"});
  const error = await refusal(documents.send(new TransactWriteCommand({TransactItems: [
    {Put: {TableName, Item: {pk: "cancel", sk: 2}}},
    {Update: {
      TableName, Key: {pk: "cancel", sk: 1}, UpdateExpression: "SET #o = :o", ConditionExpression: "attribute_not_exists(#o)",
      ExpressionAttributeNames: {"#o": "owner"}, ExpressionAttributeValues: {":o": "bob"},
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    }},
  ]})));
  assert.ok(error instanceof TransactionCanceledException);
  assert.equal(error.message, "Transaction cancelled, please refer cancellation reasons for specific reasons " +
               "[None, ConditionalCheckFailed]");
  const [first, second] = error.CancellationReasons;
  assert.deepEqual([first.Code, second.Code, second.Message],
                   ["None", "ConditionalCheckFailed", "The conditional request failed"]);
  assert.deepEqual(unmarshall(second.Item), {pk: "cancel", sk: 1, owner: "ann"});
  assert.equal(await get({pk: "cancel", sk: 2}), undefined);
});

await step("PartiQL statements take and give documents", async () => {
  const run = (Statement, ...Parameters) =>
    documents.send(new ExecuteStatementCommand({Statement, Parameters: Parameters.length ? Parameters : undefined}));
  await run(`INSERT INTO "${table}" VALUE {'pk': ?, 'sk': ?, 'tags': ?}`, "partiql", 1, new Set(["a"]));
  await run(`UPDATE "${table}" SET n = 1.5 WHERE pk = 'partiql' AND sk = 1`);
  const read = `SELECT * FROM "${table}" WHERE pk = ? AND sk = ?`;
  assert.deepEqual((await run(read, "partiql", 1)).Items, [{pk: "partiql", sk: 1, n: 1.5, tags: new Set(["a"])}]);
  const batch = await documents.send(new BatchExecuteStatementCommand({Statements: [
    {Statement: read, Parameters: ["partiql", 1]}, {Statement: read, Parameters: ["partiql", 2]},
  ]}));
  assert.deepEqual(batch.Responses.map(({Item}) => Item?.n), [1.5, undefined]);
  const transaction = await documents.send(new ExecuteTransactionCommand({TransactStatements: [
    {Statement: `DELETE FROM "${table}" WHERE pk = ? AND sk = ?`, Parameters: ["partiql", 1]},
    {Statement: `INSERT INTO "${table}" VALUE {'pk': ?, 'sk': ?}`, Parameters: ["partiql", 3]},
  ]}));
  assert.deepEqual(transaction.Responses, []);
  const twice = await refusal(run(`INSERT INTO "${table}" VALUE {'pk': ?, 'sk': ?}`, "partiql", 3));
  assert.equal(twice.name, "DuplicateItemException");
});

await step("capacity is counted for the table and the index", async () => {
  const {ConsumedCapacity} = await put({pk: "capacity", sk: 1, kind: "fruit"}, {ReturnConsumedCapacity: "INDEXES"});
  assert.deepEqual([ConsumedCapacity.CapacityUnits, ConsumedCapacity.Table.CapacityUnits,
                    ConsumedCapacity.GlobalSecondaryIndexes["by-kind"].CapacityUnits], [2, 1, 1]);
});

await step("an unknown table is an error of its own class", async () => {
  const error = await refusal(documents.send(new GetCommand({TableName: `${table}-no`, Key: {pk: "x", sk: 1}})));
  assert.ok(error instanceof ResourceNotFoundException);
  assert.equal(error.message, "Requested resource not found");
  assert.ok(error.$metadata.requestId);
});

await step("the streams client sees every change of an item in order", async () => {
  const streams = new DynamoDBStreamsClient({});
  await put({pk: "stream", sk: 1, v: 1});
  await put({pk: "stream", sk: 1, v: 2});
  // The same again is no change.
  await put({pk: "stream", sk: 1, v: 2});
  await documents.send(new DeleteCommand({TableName, Key: {pk: "stream", sk: 1}}));
  const {Table} = await client.send(new DescribeTableCommand({TableName}));
  const StreamArn = Table.LatestStreamArn;
  const {StreamDescription} = await streams.send(new DescribeStreamCommand({StreamArn}));
  assert.deepEqual([StreamDescription.StreamStatus, StreamDescription.TableName], ["ENABLED", table]);
  const changes = [];
  for (const {ShardId} of StreamDescription.Shards) {
    let {ShardIterator} = await streams.send(new GetShardIteratorCommand({
      StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON",
    }));
    // On AWS pages may be empty before the end is reached, and records arrive a moment later.
    for (let round = 0; round < 100 && ShardIterator && changes.length < 3; ++round) {
      const page = await streams.send(new GetRecordsCommand({ShardIterator}));
      const ours = page.Records.filter(({dynamodb}) => dynamodb.Keys.pk.S === "stream");
      changes.push(...ours.map(({eventName, dynamodb}) => [
        eventName, dynamodb.OldImage && unmarshall(dynamodb.OldImage).v, dynamodb.NewImage && unmarshall(dynamodb.NewImage).v,
      ]));
      ShardIterator = page.NextShardIterator;
    }
  }
  assert.deepEqual(changes, [["INSERT", undefined, 1], ["MODIFY", 1, 2], ["REMOVE", 2, undefined]]);
});

await step("a waiter sees a deleted table go", async () => {
  const {TableDescription} = await client.send(new DeleteTableCommand({TableName}));
  assert.equal(TableDescription.TableStatus, "DELETING");
  assert.equal((await waitUntilTableNotExists(patience, {TableName})).state, "SUCCESS");
});
