// TransactWriteItems and TransactGetItems.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "dynamo/claims.h"
#include "dynamo/test_room.h"
#include "dynamo/test_store.h"

namespace fractus::dynamo {
namespace {

using ::testing::HasSubstr;

class TransactionTest : public RoomTest {
 protected:
  TransactionTest() { MakeTable(); }

  static std::string Put(const std::string& id, const std::string& more = "") {
    return R"({"Put":{"TableName":"Users","Item":{"id":{"S":")" + id + R"("},"n":{"N":"1"}})" +
           more + "}}";
  }
  static std::string Write(const std::string& actions, const std::string& more = "") {
    return R"({"TransactItems":[)" + actions + "]" + more + "}";
  }
  static std::string Get(const std::string& id) {
    return R"({"Get":{"TableName":"Users","Key":{"id":{"S":")" + id + R"("}}}})";
  }
  json Item(const std::string& id) {
    return Call("GetItem", R"({"TableName":"Users","Key":{"id":{"S":")" + id + R"("}}})");
  }
  // The reasons of a cancelled transaction.
  json Reasons(const std::string& operation, const std::string& input) {
    const auto output = Try(operation, input);
    if (output || output.error().code != "TransactionCanceledException") {
      ADD_FAILURE() << Error(operation, input);
      return {};
    }
    return output.error().extra.at("CancellationReasons");
  }
};

const char kNew[] = R"_(,"ConditionExpression":"attribute_not_exists(id)")_";

TEST_F(TransactionTest, AllActionsHappenTogether) {
  Call("TransactWriteItems", Write(Put("a") + "," + Put("b")));
  EXPECT_EQ(
      Call(
          "TransactWriteItems",
          Write(
              R"_({"Update":{"TableName":"Users","Key":{"id":{"S":"a"}},"UpdateExpression":"ADD n :x",
                   "ExpressionAttributeValues":{":x":{"N":"2"}}}},
                  {"Delete":{"TableName":"Users","Key":{"id":{"S":"b"}}}},
                  {"ConditionCheck":{"TableName":"Users","Key":{"id":{"S":"c"}},"ConditionExpression":"attribute_not_exists(id)"}},)_" +
              Put("d"))),
      json::object());
  EXPECT_EQ(Call("TransactGetItems", Write(Get("a") + "," + Get("b") + "," + Get("d"))).dump(),
            R"({"Responses":[{"Item":{"id":{"S":"a"},"n":{"N":"3"}}},{},)"
            R"({"Item":{"id":{"S":"d"},"n":{"N":"1"}}}]})");
}

TEST_F(TransactionTest, OneFailedConditionCancelsAllAndEveryActionGetsAReason) {
  Call("TransactWriteItems", Write(Put("a")));
  const std::string failing = Write(
      Put("new") + "," +
      Put("a", std::string(kNew) + R"(,"ReturnValuesOnConditionCheckFailure":"ALL_OLD")") + "," +
      Put("b") + "," +
      R"({"Update":{"TableName":"Users","Key":{"id":{"S":"c"}},"UpdateExpression":"SET x = y"}})");
  EXPECT_EQ(
      Error("TransactWriteItems", failing),
      "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons "
      "for specific reasons [None, ConditionalCheckFailed, None, ValidationError]");
  EXPECT_EQ(
      Reasons("TransactWriteItems", failing).dump(),
      R"([{"Code":"None"},{"Code":"ConditionalCheckFailed","Item":{"id":{"S":"a"},"n":{"N":"1"}},)"
      R"("Message":"The conditional request failed"},{"Code":"None"},{"Code":"ValidationError","Message":)"
      R"("The provided expression refers to an attribute that does not exist in the item"}])");
  EXPECT_EQ(Item("new"), json::object());
  EXPECT_EQ(Item("b"), json::object());
}

