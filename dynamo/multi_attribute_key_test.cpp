// Global indexes whose keys have several attributes.
#include <gmock/gmock.h>

#include "dynamo/test_room.h"

namespace fractus::dynamo {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

class MultiAttributeKeyTest : public RoomTest {
 protected:
  static std::string Schema(const std::vector<std::string>& partition,
                            const std::vector<std::string>& sort) {
    json schema = json::array();
    for (const auto& name : partition)
      schema.push_back({{"AttributeName", name}, {"KeyType", "HASH"}});
    for (const auto& name : sort) schema.push_back({{"AttributeName", name}, {"KeyType", "RANGE"}});
    return schema.dump();
  }

  static std::string Definition(const std::string& schema) {
    json definitions = {{{"AttributeName", "id"}, {"AttributeType", "S"}}};
    for (const auto& element : json::parse(schema)) {
      const auto name = element.at("AttributeName").get<std::string>();
      const json definition = {{"AttributeName", name},
                               {"AttributeType", name == "round" ? "N" : "S"}};
      if (std::find(definitions.begin(), definitions.end(), definition) == definitions.end())
        definitions.push_back(definition);
    }
    return R"({"TableName":"Matches","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":)" +
           definitions.dump() +
           R"(,"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
            "GlobalSecondaryIndexes":[{"IndexName":"ByPlace","KeySchema":)" +
           schema + R"(,"Projection":{"ProjectionType":"KEYS_ONLY"}}]})";
  }

  // cup and region, then round and court.
  void MakeMatches() {
    Call("CreateTable", Definition(Schema({"cup", "region"}, {"round", "court"})));
    const auto put = [&](const std::string& id, const std::string& cup, const std::string& region,
                         const std::string& round, const std::string& court) {
      Call("PutItem", R"({"TableName":"Matches","Item":{"id":{"S":")" + id + R"("},"cup":{"S":")" +
                          cup + R"("},"region":{"S":")" + region + R"("},"round":{"N":")" + round +
                          R"("},"court":{"S":")" + court + R"("},"note":{"S":"n"}}})");
    };
    put("1", "w", "eu", "10", "b");
    put("2", "w", "eu", "2", "a");
    put("3", "w", "eu", "2", "ab");
    put("4", "w", "us", "1", "a");
    // Joined without care, these two partitions would be the same.
    put("5", "we", "u", "1", "a");
    Call("PutItem", R"({"TableName":"Matches","Item":{"id":{"S":"6"},"cup":{"S":"w"},
        "region":{"S":"eu"},"round":{"N":"2"}}})");
  }

  static std::string QueryOf(const std::string& condition, const std::string& further = "") {
    return R"({"TableName":"Matches","IndexName":"ByPlace","KeyConditionExpression":")" +
           condition + R"(","ExpressionAttributeNames":{"#r":"region"},
        "ExpressionAttributeValues":{":c":{"S":"w"},":r":{"S":"eu"})" +
           further + "}}";
  }
  std::vector<std::string> Ids(const std::string& condition, const std::string& further = "") {
    const json answer = Call("Query", QueryOf(condition, further));
    std::vector<std::string> ids;
    for (const auto& item : answer.at("Items"))
      ids.push_back(item.at("id").at("S").get<std::string>());
    return ids;
  }
};

TEST_F(MultiAttributeKeyTest, ItemsComeInTheOrderOfTheSortAttributesOneAfterTheOther) {
  MakeMatches();
  EXPECT_THAT(Ids("cup = :c AND #r = :r"), ElementsAre("2", "3", "1"));
}

TEST_F(MultiAttributeKeyTest, SortAttributesAreGivenFromTheLeftAndTheLastMayBeARange) {
  MakeMatches();
  const std::string two = R"(,":n":{"N":"2"})";
  EXPECT_THAT(Ids("cup = :c AND #r = :r AND round = :n", two), ElementsAre("2", "3"));
  EXPECT_THAT(Ids("cup = :c AND #r = :r AND round > :n", two), ElementsAre("1"));
  const std::string both = two + R"(,":a":{"S":"a"})";
  EXPECT_THAT(Ids("court = :a AND round = :n AND cup = :c AND #r = :r", both), ElementsAre("2"));
  EXPECT_THAT(Ids("cup = :c AND #r = :r AND round = :n AND begins_with(court, :a)", both),
              ElementsAre("2", "3"));
  EXPECT_THAT(Ids("cup = :c AND #r = :r AND round = :n AND court > :a", both), ElementsAre("3"));
}

TEST_F(MultiAttributeKeyTest, AConditionMustNameThePartitionWholeAndLeaveNoGapInTheSortKey) {
  MakeMatches();
  const std::string base =
      R"({"TableName":"Matches","IndexName":"ByPlace","KeyConditionExpression":")";
  EXPECT_EQ(Invalid("Query", base + R"(cup = :c","ExpressionAttributeValues":{":c":{"S":"w"}}})"),
            "Query condition missed key schema element: region");
  EXPECT_EQ(Invalid("Query", QueryOf("cup = :c AND #r = :r AND court = :a", R"(,":a":{"S":"a"})")),
            "Query condition missed key schema element: round");
  EXPECT_EQ(Invalid("Query", QueryOf("cup = :c AND #r = :r AND round > :n AND court = :a",
                                     R"(,":n":{"N":"1"},":a":{"S":"a"})")),
            "Query key condition not supported");
  EXPECT_EQ(Invalid("Query", QueryOf("cup = :c AND #r > :r")), "Query key condition not supported");
}

