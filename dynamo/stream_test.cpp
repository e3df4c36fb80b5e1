// Streams: what is recorded, and how it is read.
#include "dynamo/stream.h"

#include <gmock/gmock.h>

#include <thread>

#include "dynamo/test_room.h"

namespace fractus::dynamo {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class StreamTest : public RoomTest {
 protected:
  // A table "Users" with a stream.
  void MakeStreamed(const std::string& view_type, const std::string& more = "") {
    Call("CreateTable", R"({"TableName": "Users", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "StreamSpecification": {"StreamEnabled": true, "StreamViewType": ")" +
                            view_type + "\"}" + more + "}");
  }
  std::string Arn() {
    return Call("DescribeTable", R"({"TableName":"Users"})")
        .at("Table")
        .at("LatestStreamArn")
        .get<std::string>();
  }
  json Describe(const std::string& arn) {
    return Call("DescribeStream", json{{"StreamArn", arn}}.dump()).at("StreamDescription");
  }
  static json IteratorRequest(const std::string& arn, const json& shard, const std::string& type) {
    return {{"StreamArn", arn}, {"ShardId", shard.at("ShardId")}, {"ShardIteratorType", type}};
  }
  json Iterator(const std::string& type = "TRIM_HORIZON") {
    const std::string arn = Arn();
    return Call("GetShardIterator",
                IteratorRequest(arn, Describe(arn).at("Shards").back(), type).dump())
        .at("ShardIterator");
  }
  json Read(const json& iterator, int limit = 1000) {
    return Call("GetRecords", json{{"ShardIterator", iterator}, {"Limit", limit}}.dump());
  }
  json Records() { return Read(Iterator()).at("Records"); }
  void Put(const std::string& id, const std::string& n = "1") {
    Call("PutItem",
         R"({"TableName":"Users","Item":{"id":{"S":")" + id + R"("},"n":{"N":")" + n + "\"}}}");
  }
  void Delete(const std::string& id) {
    Call("DeleteItem", R"({"TableName":"Users","Key":{"id":{"S":")" + id + "\"}}}");
  }
  // "INSERT a", "MODIFY a", ...
  static std::vector<std::string> Said(const json& records) {
    std::vector<std::string> said;
    for (const auto& record : records) {
      said.push_back(record.at("eventName").get<std::string>() + " " +
                     record.at("dynamodb").at("Keys").at("id").at("S").get<std::string>());
    }
    return said;
  }
};

TEST_F(StreamTest, AStreamIsDescribedWithItsShard) {
  MakeStreamed("NEW_AND_OLD_IMAGES");
  EXPECT_EQ(Arn(),
            "arn:aws:dynamodb:us-east-1:000000000000:table/Users/stream/2026-01-01T00:00:00.000");
  const json described = Describe(Arn());
  EXPECT_EQ(described.at("StreamStatus"), "ENABLED");
  EXPECT_EQ(described.at("StreamLabel"), "2026-01-01T00:00:00.000");
  EXPECT_EQ(described.at("TableName"), "Users");
  EXPECT_EQ(described.at("KeySchema").size(), 1u);
  ASSERT_EQ(described.at("Shards").size(), 1u);
  const json& shard = described.at("Shards")[0];
  EXPECT_THAT(shard.at("ShardId").get<std::string>(), StartsWith("shardId-00000001767225600000-"));
  EXPECT_EQ(shard.at("SequenceNumberRange").dump(),
            R"({"StartingSequenceNumber":"100000000000000000001"})");
  EXPECT_EQ(Call("ListStreams", R"({"TableName":"Users"})").at("Streams").size(), 1u);
  EXPECT_EQ(Call("ListStreams", R"({"TableName":"Other"})").at("Streams").size(), 0u);
}

