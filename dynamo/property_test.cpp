// Random writes of every kind against a model that is a plain map: the table, its index and its
// stream tell the same story as the model.
#include <gmock/gmock.h>

#include <map>
#include <random>

#include "dynamo/test_room.h"

namespace fractus::dynamo {
namespace {

// What the model keeps of an item: the number n and, unless it is negative, the group g.
struct Row {
  int n = 0;
  int group = -1;

  friend bool operator==(const Row&, const Row&) = default;
};
using Model = std::map<std::string, Row>;

class PropertyTest : public RoomTest, public ::testing::WithParamInterface<unsigned> {
 protected:
  PropertyTest() : random_(GetParam()) {
    Call("CreateTable",
         R"({"TableName":"Rows","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[
        {"AttributeName":"id","AttributeType":"S"},{"AttributeName":"g","AttributeType":"N"}],
        "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "GlobalSecondaryIndexes":[{"IndexName":"by_group","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],
        "Projection":{"ProjectionType":"ALL"}}],
        "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}})");
  }

  int Pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
  std::string PickId() { return "i" + std::to_string(Pick(6)); }
  Row PickRow() { return {Pick(3), Pick(3) - 1}; }

  static json Key(const std::string& id) { return {{"id", {{"S", id}}}}; }
  static json ItemOf(const std::string& id, const Row& row) {
    json item = Key(id);
    item["n"]["N"] = std::to_string(row.n);
    if (row.group >= 0) item["g"]["N"] = std::to_string(row.group);
    return item;
  }
  static Row RowOf(const json& item) {
    const auto number = [&](const char* name) {
      return std::stoi(item.at(name).at("N").get<std::string>());
    };
    return {number("n"), item.contains("g") ? number("g") : -1};
  }
  static std::string IdOf(const json& item) { return item.at("id").at("S").get<std::string>(); }

  // One action on one item, for a single write or a transaction; what it makes of the model, or
  // nothing when its condition does not hold.
  struct Action {
    std::string kind;
    json members;
    std::function<bool(Model&)> apply;
  };
  Action PickAction(const std::string& id) {
    const Row row = PickRow();
    const int least = Pick(3);
    json members = {{"TableName", "Rows"}, {"Key", Key(id)}};
    switch (Pick(4)) {
      case 0: {
        return {"Put", {{"TableName", "Rows"}, {"Item", ItemOf(id, row)}}, [=](Model& model) {
                  model[id] = row;
                  return true;
                }};
      }
      case 1:
        return {"Delete", members, [=](Model& model) {
                  model.erase(id);
                  return true;
                }};
      case 2:
        members["UpdateExpression"] = "ADD n :one REMOVE g";
        members["ExpressionAttributeValues"][":one"]["N"] = "1";
        return {"Update", members, [=](Model& model) {
                  model[id] = {model[id].n + 1, -1};
                  return true;
                }};
      default:
        members["UpdateExpression"] = "SET g = :g";
        members["ConditionExpression"] = "n >= :least";
        members["ExpressionAttributeValues"] = {{":g", {{"N", "2"}}},
                                                {":least", {{"N", std::to_string(least)}}}};
        return {"Update", members, [=](Model& model) {
                  const auto found = model.find(id);
                  if (found == model.end() || found->second.n < least) return false;
                  found->second.group = 2;
                  return true;
                }};
    }
  }

  void WriteOne(Model& model) {
    const Action action = PickAction(PickId());
    Model next = model;
    const bool holds = action.apply(next);
    ASSERT_EQ(Error(action.kind + "Item", action.members.dump()) == "no error", holds);
    if (holds) model = next;
  }

  void WriteTransaction(Model& model) {
    json actions = json::array();
    Model next = model;
    bool holds = true;
    for (int i = 0; i < 6; ++i) {
      if (Pick(2) == 0) continue;
      const Action action = PickAction("i" + std::to_string(i));
      actions.push_back({{action.kind, action.members}});
      holds = action.apply(next) && holds;
    }
    if (actions.empty()) return;
    ASSERT_EQ(Error("TransactWriteItems", json{{"TransactItems", actions}}.dump()) == "no error",
              holds);
    if (holds) model = next;
  }

  void WriteBatch(Model& model) {
    json requests = json::array();
    for (int i = 0; i < 6; ++i) {
      const std::string id = "i" + std::to_string(i);
      const Row row = PickRow();
      if (const int choice = Pick(3); choice == 0) {
        requests.push_back({{"PutRequest", {{"Item", ItemOf(id, row)}}}});
        model[id] = row;
      } else if (choice == 1) {
        requests.push_back({{"DeleteRequest", {{"Key", Key(id)}}}});
        model.erase(id);
      }
    }
    if (!requests.empty())
      Call("BatchWriteItem", json{{"RequestItems", {{"Rows", requests}}}}.dump());
  }

  Model Scanned(const json& request) {
    Model rows;
    const json page = Call("Scan", request.dump());
    for (const auto& item : page.at("Items")) rows[IdOf(item)] = RowOf(item);
    return rows;
  }

  // Every record must fit what the records before it made.
  Model Replayed() {
    const json streams = Call("ListStreams", "{}");
    const json arn = streams.at("Streams")[0].at("StreamArn");
    const json described = Call("DescribeStream", json{{"StreamArn", arn}}.dump());
    const json request = {
        {"StreamArn", arn},
        {"ShardId", described.at("StreamDescription").at("Shards")[0].at("ShardId")},
        {"ShardIteratorType", "TRIM_HORIZON"}};
    const json page = Call("GetRecords", Call("GetShardIterator", request.dump()).dump());
    Model rows;
    for (const auto& record : page.at("Records")) {
      const json& change = record.at("dynamodb");
      const std::string id = IdOf(change.at("Keys"));
      EXPECT_EQ(rows.contains(id), change.contains("OldImage"));
      if (change.contains("OldImage")) {
        EXPECT_EQ(rows[id], RowOf(change.at("OldImage")));
      }
      EXPECT_EQ(record.at("eventName"), !change.contains("OldImage")   ? "INSERT"
                                        : !change.contains("NewImage") ? "REMOVE"
                                                                       : "MODIFY");
      EXPECT_NE(change.value("OldImage", json()), change.value("NewImage", json()));
      rows.erase(id);
      if (change.contains("NewImage")) rows[id] = RowOf(change.at("NewImage"));
    }
    return rows;
  }

  std::mt19937 random_;
};

TEST_P(PropertyTest, TableIndexAndStreamAgreeWithTheModel) {
  Model model;
  for (int step = 0; step < 120; ++step) {
    const int choice = Pick(10);
    if (choice < 6) {
      WriteOne(model);
    } else if (choice < 9) {
      WriteTransaction(model);
    } else {
      WriteBatch(model);
    }
    if (HasFatalFailure()) return;
    if (step % 40 == 39) Reopen();
    if (step % 20 != 19) continue;
    ASSERT_EQ(Scanned({{"TableName", "Rows"}}), model) << step;
    Model grouped = model;
    std::erase_if(grouped, [](const auto& entry) { return entry.second.group < 0; });
    ASSERT_EQ(Scanned({{"TableName", "Rows"}, {"IndexName", "by_group"}}), grouped) << step;
    ASSERT_EQ(Replayed(), model) << step;
    const json table = Call("DescribeTable", R"({"TableName":"Rows"})").at("Table");
    ASSERT_EQ(table.at("ItemCount"), model.size());
    ASSERT_EQ(table.at("GlobalSecondaryIndexes")[0].at("ItemCount"), grouped.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, PropertyTest, ::testing::Range(0u, 8u));

}  // namespace
}  // namespace fractus::dynamo
