// GetItem, PutItem, UpdateItem, DeleteItem and the batches.
#include <gmock/gmock.h>

#include <thread>

#include "dynamo/test_room.h"

namespace fractus::dynamo {
namespace {

using ::testing::StartsWith;

class ItemTest : public RoomTest {
 protected:
  ItemTest() { MakeTable(); }
};

TEST_F(ItemTest, WhatIsPutCanBeRead) {
  EXPECT_EQ(Call("PutItem", R"({"TableName":"Users","Item":{"id":{"S":"1"},"n":{"N":"1.50"}}})"),
            json::object());
  EXPECT_EQ(Call("GetItem", R"({"TableName":"Users","Key":{"id":{"S":"1"}}})").dump(),
            R"({"Item":{"id":{"S":"1"},"n":{"N":"1.5"}}})");
  EXPECT_EQ(Call("GetItem", R"({"TableName":"Users","Key":{"id":{"S":"2"}}})"), json::object());
  EXPECT_EQ(
      Call(
          "GetItem",
          R"({"TableName":"Users","Key":{"id":{"S":"1"}},"ProjectionExpression":"#x","ExpressionAttributeNames":{"#x":"n"}})")
          .dump(),
      R"({"Item":{"n":{"N":"1.5"}}})");
  EXPECT_EQ(
      Call("GetItem", R"({"TableName":"Users","Key":{"id":{"S":"1"}},"AttributesToGet":["id"]})")
          .dump(),
      R"({"Item":{"id":{"S":"1"}}})");
}

TEST_F(ItemTest, ATableIsFoundByItsArnAndOnlyInItsRegion) {
  Call(
      "PutItem",
      R"({"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/Users","Item":{"id":{"S":"1"}}})");
  const std::string get = R"({"TableName":"Users","Key":{"id":{"S":"1"}}})";
  EXPECT_TRUE(Call("GetItem", get).contains("Item"));
  region_ = "eu-west-1";
  EXPECT_EQ(Error("GetItem", get), "ResourceNotFoundException: Requested resource not found");
  EXPECT_TRUE(
      Call(
          "GetItem",
          R"({"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/Users","Key":{"id":{"S":"1"}}})")
          .contains("Item"));
}

TEST_F(ItemTest, ItemsOutliveARestart) {
  Call("PutItem", R"({"TableName":"Users","Item":{"id":{"S":"1"},"b":{"B":"AP8="}}})");
  Reopen();
  EXPECT_EQ(
      Call("GetItem", R"({"TableName":"Users","Key":{"id":{"S":"1"}}})").at("Item").at("b").at("B"),
      "AP8=");
  EXPECT_EQ(Call("DescribeTable", R"({"TableName":"Users"})").at("Table").at("ItemCount"), 1);
}

// Malformed text, then the model's constraints, then the parameters' sense, then the table, then
// its keys.
TEST_F(ItemTest, TheFirstErrorInTheServicesOrderWins) {
  EXPECT_EQ(Error("PutItem", "{"), "SerializationException: ");
  EXPECT_EQ(Error("PutItem", R"({"TableName":1,"Item":{}})"),
            "SerializationException: NUMBER_VALUE cannot be converted to String");
  EXPECT_EQ(Invalid("PutItem", R"({})"),
            "2 validation errors detected: Value null at 'tableName' failed to satisfy constraint: "
            "Member must not be null; Value "
            "null at 'item' failed to satisfy constraint: Member must not be null");
  EXPECT_EQ(Invalid("GetItem", R"({"TableName":"a;","Key":{}})"),
            "2 validation errors detected: Value 'a;' at 'tableName' failed to satisfy constraint: "
            "Member must satisfy regular "
            "expression pattern: [a-zA-Z0-9_.-]+; Value 'a;' at 'tableName' failed to satisfy "
            "constraint: Member must have length "
            "greater than or equal to 3");
  EXPECT_EQ(Invalid("PutItem", R"({"TableName":"Nope","Item":{"x":{"N":"z"}},"ReturnValues":"X"})"),
            "1 validation error detected: Value 'X' at 'returnValues' failed to satisfy "
            "constraint: Member must satisfy enum value "
            "set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]");
  EXPECT_EQ(
      Invalid("PutItem", R"({"TableName":"Nope","Item":{"x":{"N":"z"}},"ReturnValues":"ALL_NEW"})"),
      "The parameter cannot be converted to a numeric value: z");
  EXPECT_EQ(Invalid("PutItem", R"({"TableName":"Nope","Item":{},"ReturnValues":"ALL_NEW"})"),
            "ReturnValues can only be ALL_OLD or NONE");
  EXPECT_EQ(Error("PutItem", R"({"TableName":"Nope","Item":{}})"),
            "ResourceNotFoundException: Requested resource not found");
  EXPECT_EQ(Invalid("PutItem", R"({"TableName":"Users","Item":{"x":{"S":"y"}}})"),
            "One or more parameter values were invalid: Missing the key id in the item");
  EXPECT_EQ(
      Invalid("PutItem", R"({"TableName":"Users","Item":{"id":{"N":"1"}}})"),
      "One or more parameter values were invalid: Type mismatch for key id expected: S actual: N");
  EXPECT_EQ(Invalid("PutItem", R"({"TableName":"Users","Item":{"id":{"S":""}}})"),
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty string "
            "value. Key: id");
  for (const char* key :
       {R"({"x":{"S":"y"}})", R"({"id":{"N":"1"}})", R"({"id":{"S":"1"},"x":{"S":"y"}})", "{}"}) {
    EXPECT_EQ(Invalid("GetItem", std::string(R"({"TableName":"Users","Key":)") + key + "}"),
              "The provided key element does not match the schema");
  }
}

TEST_F(ItemTest, LimitsHoldAtTheirBorders) {
  const auto put = [&](size_t key, size_t text) {
    return Error("PutItem", R"({"TableName":"Users","Item":{"id":{"S":")" + std::string(key, 'k') +
                                R"("},"t":{"S":")" + std::string(text, 't') + "\"}}}");
  };
  EXPECT_EQ(put(2048, 1), "no error");
  EXPECT_EQ(put(2049, 1),
            "ValidationException: One or more parameter values were invalid: Size of hashkey has "
            "exceeded the maximum size limit "
            "of2048 bytes");
  EXPECT_EQ(put(1, 400 * 1024 - 4), "no error");
  EXPECT_EQ(put(1, 400 * 1024 - 3),
            "ValidationException: Item size has exceeded the maximum allowed size");
  EXPECT_EQ(
      Invalid("UpdateItem",
              R"({"TableName":"Users","Key":{"id":{"S":"k"}},"UpdateExpression":"SET more = :v",
                    "ExpressionAttributeValues":{":v":{"S":"x"}}})"),
      "Item size to update has exceeded the maximum allowed size");
}

TEST_F(ItemTest, ConditionsDecideAboutWrites) {
  const std::string put =
      R"~({"TableName":"Users","Item":{"id":{"S":"1"},"v":{"N":"1"}},"ConditionExpression":"attribute_not_exists (id)")~";
  Call("PutItem", put + "}");
  EXPECT_EQ(Error("PutItem", put + "}"),
            "ConditionalCheckFailedException: The conditional request failed");
  const auto failure = Try("PutItem", put + R"(,"ReturnValuesOnConditionCheckFailure":"ALL_OLD"})");
  EXPECT_EQ(failure.error().extra.dump(), R"({"Item":{"id":{"S":"1"},"v":{"N":"1"}}})");
  EXPECT_EQ(Error("DeleteItem",
                  R"({"TableName":"Users","Key":{"id":{"S":"1"}},"ConditionExpression":"v > :v",
                  "ExpressionAttributeValues":{":v":{"N":"1"}}})"),
            "ConditionalCheckFailedException: The conditional request failed");
  Call("DeleteItem",
       R"({"TableName":"Users","Key":{"id":{"S":"1"}},"Expected":{"v":{"Value":{"N":"1.0"}}}})");
  EXPECT_EQ(Call("GetItem", R"({"TableName":"Users","Key":{"id":{"S":"1"}}})"), json::object());
  EXPECT_EQ(
      Error(
          "DeleteItem",
          R"~({"TableName":"Users","Key":{"id":{"S":"1"}},"ConditionExpression":"attribute_exists(id)"})~"),
      "ConditionalCheckFailedException: The conditional request failed");
}