// Sizes as recorded from the service: test_dynamodb_stream_records_with_update_item.
TEST_F(StreamTest, ARecordTellsBothImagesAndTheirSizes) {
  MakeStreamed("NEW_AND_OLD_IMAGES");
  Call(
      "PutItem",
      R"({"TableName":"Users","Item":{"id":{"S":"my-item-id"},"attr1":{"S":"value1"},"attr2":{"S":"value2"}}})");
  Call("UpdateItem", R"({"TableName":"Users","Key":{"id":{"S":"my-item-id"}},
      "UpdateExpression":"SET attr1 = :a, attr2 = :b","ExpressionAttributeValues":{":a":{"S":"value2"},":b":{"S":"value3"}}})");
  const json records = Records();
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(
      records[0].at("dynamodb").dump(),
      R"({"ApproximateCreationDateTime":1767225600,"Keys":{"id":{"S":"my-item-id"}},)"
      R"("NewImage":{"attr1":{"S":"value1"},"attr2":{"S":"value2"},"id":{"S":"my-item-id"}},)"
      R"("SequenceNumber":"100000000000000000001","SizeBytes":46,"StreamViewType":"NEW_AND_OLD_IMAGES"})");
  EXPECT_EQ(records[1].at("dynamodb").at("SizeBytes"), 80);
  EXPECT_EQ(records[1].at("dynamodb").at("OldImage").at("attr1").at("S"), "value1");
  EXPECT_EQ(records[1].at("eventName"), "MODIFY");
  EXPECT_EQ(records[1].at("eventSource"), "aws:dynamodb");
  EXPECT_EQ(records[1].at("eventVersion"), "1.1");
  EXPECT_EQ(records[1].at("awsRegion"), "us-east-1");
  EXPECT_EQ(records[1].at("eventID").get<std::string>().size(), 32u);
  EXPECT_FALSE(records[1].contains("userIdentity"));
}

TEST_F(StreamTest, TheViewTypeChoosesTheImages) {
  for (const auto& [view_type, images] :
       {std::pair<std::string, std::vector<std::string>>{"KEYS_ONLY", {}},
        {"NEW_IMAGE", {"NewImage"}},
        {"OLD_IMAGE", {"OldImage"}},
        {"NEW_AND_OLD_IMAGES", {"NewImage", "OldImage"}}}) {
    MakeStreamed(view_type);
    Put("a");
    Put("a", "2");
    Delete("a");
    const json records = Records();
    EXPECT_THAT(Said(records), ElementsAre("INSERT a", "MODIFY a", "REMOVE a"));
    const auto has = [&](size_t record, const char* image) {
      return records[record].at("dynamodb").contains(image);
    };
    const bool new_image = std::count(images.begin(), images.end(), "NewImage") > 0;
    const bool old_image = std::count(images.begin(), images.end(), "OldImage") > 0;
    EXPECT_EQ(has(0, "NewImage"), new_image);
    EXPECT_FALSE(has(0, "OldImage"));
    EXPECT_EQ(has(1, "NewImage"), new_image);
    EXPECT_EQ(has(1, "OldImage"), old_image);
    EXPECT_FALSE(has(2, "NewImage"));
    EXPECT_EQ(has(2, "OldImage"), old_image);
    Call("DeleteTable", R"({"TableName":"Users"})");
  }
}

// Source: recorded test_batch_write_items_streaming, test_transact_write_items_streaming.
TEST_F(StreamTest, AWriteThatChangesNothingLeavesNoRecord) {
  MakeStreamed("KEYS_ONLY");
  Put("a");
  Put("a");
  Delete("none");
  Call("BatchWriteItem", R"({"RequestItems":{"Users":[
      {"PutRequest":{"Item":{"id":{"S":"a"},"n":{"N":"1.0"}}}},{"PutRequest":{"Item":{"id":{"S":"b"}}}}]}})");
  Call("TransactWriteItems", R"_({"TransactItems":[
      {"ConditionCheck":{"TableName":"Users","Key":{"id":{"S":"b"}},"ConditionExpression":"attribute_exists(id)"}},
      {"Delete":{"TableName":"Users","Key":{"id":{"S":"a"}}}},
      {"Update":{"TableName":"Users","Key":{"id":{"S":"c"}},"UpdateExpression":"REMOVE x"}}]})_");
  Try("TransactWriteItems",
      R"_({"TransactItems":[{"Put":{"TableName":"Users","Item":{"id":{"S":"d"}}}},
      {"ConditionCheck":{"TableName":"Users","Key":{"id":{"S":"no"}},"ConditionExpression":"attribute_exists(id)"}}]})_");
  EXPECT_THAT(Said(Records()), ElementsAre("INSERT a", "INSERT b", "REMOVE a", "INSERT c"));
}

