// Random sequences of operations answer as a simple model in memory does.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "dynamo/test_room.h"

namespace fractus::dynamo {
namespace {

struct Row {
  int v = 0;
  // Keys of the index.
  std::optional<std::string> g;
  std::optional<int> h;

  bool IsIndexed() const { return g && h; }
};
// p and s.
using RowKey = std::pair<std::string, int>;

json Text(const std::string& text) { return {{"S", text}}; }
json Num(int number) { return {{"N", std::to_string(number)}}; }

json KeyJson(const RowKey& key) { return {{"p", Text(key.first)}, {"s", Num(key.second)}}; }

json ItemJson(const RowKey& key, const Row& row) {
  json item = KeyJson(key);
  item["v"] = Num(row.v);
  if (row.g) item["g"] = Text(*row.g);
  if (row.h) item["h"] = Num(*row.h);
  return item;
}

// A comparison as all expressions here use it: an operator with :x (and :y for BETWEEN).
struct Comparison {
  std::string op;
  int x = 0, y = 0;

  bool Holds(int value) const {
    if (op == "=") return value == x;
    if (op == "<") return value < x;
    if (op == "<=") return value <= x;
    if (op == ">") return value > x;
    if (op == ">=") return value >= x;
    return value >= x && value <= y;
  }
  std::string Expression(const std::string& attribute) const {
    return attribute + " " + op + " :x" + (op == "BETWEEN" ? " AND :y" : "");
  }
  std::string Statement(const std::string& attribute) const {
    const std::string text = attribute + " " + op + " " + std::to_string(x);
    return op == "BETWEEN" ? text + " AND " + std::to_string(y) : text;
  }
  void AddValues(json& values) const {
    values[":x"] = Num(x);
    if (op == "BETWEEN") values[":y"] = Num(y);
  }
};

class RandomOperationsTest : public RoomTest, public ::testing::WithParamInterface<unsigned> {
 protected:
  void MakeTable() {
    Call("CreateTable", R"({"TableName":"Rows","BillingMode":"PAY_PER_REQUEST",
        "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},
          {"AttributeName":"s","AttributeType":"N"},{"AttributeName":"g","AttributeType":"S"},
          {"AttributeName":"h","AttributeType":"N"}],
        "KeySchema":[{"AttributeName":"p","KeyType":"HASH"},{"AttributeName":"s","KeyType":"RANGE"}],
        "GlobalSecondaryIndexes":[{"IndexName":"Index","Projection":{"ProjectionType":"ALL"},
          "KeySchema":[{"AttributeName":"g","KeyType":"HASH"},
            {"AttributeName":"h","KeyType":"RANGE"}]}]})");
  }

  int Random(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }
  bool OneIn(int count) { return Random(count - 1) == 0; }
  // Few different keys, so that operations meet the same items again and again.
  std::string RandomName() { return std::string(1, static_cast<char>('a' + Random(3))); }
  int RandomNumber() { return Random(12) - 6; }
  RowKey RandomKey() { return {RandomName(), RandomNumber()}; }
  Row RandomRow() {
    Row row{RandomNumber(), std::nullopt, std::nullopt};
    if (!OneIn(3)) row.g = RandomName();
    if (!OneIn(3)) row.h = RandomNumber();
    return row;
  }
  Comparison RandomComparison() {
    const char* ops[] = {"=", "<", "<=", ">", ">=", "BETWEEN"};
    Comparison comparison{ops[Random(5)], RandomNumber(), RandomNumber()};
    if (comparison.x > comparison.y) std::swap(comparison.x, comparison.y);
    return comparison;
  }

  const Row* Known(const RowKey& key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : &found->second;
  }

  // Adds a condition to a write in some cases; whether it will hold.
  bool AddCondition(json& request, const Row* known) {
    if (OneIn(2)) return true;
    if (OneIn(2)) {
      const bool wants_none = OneIn(2);
      request["ConditionExpression"] =
          wants_none ? "attribute_not_exists(p)" : "attribute_exists(p)";
      return wants_none == (known == nullptr);
    }
    const Comparison comparison = RandomComparison();
    request["ConditionExpression"] = comparison.Expression("v");
    comparison.AddValues(request["ExpressionAttributeValues"]);
    return known && comparison.Holds(known->v);
  }