TEST_F(ItemTest, ReturnValuesShowWhatIsAskedFor) {
  Call(
      "PutItem",
      R"({"TableName":"Users","Item":{"id":{"S":"1"},"a":{"N":"1"},"m":{"M":{"x":{"N":"1"},"y":{"N":"2"}}}}})");
  const auto update = [&](const std::string& returned) {
    return Call(
               "UpdateItem",
               R"({"TableName":"Users","Key":{"id":{"S":"1"}},"UpdateExpression":"SET m.x = m.x + :one ADD a :one",
        "ExpressionAttributeValues":{":one":{"N":"1"}},"ReturnValues":")" +
                   returned + "\"}")
        .dump();
  };
  EXPECT_EQ(update("NONE"), "{}");
  EXPECT_EQ(update("UPDATED_OLD"), R"({"Attributes":{"a":{"N":"2"},"m":{"M":{"x":{"N":"2"}}}}})");
  EXPECT_EQ(update("UPDATED_NEW"), R"({"Attributes":{"a":{"N":"4"},"m":{"M":{"x":{"N":"4"}}}}})");
  EXPECT_EQ(
      update("ALL_OLD"),
      R"({"Attributes":{"a":{"N":"4"},"id":{"S":"1"},"m":{"M":{"x":{"N":"4"},"y":{"N":"2"}}}}})");
  EXPECT_EQ(
      update("ALL_NEW"),
      R"({"Attributes":{"a":{"N":"6"},"id":{"S":"1"},"m":{"M":{"x":{"N":"6"},"y":{"N":"2"}}}}})");
  EXPECT_TRUE(
      Call("PutItem", R"({"TableName":"Users","Item":{"id":{"S":"1"}},"ReturnValues":"ALL_OLD"})")
          .contains("Attributes"));
  EXPECT_EQ(
      Call("DeleteItem", R"({"TableName":"Users","Key":{"id":{"S":"1"}},"ReturnValues":"ALL_OLD"})")
          .dump(),
      R"({"Attributes":{"id":{"S":"1"}}})");
  EXPECT_EQ(
      Call("DeleteItem", R"({"TableName":"Users","Key":{"id":{"S":"1"}},"ReturnValues":"ALL_OLD"})")
          .dump(),
      "{}");
}