TEST_F(StreamTest, IteratorsStartWhereTheyAreAsked) {
  MakeStreamed("KEYS_ONLY");
  Put("a");
  Put("b");
  const json latest = Iterator("LATEST");
  Put("c");
  EXPECT_THAT(Said(Read(latest).at("Records")), ElementsAre("INSERT c"));
  const json page = Read(Iterator(), 2);
  EXPECT_THAT(Said(page.at("Records")), ElementsAre("INSERT a", "INSERT b"));
  EXPECT_THAT(Said(Read(page.at("NextShardIterator")).at("Records")), ElementsAre("INSERT c"));
  json request = IteratorRequest(Arn(), Describe(Arn()).at("Shards")[0], "AT_SEQUENCE_NUMBER");
  request["SequenceNumber"] = page.at("Records")[1].at("dynamodb").at("SequenceNumber");
  const json at = Call("GetShardIterator", request.dump()).at("ShardIterator");
  EXPECT_THAT(Said(Read(at).at("Records")), ElementsAre("INSERT b", "INSERT c"));
  request["ShardIteratorType"] = "AFTER_SEQUENCE_NUMBER";
  const json after = Call("GetShardIterator", request.dump()).at("ShardIterator");
  EXPECT_THAT(Said(Read(after).at("Records")), ElementsAre("INSERT c"));
  request.erase("SequenceNumber");
  EXPECT_THAT(Invalid("GetShardIterator", request.dump()), HasSubstr("SequenceNumber"));
}

TEST_F(StreamTest, APageHoldsOneMegabyte) {
  MakeStreamed("NEW_IMAGE");
  for (const char* id : {"a", "b", "c"}) {
    Call("PutItem", R"({"TableName":"Users","Item":{"id":{"S":")" + std::string(id) +
                        R"("},"t":{"S":")" + std::string(399 * 1024, 't') + "\"}}}");
  }
  const json page = Read(Iterator());
  EXPECT_THAT(Said(page.at("Records")), ElementsAre("INSERT a", "INSERT b"));
  EXPECT_THAT(Said(Read(page.at("NextShardIterator")).at("Records")), ElementsAre("INSERT c"));
}

TEST_F(StreamTest, BadRequestsAreRefused) {
  MakeStreamed("KEYS_ONLY");
  const std::string gone =
      "arn:aws:dynamodb:us-east-1:000000000000:table/Users/stream/2024-11-18T14:36:44.149";
  EXPECT_EQ(
      Error("DescribeStream", json{{"StreamArn", gone}}.dump()),
      "ResourceNotFoundException: Requested resource not found: Stream: " + gone + " not found");
  EXPECT_EQ(Error("GetShardIterator",
                  IteratorRequest(Arn(), {{"ShardId", "shardId-0"}}, "LATEST").dump()),
            "ResourceNotFoundException: Requested resource not found: Shard does not exist");
  EXPECT_EQ(Invalid("GetRecords", R"({"ShardIterator":"nonsense"})"), "Invalid ShardIterator");
  EXPECT_EQ(Invalid("GetRecords", R"({})"),
            "1 validation error detected: Value null at 'shardIterator' failed to satisfy "
            "constraint: Member must not be null");
  EXPECT_EQ(Invalid("GetRecords", json{{"ShardIterator", Iterator()}, {"Limit", 1001}}.dump()),
            "1 validation error detected: Value '1001' at 'limit' failed to satisfy constraint: "
            "Member must have value less than or equal to 1000");
  EXPECT_EQ(
      Invalid(
          "UpdateTable",
          R"({"TableName":"Users","StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"}})"),
      "Table already has an enabled stream: TableName: Users");
}

TEST_F(StreamTest, AnIteratorExpiresAfterFifteenMinutes) {
  MakeStreamed("KEYS_ONLY");
  const json iterator = Iterator();
  clock_.Advance(std::chrono::minutes(15));
  EXPECT_TRUE(Read(iterator).contains("NextShardIterator"));
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_THAT(Error("GetRecords", json{{"ShardIterator", iterator}}.dump()),
              StartsWith("ExpiredIteratorException: Shard iterator has expired"));
}

