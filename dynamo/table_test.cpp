// Tables: their life, their description, their settings.
#include "dynamo/table.h"

#include <gmock/gmock.h>

#include "dynamo/test_room.h"

namespace fractus::dynamo {
namespace {

using ::testing::HasSubstr;

class TableTest : public RoomTest {};

TEST_F(TableTest, AnswersWithTheMembersOfTheService) {
  const std::string create =
      R"({"TableName":"Users","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5}})";
  const json created = Call("CreateTable", create).at("TableDescription");
  // Source: recorded test_table_crud.
  std::vector<std::string> members;
  for (const auto& [name, value] : created.items()) members.push_back(name);
  EXPECT_EQ(members, (std::vector<std::string>{
                         "AttributeDefinitions", "CreationDateTime", "DeletionProtectionEnabled",
                         "ItemCount", "KeySchema", "ProvisionedThroughput", "TableArn", "TableId",
                         "TableName", "TableSizeBytes", "TableStatus"}));
  EXPECT_EQ(created.at("TableStatus"), "CREATING");
  EXPECT_EQ(created.at("TableArn"), "arn:aws:dynamodb:us-east-1:000000000000:table/Users");
  const json described = Call("DescribeTable", R"({"TableName":"Users"})").at("Table");
  EXPECT_EQ(described.at("TableStatus"), "ACTIVE");
  EXPECT_EQ(described.at("WarmThroughput").dump(),
            R"({"ReadUnitsPerSecond":5,"Status":"ACTIVE","WriteUnitsPerSecond":5})");
  EXPECT_EQ(Error("CreateTable", create), "ResourceInUseException: Table already exists: Users");
  const json deleted = Call("DeleteTable", R"({"TableName":"Users"})").at("TableDescription");
  EXPECT_EQ(deleted.at("TableStatus"), "DELETING");
  EXPECT_FALSE(deleted.contains("KeySchema"));
  EXPECT_EQ(Error("DeleteTable", R"({"TableName":"Users"})"),
            "ResourceNotFoundException: Requested resource not found: Table: Users not found");
  EXPECT_EQ(Error("DescribeTable", R"({"TableName":"Users"})"),
            "ResourceNotFoundException: Requested resource not found: Table: Users not found");
}

TEST_F(TableTest, ANewTableOfTheSameNameIsEmpty) {
  MakeTable();
  Call("PutItem", R"({"TableName":"Users","Item":{"id":{"S":"1"}}})");
  Call("DeleteTable", R"({"TableName":"Users"})");
  MakeTable();
  EXPECT_EQ(Call("Scan", R"({"TableName":"Users"})").at("Count"), 0);
  Reopen();
  EXPECT_EQ(Call("Scan", R"({"TableName":"Users"})").at("Count"), 0);
}

TEST_F(TableTest, CountsAreTrue) {
  MakeTable();
  const auto counts = [&] {
    const json table = Call("DescribeTable", R"({"TableName":"Users"})").at("Table");
    return table.at("ItemCount").dump() + " " + table.at("TableSizeBytes").dump();
  };
  Call("PutItem", R"({"TableName":"Users","Item":{"id":{"S":"1"},"t":{"S":"12345"}}})");
  Call("PutItem", R"({"TableName":"Users","Item":{"id":{"S":"2"}}})");
  EXPECT_EQ(counts(), "2 12");
  Call("PutItem", R"({"TableName":"Users","Item":{"id":{"S":"1"},"t":{"S":"1"}}})");
  EXPECT_EQ(counts(), "2 8");
  Call("DeleteItem", R"({"TableName":"Users","Key":{"id":{"S":"1"}}})");
  Call("DeleteItem", R"({"TableName":"Users","Key":{"id":{"S":"1"}}})");
  EXPECT_EQ(counts(), "1 3");
  Reopen();
  EXPECT_EQ(counts(), "1 3");
}