TEST_F(ItemTest, AnUpdateMakesTheItemWhereThereIsNone) {
  EXPECT_EQ(Call("UpdateItem",
                 R"({"TableName":"Users","Key":{"id":{"S":"new"}},"ReturnValues":"ALL_NEW"})")
                .dump(),
            R"({"Attributes":{"id":{"S":"new"}}})");
  EXPECT_EQ(Invalid("UpdateItem",
                    R"({"TableName":"Users","Key":{"id":{"S":"1"}},"UpdateExpression":"SET id = :v",
                    "ExpressionAttributeValues":{":v":{"S":"2"}}})"),
            "One or more parameter values were invalid: Cannot update attribute id. This attribute "
            "is part of the key");
}

TEST_F(ItemTest, PlaceholdersAreChecked) {
  const std::string start = R"({"TableName":"Users","Item":{"id":{"S":"1"}},)";
  EXPECT_EQ(Invalid("PutItem", start + R"("ExpressionAttributeNames":{"#a":"a"}})"),
            "ExpressionAttributeNames can only be specified when using expressions");
  EXPECT_EQ(Invalid("PutItem", start + R"("ExpressionAttributeValues":{":a":{"S":"a"}}})"),
            "ExpressionAttributeValues can only be specified when using expressions: "
            "ConditionExpression is null");
  EXPECT_EQ(
      Invalid(
          "UpdateItem",
          R"({"TableName":"Users","Key":{"id":{"S":"1"}},"ExpressionAttributeValues":{":a":{"S":"a"}}})"),
      "ExpressionAttributeValues can only be specified when using expressions: UpdateExpression "
      "and ConditionExpression are null");
  EXPECT_EQ(Invalid("PutItem",
                    start + R"("ConditionExpression":"a = :a","ExpressionAttributeValues":{}})"),
            "ExpressionAttributeValues must not be empty");
  EXPECT_EQ(
      Invalid(
          "PutItem",
          start + R"("ConditionExpression":"a = :a","ExpressionAttributeValues":{"a":{"S":"x"}}})"),
      "ExpressionAttributeValues contains invalid key: Syntax error; key: \"a\"");
  EXPECT_EQ(
      Invalid(
          "PutItem",
          start +
              R"("ConditionExpression":"a = :a","ExpressionAttributeValues":{":a":{"N":"x"}}})"),
      "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a "
      "numeric value: x for key :a");
  EXPECT_EQ(Invalid("PutItem",
                    start + R"("ConditionExpression":"a = :a","Expected":{"a":{"Exists":false}}})"),
            "Can not use both expression and non-expression parameters in the same request: "
            "Non-expression parameters: {Expected} "
            "Expression parameters: {ConditionExpression}");
}

TEST_F(ItemTest, LegacyUpdatesWork) {
  Call("UpdateItem",
       R"({"TableName":"Users","Key":{"id":{"S":"1"}},"AttributeUpdates":{"a":{"Value":{"N":"1"}},
      "s":{"Action":"ADD","Value":{"SS":["x","y"]}}}})");
  EXPECT_EQ(
      Call(
          "UpdateItem",
          R"({"TableName":"Users","Key":{"id":{"S":"1"}},"ReturnValues":"ALL_NEW","AttributeUpdates":{
      "a":{"Action":"ADD","Value":{"N":"2"}},"s":{"Action":"DELETE","Value":{"SS":["x"]}}}})")
          .dump(),
      R"({"Attributes":{"a":{"N":"3"},"id":{"S":"1"},"s":{"SS":["y"]}}})");
  EXPECT_EQ(
      Invalid(
          "UpdateItem",
          R"({"TableName":"Users","Key":{"id":{"S":"1"}},"AttributeUpdates":{"s":{"Action":"ADD","Value":{"N":"2"}}}})"),
      "Type mismatch for attribute to update");
  EXPECT_EQ(
      Invalid(
          "UpdateItem",
          R"({"TableName":"Users","Key":{"id":{"S":"1"}},"AttributeUpdates":{"s":{"Action":"PUT"}}})"),
      "One or more parameter values were invalid: Only DELETE action is allowed when no attribute "
      "value is specified");
  Call(
      "UpdateItem",
      R"({"TableName":"Users","Key":{"id":{"S":"none"}},"AttributeUpdates":{"s":{"Action":"DELETE"}}})");
  EXPECT_EQ(Call("GetItem", R"({"TableName":"Users","Key":{"id":{"S":"none"}}})"), json::object());
  EXPECT_EQ(
      Error(
          "PutItem",
          R"({"TableName":"Users","Item":{"id":{"S":"1"}},"Expected":{"a":{"ComparisonOperator":"GT",
                  "AttributeValueList":[{"N":"5"}]},"s":{"ComparisonOperator":"NULL"}},"ConditionalOperator":"OR"})"),
      "ConditionalCheckFailedException: The conditional request failed");
}

