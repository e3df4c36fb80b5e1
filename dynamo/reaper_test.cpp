// Time to live: what expires, when it is deleted, and what the stream says of it.
#include "dynamo/reaper.h"

#include <gmock/gmock.h>

#include "dynamo/test_store.h"

namespace fractus::dynamo {
namespace {

class ReaperTest : public StoreTest {
 protected:
  ReaperTest() {
    MakeTable(R"(,"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"OLD_IMAGE"})");
  }

  Result<json> SetTimeToLive(bool enabled, const std::string& attribute = "ttl") {
    return UpdateTimeToLive(
        *store_,
        {Context(),
         {{"TableName", "Users"},
          {"TimeToLiveSpecification", {{"Enabled", enabled}, {"AttributeName", attribute}}}}});
  }
  void Put(const std::string& id, const std::string& ttl, const std::string& type = "N") {
    EXPECT_TRUE(PutItem(*store_, Context(),
                        R"({"TableName":"Users","Item":{"id":{"S":")" + id + R"("},"ttl":{")" +
                            type + "\":\"" + ttl + "\"}}}"));
  }
  std::vector<std::string> Ids() {
    std::vector<std::string> ids;
    const json page = json::parse(*Scan(*store_, Context(), R"({"TableName":"Users"})"));
    for (const auto& item : page.at("Items"))
      ids.push_back(item.at("id").at("S").get<std::string>());
    return ids;
  }
  void Round() { Reap(*store_, clock_.Now()); }
};

using ::testing::ElementsAre;

TEST_F(ReaperTest, ExpiredItemsStayReadableUntilTheyAreDeleted) {
  ASSERT_TRUE(SetTimeToLive(true));
  Put("past", std::to_string(kNow - 10));
  Put("soon", std::to_string(kNow + 10));
  EXPECT_THAT(Ids(), ElementsAre("past", "soon"));
  Round();
  EXPECT_THAT(Ids(), ElementsAre("soon"));
  clock_.Advance(std::chrono::seconds(9));
  Round();
  EXPECT_THAT(Ids(), ElementsAre("soon"));
  clock_.Advance(std::chrono::seconds(1));
  Round();
  EXPECT_TRUE(Ids().empty());
}

TEST_F(ReaperTest, OnlyNumbersOfTheLastFiveYearsExpire) {
  ASSERT_TRUE(SetTimeToLive(true));
  Put("ancient", std::to_string(kNow - int64_t{6} * 365 * 24 * 3600));
  Put("fraction", std::to_string(kNow - 1) + ".5");
  Put("huge", "1e100");
  Put("milliseconds", std::to_string(kNow) + "000");
  Put("negative", "-5");
  Put("text", std::to_string(kNow - 10), "S");
  Put("zero", "0");
  Round();
  EXPECT_THAT(Ids(), ElementsAre("ancient", "huge", "milliseconds", "negative", "text", "zero"));
}

TEST_F(ReaperTest, TheLatestTimeCounts) {
  ASSERT_TRUE(SetTimeToLive(true));
  Put("a", std::to_string(kNow - 10));
  Put("a", std::to_string(kNow + 10));
  Put("b", std::to_string(kNow - 10));
  Put("b", "never", "S");
  Round();
  EXPECT_THAT(Ids(), ElementsAre("a", "b"));
}

TEST_F(ReaperTest, ItemsFromBeforeTheSettingExpireToo) {
  Put("a", std::to_string(kNow - 10));
  Round();
  EXPECT_THAT(Ids(), ElementsAre("a"));
  ASSERT_TRUE(SetTimeToLive(true, "other"));
  Round();
  EXPECT_THAT(Ids(), ElementsAre("a"));
  EXPECT_FALSE(SetTimeToLive(true, "ttl"));
  ASSERT_TRUE(SetTimeToLive(false, "other"));
  EXPECT_FALSE(SetTimeToLive(false, "other"));
  ASSERT_TRUE(SetTimeToLive(true, "ttl"));
  for (int i = 0; i < 250; ++i) Put("more" + std::to_string(i), std::to_string(kNow - i));
  Round();
  EXPECT_TRUE(Ids().empty());
  EXPECT_EQ(store_->Count(*store_->AllTables().at(0), 0).items, 0);
}

TEST_F(ReaperTest, DeletesTakeNoCapacity) {
  ASSERT_TRUE(TagResource(*store_, {Context(), json::parse(R"({
      "ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/Users",
      "Tags":[{"Key":"fractus:throttling","Value":"on"}]})")}));
  IdSource ids(7);
  ASSERT_TRUE(UpdateTable(*store_, ids, {Context(), json::parse(R"({"TableName":"Users",
      "OnDemandThroughput":{"MaxReadRequestUnits":9,"MaxWriteRequestUnits":2}})")}));
  ASSERT_TRUE(SetTimeToLive(true));
  Put("past", std::to_string(kNow - 1));
  Put("later", std::to_string(kNow + 9));
  Round();
  EXPECT_THAT(Ids(), ElementsAre("later"));
}

TEST_F(ReaperTest, TheStreamNamesTheServiceAsTheOneWhoDeleted) {
  ASSERT_TRUE(SetTimeToLive(true));
  Put("a", std::to_string(kNow - 10));
  Round();
  const auto stream = store_->streams().List("000000000000", "us-east-1", clock_.Now()).at(0);
  std::string records;
  const Shard shard = stream->Shards().at(0);
  store_->streams().Read(*stream, shard, 2, [&](uint64_t number, const StreamRecord& record) {
    WriteRecord(records, *stream, shard, number, record);
    return true;
  });
  const json record = json::parse(records);
  EXPECT_EQ(record.at("eventName"), "REMOVE");
  EXPECT_EQ(record.at("userIdentity").dump(),
            R"({"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"})");
  EXPECT_EQ(record.at("dynamodb").at("OldImage").at("id").at("S"), "a");
}

// Else the next request with that token would be told that the last one still runs.
TEST_F(ReaperTest, ATokenThatIsLookedAtIsNotInUse) {
  EXPECT_TRUE(TransactWriteItems(
      *store_, Context(),
      R"({"ClientRequestToken":"t","TransactItems":[{"Put":{"TableName":"Users","Item":{"id":{"S":"a"}}}}]})"));
  bool looked_at = false;
  store_->DeleteDocuments(storage::MakeKey({"token"}), [&](const json&) {
    looked_at = true;
    EXPECT_FALSE(store_->claims().Holds(
        storage::MakeKey({"token", Context().account, Context().region, "t"})));
    return true;
  });
  EXPECT_TRUE(looked_at);
}

TEST_F(ReaperTest, OldRequestTokensAreForgotten) {
  const auto tokens = [&] {
    int count = 0;
    store_->DeleteDocuments(storage::MakeKey({"token"}), [&](const json&) {
      ++count;
      return false;
    });
    return count;
  };
  EXPECT_TRUE(TransactWriteItems(
      *store_, Context(),
      R"({"ClientRequestToken":"t","TransactItems":[{"Put":{"TableName":"Users","Item":{"id":{"S":"a"}}}}]})"));
  clock_.Advance(std::chrono::minutes(9));
  Round();
  EXPECT_EQ(tokens(), 1);
  clock_.Advance(std::chrono::minutes(1));
  Round();
  EXPECT_EQ(tokens(), 0);
}

}  // namespace
}  // namespace fractus::dynamo
