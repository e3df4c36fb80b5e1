// What requests cost, and what happens to them where that is more than there is.
#include <gmock/gmock.h>

#include "dynamo/settings.h"
#include "dynamo/test_room.h"

namespace fractus::dynamo {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;

constexpr char kExceeded[] =
    "The level of configured provisioned throughput for the table was exceeded. Consider "
    "increasing your provisioning level with the UpdateTable API.";

class CapacityTest : public RoomTest {
 protected:
  CapacityTest() {
    Close();
    settings_.capacity = CapacityUse::kEnforced;
    Open();
  }
  void MakeTable(int reads, int writes, const std::string& name = "Users") {
    Call("CreateTable",
         R"({"TableName":")" + name +
             R"(","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
        "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"ProvisionedThroughput":{"ReadCapacityUnits":)" +
             std::to_string(reads) + R"(,"WriteCapacityUnits":)" + std::to_string(writes) + "}}");
  }
  static std::string Key(const std::string& id) { return R"({"id":{"S":")" + id + R"("}})"; }
  static std::string Named(const std::string& table, const std::string& more) {
    return R"({"TableName":")" + table + R"(",)" + more + "}";
  }
  void Put(const std::string& id, const std::string& table = "Users") {
    Call("PutItem", Named(table, R"("Item":)" + Key(id)));
  }
  int CountOf(const std::string& table) {
    return Call("DescribeTable", R"({"TableName":")" + table + R"("})")
        .at("Table")
        .at("ItemCount")
        .get<int>();
  }
  static std::string TransactPuts(const std::vector<std::string>& ids) {
    return Transact(R"("Put":{"TableName":"Users","Item":)", ids);
  }
  static std::string TransactGets(const std::vector<std::string>& ids) {
    return Transact(R"("Get":{"TableName":"Users","Key":)", ids);
  }
  static std::string Transact(const std::string& action, const std::vector<std::string>& ids) {
    std::string list;
    for (const auto& id : ids) list += (list.empty() ? "{" : ",{") + action + Key(id) + "}}";
    return R"({"TransactItems":[)" + list + "]}";
  }
  json ReasonsOf(const std::string& operation, const std::string& input) {
    const auto output = Try(operation, input);
    if (output) return json::array();
    EXPECT_EQ(output.error().code, "TransactionCanceledException");
    return output.error().extra.at("CancellationReasons");
  }
};

TEST_F(CapacityTest, ATransactionOfWritesPaysTwiceAndIsCancelledWhereThatIsTooMuch) {
  MakeTable(9, 4);
  Call("TransactWriteItems", TransactPuts({"1", "2"}));
  EXPECT_THAT(Error("PutItem", Named("Users", R"("Item":)" + Key("3"))),
              StartsWith("ProvisionedThroughputExceededException"));
  clock_.Advance(1s);
  const json none = {{"Code", "None"}},
             exceeded = {{"Code", "ProvisionedThroughputExceeded"}, {"Message", kExceeded}};
  EXPECT_EQ(ReasonsOf("TransactWriteItems", TransactPuts({"3", "4", "5", "6"})),
            json::array({none, none, exceeded, exceeded}));
  EXPECT_EQ(CountOf("Users"), 2);
  // The refused transaction took nothing.
  for (int i = 0; i < 4; ++i) Put("1");
  EXPECT_THAT(Error("TransactWriteItems", TransactPuts({"3"})),
              HasSubstr("specific reasons [ProvisionedThroughputExceeded]"));
}

TEST_F(CapacityTest, ACancelledTransactionPaysForTheConditionThatFailed) {
  MakeTable(9, 2);
  const std::string transaction = R"~({"TransactItems":[{"Put":{"TableName":"Users","Item":)~" +
                                  Key("1") +
                                  R"~(,"ConditionExpression":"attribute_exists(id)"}}]})~";
  EXPECT_EQ(ReasonsOf("TransactWriteItems", transaction)[0].at("Code"), "ConditionalCheckFailed");
  EXPECT_EQ(ReasonsOf("TransactWriteItems", transaction)[0].at("Code"),
            "ProvisionedThroughputExceeded");
}

TEST_F(CapacityTest, ATransactionOnATableOnDemandIsCancelledByAThrottlingError) {
  RoomTest::MakeTable();
  Call("UpdateTable", R"({"TableName":"Users","OnDemandThroughput":{"MaxReadRequestUnits":1,
      "MaxWriteRequestUnits":1}})");
  EXPECT_EQ(ReasonsOf("TransactWriteItems", TransactPuts({"1", "2"}))[1].at("Code"),
            "ThrottlingError");
  EXPECT_EQ(ReasonsOf("TransactGetItems", TransactGets({"1", "2"}))[1].at("Code"),
            "ThrottlingError");
}

TEST_F(CapacityTest, ATransactionOfReadsPaysTwiceAndIsCancelledWhereThatIsTooMuch) {
  MakeTable(4, 9);
  Call("TransactGetItems", TransactGets({"1", "2"}));
  EXPECT_EQ(Error("GetItem", Named("Users", R"("Key":)" + Key("1"))),
            std::string("ProvisionedThroughputExceededException: ") + kExceeded);
  clock_.Advance(1s);
  const json reasons = ReasonsOf("TransactGetItems", TransactGets({"1", "2", "3"}));
  ASSERT_EQ(reasons.size(), 3u);
  EXPECT_EQ(reasons[1], json({{"Code", "None"}}));
  EXPECT_EQ(reasons[2].at("Code"), "ProvisionedThroughputExceeded");
  Call("TransactGetItems", TransactGets({"1", "2"}));
}

