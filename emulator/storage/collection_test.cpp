#include "emulator/storage/collection.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace fractus::storage {
namespace {

class CollectionTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "fractus_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    database_ = std::make_unique<Database>(folder_ + "/data", Durability::kNone);
    collection_ = std::make_unique<Collection>(database_->OpenRoom("test"), "thing");
  }
  void TearDown() override {
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string folder_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Collection> collection_;
  const Scope scope_{"000000000000", "us-east-1"};
};

TEST_F(CollectionTest, DocumentsAreFoundOnlyInTheirAccountAndRegion) {
  collection_->Put(scope_, "a", {{"n", 1}});
  EXPECT_EQ(collection_->Find(scope_, "a"), (json{{"n", 1}}));
  EXPECT_EQ(collection_->Find({"000000000000", "eu-west-1"}, "a"), std::nullopt);
  EXPECT_EQ(collection_->Find({"111111111111", "us-east-1"}, "a"), std::nullopt);
  collection_->Delete(scope_, "a");
  EXPECT_FALSE(collection_->Contains(scope_, "a"));
}

TEST_F(CollectionTest, AListingGoesOnAfterTheLastNameOfThePageBefore) {
  for (const auto* name : {"b", "a", "ab", "c", "abc"}) collection_->Put(scope_, name, json(name));
  auto page = collection_->List(scope_, "", "", 2);
  EXPECT_EQ(json(page.documents), (json{"a", "ab"}));
  ASSERT_EQ(page.more, "ab");
  page = collection_->List(scope_, "", *page.more, 2);
  EXPECT_EQ(json(page.documents), (json{"abc", "b"}));
  page = collection_->List(scope_, "", *page.more, 2);
  EXPECT_EQ(json(page.documents), json::array({"c"}));
  EXPECT_EQ(page.more, std::nullopt);
  EXPECT_EQ(json(collection_->All(scope_, "ab")), (json{"ab", "abc"}));
}

TEST_F(CollectionTest, NamesWithControlBytesKeepTheirPlaceInAListing) {
  const std::string odd("x\0\x01y", 4);
  collection_->Put(scope_, odd, json(1));
  collection_->Put(scope_, "z", json(2));
  const auto page = collection_->List(scope_, "", "", 1);
  EXPECT_EQ(page.more, odd);
  EXPECT_EQ(json(collection_->List(scope_, "", odd, 5).documents), json::array({2}));
}

TEST(Token, ComesBackAsTheNameAndOtherTextIsRefused) {
  EXPECT_EQ(ReadToken(MakeToken("last/one")), "last/one");
  EXPECT_EQ(ReadToken(""), "");
  EXPECT_EQ(ReadToken("not a token"), std::nullopt);
  EXPECT_EQ(ReadToken("YWJj"), std::nullopt);
}

}  // namespace
}  // namespace fractus::storage