TEST_F(ItemTest, CapacityIsCounted) {
  EXPECT_EQ(Call("PutItem", R"({"TableName":"Users","Item":{"id":{"S":"1"},"t":{"S":")" +
                                std::string(1100, 'x') + R"("}},"ReturnConsumedCapacity":"TOTAL"})")
                .dump(),
            R"({"ConsumedCapacity":{"CapacityUnits":2.0,"TableName":"Users"}})");
  EXPECT_EQ(
      Call(
          "GetItem",
          R"({"TableName":"Users","Key":{"id":{"S":"1"}},"ProjectionExpression":"id","ReturnConsumedCapacity":"INDEXES"})")
          .at("ConsumedCapacity")
          .dump(),
      R"({"CapacityUnits":0.5,"Table":{"CapacityUnits":0.5},"TableName":"Users"})");
  EXPECT_EQ(Call("DeleteItem",
                 R"({"TableName":"Users","Key":{"id":{"S":"1"}},"ReturnConsumedCapacity":"TOTAL"})")
                .dump(),
            R"({"ConsumedCapacity":{"CapacityUnits":2.0,"TableName":"Users"}})");
}

TEST_F(ItemTest, BatchesWriteAndReadSeveralTables) {
  MakeTable("Other");
  EXPECT_EQ(
      Call("BatchWriteItem",
           R"({"RequestItems":{"Users":[{"PutRequest":{"Item":{"id":{"S":"1"},"a":{"N":"1"}}}},
      {"PutRequest":{"Item":{"id":{"S":"2"}}}}],"Other":[{"PutRequest":{"Item":{"id":{"S":"3"}}}}]}})")
          .dump(),
      R"({"UnprocessedItems":{}})");
  Call("BatchWriteItem",
       R"({"RequestItems":{"Users":[{"DeleteRequest":{"Key":{"id":{"S":"2"}}}}]}})");
  const json got = Call(
      "BatchGetItem",
      R"({"RequestItems":{"Users":{"Keys":[{"id":{"S":"1"}},{"id":{"S":"2"}}],"ProjectionExpression":"a"},
      "Other":{"Keys":[{"id":{"S":"3"}}]}},"ReturnConsumedCapacity":"TOTAL"})");
  EXPECT_EQ(got.at("Responses").dump(),
            R"({"Other":[{"id":{"S":"3"}}],"Users":[{"a":{"N":"1"}}]})");
  EXPECT_EQ(got.at("UnprocessedKeys"), json::object());
  EXPECT_EQ(got.at("ConsumedCapacity").size(), 2u);
}

