// Statuses that last, throughput and other changes of tables.
#include "dynamo/table_life.h"

#include <gmock/gmock.h>

#include "dynamo/test_room.h"

namespace fractus::dynamo {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;

class TableLifeTest : public RoomTest {
 protected:
  void BeSlow() {
    Close();
    settings_.table_delay = 10s;
    Open();
  }
  void MakeProvisioned(const std::string& indexes = "", const std::string& attributes = "") {
    Call(
        "CreateTable",
        R"({"TableName":"Users","ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5},
        "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"})" +
            attributes + "]" + indexes + "}");
  }
  json Described() { return Call("DescribeTable", R"({"TableName":"Users"})").at("Table"); }
  std::string Status() { return Described().at("TableStatus").get<std::string>(); }
  std::string IndexStatus() {
    return Described().at("GlobalSecondaryIndexes")[0].at("IndexStatus").get<std::string>();
  }
  std::string Update(const std::string& members) {
    return Error("UpdateTable", R"({"TableName":"Users",)" + members + "}");
  }

  const std::string index_ =
      R"({"IndexName":"by-t","KeySchema":[{"AttributeName":"t","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}})";
  const std::string create_index_ =
      R"("AttributeDefinitions":[{"AttributeName":"t","AttributeType":"S"}],"GlobalSecondaryIndexUpdates":[{"Create":)" +
      index_ + "}]";
};

TEST_F(TableLifeTest, ATableIsMadeInItsTime) {
  BeSlow();
  MakeTable();
  EXPECT_EQ(Status(), "CREATING");
  EXPECT_EQ(Error("PutItem", R"({"TableName":"Users","Item":{"id":{"S":"1"}}})"),
            "ResourceNotFoundException: Requested resource not found");
  EXPECT_EQ(Update(R"("DeletionProtectionEnabled":true)"),
            "ResourceInUseException: Attempt to change a resource which is still in use: Table is "
            "being created: Users");
  Reopen();
  clock_.Advance(10s);
  EXPECT_EQ(Status(), "ACTIVE");
  EXPECT_EQ(Error("PutItem", R"({"TableName":"Users","Item":{"id":{"S":"1"}}})"), "no error");
}

TEST_F(TableLifeTest, ATableGoesInItsTime) {
  BeSlow();
  MakeTable();
  clock_.Advance(11s);
  Call("DeleteTable", R"({"TableName":"Users"})");
  EXPECT_EQ(Status(), "DELETING");
  EXPECT_EQ(Call("ListTables", "{}").at("TableNames").size(), 1u);
  EXPECT_EQ(Error("GetItem", R"({"TableName":"Users","Key":{"id":{"S":"1"}}})"),
            "ResourceNotFoundException: Requested resource not found");
  EXPECT_EQ(Error("DeleteTable", R"({"TableName":"Users"})"), "no error");
  clock_.Advance(10s);
  EXPECT_TRUE(Call("ListTables", "{}").at("TableNames").empty());
  EXPECT_EQ(Error("DescribeTable", R"({"TableName":"Users"})"),
            "ResourceNotFoundException: Requested resource not found: Table: Users not found");
  MakeTable();
  EXPECT_EQ(Status(), "CREATING");
}

TEST_F(TableLifeTest, AnIndexIsFilledAndGoesInItsTime) {
  BeSlow();
  MakeTable();
  clock_.Advance(11s);
  Call("PutItem", R"({"TableName":"Users","Item":{"id":{"S":"1"},"t":{"S":"a"}}})");
  EXPECT_EQ(Update(create_index_), "no error");
  EXPECT_EQ(Status(), "UPDATING");
  EXPECT_EQ(IndexStatus(), "CREATING");
  EXPECT_EQ(Described().at("GlobalSecondaryIndexes")[0].at("Backfilling"), true);
  const std::string scan = R"({"TableName":"Users","IndexName":"by-t"})";
  EXPECT_EQ(Invalid("Scan", scan), "Cannot read from backfilling global secondary index: by-t");
  clock_.Advance(10s);
  EXPECT_EQ(IndexStatus(), "ACTIVE");
  EXPECT_EQ(Call("Scan", scan).at("Count"), 1);
  EXPECT_EQ(Update(R"("GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"by-t"}}])"),
            "no error");
  EXPECT_EQ(IndexStatus(), "DELETING");
  EXPECT_EQ(Invalid("Scan", scan), "The table does not have the specified index: by-t");
  clock_.Advance(10s);
  EXPECT_FALSE(Described().contains("GlobalSecondaryIndexes"));
  EXPECT_EQ(Described().at("AttributeDefinitions").size(), 1u);
}

