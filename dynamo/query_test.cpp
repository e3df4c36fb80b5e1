// Query and Scan, on tables and indexes.
#include <gmock/gmock.h>

#include <set>

#include "dynamo/test_room.h"

namespace fractus::dynamo {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class QueryTest : public RoomTest {
 protected:
  void Put(const std::string& user, const std::string& time, const std::string& further = "") {
    Call("PutItem", R"({"TableName":"Orders","Item":{"user":{"S":")" + user +
                        R"("},"time":{"N":")" + time + "\"}" + further + "}}");
  }

  // The sort keys that a condition selects for user "u"; the condition may use :a and :b.
  std::string Times(const std::string& condition, const std::string& further = "",
                    const std::string& a = "", const std::string& b = "") {
    std::string values = R"(":u":{"S":"u"})";
    if (!a.empty()) values += R"(,":a":{"N":")" + a + "\"}";
    if (!b.empty()) values += R"(,":b":{"N":")" + b + "\"}";
    const json output =
        Call("Query", R"({"TableName":"Orders","KeyConditionExpression":"#u = :u)" + condition +
                          R"(","ExpressionAttributeNames":{"#u":"user")" +
                          (condition.find("#t") != std::string::npos ? R"(,"#t":"time")" : "") +
                          R"(},"ExpressionAttributeValues":{)" + values + "}" + further + "}");
    std::string times;
    for (const auto& item : output.at("Items"))
      times += (times.empty() ? "" : " ") + item.at("time").at("N").get<std::string>();
    return times;
  }

  // Follows LastEvaluatedKey to the end; returns the pages' sizes.
  std::vector<size_t> Pages(const std::string& operation, const std::string& request,
                            std::vector<json>& items) {
    std::vector<size_t> sizes;
    std::string start;
    do {
      const json page = Call(operation, request + start + "}");
      sizes.push_back(page.at("Items").size());
      for (const auto& item : page.at("Items")) items.push_back(item);
      start = page.contains("LastEvaluatedKey")
                  ? R"(,"ExclusiveStartKey":)" + page.at("LastEvaluatedKey").dump()
                  : "";
    } while (!start.empty());
    return sizes;
  }
};

TEST_F(QueryTest, SortsNumbersByValueAndHonoursEveryOperator) {
  MakeSortedTable();
  for (const char* time : {"10", "9", "-1", "0", "100", "1.5"}) Put("u", time);
  Put("t", "5");
  Put("v", "5");
  EXPECT_EQ(Times(""), "-1 0 1.5 9 10 100");
  EXPECT_EQ(Times("", R"(,"ScanIndexForward":false)"), "100 10 9 1.5 0 -1");
  EXPECT_EQ(Times(" AND #t = :a", "", "9.0"), "9");
  EXPECT_EQ(Times(" AND #t < :a", "", "9"), "-1 0 1.5");
  EXPECT_EQ(Times(" AND #t <= :a", "", "9"), "-1 0 1.5 9");
  EXPECT_EQ(Times(" AND #t > :a", "", "9"), "10 100");
  EXPECT_EQ(Times(" AND #t >= :a", R"(,"ScanIndexForward":false)", "9"), "100 10 9");
  EXPECT_EQ(Times(" AND #t BETWEEN :a AND :b", "", "0", "10"), "0 1.5 9 10");
  EXPECT_EQ(Times(" AND :a < #t", "", "10"), "100");
}

TEST_F(QueryTest, BeginsWithIsARangeOfTexts) {
  Call(
      "CreateTable",
      R"({"TableName":"Texts","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"p","AttributeType":"N"},
      {"AttributeName":"s","AttributeType":"S"}],"KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}]})");
  for (const char* text : {"a", "ab", "abc", "b", "aé"}) {
    Call("PutItem",
         R"({"TableName":"Texts","Item":{"p":{"N":"1"},"s":{"S":")" + std::string(text) + "\"}}}");
  }
  const json output = Call(
      "Query", R"~({"TableName":"Texts","KeyConditionExpression":"p = :p AND begins_with(s, :s)",
      "ExpressionAttributeValues":{":p":{"N":"1"},":s":{"S":"ab"}}})~");
  EXPECT_EQ(output.at("Count"), 2);
  EXPECT_EQ(output.at("Items").at(1).at("s").at("S"), "abc");
}