  // The answer of a write whose condition holds; nothing when it does not.
  std::optional<json> Write(const std::string& operation, json request, const Row* known) {
    const bool holds = AddCondition(request, known);
    const auto answer = Try(operation, request.dump());
    EXPECT_EQ(answer.has_value(), holds) << operation << " " << request;
    if (!answer) {
      EXPECT_EQ(answer.error().code, "ConditionalCheckFailedException") << request;
      return std::nullopt;
    }
    return *answer;
  }

  void ExpectOld(const json& answer, const RowKey& key, const Row* known) {
    ASSERT_EQ(answer.contains("Attributes"), known != nullptr);
    if (known) {
      EXPECT_EQ(answer.at("Attributes"), ItemJson(key, *known));
    }
  }

  void Put() {
    const RowKey key = RandomKey();
    const Row row = RandomRow();
    const auto answer =
        Write("PutItem",
              {{"TableName", "Rows"}, {"Item", ItemJson(key, row)}, {"ReturnValues", "ALL_OLD"}},
              Known(key));
    if (!answer) return;
    ExpectOld(*answer, key, Known(key));
    rows_[key] = row;
  }

  void Delete() {
    const RowKey key = RandomKey();
    const auto answer = Write(
        "DeleteItem", {{"TableName", "Rows"}, {"Key", KeyJson(key)}, {"ReturnValues", "ALL_OLD"}},
        Known(key));
    if (!answer) return;
    ExpectOld(*answer, key, Known(key));
    rows_.erase(key);
  }

  // Adds to v, and moves the item within the index, into it or out of it.
  void Update() {
    const RowKey key = RandomKey();
    Row next = Known(key) ? *Known(key) : Row();
    const int added = RandomNumber();
    next.v += added;
    std::string expression = "ADD v :added";
    json values = {{":added", Num(added)}};
    if (OneIn(2)) {
      next.g = RandomName();
      expression += " SET g = :g";
      values[":g"] = Text(*next.g);
    }
    if (OneIn(3)) {
      next.h.reset();
      expression += " REMOVE h";
    }
    const auto answer = Write("UpdateItem",
                              {{"TableName", "Rows"},
                               {"Key", KeyJson(key)},
                               {"UpdateExpression", expression},
                               {"ExpressionAttributeValues", values},
                               {"ReturnValues", "ALL_NEW"}},
                              Known(key));
    if (!answer) return;
    EXPECT_EQ(answer->at("Attributes"), ItemJson(key, next));
    rows_[key] = next;
  }

  void Get() {
    const RowKey key = RandomKey();
    const json answer = Call("GetItem", json{{"TableName", "Rows"}, {"Key", KeyJson(key)}}.dump());
    ASSERT_EQ(answer.contains("Item"), Known(key) != nullptr);
    if (Known(key)) {
      EXPECT_EQ(answer.at("Item"), ItemJson(key, *Known(key)));
    }
  }

  // All items, page by page.
  json Pages(const std::string& operation, json request, const char* token, const char* next) {
    if (OneIn(2)) request["Limit"] = 1 + Random(4);
    json items = json::array();
    for (;;) {
      const json page = Call(operation, request.dump());
      for (const auto& item : page.at("Items")) items.push_back(item);
      if (!page.contains(token)) return items;
      request[next] = page.at(token);
    }
  }

  // What the model answers to a read: `select` gives the rows' place in the order, or nothing.
  template <class Select>
  json Expected(Select select, bool descending) {
    std::multimap<int, json> found;
    for (const auto& [key, row] : rows_) {
      if (const std::optional<int> place = select(key, row))
        found.emplace(descending ? -*place : *place, ItemJson(key, row));
    }
    json items = json::array();
    for (const auto& [place, item] : found) items.push_back(item);
    return items;
  }

  static json Sorted(json items) {
    std::sort(items.begin(), items.end());
    return items;
  }
  static json Column(const json& items, const char* attribute) {
    json values = json::array();
    for (const auto& item : items) values.push_back(item.at(attribute));
    return values;
  }