TEST_F(StreamTest, RecordsAreTrimmedAfterADay) {
  MakeStreamed("KEYS_ONLY");
  Put("a");
  clock_.Advance(std::chrono::hours(1));
  Put("b");
  clock_.Advance(std::chrono::hours(23) - std::chrono::minutes(1));
  const json oldest = Iterator();
  EXPECT_THAT(Said(Records()), ElementsAre("INSERT a", "INSERT b"));
  json request = IteratorRequest(Arn(), Describe(Arn()).at("Shards")[0], "AT_SEQUENCE_NUMBER");
  request["SequenceNumber"] = "100000000000000000001";
  clock_.Advance(std::chrono::minutes(1));
  EXPECT_THAT(Said(Records()), ElementsAre("INSERT b"));
  const std::string trimmed =
      "TrimmedDataAccessException: The data you are trying to access has been trimmed";
  EXPECT_EQ(Error("GetRecords", json{{"ShardIterator", oldest}}.dump()), trimmed);
  EXPECT_EQ(Error("GetShardIterator", request.dump()), trimmed);
  request["ShardIteratorType"] = "AFTER_SEQUENCE_NUMBER";
  EXPECT_EQ(Error("GetShardIterator", request.dump()), "no error");
  // Numbers go on after all was trimmed, also over a restart.
  clock_.Advance(std::chrono::hours(48));
  EXPECT_TRUE(Records().empty());
  Reopen();
  Put("c");
  EXPECT_EQ(Records().at(0).at("dynamodb").at("SequenceNumber"), "100000000000000000003");
}

TEST_F(StreamTest, ADisabledStreamIsReadToItsEndForADay) {
  MakeStreamed("KEYS_ONLY");
  const std::string first = Arn();
  Put("a");
  const json iterator = Iterator();
  Call("UpdateTable", R"({"TableName":"Users","StreamSpecification":{"StreamEnabled":false}})");
  EXPECT_EQ(Invalid("UpdateTable",
                    R"({"TableName":"Users","StreamSpecification":{"StreamEnabled":false}})"),
            "Table has no stream to disable: TableName: Users");
  Put("b");
  EXPECT_EQ(Describe(first).at("StreamStatus"), "DISABLED");
  EXPECT_EQ(Describe(first).at("Shards")[0].at("SequenceNumberRange").at("EndingSequenceNumber"),
            "100000000000000000001");
  const json rest = Read(iterator);
  EXPECT_THAT(Said(rest.at("Records")), ElementsAre("INSERT a"));
  EXPECT_FALSE(rest.contains("NextShardIterator"));
  const json described = Call("DescribeTable", R"({"TableName":"Users"})").at("Table");
  EXPECT_FALSE(described.contains("StreamSpecification"));

  Call(
      "UpdateTable",
      R"({"TableName":"Users","StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}})");
  EXPECT_NE(Arn(), first);
  EXPECT_EQ(Call("ListStreams", "{}").at("Streams").size(), 2u);
  Reopen();
  EXPECT_EQ(Describe(first).at("StreamStatus"), "DISABLED");
  clock_.Advance(std::chrono::hours(24));
  EXPECT_THAT(Error("DescribeStream", json{{"StreamArn", first}}.dump()),
              StartsWith("ResourceNotFoundException"));
  EXPECT_EQ(Call("ListStreams", "{}").at("Streams").size(), 1u);
}

TEST_F(StreamTest, AStreamOutlivesItsTableAndARestart) {
  MakeStreamed("KEYS_ONLY");
  const std::string arn = Arn();
  Put("a");
  Reopen();
  Put("b");
  const json iterator = Iterator();
  Call("DeleteTable", R"({"TableName":"Users"})");
  EXPECT_EQ(Describe(arn).at("StreamStatus"), "DISABLED");
  EXPECT_THAT(Said(Read(iterator).at("Records")), ElementsAre("INSERT a", "INSERT b"));
}