TEST_F(TableLifeTest, AnswersShowWhatGoesOnEvenWhenItIsDoneAtOnce) {
  MakeTable();
  const json created = Call("UpdateTable", R"({"TableName":"Users",)" + create_index_ + "}");
  EXPECT_EQ(created.at("TableDescription").at("TableStatus"), "UPDATING");
  EXPECT_EQ(created.at("TableDescription").at("GlobalSecondaryIndexes")[0].at("IndexStatus"),
            "CREATING");
  EXPECT_EQ(Status(), "ACTIVE");
  EXPECT_EQ(IndexStatus(), "ACTIVE");
  const json deleted = Call(
      "UpdateTable",
      R"({"TableName":"Users","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"by-t"}}]})");
  EXPECT_EQ(deleted.at("TableDescription").at("GlobalSecondaryIndexes")[0].at("IndexStatus"),
            "DELETING");
  EXPECT_FALSE(Described().contains("GlobalSecondaryIndexes"));
}

TEST_F(TableLifeTest, IndexUpdatesAreRefusedAsTheServiceDoes) {
  MakeTable();
  const std::string two = R"("AttributeDefinitions":[{"AttributeName":"t","AttributeType":"S"}],
      "GlobalSecondaryIndexUpdates":[{"Create":)" +
                          index_ +
                          R"(},{"Create":{"IndexName":"other","KeySchema":[{"AttributeName":"t",
      "KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}])";
  EXPECT_EQ(Update(two),
            "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created "
            "or deleted simultaneously per table");
  EXPECT_THAT(Update(R"("GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"a-b"}},
      {"Update":{"IndexName":"a-b"}}])"),
              HasSubstr("Only one global secondary index update per index is allowed"));
  EXPECT_THAT(Update(R"("GlobalSecondaryIndexUpdates":[{}])"),
              HasSubstr("GlobalSecondaryIndexUpdate.Delete must not be null"));
  EXPECT_THAT(Update(R"("GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"none"}}])"),
              StartsWith("ResourceNotFoundException: Requested resource not found"));
}

TEST_F(TableLifeTest, ThroughputChangesAreCountedAndMustChangeSomething) {
  MakeProvisioned();
  const auto units = [&](int read, int write) {
    return Update(R"("ProvisionedThroughput":{"ReadCapacityUnits":)" + std::to_string(read) +
                  R"(,"WriteCapacityUnits":)" + std::to_string(write) + "}");
  };
  EXPECT_EQ(units(5, 5),
            "ValidationException: The provisioned throughput for the table will not change. The "
            "requested value equals the current value. Current ReadCapacityUnits provisioned for "
            "the table: 5. Requested ReadCapacityUnits: 5. Current WriteCapacityUnits provisioned "
            "for the table: 5. Requested WriteCapacityUnits: 5. Refer to the Amazon DynamoDB "
            "Developer Guide for current limits and how to request higher limits.");
  EXPECT_EQ(units(9, 9), "no error");
  json throughput = Described().at("ProvisionedThroughput");
  EXPECT_EQ(throughput.at("LastIncreaseDateTime"), EpochSeconds(clock_.Now()));
  EXPECT_EQ(throughput.at("NumberOfDecreasesToday"), 0);
  for (int write = 8; write >= 5; --write) EXPECT_EQ(units(9, write), "no error");
  EXPECT_EQ(Described().at("ProvisionedThroughput").at("NumberOfDecreasesToday"), 4);
  EXPECT_THAT(units(9, 4), StartsWith("LimitExceededException: Subscriber limit exceeded:"));
  clock_.Advance(1h);
  EXPECT_EQ(units(9, 4), "no error");
  clock_.Advance(24h);
  EXPECT_EQ(Described().at("ProvisionedThroughput").at("NumberOfDecreasesToday"), 0);
}

