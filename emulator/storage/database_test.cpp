#include "emulator/storage/database.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace fractus::storage {
namespace {

namespace fs = std::filesystem;

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() {
    std::string pattern = (fs::temp_directory_path() / "fractus-test-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~DatabaseTest() override { fs::remove_all(folder_); }

  std::string folder_;
};

TEST_F(DatabaseTest, WhatWasWrittenIsThereAfterReopening) {
  {
    Database database(folder_, Durability::kProcess);
    const Room room = database.OpenRoom("dynamo");
    room.Put("key", "value");
    room.PutJson("document", {{"a", 1}, {"bytes", json::binary({1, 2})}});
  }
  Database database(folder_, Durability::kProcess);
  const Room room = database.OpenRoom("dynamo");
  EXPECT_EQ(room.Get("key"), "value");
  EXPECT_EQ(room.GetJson("document"), (json{{"a", 1}, {"bytes", json::binary({1, 2})}}));
  EXPECT_FALSE(room.Get("missing"));
}

TEST_F(DatabaseTest, RoomsThatAreMadeTogetherKeepWhatTheyHold) {
  { Database(folder_, Durability::kProcess, {"a", "b"}).OpenRoom("b").Put("key", "value"); }
  Database database(folder_, Durability::kProcess, {"a", "b", "c"});
  EXPECT_EQ(database.OpenRoom("b").Get("key"), "value");
  EXPECT_FALSE(database.OpenRoom("a").Get("key"));
  EXPECT_FALSE(database.OpenRoom("c").Get("key"));
}

TEST_F(DatabaseTest, RoomsDoNotSeeEachOther) {
  Database database(folder_, Durability::kNone);
  database.OpenRoom("a").Put("key", "1");
  EXPECT_FALSE(database.OpenRoom("b").Get("key"));
}

TEST_F(DatabaseTest, ABatchWritesToSeveralRoomsTogether) {
  Database database(folder_, Durability::kNone);
  const Room a = database.OpenRoom("a"), b = database.OpenRoom("b");
  b.Put("old", "x");
  Batch batch;
  a.Put(batch, "new", "1");
  b.DeleteRange(batch, "o", "p");
  EXPECT_FALSE(a.Get("new"));
  a.Write(std::move(batch));
  EXPECT_EQ(a.Get("new"), "1");
  EXPECT_FALSE(b.Get("old"));
}

TEST_F(DatabaseTest, ACursorWalksBothWays) {
  Database database(folder_, Durability::kNone);
  const Room room = database.OpenRoom("a");
  for (const char* key : {"a", "b", "d"}) room.Put(key, key);
  Cursor cursor = room.MakeCursor();
  cursor.Seek("c");
  ASSERT_TRUE(cursor.Valid());
  EXPECT_EQ(cursor.Key(), "d");
  cursor.SeekBackward("c");
  EXPECT_EQ(cursor.Key(), "b");
  cursor.Previous();
  EXPECT_EQ(cursor.Key(), "a");
}

TEST_F(DatabaseTest, AForeignFolderIsRefusedAndLeftUntouched) {
  std::ofstream(fs::path(folder_) / "thesis.txt") << "precious";
  EXPECT_THROW(Database(folder_, Durability::kProcess), std::runtime_error);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(DatabaseTest, ANewFolderIsItsOwnersAlone) {
  const std::string inside = folder_ + "/db";
  const Database database(inside, Durability::kProcess);
  EXPECT_EQ(fs::status(inside).permissions(), fs::perms::owner_all);
}

TEST_F(DatabaseTest, AFolderInUseIsRefusedByName) {
  Database first(folder_, Durability::kProcess);
  try {
    Database second(folder_, Durability::kProcess);
    FAIL() << "a second database opened the same folder";
  } catch (const std::runtime_error& failure) {
    EXPECT_NE(std::string(failure.what()).find("in use"), std::string::npos) << failure.what();
  }
}

TEST_F(DatabaseTest, ADamagedFolderIsRefused) {
  { Database(folder_, Durability::kProcess).OpenRoom("a").Put("k", "v"); }
  for (const auto& file : fs::directory_iterator(folder_)) {
    if (file.path().filename().string().starts_with("MANIFEST"))
      std::ofstream(file.path()) << "garbage";
  }
  EXPECT_THROW(Database(folder_, Durability::kProcess), std::runtime_error);
}

TEST_F(DatabaseTest, AFolderWithoutItsDirectoryIsNotBegunAnew) {
  { Database(folder_, Durability::kProcess).OpenRoom("a").Put("k", "v"); }
  fs::remove(fs::path(folder_) / "CURRENT");
  EXPECT_THROW(Database(folder_, Durability::kProcess), std::runtime_error);
  EXPECT_FALSE(fs::exists(fs::path(folder_) / "CURRENT"));
}

TEST(KeyTest, KeysSortByTheirPartsAndPrefixesHold) {
  EXPECT_LT(MakeKey({"a", "z"}), MakeKey({"ab", "a"}));
  EXPECT_TRUE(MakeKey({"a", "b", "c"}).starts_with(MakeKey({"a", "b"})));
  EXPECT_FALSE(MakeKey({"ab"}).starts_with(MakeKey({"a"})));
  EXPECT_NE(MakeKey({std::string_view("a\0b", 3)}), MakeKey({"a", "b"}));
  EXPECT_EQ(PrefixEnd("ab"), "ac");
  EXPECT_EQ(PrefixEnd("a\xff"), "b");
}

}  // namespace
}  // namespace fractus::storage
