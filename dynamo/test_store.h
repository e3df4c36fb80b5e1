// A store of a test's own, on which operations run without the room and its thread.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <optional>
#include <string>

#include "dynamo/operations.h"
#include "dynamo/store.h"

namespace fractus::dynamo {

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "fractus-dynamo-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    clock_.Freeze();
    clock_.Set(FromEpochSeconds(kNow));
    database_.emplace(folder_ + "/data", storage::Durability::kProcess);
    store_.emplace(*database_, clock_);
  }
  ~StoreTest() override {
    store_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  RequestContext Context() const {
    RequestContext context;
    context.now = clock_.Now();
    return context;
  }

  // A table "Users" with a partition key "id" of type S.
  void MakeTable(const std::string& further = "") {
    const json input = json::parse(R"({"TableName":"Users","BillingMode":"PAY_PER_REQUEST",
        "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
        "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}])" +
                                   further + "}");
    IdSource ids(7);
    EXPECT_TRUE(CreateTable(*store_, ids, {Context(), input}));
  }

  static constexpr int64_t kNow = 1767225600;
  // Stands still.
  Clock clock_;
  std::optional<Store> store_;

 private:
  std::string folder_;
  std::optional<storage::Database> database_;
};

}  // namespace fractus::dynamo
