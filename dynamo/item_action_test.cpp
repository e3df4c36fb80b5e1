// Writes of one item, and what refuses them.
#include "dynamo/item_action.h"

#include <gmock/gmock.h>

#include "dynamo/test_room.h"

namespace fractus::dynamo {
namespace {

using ::testing::HasSubstr;

class ItemActionTest : public RoomTest {};

// Source: the reasons of TransactionCanceledException that the API reference lists.
TEST_F(ItemActionTest, AnUpdateThatMakesAnIndexKeyTooLongIsToldSo) {
  MakeSortedTable(R"(,"GlobalSecondaryIndexes":[{"IndexName":"by-g","KeySchema":[
      {"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}])",
                  R"(,{"AttributeName":"g","AttributeType":"S"})");
  const auto update = [&](size_t length, bool with_expression) {
    const std::string value = R"({"S":")" + std::string(length, 'x') + R"("})";
    return Invalid(
        "UpdateItem",
        R"({"TableName":"Orders","Key":{"user":{"S":"u"},"time":{"N":"1"}},)" +
            (with_expression
                 ? R"("UpdateExpression":"SET g = :g","ExpressionAttributeValues":{":g":)" + value +
                       "}}"
                 : R"("AttributeUpdates":{"g":{"Value":)" + value + "}}}"));
  };
  EXPECT_EQ(update(2048, true), "no error");
  EXPECT_EQ(update(2049, true),
            "The update expression attempted to update the secondary index key beyond allowed size "
            "limits");
  EXPECT_THAT(update(2049, false), HasSubstr("Size of hashkey has exceeded"));
}

}  // namespace
}  // namespace fractus::dynamo