  // On the table or its index, as a Query or as a SELECT.
  void QueryRange() {
    const bool on_index = OneIn(2), descending = OneIn(2);
    const std::string partition = RandomName();
    const char *hash = on_index ? "g" : "p", *range = on_index ? "h" : "s";
    const Comparison comparison = RandomComparison();
    const json expected = Expected(
        [&](const RowKey& key, const Row& row) -> std::optional<int> {
          if (on_index ? !row.IsIndexed() || row.g != partition : key.first != partition)
            return std::nullopt;
          const int place = on_index ? *row.h : key.second;
          return comparison.Holds(place) ? std::optional(place) : std::nullopt;
        },
        descending);
    json items;
    if (OneIn(2)) {
      items = Pages("ExecuteStatement",
                    {{"Statement", std::string("SELECT * FROM \"Rows\"") +
                                       (on_index ? ".\"Index\"" : "") + " WHERE " + hash + " = '" +
                                       partition + "' AND " + comparison.Statement(range) +
                                       " ORDER BY " + range + (descending ? " DESC" : "")}},
                    "NextToken", "NextToken");
    } else {
      json request = {{"TableName", "Rows"},
                      {"KeyConditionExpression",
                       hash + std::string(" = :p AND ") + comparison.Expression(range)},
                      {"ExpressionAttributeValues", {{":p", Text(partition)}}},
                      {"ScanIndexForward", !descending}};
      comparison.AddValues(request["ExpressionAttributeValues"]);
      if (on_index) request["IndexName"] = "Index";
      items = Pages("Query", request, "LastEvaluatedKey", "ExclusiveStartKey");
    }
    // Rows with the same sort key have no order among each other.
    EXPECT_EQ(Column(items, range), Column(expected, range)) << comparison.Statement(range);
    EXPECT_EQ(Sorted(items), Sorted(expected));
  }

  void Scan() {
    const bool on_index = OneIn(2);
    const Comparison comparison = RandomComparison();
    const json expected = Expected(
        [&](const RowKey&, const Row& row) -> std::optional<int> {
          if (!comparison.Holds(row.v) || (on_index && !row.IsIndexed())) return std::nullopt;
          return 0;
        },
        false);
    json request = {{"TableName", "Rows"},
                    {"FilterExpression", comparison.Expression("v")},
                    {"ExpressionAttributeValues", json::object()}};
    comparison.AddValues(request["ExpressionAttributeValues"]);
    if (on_index) request["IndexName"] = "Index";
    EXPECT_EQ(Sorted(Pages("Scan", request, "LastEvaluatedKey", "ExclusiveStartKey")),
              Sorted(expected));
  }

  void ExpectCounts() {
    const json table = Call("DescribeTable", R"({"TableName":"Rows"})").at("Table");
    size_t indexed = 0;
    for (const auto& [key, row] : rows_) indexed += row.IsIndexed() ? 1 : 0;
    EXPECT_EQ(table.at("ItemCount"), rows_.size());
    EXPECT_EQ(table.at("GlobalSecondaryIndexes").at(0).at("ItemCount"), indexed);
  }

  std::mt19937 random_{GetParam()};
  std::map<RowKey, Row> rows_;
};

TEST_P(RandomOperationsTest, EveryAnswerIsThatOfTheModel) {
  constexpr int kRounds = 3, kOperationsPerRound = 400;
  MakeTable();
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kOperationsPerRound && !HasFailure(); ++i) {
      SCOPED_TRACE("operation " + std::to_string(round * kOperationsPerRound + i));
      switch (Random(9)) {
        case 0:
        case 1:
        case 2:
          Put();
          break;
        case 3:
        case 4:
          Update();
          break;
        case 5:
          Delete();
          break;
        case 6:
          Get();
          break;
        case 7:
        case 8:
          QueryRange();
          break;
        default:
          Scan();
      }
    }
    ExpectCounts();
    Reopen();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomOperationsTest, ::testing::Values(1u, 20u, 300u));

}  // namespace
}  // namespace fractus::dynamo