TEST_F(StreamTest, ShardsSplitWhenTheTagAsksForMore) {
  MakeStreamed("KEYS_ONLY", R"(,"Tags":[{"Key":"fractus:stream-shards","Value":"2"}])");
  const std::string arn = Arn();
  for (int i = 0; i < 20; ++i) Put("before" + std::to_string(i));
  Call(
      "TagResource",
      R"({"ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/Users","Tags":[{"Key":"fractus:stream-shards","Value":"4"}]})");
  for (int i = 0; i < 20; ++i) Put("after" + std::to_string(i));
  const json shards = Describe(arn).at("Shards");
  ASSERT_EQ(shards.size(), 6u);
  std::vector<std::string> all;
  for (size_t i = 0; i < shards.size(); ++i) {
    const bool is_parent = i < 2;
    EXPECT_EQ(shards[i].at("SequenceNumberRange").contains("EndingSequenceNumber"), is_parent);
    if (!is_parent) {
      EXPECT_EQ(shards[i].at("ParentShardId"), shards[(i - 2) / 2].at("ShardId"));
    }
    const json iterator =
        Call("GetShardIterator", IteratorRequest(arn, shards[i], "TRIM_HORIZON").dump());
    const json page = Read(iterator.at("ShardIterator"));
    EXPECT_EQ(page.contains("NextShardIterator"), !is_parent);
    for (const auto& said : Said(page.at("Records"))) {
      EXPECT_EQ(said.find("before") != std::string::npos, is_parent);
      all.push_back(said);
    }
  }
  EXPECT_EQ(all.size(), 40u);
  const json page =
      Call("DescribeStream", json{{"StreamArn", arn}, {"Limit", 4}}.dump()).at("StreamDescription");
  EXPECT_EQ(page.at("LastEvaluatedShardId"), shards[3].at("ShardId"));
  EXPECT_EQ(Call("DescribeStream", json{{"StreamArn", arn},
                                        {"ExclusiveStartShardId", page.at("LastEvaluatedShardId")}}
                                       .dump())
                .at("StreamDescription")
                .at("Shards")
                .size(),
            2u);
}

// A reader that follows the stream while many write sees every change once, and those of an item in
// their order.
TEST_F(StreamTest, RecordsComeInTheOrderOfTheirCommits) {
  MakeStreamed("NEW_IMAGE");
  std::atomic<int> writers{4};
  std::vector<std::thread> threads;
  for (int writer = 0; writer < 4; ++writer) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        Call(
            "UpdateItem",
            R"({"TableName":"Users","Key":{"id":{"S":"c"}},"UpdateExpression":"ADD n :x","ExpressionAttributeValues":{":x":{"N":"1"}}})");
      }
      --writers;
    });
  }
  int seen = 0;
  json iterator = Iterator();
  for (bool last = false; !last;) {
    last = writers == 0;
    const json page = Read(iterator);
    for (const auto& record : page.at("Records"))
      ASSERT_EQ(record.at("dynamodb").at("NewImage").at("n").at("N"), std::to_string(++seen));
    iterator = page.at("NextShardIterator");
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(seen, 400);
}

TEST(SequenceNumberTest, ItTellsShardAndRecord) {
  EXPECT_EQ(SequenceNumber(12, 345), "100012000000000000345");
  const auto place = ParseSequenceNumber("100012000000000000345");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->shard, 12u);
  EXPECT_EQ(place->record, 345u);
  for (const char* text : {"", "1", "20001200000000000034x", "100012000000000000x45"})
    EXPECT_FALSE(ParseSequenceNumber(text));
}

TEST_F(StreamTest, AnUnknownTypeOfIteratorIsRefused) {
  MakeStreamed("KEYS_ONLY");
  const json shard = Describe(Arn()).at("Shards")[0];
  EXPECT_EQ(Invalid("GetShardIterator", IteratorRequest(Arn(), shard, "FIRST").dump()),
            "1 validation error detected: Value 'FIRST' at 'shardIteratorType' failed to satisfy "
            "constraint: Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, "
            "AT_SEQUENCE_NUMBER, TRIM_HORIZON]");
}

}  // namespace
}  // namespace fractus::dynamo