TEST_F(TableTest, ListsInPages) {
  for (const char* name : {"Ccc", "Aaa", "Bbb"}) MakeTable(name);
  EXPECT_EQ(Call("ListTables", "{}").dump(), R"({"TableNames":["Aaa","Bbb","Ccc"]})");
  const json first = Call("ListTables", R"({"Limit":2})");
  EXPECT_EQ(first.at("LastEvaluatedTableName"), "Bbb");
  EXPECT_EQ(Call("ListTables", R"({"Limit":2,"ExclusiveStartTableName":"Bbb"})").dump(),
            R"({"TableNames":["Ccc"]})");
  region_ = "eu-west-1";
  EXPECT_EQ(Call("ListTables", "{}").dump(), R"({"TableNames":[]})");
}

TEST_F(TableTest, RefusesDefinitionsThatDoNotFit) {
  const auto error = [&](const std::string& attributes, const std::string& keys,
                         const std::string& further) {
    return Error("CreateTable", R"({"TableName":"Abc","AttributeDefinitions":[)" + attributes +
                                    R"(],"KeySchema":[)" + keys + "]" + further + "}");
  };
  const std::string id = R"({"AttributeName":"id","AttributeType":"S"})",
                    hash = R"({"AttributeName":"id","KeyType":"HASH"})";
  const std::string on_demand = R"(,"BillingMode":"PAY_PER_REQUEST")";
  EXPECT_EQ(error(id, hash,
                  on_demand +
                      R"(,"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1})"),
            "ValidationException: One or more parameter values were invalid: Neither "
            "ReadCapacityUnits nor WriteCapacityUnits can be "
            "specified when BillingMode is PAY_PER_REQUEST");
  EXPECT_THAT(error(id, hash, ""),
              HasSubstr("must both be specified when BillingMode is PROVISIONED"));
  EXPECT_THAT(error(id, R"({"AttributeName":"x","KeyType":"HASH"})", on_demand),
              HasSubstr("Keys: [x], AttributeDefinitions: [id]"));
  EXPECT_THAT(error(id + R"(,{"AttributeName":"x","AttributeType":"S"})", hash, on_demand),
              HasSubstr("Number of attributes in KeySchema does not exactly match"));
  EXPECT_THAT(error(id, R"({"AttributeName":"id","KeyType":"RANGE"})", on_demand),
              HasSubstr("is not a HASH key type"));
  EXPECT_THAT(error(R"({"AttributeName":"id","AttributeType":"X"})", hash, on_demand),
              HasSubstr("Value 'X' at 'attributeDefinitions.1.member.attributeType' failed to "
                        "satisfy constraint: Member must "
                        "satisfy enum value set: [B, N, S]"));
  EXPECT_THAT(error(id, hash, on_demand + R"(,"LocalSecondaryIndexes":[])"),
              HasSubstr("List of LocalSecondaryIndexes is empty"));
  EXPECT_THAT(error(id, hash, on_demand + R"(,"StreamSpecification":{"StreamEnabled":true})"),
              HasSubstr("StreamViewType must be specified"));
}

TEST_F(TableTest, DeletionProtectionProtects) {
  MakeTable();
  Call("UpdateTable", R"({"TableName":"Users","DeletionProtectionEnabled":true})");
  EXPECT_THAT(Error("DeleteTable", R"({"TableName":"Users"})"),
              HasSubstr("currently protected against deletion"));
  Call("UpdateTable", R"({"TableName":"Users","DeletionProtectionEnabled":false})");
  Call("DeleteTable", R"({"TableName":"Users"})");
}