TEST_F(QueryTest, LimitComesBeforeTheFilter) {
  MakeSortedTable();
  for (int i = 0; i < 6; ++i) {
    Put("u", std::to_string(i),
        R"(,"even":{"BOOL":)" + std::string(i % 2 ? "false" : "true") + "}");
  }
  const std::string request =
      R"({"TableName":"Orders","KeyConditionExpression":"#u = :u","FilterExpression":"even = :t",
      "ExpressionAttributeNames":{"#u":"user"},"ExpressionAttributeValues":{":u":{"S":"u"},":t":{"BOOL":true}},"Limit":3)";
  const json page = Call("Query", request + "}");
  EXPECT_EQ(page.at("Count"), 2);
  EXPECT_EQ(page.at("ScannedCount"), 3);
  EXPECT_EQ(page.at("LastEvaluatedKey").dump(), R"({"time":{"N":"2"},"user":{"S":"u"}})");
  std::vector<json> items;
  // The limit falls on the last item: the service does not look further, so an empty page ends it.
  EXPECT_EQ(Pages("Query", request, items), (std::vector<size_t>{2, 1, 0}));
  items.clear();
  Pages("Query", request + R"(,"ScanIndexForward":false)", items);
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[0].at("time").at("N"), "4");
}

TEST_F(QueryTest, PagesEndAtOneMegabyte) {
  MakeSortedTable();
  for (int i = 0; i < 12; ++i)
    Put("u", std::to_string(i), R"(,"t":{"S":")" + std::string(250000, 'x') + "\"}");
  std::vector<json> items;
  EXPECT_EQ(Pages("Scan", R"({"TableName":"Orders")", items), (std::vector<size_t>{4, 4, 4}));
  const json count = Call("Scan", R"({"TableName":"Orders","Select":"COUNT"})");
  EXPECT_FALSE(count.contains("Items"));
  EXPECT_EQ(count.at("Count"), 4);
}

TEST_F(QueryTest, KeyConditionsAreChecked) {
  MakeSortedTable();
  const auto error = [&](const std::string& condition) {
    return Invalid(
        "Query",
        R"({"TableName":"Orders","KeyConditionExpression":")" + condition +
            R"(","ExpressionAttributeNames":{"#u":"user","#t":"time"},"ExpressionAttributeValues":{":u":{"S":"u"},":n":{"N":"1"}}})");
  };
  EXPECT_EQ(error("#t = :n AND x = :u AND #u = :u"),
            "One or more parameter values were invalid: Conditions can be of length 1 or 2 only");
  EXPECT_EQ(error("#u = :u OR #t = :n"),
            "Invalid KeyConditionExpression: Invalid operator used in KeyConditionExpression: OR");
  EXPECT_EQ(error("#u <> :u AND #t = :n"),
            "Invalid KeyConditionExpression: Invalid operator used in KeyConditionExpression: <>");
  EXPECT_EQ(error("#u > :u AND #t = :n"), "Query key condition not supported");
  EXPECT_EQ(error("#u = :n AND #t = :u"),
            "One or more parameter values were invalid: Condition parameter type does not match "
            "schema type");
  EXPECT_EQ(error("#u = :u AND #u = :u AND #t = :n"),
            "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one "
            "condition per key");
  EXPECT_EQ(Invalid("Query", R"({"TableName":"Orders"})"),
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
            "request.");
  EXPECT_EQ(
      Invalid(
          "Query",
          R"({"TableName":"Orders","KeyConditionExpression":"x = :x","ExpressionAttributeValues":{":x":{"N":"1"}}})"),
      "Query condition missed key schema element: user");
  EXPECT_EQ(
      Invalid(
          "Query",
          R"({"TableName":"Orders","KeyConditionExpression":"#u = :u","FilterExpression":"#t > :n",
                    "ExpressionAttributeNames":{"#u":"user","#t":"time"},"ExpressionAttributeValues":{":u":{"S":"u"},":n":{"N":"1"}}})"),
      "Filter Expression can only contain non-primary key attributes: Primary key attribute: time");
  EXPECT_THAT(Invalid("Scan", R"({"TableName":"Orders","Limit":0})"),
              HasSubstr("Value '0' at 'limit'"));
}