TEST_F(TransactionTest, TheRequestIsCheckedInTheServicesOrder) {
  EXPECT_EQ(Invalid("TransactWriteItems", "{}"),
            "1 validation error detected: Value null at 'transactItems' failed to satisfy "
            "constraint: Member must not be null");
  EXPECT_EQ(Invalid("TransactGetItems", Write("")),
            "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy "
            "constraint: Member must have length greater than or equal to 1");
  std::string many = Put("0");
  for (int i = 1; i < 100; ++i) many += "," + Put(std::to_string(i));
  EXPECT_EQ(Error("TransactWriteItems", Write(many)), "no error");
  EXPECT_THAT(Invalid("TransactWriteItems", Write(many + "," + Put("100"))),
              HasSubstr("less than or equal to 100"));
  EXPECT_EQ(
      Invalid("TransactWriteItems", Write(R"({"Put":{"TableName":"Users"}})")),
      "1 validation error detected: Value null at 'transactItems.1.member.put.item' failed to "
      "satisfy constraint: Member must not be null");
  EXPECT_THAT(Invalid("TransactWriteItems", Write(Put("a"), R"(,"ClientRequestToken":"")")),
              HasSubstr("greater than or equal to 1"));
  EXPECT_EQ(Invalid("TransactWriteItems", Write("{}")),
            "TransactItems can only contain one of Check, Put, Update or Delete");
  EXPECT_EQ(Invalid("TransactWriteItems", Write(Put("a") + "," + Put("a", kNew))),
            "Transaction request cannot include multiple operations on one item");
  EXPECT_EQ(Invalid("TransactGetItems", Write(Get("a") + "," + Get("a"))),
            "Transaction request cannot include multiple operations on one item");
  EXPECT_EQ(Error("TransactWriteItems",
                  Write(R"({"Delete":{"TableName":"Nope","Key":{"id":{"S":"1"}}}})")),
            "ResourceNotFoundException: Requested resource not found");
}

// Keys that no table would take are refused at once; those that do not fit this table cancel.
TEST_F(TransactionTest, AKeyThatDoesNotFitTheSchemaCancels) {
  EXPECT_EQ(Invalid("TransactWriteItems", Write(Put(""))),
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty string value. Key: id");
  const std::string wrong = R"({"Delete":{"TableName":"Users","Key":{"id":{"N":"1"}}}})";
  EXPECT_EQ(Reasons("TransactWriteItems", Write(Put("a") + "," + wrong)).dump(),
            R"([{"Code":"None"},{"Code":"ValidationError","Message":)"
            R"("The provided key element does not match the schema"}])");
  EXPECT_EQ(Reasons("TransactWriteItems",
                    Write(R"({"Put":{"TableName":"Users","Item":{"id":{"N":"1"}}}})"))
                .dump(),
            R"([{"Code":"ValidationError","Message":"One or more parameter values were invalid: )"
            R"(Type mismatch for key id expected: S actual: N"}])");
  EXPECT_EQ(
      Reasons("TransactGetItems", Write(R"({"Get":{"TableName":"Users","Key":{"no":{"S":"1"}}}})"))
          .size(),
      1u);
}

TEST_F(TransactionTest, ATransactionHoldsFourMegabytes) {
  const auto big = [](int number) {
    return R"({"Put":{"TableName":"Users","Item":{"id":{"S":")" + std::to_string(number) +
           R"("},"t":{"S":")" + std::string(399 * 1024, 't') + "\"}}}}";
  };
  std::string actions = big(0);
  for (int i = 1; i < 10; ++i) actions += "," + big(i);
  EXPECT_EQ(Error("TransactWriteItems", Write(actions)), "no error");
  EXPECT_THAT(Error("TransactWriteItems", Write(actions + "," + big(10))), HasSubstr("4 MB"));
  EXPECT_EQ(Item("10"), json::object());
}

TEST_F(TransactionTest, ATokenMakesARepeatedTransactionDoNothing) {
  const auto add = [](const std::string& by, const std::string& token) {
    return Write(
        R"({"Update":{"ExpressionAttributeValues":{":x":{"N":")" + by +
            R"("}},"TableName":"Users","Key":{"id":{"S":"a"}},"UpdateExpression":"ADD n :x"}})",
        R"(,"ReturnConsumedCapacity":"TOTAL","ClientRequestToken":")" + token + "\"");
  };
  EXPECT_EQ(
      Call("TransactWriteItems", add("1", "t")).dump(),
      R"({"ConsumedCapacity":[{"CapacityUnits":2.0,"TableName":"Users","WriteCapacityUnits":2.0}]})");
  EXPECT_EQ(
      Call("TransactWriteItems", add("1", "t")).dump(),
      R"({"ConsumedCapacity":[{"CapacityUnits":2.0,"ReadCapacityUnits":2.0,"TableName":"Users"}]})");
  EXPECT_THAT(Error("TransactWriteItems", add("2", "t")),
              HasSubstr("IdempotentParameterMismatchException"));
  Reopen();
  Call("TransactWriteItems", add("1", "t"));
  EXPECT_EQ(Item("a").at("Item").at("n").at("N"), "1");
  clock_.Advance(std::chrono::minutes(10));
  Call("TransactWriteItems", add("2", "t"));
  EXPECT_EQ(Item("a").at("Item").at("n").at("N"), "3");
  // A cancelled transaction leaves its token free.
  Try("TransactWriteItems", Write(Put("a", kNew), R"(,"ClientRequestToken":"u")"));
  Call("TransactWriteItems", add("1", "u"));
}