TEST_F(TableTest, AnIndexAddedLaterIsFilled) {
  MakeTable();
  for (int i = 0; i < 5; ++i) {
    Call("PutItem", R"({"TableName":"Users","Item":{"id":{"S":")" + std::to_string(i) +
                        R"("},"group":{"N":")" + std::to_string(i % 2) + "\"}}}");
  }
  const json updated = Call(
      "UpdateTable",
      R"({"TableName":"Users","AttributeDefinitions":[{"AttributeName":"group","AttributeType":"N"}],
      "GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"ByGroup","KeySchema":[{"AttributeName":"group","KeyType":"HASH"}],
      "Projection":{"ProjectionType":"KEYS_ONLY"}}}]})");
  EXPECT_EQ(updated.at("TableDescription").at("TableStatus"), "UPDATING");
  const std::string query =
      R"({"TableName":"Users","IndexName":"ByGroup","KeyConditionExpression":"#g = :g",
      "ExpressionAttributeNames":{"#g":"group"},"ExpressionAttributeValues":{":g":{"N":"0"}}})";
  EXPECT_EQ(Call("Query", query).at("Count"), 3);
  Call("PutItem", R"({"TableName":"Users","Item":{"id":{"S":"9"},"group":{"N":"0"}}})");
  Reopen();
  EXPECT_EQ(Call("Query", query).at("Count"), 4);
  EXPECT_EQ(Call("DescribeTable", R"({"TableName":"Users"})")
                .at("Table")
                .at("GlobalSecondaryIndexes")
                .at(0)
                .at("ItemCount"),
            6);
  Call(
      "UpdateTable",
      R"({"TableName":"Users","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"ByGroup"}}]})");
  EXPECT_THAT(Invalid("Query", query), HasSubstr("does not have the specified index"));
  const json table = Call("DescribeTable", R"({"TableName":"Users"})").at("Table");
  EXPECT_EQ(table.at("AttributeDefinitions").size(), 1u);
  EXPECT_EQ(table.at("ItemCount"), 6);
}

TEST_F(TableTest, TagsAndTimeToLiveAreKept) {
  MakeTable();
  const std::string arn = R"("ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/Users")";
  Call("TagResource", "{" + arn + R"(,"Tags":[{"Key":"a","Value":"1"},{"Key":"b","Value":"2"}]})");
  Call("UntagResource", "{" + arn + R"(,"TagKeys":["a"]})");
  Call(
      "UpdateTimeToLive",
      R"({"TableName":"Users","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"expires"}})");
  Reopen();
  EXPECT_EQ(Call("ListTagsOfResource", "{" + arn + "}").dump(),
            R"({"Tags":[{"Key":"b","Value":"2"}]})");
  EXPECT_EQ(
      Call("DescribeTimeToLive", R"({"TableName":"Users"})").at("TimeToLiveDescription").dump(),
      R"({"AttributeName":"expires","TimeToLiveStatus":"ENABLED"})");
  EXPECT_EQ(
      Invalid(
          "UpdateTimeToLive",
          R"({"TableName":"Users","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"expires"}})"),
      "TimeToLive is already enabled");
}

// Source: what users of the service report of CreateTable and UpdateTable.
TEST_F(TableTest, TheThroughputOfAnIndexFitsTheBillingMode) {
  const auto create = [&](const std::string& billing, const std::string& index_more) {
    return Invalid(
        "CreateTable",
        R"({"TableName":"Users","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},
        {"AttributeName":"t","AttributeType":"S"}],"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "GlobalSecondaryIndexes":[{"IndexName":"by-t","KeySchema":[{"AttributeName":"t","KeyType":"HASH"}],
        "Projection":{"ProjectionType":"ALL"})" +
            index_more + "}]," + billing + "}");
  };
  const std::string units =
      R"("ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1})";
  const std::string start = "One or more parameter values were invalid: ";
  EXPECT_EQ(create(R"("BillingMode":"PAY_PER_REQUEST")", "," + units),
            start +
                "ProvisionedThroughput should not be specified for index: by-t when BillingMode is "
                "PAY_PER_REQUEST");
  EXPECT_EQ(create(units, ""), start + "ProvisionedThroughput is not specified for index: by-t");
  EXPECT_EQ(create(units, "," + units), "no error");
  MakeTable("OnDemand");
  EXPECT_EQ(Invalid("UpdateTable", R"({"TableName":"OnDemand","AttributeDefinitions":[
      {"AttributeName":"t","AttributeType":"S"}],"GlobalSecondaryIndexUpdates":[{"Create":{
      "IndexName":"by-t","KeySchema":[{"AttributeName":"t","KeyType":"HASH"}],
      "Projection":{"ProjectionType":"ALL"},)" +
                                       units + "}}]}"),
            start +
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: by-t "
                "when BillingMode is PAY_PER_REQUEST");
}

