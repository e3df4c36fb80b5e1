// The switches that make tables as slow, scarce and unordered as the service's.
#include <gmock/gmock.h>

#include "dynamo/settings.h"
#include "dynamo/test_room.h"

namespace fractus::dynamo {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;

class RealismTest : public RoomTest {
 protected:
  void Use(const Settings& settings) {
    Close();
    settings_ = settings;
    Open();
  }
  void MakeIndexedTable() {
    Call("CreateTable",
         R"({"TableName":"Users","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[
        {"AttributeName":"id","AttributeType":"S"},{"AttributeName":"t","AttributeType":"S"}],
        "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"GlobalSecondaryIndexes":[{"IndexName":"by-t",
        "KeySchema":[{"AttributeName":"t","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}]})");
  }
  void Put(const std::string& id, const std::string& text = "a") {
    Call("PutItem", PutOf(id, text));
  }
  static std::string PutOf(const std::string& id, const std::string& text) {
    return R"({"TableName":"Users","Item":{"id":{"S":")" + id + R"("},"t":{"S":")" + text +
           R"("}}})";
  }
  bool Exists(const std::string& id, const char* consistent) {
    return Call("GetItem", R"({"TableName":"Users","ConsistentRead":)" + std::string(consistent) +
                               R"(,"Key":{"id":{"S":")" + id + R"("}}})")
        .contains("Item");
  }
  int CountOf(const std::string& more) {
    return Call("Scan", R"({"TableName":"Users")" + more + "}").at("Count").get<int>();
  }
};

TEST_F(RealismTest, EventuallyConsistentReadsLagBehind) {
  Use({.stale_reads = 200ms});
  MakeTable();
  Put("1");
  EXPECT_FALSE(Exists("1", "false"));
  EXPECT_TRUE(Exists("1", "true"));
  EXPECT_EQ(CountOf(""), 0);
  EXPECT_EQ(CountOf(R"(,"ConsistentRead":true)"), 1);
  clock_.Advance(200ms);
  EXPECT_TRUE(Exists("1", "false"));
  EXPECT_EQ(CountOf(""), 1);
  Put("1", "b");
  Put("2");
  clock_.Advance(100ms);
  EXPECT_FALSE(Exists("2", "false"));
  clock_.Advance(100ms);
  EXPECT_TRUE(Exists("2", "false"));
}

TEST_F(RealismTest, IndexesAreWrittenLater) {
  Use({.index_delay = 1s});
  MakeIndexedTable();
  Put("1");
  EXPECT_TRUE(Exists("1", "false"));
  EXPECT_EQ(CountOf(""), 1);
  EXPECT_EQ(CountOf(R"(,"IndexName":"by-t")"), 0);
  clock_.Advance(1s);
  EXPECT_EQ(CountOf(R"(,"IndexName":"by-t")"), 1);
}

