// Backups and point-in-time recovery.
#include "dynamo/backup.h"

#include <gmock/gmock.h>

#include "dynamo/test_room.h"

namespace fractus::dynamo {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;

class BackupTest : public RoomTest {
 protected:
  void Put(const std::string& id, const std::string& text) {
    Call("PutItem", R"({"TableName":"Users","Item":{"id":{"S":")" + id + R"("},"t":{"S":")" + text +
                        R"("}}})");
  }
  // "1=a 2=b" of a table.
  std::string Items(const std::string& table) {
    std::string items;
    const json scanned = Call("Scan", R"({"TableName":")" + table + R"("})");
    for (const auto& item : scanned.at("Items")) {
      items += (items.empty() ? "" : " ") + item.at("id").at("S").get<std::string>() + "=" +
               item.at("t").at("S").get<std::string>();
    }
    return items;
  }
  std::string MakeBackup() {
    return Call("CreateBackup", R"({"TableName":"Users","BackupName":"first"})")
        .at("BackupDetails")
        .at("BackupArn")
        .get<std::string>();
  }
  json Restore(const std::string& arn, const std::string& target, const std::string& more = "") {
    return Call("RestoreTableFromBackup", R"({"TargetTableName":")" + target +
                                              R"(","BackupArn":")" + arn + R"(")" + more + "}");
  }
  void KeepHistory() {
    Call(
        "UpdateContinuousBackups",
        R"({"TableName":"Users","PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":true}})");
  }
  std::string RestoreTo(Time moment, const std::string& target) {
    return Error("RestoreTableToPointInTime", json{{"SourceTableName", "Users"},
                                                   {"TargetTableName", target},
                                                   {"RestoreDateTime", EpochSeconds(moment)}}
                                                  .dump());
  }
};

TEST_F(BackupTest, ABackupKeepsTheItemsOfItsMoment) {
  MakeTable();
  Put("1", "a");
  const json created = Call("CreateBackup", R"({"TableName":"Users","BackupName":"first"})");
  EXPECT_EQ(created.at("BackupDetails").at("BackupStatus"), "CREATING");
  const auto arn = created.at("BackupDetails").at("BackupArn").get<std::string>();
  EXPECT_THAT(arn, StartsWith("arn:aws:dynamodb:us-east-1:000000000000:table/Users/backup/0"));
  Put("1", "b");
  Put("2", "b");
  Call("DeleteTable", R"({"TableName":"Users"})");
  Reopen();
  const json described = Call("DescribeBackup", R"({"BackupArn":")" + arn + R"("})");
  const json& backup = described.at("BackupDescription");
  EXPECT_EQ(backup.at("BackupDetails").at("BackupStatus"), "AVAILABLE");
  EXPECT_EQ(backup.at("SourceTableDetails").at("ItemCount"), 1);
  EXPECT_EQ(backup.at("SourceTableDetails").at("BillingMode"), "PAY_PER_REQUEST");
  const json restored = Restore(arn, "Again").at("TableDescription");
  EXPECT_EQ(restored.at("TableStatus"), "CREATING");
  EXPECT_EQ(restored.at("RestoreSummary").at("RestoreInProgress"), true);
  EXPECT_EQ(Items("Again"), "1=a");
  const json table = Call("DescribeTable", R"({"TableName":"Again"})").at("Table");
  EXPECT_EQ(table.at("ItemCount"), 1);
  EXPECT_EQ(table.at("RestoreSummary").at("RestoreInProgress"), false);
  EXPECT_EQ(table.at("RestoreSummary").at("SourceBackupArn"), arn);
}