TEST_F(QueryTest, LegacyConditionsSelectTheSame) {
  MakeSortedTable();
  for (int i = 0; i < 4; ++i)
    Put("u", std::to_string(i), R"(,"v":{"N":")" + std::to_string(i) + "\"}");
  const std::string keys =
      R"("KeyConditions":{"user":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"u"}]},
      "time":{"ComparisonOperator":"GE","AttributeValueList":[{"N":"1"}]}})";
  EXPECT_EQ(Call("Query", R"({"TableName":"Orders",)" + keys + "}").at("Count"), 3);
  EXPECT_EQ(
      Call(
          "Query",
          R"({"TableName":"Orders",)" + keys +
              R"(,"QueryFilter":{"v":{"ComparisonOperator":"NE","AttributeValueList":[{"N":"2"}]}}})")
          .at("Count"),
      2);
  EXPECT_EQ(
      Call(
          "Scan",
          R"({"TableName":"Orders","ScanFilter":{"v":{"ComparisonOperator":"IN","AttributeValueList":[{"N":"2"},{"N":"0"}]}}})")
          .at("Count"),
      2);
  EXPECT_EQ(Call("Scan", R"({"TableName":"Orders","AttributesToGet":["time"],"Limit":1})")
                .at("Items")
                .dump(),
            R"([{"time":{"N":"0"}}])");
  EXPECT_EQ(Call("Scan", R"({"TableName":"Orders","Select":"ALL_ATTRIBUTES"})").at("Count"), 4);
}

TEST_F(QueryTest, SegmentsOfAParallelScanShareTheItems) {
  MakeTable();
  for (int i = 0; i < 60; ++i)
    Call("PutItem", R"({"TableName":"Users","Item":{"id":{"S":"k)" + std::to_string(i) + "\"}}}");
  std::set<std::string> seen;
  for (int segment = 0; segment < 4; ++segment) {
    std::vector<json> items;
    Pages(
        "Scan",
        R"({"TableName":"Users","Limit":7,"TotalSegments":4,"Segment":)" + std::to_string(segment),
        items);
    EXPECT_GT(items.size(), 0u);
    for (const auto& item : items) EXPECT_TRUE(seen.insert(item.dump()).second);
  }
  EXPECT_EQ(seen.size(), 60u);
  EXPECT_EQ(Invalid("Scan", R"({"TableName":"Users","Segment":4,"TotalSegments":4})"),
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
            "Segment: 4 is not less than "
            "TotalSegments: 4");
}

TEST_F(QueryTest, StartKeysAreChecked) {
  MakeSortedTable();
  EXPECT_EQ(
      Invalid("Scan", R"({"TableName":"Orders","ExclusiveStartKey":{"user":{"S":"u"}}})"),
      "The provided starting key is invalid: The provided key element does not match the schema");
  const std::string query = R"({"TableName":"Orders","KeyConditionExpression":"#u = :u AND #t > :n",
      "ExpressionAttributeNames":{"#u":"user","#t":"time"},"ExpressionAttributeValues":{":u":{"S":"u"},":n":{"N":"5"}},"ExclusiveStartKey":)";
  EXPECT_EQ(Invalid("Query", query + R"({"user":{"S":"v"},"time":{"N":"6"}}})"),
            "The provided starting key is outside query boundaries based on provided conditions");
  EXPECT_EQ(Invalid("Query", query + R"({"user":{"S":"u"},"time":{"N":"4"}}})"),
            "The provided starting key does not match the range key predicate");
}