TEST_F(RealismTest, ScansGoInTheOrderOfAHash) {
  Use({.scan_order = ScanOrder::kHash});
  MakeSortedTable();
  for (int user = 0; user < 20; ++user) {
    for (int time = 0; time < 3; ++time) {
      Call("PutItem", R"({"TableName":"Orders","Item":{"user":{"S":"u)" + std::to_string(user) +
                          R"("},"time":{"N":")" + std::to_string(time) + R"("}}})");
    }
  }
  const auto order = [&](const std::string& more) {
    std::string users;
    std::vector<std::string> seen;
    std::string start;
    for (;;) {
      const json page = Call("Scan", R"({"TableName":"Orders","Limit":7)" + more + start + "}");
      for (const auto& item : page.at("Items"))
        seen.push_back(item.at("user").at("S").get<std::string>() +
                       item.at("time").at("N").get<std::string>());
      if (!page.contains("LastEvaluatedKey")) return seen;
      start = R"(,"ExclusiveStartKey":)" + page.at("LastEvaluatedKey").dump();
    }
  };
  auto seen = order("");
  EXPECT_EQ(seen.size(), 60u);
  EXPECT_FALSE(std::is_sorted(seen.begin(), seen.end()));
  // The items of a partition stay together, in the order of their sort keys.
  for (size_t i = 0; i < seen.size(); i += 3) {
    EXPECT_EQ(seen[i].back(), '0');
    EXPECT_EQ(seen[i + 2], seen[i].substr(0, seen[i].size() - 1) + "2");
  }
  // One segment after the other sees what a scan of all sees: a segment is a range of hashes.
  std::vector<std::string> segments;
  for (int segment = 0; segment < 7; ++segment) {
    const auto part = order(R"(,"Segment":)" + std::to_string(segment) + R"(,"TotalSegments":7)");
    segments.insert(segments.end(), part.begin(), part.end());
  }
  EXPECT_EQ(segments, seen);
  const json page = Call("Scan", R"({"TableName":"Orders","Limit":1})");
  EXPECT_THAT(
      Error("Scan", R"({"TableName":"Orders","Segment":1,"TotalSegments":2,"ExclusiveStartKey":)" +
                        page.at("LastEvaluatedKey").dump() + "}"),
      HasSubstr("Please use ExclusiveStartKey with correct Segment."));
  EXPECT_EQ(Call("Query", R"({"TableName":"Orders","KeyConditionExpression":"#u = :u AND #t > :t",
      "ExpressionAttributeNames":{"#u":"user","#t":"time"},"ExpressionAttributeValues":{":u":{"S":"u7"},":t":{"N":"0"}}})")
                .at("Count"),
            2);
  // The layout belongs to the table: it stays when the switch is off.
  Use({});
  EXPECT_EQ(order("").size(), 60u);
}

TEST_F(RealismTest, ScansGoInTheOrderOfInsertion) {
  Use({.scan_order = ScanOrder::kInsertion});
  MakeIndexedTable();
  const auto ids = [&](const std::string& more) {
    std::string seen, start;
    for (;;) {
      const json page = Call("Scan", R"({"TableName":"Users","Limit":2)" + more + start + "}");
      for (const auto& item : page.at("Items")) seen += item.at("id").at("S").get<std::string>();
      if (!page.contains("LastEvaluatedKey")) return seen;
      start = R"(,"ExclusiveStartKey":)" + page.at("LastEvaluatedKey").dump();
    }
  };
  // Reading what is not there gives nobody a place.
  EXPECT_FALSE(Exists("a", "true"));
  for (const char* id : {"c", "a", "d", "b"}) Put(id, std::string("t") + id);
  Put("a", "ta2");
  EXPECT_EQ(ids(""), "cadb");
  EXPECT_EQ(ids(R"(,"IndexName":"by-t")"), "cdba");
  Call("DeleteItem", R"({"TableName":"Users","Key":{"id":{"S":"d"}}})");
  Call("UpdateTable", R"({"TableName":"Users","DeletionProtectionEnabled":false})");
  // The places outlive a start, and the switch.
  Use({});
  EXPECT_EQ(ids(""), "cab");
  EXPECT_TRUE(Exists("b", "true"));
  Put("0");
  EXPECT_EQ(ids(""), "cab0");
  EXPECT_EQ(
      Call("Query", R"({"TableName":"Users","IndexName":"by-t","KeyConditionExpression":"t = :t",
      "ExpressionAttributeValues":{":t":{"S":"tb"}}})")
          .at("Count"),
      1);
  std::string segments;
  for (int segment = 0; segment < 3; ++segment)
    segments += ids(R"(,"Segment":)" + std::to_string(segment) + R"(,"TotalSegments":3)");
  EXPECT_EQ(segments.size(), 4u);
  const std::string copied = "cab0";
  const std::string arn = Call("CreateBackup", R"({"TableName":"Users","BackupName":"one"})")
                              .at("BackupDetails")
                              .at("BackupArn")
                              .get<std::string>();
  Call("DeleteTable", R"({"TableName":"Users"})");
  Call("RestoreTableFromBackup", R"({"TargetTableName":"Users","BackupArn":")" + arn + R"("})");
  EXPECT_EQ(ids(""), copied);
  EXPECT_EQ(ids(R"(,"IndexName":"by-t")").size(), 4u);
  Put("1");
  EXPECT_EQ(ids(""), copied + "1");
}

