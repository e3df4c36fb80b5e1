// The switches that make tables as slow, scarce and unordered as the service's.
#include <gmock/gmock.h>

#include "dynamo/settings.h"
#include "dynamo/test_room.h"

namespace fractus::dynamo {
namespace {

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
  auto segments = order(R"(,"Segment":0,"TotalSegments":2)");
  const auto second = order(R"(,"Segment":1,"TotalSegments":2)");
  segments.insert(segments.end(), second.begin(), second.end());
  std::sort(segments.begin(), segments.end());
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(segments, seen);
  EXPECT_EQ(Call("Query", R"({"TableName":"Orders","KeyConditionExpression":"#u = :u AND #t > :t",
      "ExpressionAttributeNames":{"#u":"user","#t":"time"},"ExpressionAttributeValues":{":u":{"S":"u7"},":t":{"N":"0"}}})")
                .at("Count"),
            2);
  // The layout belongs to the table: it stays when the switch is off.
  Use({});
  EXPECT_EQ(order("").size(), 60u);
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