TEST_F(TransactionTest, UnitsCountTwiceForTablesAndIndexes) {
  MakeSortedTable(
      R"(,"LocalSecondaryIndexes":[{"IndexName":"by_note","KeySchema":[{"AttributeName":"user","KeyType":"HASH"},
      {"AttributeName":"note","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}])",
      R"(,{"AttributeName":"note","AttributeType":"S"})");
  EXPECT_EQ(
      Call(
          "TransactWriteItems",
          Write(
              R"({"Put":{"TableName":"Orders","Item":{"user":{"S":"u"},"time":{"N":"1"},"note":{"S":"x"}}}})",
              R"(,"ReturnConsumedCapacity":"INDEXES","ReturnItemCollectionMetrics":"SIZE")"))
          .dump(),
      R"({"ConsumedCapacity":[{"CapacityUnits":4.0,"LocalSecondaryIndexes":{"by_note":{"CapacityUnits":2.0,)"
      R"("WriteCapacityUnits":2.0}},"Table":{"CapacityUnits":2.0,"WriteCapacityUnits":2.0},"TableName":"Orders",)"
      R"("WriteCapacityUnits":4.0}],"ItemCollectionMetrics":{"Orders":[{"ItemCollectionKey":{"user":{"S":"u"}},)"
      R"("SizeEstimateRangeGB":[0.0,1.0]}]}})");
}

TEST(ClaimsTest, AKeyIsClaimedOnceAndAllOrNothing) {
  Claims claims;
  {
    const Claim first(claims, {"a", "b"});
    EXPECT_TRUE(first.conflicts().empty());
    EXPECT_TRUE(claims.Holds("a"));
    const Claim second(claims, {"c", "b"});
    EXPECT_THAT(second.conflicts(), ::testing::ElementsAre(1));
    EXPECT_FALSE(claims.Holds("c"));
  }
  EXPECT_FALSE(claims.Holds("a"));
}

class ConflictTest : public StoreTest {
 protected:
  ConflictTest() { MakeTable(); }

  static std::string CodeOf(const Result<std::string>& output) {
    return output ? "no error" : output.error().code;
  }
};

// Whoever comes while a transaction works on an item is told so.
TEST_F(ConflictTest, AnItemOfAnotherTransactionIsRefused) {
  const char put[] = R"({"TableName":"Users","Item":{"id":{"S":"a"}}})";
  const char write[] = R"({"TransactItems":[{"Put":{"TableName":"Users","Item":{"id":{"S":"b"}}}},
      {"Put":{"TableName":"Users","Item":{"id":{"S":"a"}}}}]})";
  const char read[] = R"({"TransactItems":[{"Get":{"TableName":"Users","Key":{"id":{"S":"a"}}}}]})";
  const TablePtr table = store_->AllTables().at(0);
  {
    const Claim claim(store_->claims(), {table->ItemKey({{"id", Value::String("a")}})});
    EXPECT_EQ(CodeOf(PutItem(*store_, Context(), put)), "TransactionConflictException");
    EXPECT_EQ(
        TransactWriteItems(*store_, Context(), write).error().extra.dump(),
        R"({"CancellationReasons":[{"Code":"None"},)"
        R"({"Code":"TransactionConflict","Message":"Transaction is ongoing for the item"}]})");
    EXPECT_EQ(CodeOf(TransactGetItems(*store_, Context(), read)), "TransactionCanceledException");
    // Plain reads wait for nobody.
    EXPECT_TRUE(GetItem(*store_, Context(), R"({"TableName":"Users","Key":{"id":{"S":"a"}}})"));
  }
  EXPECT_EQ(CodeOf(PutItem(*store_, Context(), put)), "no error");
  EXPECT_EQ(CodeOf(TransactWriteItems(*store_, Context(), write)), "no error");
  EXPECT_EQ(CodeOf(TransactGetItems(*store_, Context(), read)), "no error");
}