TEST_F(RealismTest, ATagSwitchesForOneTable) {
  Call("CreateTable",
       R"({"TableName":"Users","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"Tags":[{"Key":"fractus:throttling","Value":"on"}],
      "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":2}})");
  const std::string exceeded =
      "ProvisionedThroughputExceededException: The level of configured provisioned throughput for "
      "the table was exceeded. Consider increasing your provisioning level with the UpdateTable "
      "API.";
  Put("1");
  Put("2");
  EXPECT_EQ(Error("PutItem", PutOf("3", "a")), exceeded);
  clock_.Advance(1s);
  // What a request takes is known when it is done: a large one empties the bucket for long.
  Put("3", std::string(9 * 1024, 'x'));
  clock_.Advance(2s);
  EXPECT_EQ(Error("PutItem", PutOf("4", "a")), exceeded);
  EXPECT_TRUE(Exists("1", "true"));
  EXPECT_EQ(Error("GetItem", R"({"TableName":"Users","Key":{"id":{"S":"1"}}})"), exceeded);
  EXPECT_EQ(Error("Scan", R"({"TableName":"Users"})"), exceeded);
  // Unused capacity is kept for five minutes.
  clock_.Advance(1h);
  for (int i = 0; i < 300; ++i) Put("1");
}

// Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
TEST_F(RealismTest, AFailedConditionTakesWhatTheItemTakes) {
  Call("CreateTable",
       R"({"TableName":"Users","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"Tags":[{"Key":"fractus:throttling","Value":"on"}],
      "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":4}})");
  const std::string put_new = R"~({"TableName":"Users","Item":{"id":{"S":"1"}},
      "ConditionExpression":"attribute_not_exists(id)"})~";
  Put("1", std::string(2 * 1024, 'x'));
  clock_.Advance(3s);
  EXPECT_THAT(Error("PutItem", put_new), StartsWith("ConditionalCheckFailedException"));
  // One unit was left, twelve came, and the refusal took three.
  for (int i = 0; i < 10; ++i) Put("2");
  EXPECT_THAT(Error("PutItem", put_new), StartsWith("ProvisionedThroughputExceededException"));
}

TEST_F(RealismTest, AnIndexHasThroughputOfItsOwn) {
  Use({.capacity = CapacityUse::kEnforced});
  Call("CreateTable",
       R"({"TableName":"Users","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},
      {"AttributeName":"t","AttributeType":"S"}],"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
      "ProvisionedThroughput":{"ReadCapacityUnits":9,"WriteCapacityUnits":9},
      "GlobalSecondaryIndexes":[{"IndexName":"by-t","KeySchema":[{"AttributeName":"t","KeyType":"HASH"}],
      "Projection":{"ProjectionType":"ALL"},"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}}]})");
  Put("1");
  const std::string exceeded =
      "ProvisionedThroughputExceededException: The level of configured provisioned throughput "
      "for "
      "one or more global secondary indexes of the table was exceeded.";
  EXPECT_THAT(Error("PutItem", PutOf("2", "a")), StartsWith(exceeded));
  EXPECT_TRUE(Exists("1", "true"));
  const std::string scan = R"({"TableName":"Users","IndexName":"by-t"})";
  Call("Scan", scan);
  Call("Scan", scan);
  EXPECT_THAT(Error("Scan", scan), StartsWith(exceeded));
}

TEST_F(RealismTest, OnDemandTablesAreThrottledAtTheirMaximum) {
  Use({.capacity = CapacityUse::kEnforced});
  MakeTable();
  for (int i = 0; i < 50; ++i) Put("1");
  Call(
      "UpdateTable",
      R"({"TableName":"Users","OnDemandThroughput":{"MaxReadRequestUnits":1,"MaxWriteRequestUnits":1}})");
  Put("1");
  EXPECT_THAT(Error("PutItem", PutOf("1", "a")),
              StartsWith("ThrottlingException: Throughput exceeds the maximum OnDemandThroughput"));
}
}  // namespace
}  // namespace fractus::dynamo