TEST_F(QueryTest, AGlobalIndexHoldsOnlyItemsWithItsKeys) {
  MakeSortedTable(
      R"(,"GlobalSecondaryIndexes":[{"IndexName":"ByCity","KeySchema":[{"AttributeName":"city","KeyType":"HASH"},
      {"AttributeName":"time","KeyType":"RANGE"}],"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["note"]}}])",
      R"(,{"AttributeName":"city","AttributeType":"S"})");
  Put("a", "2", R"(,"city":{"S":"Rome"},"note":{"S":"x"},"secret":{"S":"y"})");
  Put("b", "1", R"(,"city":{"S":"Rome"})");
  Put("c", "1", R"(,"city":{"S":"Oslo"})");
  Put("d", "1");
  const std::string query =
      R"({"TableName":"Orders","IndexName":"ByCity","KeyConditionExpression":"city = :c",
      "ExpressionAttributeValues":{":c":{"S":"Rome"}})";
  EXPECT_EQ(Call("Query", query + "}").at("Items").dump(),
            R"([{"city":{"S":"Rome"},"time":{"N":"1"},"user":{"S":"b"}},)"
            R"({"city":{"S":"Rome"},"note":{"S":"x"},"time":{"N":"2"},"user":{"S":"a"}}])");
  EXPECT_EQ(Call("Scan", R"({"TableName":"Orders","IndexName":"ByCity"})").at("Count"), 3);
  std::vector<json> items;
  EXPECT_EQ(Pages("Query", query + R"(,"Limit":1)", items), (std::vector<size_t>{1, 1, 0}));
  EXPECT_EQ(Call("Query", query + R"(,"Limit":1})").at("LastEvaluatedKey").dump(),
            R"({"city":{"S":"Rome"},"time":{"N":"1"},"user":{"S":"b"}})");

  EXPECT_EQ(Invalid("Query", query + R"(,"ConsistentRead":true})"),
            "Consistent reads are not supported on global secondary indexes");
  EXPECT_THAT(Invalid("Query", query + R"(,"Select":"ALL_ATTRIBUTES"})"),
              HasSubstr("is not supported for global secondary index ByCity"));
  EXPECT_THAT(Invalid("Query", query + R"(,"ProjectionExpression":"secret"})"),
              HasSubstr("does not project [secret]"));
  EXPECT_EQ(Invalid("Scan", R"({"TableName":"Orders","IndexName":"Nope"})"),
            "The table does not have the specified index: Nope");
  EXPECT_THAT(
      Invalid(
          "PutItem",
          R"({"TableName":"Orders","Item":{"user":{"S":"a"},"time":{"N":"2"},"city":{"N":"1"}}})"),
      HasSubstr("Type mismatch for Index Key city Expected: S Actual: N IndexName: ByCity"));

  // The entry follows the item.
  const json moved = Call(
      "UpdateItem",
      R"({"TableName":"Orders","Key":{"user":{"S":"a"},"time":{"N":"2"}},"UpdateExpression":"SET city = :c",
      "ExpressionAttributeValues":{":c":{"S":"Oslo"}},"ReturnConsumedCapacity":"INDEXES"})");
  EXPECT_EQ(moved.at("ConsumedCapacity").at("CapacityUnits"), 3.0);
  EXPECT_EQ(
      moved.at("ConsumedCapacity").at("GlobalSecondaryIndexes").at("ByCity").at("CapacityUnits"),
      2.0);
  EXPECT_EQ(Call("Query", query + "}").at("Count"), 1);
  Call("DeleteItem", R"({"TableName":"Orders","Key":{"user":{"S":"b"},"time":{"N":"1"}}})");
  EXPECT_EQ(Call("Query", query + "}").at("Count"), 0);
  EXPECT_EQ(Call("DescribeTable", R"({"TableName":"Orders"})")
                .at("Table")
                .at("GlobalSecondaryIndexes")
                .at(0)
                .at("ItemCount"),
            2);
}

TEST_F(QueryTest, ALocalIndexReadsWhatItLacksFromTheTable) {
  MakeSortedTable(
      R"(,"LocalSecondaryIndexes":[{"IndexName":"ByTotal","KeySchema":[{"AttributeName":"user","KeyType":"HASH"},
      {"AttributeName":"total","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}])",
      R"(,{"AttributeName":"total","AttributeType":"N"})");
  Put("u", "1", R"(,"total":{"N":"20"},"note":{"S":"later"})");
  Put("u", "2", R"(,"total":{"N":"3"},"note":{"S":"first"})");
  const std::string query =
      R"({"TableName":"Orders","IndexName":"ByTotal","KeyConditionExpression":"#u = :u","ConsistentRead":true,
      "ExpressionAttributeNames":{"#u":"user"},"ExpressionAttributeValues":{":u":{"S":"u"}})";
  const json keys = Call("Query", query + "}");
  EXPECT_EQ(keys.at("Items").at(0).dump(),
            R"({"time":{"N":"2"},"total":{"N":"3"},"user":{"S":"u"}})");
  const json notes = Call("Query", query + R"(,"ProjectionExpression":"note"})");
  EXPECT_EQ(notes.at("Items").dump(), R"([{"note":{"S":"first"}},{"note":{"S":"later"}}])");
  EXPECT_EQ(
      Call("Query", query + R"(,"Select":"ALL_ATTRIBUTES"})").at("Items").at(1).at("note").at("S"),
      "later");
  const json put = Call(
      "PutItem",
      R"({"TableName":"Orders","Item":{"user":{"S":"u"},"time":{"N":"3"}},"ReturnItemCollectionMetrics":"SIZE"})");
  EXPECT_EQ(put.at("ItemCollectionMetrics").at("ItemCollectionKey").dump(),
            R"({"user":{"S":"u"}})");
}

}  // namespace
}  // namespace fractus::dynamo