TEST_F(ItemTest, BatchesAreChecked) {
  EXPECT_THAT(Invalid("BatchGetItem", "{}"),
              StartsWith("1 validation error detected: Value null at 'requestItems'"));
  EXPECT_EQ(Invalid("BatchGetItem",
                    R"({"RequestItems":{"Users":{"Keys":[{"id":{"S":"1"}},{"id":{"S":"1"}}]}}})"),
            "Provided list of item keys contains duplicates");
  EXPECT_EQ(Invalid("BatchWriteItem",
                    R"({"RequestItems":{"Users":[{"PutRequest":{"Item":{"id":{"S":"1"}}}},
                    {"DeleteRequest":{"Key":{"id":{"S":"1"}}}}]}})"),
            "Provided list of item keys contains duplicates");
  EXPECT_EQ(Invalid("BatchWriteItem",
                    R"({"RequestItems":{"Users":[{"PutRequest":{"Item":{"nope":{"S":"1"}}}}]}})"),
            "The provided key element does not match the schema");
  EXPECT_EQ(Error("BatchWriteItem",
                  R"({"RequestItems":{"Nope":[{"PutRequest":{"Item":{"id":{"S":"1"}}}}]}})"),
            "ResourceNotFoundException: Requested resource not found");
  std::string keys;
  for (int i = 0; i < 101; ++i)
    keys += (i ? "," : "") + (R"({"id":{"S":")" + std::to_string(i) + "\"}}");
  EXPECT_THAT(Invalid("BatchGetItem", R"({"RequestItems":{"Users":{"Keys":[)" + keys + "]}}}"),
              StartsWith("1 validation error"));
}