TEST_F(BackupTest, IndexesComeBackFilled) {
  Call("CreateTable",
       R"({"TableName":"Users","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[
      {"AttributeName":"id","AttributeType":"S"},{"AttributeName":"t","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"GlobalSecondaryIndexes":[{"IndexName":"by-text",
      "KeySchema":[{"AttributeName":"t","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}]})");
  Put("1", "a");
  const auto arn = MakeBackup();
  Restore(arn, "Again");
  const json found =
      Call("Query",
           R"({"TableName":"Again","IndexName":"by-text","KeyConditionExpression":"t = :t",
      "ExpressionAttributeValues":{":t":{"S":"a"}}})");
  EXPECT_EQ(found.at("Count"), 1);
  Restore(arn, "Bare", R"(,"GlobalSecondaryIndexOverride":[])");
  EXPECT_FALSE(Call("DescribeTable", R"({"TableName":"Bare"})")
                   .at("Table")
                   .contains("GlobalSecondaryIndexes"));
  EXPECT_THAT(
      Error("RestoreTableFromBackup", R"({"TargetTableName":"Other","BackupArn":")" + arn +
                                          R"(","GlobalSecondaryIndexOverride":[{"IndexName":"new",
      "KeySchema":[{"AttributeName":"t","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}]})"),
      HasSubstr("The index new of the override"));
}

TEST_F(BackupTest, BackupsAreListedAndDeleted) {
  MakeTable();
  MakeTable("Other");
  const auto first = MakeBackup();
  clock_.Advance(1h);
  const auto second = MakeBackup();
  clock_.Advance(1h);
  Call("CreateBackup", R"({"TableName":"Other","BackupName":"theirs"})");
  const json all = Call("ListBackups", "{}").at("BackupSummaries");
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].at("BackupArn"), first);
  EXPECT_EQ(Call("ListBackups", R"({"TableName":"Users"})").at("BackupSummaries").size(), 2u);
  const json page = Call("ListBackups", R"({"Limit":1})");
  EXPECT_EQ(page.at("LastEvaluatedBackupArn"), first);
  EXPECT_EQ(Call("ListBackups", R"({"Limit":1,"ExclusiveStartBackupArn":")" + first + R"("})")
                .at("BackupSummaries")[0]
                .at("BackupArn"),
            second);
  EXPECT_EQ(Call("DeleteBackup", R"({"BackupArn":")" + first + R"("})")
                .at("BackupDescription")
                .at("BackupDetails")
                .at("BackupStatus"),
            "DELETED");
  EXPECT_EQ(Error("DescribeBackup", R"({"BackupArn":")" + first + R"("})"),
            "BackupNotFoundException: Backup not found: " + first);
  EXPECT_EQ(Error("CreateBackup", R"({"TableName":"Nope","BackupName":"first"})"),
            "TableNotFoundException: Table not found: Nope");
  EXPECT_EQ(Error("RestoreTableFromBackup",
                  R"({"TargetTableName":"Other","BackupArn":")" + second + R"("})"),
            "TableAlreadyExistsException: Table already exists: Other");
}

TEST_F(BackupTest, ATableGoesBackToEveryMomentSinceRecoveryIsOn) {
  MakeTable();
  EXPECT_EQ(RestoreTo(clock_.Now(), "Copy"),
            "PointInTimeRecoveryUnavailableException: Point in time recovery is not enabled for "
            "table 'Users'");
  Put("1", "old");
  clock_.Advance(1min);
  KeepHistory();
  clock_.Advance(1min);
  const Time first = clock_.Now();
  clock_.Advance(1min);
  Put("1", "new");
  Put("2", "x");
  const Time second = clock_.Now();
  clock_.Advance(1min);
  Call("DeleteItem", R"({"TableName":"Users","Key":{"id":{"S":"1"}}})");
  Put("2", "y");
  Reopen();
  Put("3", "z");
  EXPECT_EQ(RestoreTo(first, "First"), "no error");
  EXPECT_EQ(RestoreTo(second, "Second"), "no error");
  EXPECT_EQ(RestoreTo(clock_.Now(), "Third"), "no error");
  EXPECT_EQ(Items("First"), "1=old");
  EXPECT_EQ(Items("Second"), "1=new 2=x");
  EXPECT_EQ(Items("Third"), "2=y 3=z");
  EXPECT_EQ(Call("DescribeTable", R"({"TableName":"Second"})").at("Table").at("ItemCount"), 2);
  EXPECT_THAT(RestoreTo(first - 2min, "Early"), StartsWith("InvalidRestoreTimeException"));
  EXPECT_THAT(RestoreTo(clock_.Now() + 1min, "Late"), StartsWith("InvalidRestoreTimeException"));
}

TEST_F(BackupTest, HistoryGoesAfterItsPeriodAndWhenRecoveryIsTurnedOff) {
  MakeTable();
  KeepHistory();
  const Time begin = clock_.Now();
  Put("1", "a");
  clock_.Advance(36 * 24h);
  Put("1", "b");
  const json recovery = Call("DescribeContinuousBackups", R"({"TableName":"Users"})")
                            .at("ContinuousBackupsDescription")
                            .at("PointInTimeRecoveryDescription");
  EXPECT_EQ(recovery.at("PointInTimeRecoveryStatus"), "ENABLED");
  EXPECT_EQ(recovery.at("RecoveryPeriodInDays"), 35);
  EXPECT_EQ(recovery.at("EarliestRestorableDateTime"), EpochSeconds(clock_.Now() - 35 * 24h));
  EXPECT_THAT(RestoreTo(begin, "Copy"), StartsWith("InvalidRestoreTimeException"));
  EXPECT_EQ(RestoreTo(clock_.Now() - 1s, "Copy"), "no error");
  EXPECT_EQ(Items("Copy"), "1=a");
  Call(
      "UpdateContinuousBackups",
      R"({"TableName":"Users","PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":false}})");
  EXPECT_EQ(Call("DescribeContinuousBackups", R"({"TableName":"Users"})")
                .at("ContinuousBackupsDescription")
                .at("PointInTimeRecoveryDescription")
                .at("PointInTimeRecoveryStatus"),
            "DISABLED");
  EXPECT_EQ(Error("DescribeContinuousBackups", R"({"TableName":"Nope"})"),
            "TableNotFoundException: Table not found: Nope");
}

TEST_F(BackupTest, AnUnknownTypeOfBackupIsRefused) {
  EXPECT_THAT(Invalid("ListBackups", R"({"BackupType":"MINE"})"),
              StartsWith("1 validation error detected: Value 'MINE' at 'backupType' failed to "
                         "satisfy constraint: Member must satisfy enum value set: ["));
}

TEST_F(BackupTest, ADeletedTableWithRecoveryLeavesASystemBackup) {
  MakeTable();
  KeepHistory();
  Put("1", "a");
  Call("DeleteTable", R"({"TableName":"Users"})");
  EXPECT_TRUE(Call("ListBackups", "{}").at("BackupSummaries").empty());
  const json backups = Call("ListBackups", R"({"BackupType":"SYSTEM"})").at("BackupSummaries");
  ASSERT_EQ(backups.size(), 1u);
  EXPECT_EQ(backups[0].at("BackupName"), "Users$DeletedTableBackup");
  Restore(backups[0].at("BackupArn").get<std::string>(), "Users");
  EXPECT_EQ(Items("Users"), "1=a");
  clock_.Advance(36 * 24h);
  EXPECT_TRUE(Call("ListBackups", R"({"BackupType":"ALL"})").at("BackupSummaries").empty());
}

}  // namespace
}  // namespace fractus::dynamo