TEST_F(CapacityTest, ARepeatedTransactionPaysForItsReads) {
  MakeTable(2, 2);
  std::string transaction = TransactPuts({"1"});
  transaction.insert(1, R"("ClientRequestToken":"t",)");
  Call("TransactWriteItems", transaction);
  Call("TransactWriteItems", transaction);
  EXPECT_THAT(Error("GetItem", Named("Users", R"("Key":)" + Key("1"))), HasSubstr(kExceeded));
}

TEST_F(CapacityTest, KeysOfABatchThatAreThrottledComeBack) {
  MakeTable(2, 9);
  for (const char* id : {"1", "2", "3"}) Put(id);
  const std::string batch = R"({"ReturnConsumedCapacity":"TOTAL","RequestItems":{"Users":{
      "ConsistentRead":true,"ProjectionExpression":"id","Keys":[)" +
                            Key("1") + "," + Key("2") + "," + Key("3") + "]}}}";
  const json answer = Call("BatchGetItem", batch);
  EXPECT_EQ(answer.at("Responses").at("Users").size(), 2u);
  EXPECT_EQ(answer.at("ConsumedCapacity")[0].at("CapacityUnits"), 2.0);
  EXPECT_EQ(answer.at("UnprocessedKeys"), json::parse(R"({"Users":{"ConsistentRead":true,
      "ProjectionExpression":"id","Keys":[{"id":{"S":"3"}}]}})"));
  EXPECT_EQ(Error("BatchGetItem", batch),
            std::string("ProvisionedThroughputExceededException: ") + kExceeded);
  // Where another table has some left the batch is a success.
  MakeTable(9, 9, "Other");
  const json half = Call("BatchGetItem", R"({"RequestItems":{"Users":{"Keys":[)" + Key("1") +
                                             R"(]},"Other":{"Keys":[)" + Key("1") + "]}}}");
  EXPECT_TRUE(half.at("UnprocessedKeys").contains("Users"));
  EXPECT_FALSE(half.at("UnprocessedKeys").contains("Other"));
}

TEST_F(CapacityTest, WritesOfABatchThatAreThrottledComeBack) {
  MakeTable(9, 2);
  const std::string batch = R"({"ReturnConsumedCapacity":"TOTAL","RequestItems":{"Users":[
      {"PutRequest":{"Item":{"id":{"S":"1"}}}},{"DeleteRequest":{"Key":{"id":{"S":"2"}}}},
      {"PutRequest":{"Item":{"id":{"S":"3"}}}},{"DeleteRequest":{"Key":{"id":{"S":"4"}}}}]}})";
  const json answer = Call("BatchWriteItem", batch);
  EXPECT_EQ(answer.at("ConsumedCapacity")[0].at("CapacityUnits"), 2.0);
  EXPECT_EQ(answer.at("UnprocessedItems"), json::parse(R"({"Users":[
      {"PutRequest":{"Item":{"id":{"S":"3"}}}},{"DeleteRequest":{"Key":{"id":{"S":"4"}}}}]})"));
  EXPECT_EQ(CountOf("Users"), 1);
  EXPECT_EQ(Error("BatchWriteItem", batch),
            std::string("ProvisionedThroughputExceededException: ") + kExceeded);
  clock_.Advance(4s);
  EXPECT_EQ(Call("BatchWriteItem", batch).at("UnprocessedItems"), json::object());
  EXPECT_EQ(CountOf("Users"), 2);
}

TEST_F(CapacityTest, StatementsAreThrottled) {
  MakeTable(1, 1);
  Put("1");
  const std::string select = R"({"Statement":"SELECT * FROM Users","ConsistentRead":true})";
  Call("ExecuteStatement", select);
  EXPECT_EQ(Error("ExecuteStatement", select),
            std::string("ProvisionedThroughputExceededException: ") + kExceeded);
  EXPECT_THAT(Error("ExecuteStatement", R"({"Statement":"DELETE FROM Users WHERE id = '1'"})"),
              HasSubstr(kExceeded));
  const std::string one = R"({"Statement":"SELECT * FROM Users WHERE id = '1'"})";
  const json batch = Call("BatchExecuteStatement", R"({"Statements":[)" + one + "]}");
  EXPECT_EQ(batch.at("Responses")[0].at("Error"),
            json({{"Code", "ProvisionedThroughputExceeded"}, {"Message", kExceeded}}));
  EXPECT_EQ(
      ReasonsOf("ExecuteTransaction", R"({"TransactStatements":[)" + one + "]}")[0].at("Code"),
      "ProvisionedThroughputExceeded");
  clock_.Advance(1s);
  Call("ExecuteTransaction", R"({"TransactStatements":[)" + one + "]}");
  clock_.Advance(1s);
  EXPECT_EQ(Error("ExecuteStatement", one),
            std::string("ProvisionedThroughputExceededException: ") + kExceeded);
}

TEST_F(CapacityTest, BatchesSeeWhatEventuallyConsistentReadsSee) {
  Close();
  settings_ = {.stale_reads = 200ms};
  Open();
  RoomTest::MakeTable();
  Put("1");
  const std::string batch = R"({"RequestItems":{"Users":{"Keys":[)" + Key("1") + "]}}}";
  const std::string statements =
      R"({"Statements":[{"Statement":"SELECT * FROM Users WHERE id = '1'"}]})";
  const auto exists = [&] {
    const bool read = Call("BatchGetItem", batch).at("Responses").at("Users").size() == 1;
    EXPECT_EQ(Call("BatchExecuteStatement", statements).at("Responses")[0].contains("Item"), read);
    return read;
  };
  EXPECT_FALSE(exists());
  clock_.Advance(200ms);
  EXPECT_TRUE(exists());
}

}  // namespace
}  // namespace fractus::dynamo
