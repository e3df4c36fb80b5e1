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

// Source: what users measured of the service in September 2026.
TEST_F(ItemActionTest, AttributeNamesHaveFewerThan65536Bytes) {
  MakeTable();
  const std::string fits(65535, 'n'), too_long(65536, 'n');
  const std::string message =
      "1 validation error detected: Attribute name is too large, must be less than 65536 bytes";
  const auto put = [&](const std::string& name) {
    return Invalid("PutItem",
                   R"({"TableName":"Users","Item":{"id":{"S":"1"},")" + name + R"(":{"S":"x"}}})");
  };
  EXPECT_EQ(put(fits), "no error");
  EXPECT_EQ(put(too_long), message);
  const auto put_nested = [&](const std::string& name) {
    return Invalid("PutItem", R"({"TableName":"Users","Item":{"id":{"S":"1"},"m":{"M":{")" + name +
                                  R"(":{"S":"x"}}}}})");
  };
  EXPECT_EQ(put_nested(fits), "no error");
  EXPECT_EQ(put_nested(too_long), message);
  const std::string update =
      R"({"TableName":"Users","Key":{"id":{"S":"1"}},"UpdateExpression":"SET #n = :v",)";
  EXPECT_EQ(Invalid("UpdateItem", update + R"("ExpressionAttributeNames":{"#n":")" + too_long +
                                      R"("},"ExpressionAttributeValues":{":v":{"S":"x"}}})"),
            message);
  EXPECT_EQ(Invalid("UpdateItem", update + R"("ExpressionAttributeNames":{"#n":"m"},
      "ExpressionAttributeValues":{":v":{"M":{")" +
                                      too_long + R"(":{"S":"x"}}}}})"),
            message);
}

}  // namespace
}  // namespace fractus::dynamo