TEST_F(ConflictTest, ATokenWhoseTransactionStillRunsIsRefused) {
  const Claim claim(store_->claims(),
                    {storage::MakeKey({"token", "000000000000", "us-east-1", "t"})});
  EXPECT_EQ(CodeOf(TransactWriteItems(*store_, Context(), R"({"ClientRequestToken":"t",
      "TransactItems":[{"Put":{"TableName":"Users","Item":{"id":{"S":"a"}}}}]})")),
            "TransactionInProgressException");
}

// Transfers between accounts while others read: nobody ever sees another sum.
TEST_F(TransactionTest, TheSumOfAllAccountsNeverChangesWhileManyTransfer) {
  constexpr int kAccounts = 5, kTransfers = 150, kWriters = 4;
  std::string all = Get("0");
  for (int i = 0; i < kAccounts; ++i) {
    Call("PutItem", R"({"TableName":"Users","Item":{"id":{"S":")" + std::to_string(i) +
                        R"("},"n":{"N":"100"}}})");
    if (i > 0) all += "," + Get(std::to_string(i));
  }
  const auto add = [](int account, int amount) {
    return R"({"Update":{"TableName":"Users","Key":{"id":{"S":")" + std::to_string(account) +
           R"("}},"UpdateExpression":"ADD n :x","ConditionExpression":"n >= :least",
           "ExpressionAttributeValues":{":x":{"N":")" +
           std::to_string(amount) + R"("},":least":{"N":")" + std::to_string(-amount) + "\"}}}}";
  };
  std::atomic<int> done{0}, conflicts{0}, writers{kWriters};
  std::vector<std::thread> threads;
  for (int writer = 0; writer < kWriters; ++writer) {
    threads.emplace_back([&, writer] {
      for (int i = 0; i < kTransfers; ++i) {
        const int from = (i + writer) % kAccounts, to = (i * 3 + writer * 2 + 1) % kAccounts;
        if (from == to) continue;
        const auto output = Try("TransactWriteItems", Write(add(from, -7) + "," + add(to, 7)));
        if (output) {
          ++done;
        } else {
          ASSERT_EQ(output.error().code, "TransactionCanceledException");
          conflicts += output.error().message.find("TransactionConflict") != std::string::npos;
        }
      }
      --writers;
    });
  }
  threads.emplace_back([&] {
    while (writers > 0) {
      const auto output = Try("TransactGetItems", Write(all));
      if (!output) {
        ASSERT_THAT(output.error().message, HasSubstr("TransactionConflict"));
        continue;
      }
      int sum = 0;
      for (const auto& response : output->at("Responses")) {
        const int amount = std::stoi(response.at("Item").at("n").at("N").get<std::string>());
        ASSERT_GE(amount, 0);
        sum += amount;
      }
      ASSERT_EQ(sum, 100 * kAccounts);
    }
  });
  for (auto& thread : threads) thread.join();
  EXPECT_GT(done, 0);
}

// Every acknowledged step of a counter is in its value, whether single or in a transaction.
TEST_F(TransactionTest, ACounterCountsExactlyTheAcknowledgedSteps) {
  std::atomic<int> acknowledged{0};
  std::vector<std::thread> threads;
  const std::string step =
      R"("TableName":"Users","Key":{"id":{"S":"c"}},"UpdateExpression":"ADD n :x","ExpressionAttributeValues":{":x":{"N":"1"}})";
  for (int writer = 0; writer < 4; ++writer) {
    threads.emplace_back([&, writer] {
      for (int i = 0; i < 200; ++i) {
        const auto output = writer % 2 == 0
                                ? Try("UpdateItem", "{" + step + "}")
                                : Try("TransactWriteItems", Write("{\"Update\":{" + step + "}}"));
        if (output) {
          ++acknowledged;
        } else {
          ASSERT_THAT(output.error().code, ::testing::AnyOf("TransactionConflictException",
                                                            "TransactionCanceledException"));
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(Item("c").at("Item").at("n").at("N"), std::to_string(acknowledged));
}

}  // namespace
}  // namespace fractus::dynamo