TEST_F(TableLifeTest, BillingModeAndThroughputFitTogether) {
  MakeProvisioned(
      R"(,"GlobalSecondaryIndexes":[{"IndexName":"by-t","KeySchema":[{"AttributeName":"t","KeyType":"HASH"}],
      "Projection":{"ProjectionType":"ALL"},"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}}])",
      R"(,{"AttributeName":"t","AttributeType":"S"})");
  EXPECT_EQ(Update(R"("BillingMode":"PAY_PER_REQUEST")"), "no error");
  json table = Described();
  EXPECT_EQ(table.at("BillingModeSummary").at("BillingMode"), "PAY_PER_REQUEST");
  EXPECT_EQ(table.at("ProvisionedThroughput").at("ReadCapacityUnits"), 0);
  EXPECT_EQ(
      table.at("GlobalSecondaryIndexes")[0].at("ProvisionedThroughput").at("ReadCapacityUnits"), 0);
  const std::string units =
      R"("ProvisionedThroughput":{"ReadCapacityUnits":2,"WriteCapacityUnits":2})";
  EXPECT_THAT(Update(units), HasSubstr("when BillingMode is PAY_PER_REQUEST"));
  EXPECT_EQ(Update(R"("BillingMode":"PROVISIONED")"),
            "ValidationException: One or more parameter values were invalid: ProvisionedThroughput "
            "must be specified when BillingMode is PROVISIONED");
  EXPECT_THAT(Update(R"("BillingMode":"PROVISIONED",)" + units),
              HasSubstr("ProvisionedThroughput must be specified for index: by-t"));
  EXPECT_EQ(
      Update(R"("BillingMode":"PROVISIONED",)" + units +
             R"(,"GlobalSecondaryIndexUpdates":[{"Update":{"IndexName":"by-t",)" + units + "}}]"),
      "no error");
  table = Described();
  EXPECT_EQ(table.at("BillingModeSummary").at("BillingMode"), "PROVISIONED");
  EXPECT_EQ(
      table.at("GlobalSecondaryIndexes")[0].at("ProvisionedThroughput").at("WriteCapacityUnits"),
      2);
}

TEST_F(TableLifeTest, ATableSaysWithWhichKeyItIsEncrypted) {
  MakeTable();
  const json on =
      Call("UpdateTable", R"({"TableName":"Users","SSESpecification":{"Enabled":true}})");
  const json description = on.at("TableDescription").at("SSEDescription");
  EXPECT_EQ(description.at("SSEType"), "KMS");
  EXPECT_EQ(description.at("Status"), "ENABLED");
  EXPECT_THAT(description.at("KMSMasterKeyArn").get<std::string>(),
              StartsWith("arn:aws:kms:us-east-1:000000000000:key/"));
  const json off =
      Call("UpdateTable", R"({"TableName":"Users","SSESpecification":{"Enabled":false}})");
  EXPECT_EQ(off.at("TableDescription").at("SSEDescription").at("Status"), "UPDATING");
  EXPECT_FALSE(Described().contains("SSEDescription"));
}

TEST_F(TableLifeTest, ResourcePoliciesAreKeptAndGivenBack) {
  MakeTable();
  const std::string arn = R"("ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/Users")";
  EXPECT_THAT(Error("GetResourcePolicy", "{" + arn + "}"), StartsWith("PolicyNotFoundException"));
  const std::string policy = R"({\"Version\":\"2012-10-17\",\"Statement\":[]})";
  const json put = Call("PutResourcePolicy", "{" + arn + R"(,"Policy":")" + policy + R"("})");
  const json kept = Call("GetResourcePolicy", "{" + arn + "}");
  EXPECT_EQ(kept.at("RevisionId"), put.at("RevisionId"));
  EXPECT_EQ(kept.at("Policy"), R"({"Version":"2012-10-17","Statement":[]})");
  EXPECT_THAT(Error("PutResourcePolicy",
                    "{" + arn + R"(,"Policy":"{\"Statement\":[1]}","ExpectedRevisionId":"no"})"),
              StartsWith("PolicyNotFoundException"));
  EXPECT_EQ(Call("DeleteResourcePolicy", "{" + arn + "}").at("RevisionId"), put.at("RevisionId"));
  EXPECT_EQ(Call("DeleteResourcePolicy", "{" + arn + "}"), json::object());
}

}  // namespace
}  // namespace fractus::dynamo