TEST_F(TableTest, AnEmptyListOfIndexUpdatesIsNoUpdate) {
  MakeTable();
  EXPECT_THAT(Invalid("UpdateTable", R"({"TableName":"Users","GlobalSecondaryIndexUpdates":[]})"),
              HasSubstr("At least one of ProvisionedThroughput, BillingMode"));
}

TEST_F(TableTest, TagsAreGivenOneAtLeast) {
  MakeTable();
  const std::string arn = R"("ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/Users")";
  EXPECT_EQ(Invalid("TagResource", "{" + arn + R"(,"Tags":[]})"),
            "Atleast one Tag needs to be provided as Input.");
  EXPECT_EQ(Invalid("UntagResource", "{" + arn + R"(,"TagKeys":[]})"),
            "Atleast one Tag Key needs to be provided as Input.");
  EXPECT_EQ(Invalid("TagResource", R"({"ResourceArn":"Users","Tags":[]})"),
            "Invalid TableArn: Invalid ResourceArn provided as input Users");
}

TEST_F(TableTest, AnIndexThatIsAddedHasKnownTypesOnly) {
  MakeTable();
  const auto add = [&](const std::string& type, const std::string& key_type,
                       const std::string& projection) {
    return Invalid(
        "UpdateTable",
        R"({"TableName":"Users","AttributeDefinitions":[{"AttributeName":"t","AttributeType":")" +
            type + R"("}],"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"by-t",
        "KeySchema":[{"AttributeName":"t","KeyType":")" +
            key_type + R"("}],"Projection":{"ProjectionType":")" + projection + R"("}}}]})");
  };
  EXPECT_EQ(
      add("S", "FIRST", "SOME"),
      "2 validation errors detected: Value 'FIRST' at "
      "'globalSecondaryIndexUpdates.1.member.create.keySchema.1.member.keyType' failed to "
      "satisfy constraint: Member must satisfy enum value set: [HASH, RANGE]; Value 'SOME' at "
      "'globalSecondaryIndexUpdates.1.member.create.projection.projectionType' failed to "
      "satisfy constraint: Member must satisfy enum value set: [ALL, INCLUDE, KEYS_ONLY]");
  EXPECT_EQ(add("S", "HASH", "ALL"), "no error");
  EXPECT_THAT(Invalid("UpdateTable", R"({"TableName":"Users","AttributeDefinitions":[
      {"AttributeName":"t","AttributeType":"N"}],"GlobalSecondaryIndexUpdates":[{"Create":{
      "IndexName":"by-n","KeySchema":[{"AttributeName":"t","KeyType":"HASH"}],
      "Projection":{"ProjectionType":"ALL"}}}]})"),
              HasSubstr("One or more parameter values were invalid: "));
}

// Source: UpdateTable's AttributeDefinitions.
TEST_F(TableTest, TheRequestDefinesTheKeysOfAnIndexThatIsAdded) {
  MakeTable();
  const std::string add = R"("GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"by-id",
      "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]})";
  EXPECT_EQ(Invalid("UpdateTable", R"({"TableName":"Users",)" + add),
            "One or more parameter values were invalid: Some index key attributes are not defined "
            "in AttributeDefinitions. Keys: [id], AttributeDefinitions: []");
  EXPECT_EQ(Invalid("UpdateTable", R"({"TableName":"Users","AttributeDefinitions":[
      {"AttributeName":"id","AttributeType":"S"}],)" +
                                       add),
            "no error");
}

}  // namespace
}  // namespace fractus::dynamo