TEST_F(ItemTest, ReadsBeyond16MbAreLeftUnprocessed) {
  std::string keys;
  for (int i = 0; i < 50; ++i) {
    const std::string key = R"({"id":{"S":")" + std::to_string(i) + "\"}}";
    Call("PutItem", R"({"TableName":"Users","Item":{"id":{"S":")" + std::to_string(i) +
                        R"("},"t":{"S":")" + std::string(390000, 'x') + "\"}}}");
    keys += (i ? "," : "") + key;
  }
  const json got = Call("BatchGetItem", R"({"RequestItems":{"Users":{"Keys":[)" + keys +
                                            R"(],"ConsistentRead":true}}})");
  const size_t read = got.at("Responses").at("Users").size();
  EXPECT_EQ(read, 16u * 1024 * 1024 / 390004);
  EXPECT_EQ(got.at("UnprocessedKeys").at("Users").at("Keys").size(), 50 - read);
  EXPECT_EQ(got.at("UnprocessedKeys").at("Users").at("ConsistentRead"), true);
}

TEST_F(ItemTest, ConditionalWritesOfManyThreadsLoseNothing) {
  Call("PutItem", R"({"TableName":"Users","Item":{"id":{"S":"c"},"n":{"N":"0"}}})");
  constexpr int kThreads = 4, kIncrements = 200;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kIncrements;) {
        const json item = Call(
            "GetItem", R"({"TableName":"Users","Key":{"id":{"S":"c"}},"ConsistentRead":true})");
        const auto seen = item.at("Item").at("n").at("N").get<std::string>();
        i +=
            Try("UpdateItem",
                R"({"TableName":"Users","Key":{"id":{"S":"c"}},"UpdateExpression":"SET n = n + :one",
            "ConditionExpression":"n = :seen","ExpressionAttributeValues":{":one":{"N":"1"},":seen":{"N":")" +
                    seen + "\"}}}")
                .has_value();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(
      Call("GetItem", R"({"TableName":"Users","Key":{"id":{"S":"c"}}})").at("Item").at("n").at("N"),
      std::to_string(kThreads * kIncrements));
}

TEST_F(ItemTest, ABatchTellsTheCollectionsOfItsItems) {
  MakeSortedTable(
      R"(,"LocalSecondaryIndexes":[{"IndexName":"by_note","KeySchema":[{"AttributeName":"user","KeyType":"HASH"},
      {"AttributeName":"note","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}])",
      R"(,{"AttributeName":"note","AttributeType":"S"})");
  EXPECT_EQ(
      Call(
          "BatchWriteItem",
          R"({"ReturnItemCollectionMetrics":"SIZE","RequestItems":{"Users":[{"PutRequest":{"Item":{"id":{"S":"1"}}}}],
           "Orders":[{"PutRequest":{"Item":{"user":{"S":"u"},"time":{"N":"1"}}}},
                     {"DeleteRequest":{"Key":{"user":{"S":"v"},"time":{"N":"2"}}}}]}})")
          .at("ItemCollectionMetrics")
          .dump(),
      R"({"Orders":[{"ItemCollectionKey":{"user":{"S":"u"}},"SizeEstimateRangeGB":[0.0,1.0]},)"
      R"({"ItemCollectionKey":{"user":{"S":"v"}},"SizeEstimateRangeGB":[0.0,1.0]}]})");
}

}  // namespace
}  // namespace fractus::dynamo