TEST_F(MultiAttributeKeyTest, AnItemIsInTheIndexOnlyWithAllKeyAttributes) {
  MakeMatches();
  const std::string update = R"({"TableName":"Matches","Key":{"id":{"S":"6"}},"UpdateExpression":)";
  Call("UpdateItem", update + R"("SET court = :a","ExpressionAttributeValues":{":a":{"S":"aa"}}})");
  EXPECT_THAT(Ids("cup = :c AND #r = :r"), ElementsAre("2", "6", "3", "1"));
  Call("UpdateItem", update + R"("REMOVE round"})");
  EXPECT_THAT(Ids("cup = :c AND #r = :r"), ElementsAre("2", "3", "1"));
}

TEST_F(MultiAttributeKeyTest, APageEndsWithAllKeyAttributesAndTheNextBeginsThere) {
  MakeMatches();
  std::string query = QueryOf("cup = :c AND #r = :r");
  query.insert(1, R"("Limit":2,)");
  const json page = Call("Query", query);
  EXPECT_EQ(page.at("LastEvaluatedKey"),
            json::parse(R"({"id":{"S":"3"},"cup":{"S":"w"},"region":{"S":"eu"},"round":{"N":"2"},
                "court":{"S":"ab"}})"));
  query.insert(1, R"("ExclusiveStartKey":)" + page.at("LastEvaluatedKey").dump() + ",");
  EXPECT_EQ(Call("Query", query).at("Items").at(0).at("id").at("S"), "1");
}

TEST_F(MultiAttributeKeyTest, AKeysOnlyIndexHoldsAllKeyAttributes) {
  MakeMatches();
  const json items = Call("Query", QueryOf("cup = :c AND #r = :r")).at("Items");
  EXPECT_EQ(items.at(0), json::parse(R"({"id":{"S":"2"},"cup":{"S":"w"},"region":{"S":"eu"},
      "round":{"N":"2"},"court":{"S":"a"}})"));
}

TEST_F(MultiAttributeKeyTest, FourAttributesOfEachKindAreTheMost) {
  EXPECT_EQ(Error("CreateTable", Definition(Schema({"a", "b", "c", "d"}, {"e", "f", "g", "h"}))),
            "no error");
  EXPECT_THAT(Invalid("CreateTable", Definition(Schema({"a", "b", "c", "d", "e"}, {}))),
              EndsWith("exceeds the maximum allowed number of HASH key attributes"));
  EXPECT_THAT(Invalid("CreateTable", Definition(Schema({"a"}, {"b", "c", "d", "e", "f"}))),
              EndsWith("exceeds the maximum allowed number of RANGE key attributes"));
}

TEST_F(MultiAttributeKeyTest, PartitionAttributesComeFirstAndNoneTwice) {
  EXPECT_THAT(
      Invalid("CreateTable", Definition(R"([{"AttributeName":"a","KeyType":"HASH"},
      {"AttributeName":"b","KeyType":"RANGE"},{"AttributeName":"c","KeyType":"HASH"}])")),
      EndsWith("All HASH key attributes must precede RANGE key attributes in the KeySchema"));
  EXPECT_THAT(Invalid("CreateTable", Definition(Schema({}, {"a"}))),
              EndsWith("The first KeySchemaElement is not a HASH key type"));
  EXPECT_THAT(Invalid("CreateTable", Definition(Schema({"a", "b"}, {"a"}))),
              HasSubstr("more than once"));
}

TEST_F(MultiAttributeKeyTest, TablesAndLocalIndexesKeepTwoAttributes) {
  EXPECT_THAT(Invalid("CreateTable", R"({"TableName":"Matches","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"},
      {"AttributeName":"b","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"a","KeyType":"HASH"},{"AttributeName":"b","KeyType":"HASH"}]})"),
              EndsWith("The second KeySchemaElement is not a RANGE key type"));
}

TEST_F(MultiAttributeKeyTest, TheLimitOfAKeysSizeIsForAllItsAttributesTogether) {
  Call("CreateTable", Definition(Schema({"cup"}, {"court", "region"})));
  const auto put = [](size_t first, size_t second) {
    return R"({"TableName":"Matches","Item":{"id":{"S":"1"},"cup":{"S":"c"},"court":{"S":")" +
           std::string(first, 'x') + R"("},"region":{"S":")" + std::string(second, 'x') + R"("}}})";
  };
  EXPECT_EQ(Error("PutItem", put(1000, 24)), "no error");
  EXPECT_THAT(Invalid("PutItem", put(1000, 25)),
              HasSubstr("Aggregated size of all range keys has exceeded"));
}

TEST_F(MultiAttributeKeyTest, AnIndexAddedLaterIsFilledAndSurvivesARestart) {
  MakeMatches();
  Call("UpdateTable", R"({"TableName":"Matches",
      "AttributeDefinitions":[{"AttributeName":"court","AttributeType":"S"},
        {"AttributeName":"cup","AttributeType":"S"}],
      "GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"ByCourt","KeySchema":[
        {"AttributeName":"court","KeyType":"HASH"},{"AttributeName":"cup","KeyType":"HASH"}],
        "Projection":{"ProjectionType":"ALL"}}}]})");
  Reopen();
  const json answer = Call("Query", R"({"TableName":"Matches","IndexName":"ByCourt",
      "KeyConditionExpression":"cup = :c AND court = :a",
      "ExpressionAttributeValues":{":c":{"S":"w"},":a":{"S":"a"}}})");
  EXPECT_EQ(answer.at("Count"), 2);
}

}  // namespace
}  // namespace fractus::dynamo
