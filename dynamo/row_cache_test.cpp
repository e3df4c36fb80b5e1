#include "dynamo/row_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

namespace fractus::dynamo {
namespace {

// Loads `stored`, and counts how often it was asked.
struct Source {
  std::string stored;
  int loads = 0;
  bool operator()(std::string& row) {
    ++loads;
    row = stored;
    return !stored.empty();
  }
};

std::string Read(RowCache& cache, std::string_view key, Source& source) {
  std::string row;
  return cache.Read(key, row, std::ref(source)) ? row : "nothing";
}

TEST(RowCacheTest, ARowIsLoadedOnce) {
  RowCache cache;
  Source source{"row"};
  EXPECT_EQ(Read(cache, "key", source), "row");
  source.stored = "not asked for";
  EXPECT_EQ(Read(cache, "key", source), "row");
  EXPECT_EQ(source.loads, 1);
}

TEST(RowCacheTest, WhatIsNotThereIsAskedForAgain) {
  RowCache cache;
  Source source;
  EXPECT_EQ(Read(cache, "key", source), "nothing");
  source.stored = "row";
  EXPECT_EQ(Read(cache, "key", source), "row");
}

TEST(RowCacheTest, DuringAWriteTheDatabaseIsAsked) {
  RowCache cache;
  Source source{"old"};
  Read(cache, "key", source);
  {
    RowCache::Writing writing(cache, "key");
    EXPECT_EQ(Read(cache, "key", source), "old");
    source.stored = "new";
    EXPECT_EQ(Read(cache, "key", source), "new");
    writing.Hold("new");
  }
  source.stored = "not asked for";
  EXPECT_EQ(Read(cache, "key", source), "new");
}

TEST(RowCacheTest, ADeletedOrFailedWriteHoldsNothing) {
  RowCache cache;
  Source source{"old"};
  Read(cache, "key", source);
  { RowCache::Writing writing(cache, "key"); }
  source.stored.clear();
  EXPECT_EQ(Read(cache, "key", source), "nothing");
}

TEST(RowCacheTest, AReadThatAWriteOvertookIsNotHeld) {
  RowCache cache;
  std::string row;
  cache.Read("key", row, [&](std::string& loaded) {
    loaded = "old";
    RowCache::Writing writing(cache, "key");
    return true;
  });
  EXPECT_EQ(row, "old");
  Source source{"new"};
  EXPECT_EQ(Read(cache, "key", source), "new");
}

TEST(RowCacheTest, ALargeRowIsNotHeld) {
  RowCache cache;
  Source source{std::string(3000, 'x')};
  Read(cache, "key", source);
  Read(cache, "key", source);
  EXPECT_EQ(source.loads, 2);
}

// As many keys as there is room for would not all be held; far fewer are, since each has two
// places.
TEST(RowCacheTest, AThousandHotRowsAreHeldTogether) {
  RowCache cache;
  Source source{"row"};
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 1000; ++i) Read(cache, "key" + std::to_string(i), source);
  }
  // With one place for each about sixty would be asked for again.
  EXPECT_LT(source.loads, 1010);
}

TEST(RowCacheTest, AReaderNeverSeesARowOlderThanOneSeenBefore) {
  RowCache cache;
  std::atomic<int> stored{0};
  std::atomic<bool> ended{false};
  const auto load = [&](std::string& row) {
    row = std::to_string(stored.load());
    return true;
  };
  std::thread writer([&] {
    for (int i = 1; i <= 20000; ++i) {
      RowCache::Writing writing(cache, "key");
      stored = i;
      writing.Hold(std::to_string(i));
    }
    ended = true;
  });
  int last = 0;
  while (!ended) {
    std::string row;
    cache.Read("key", row, load);
    const int seen = std::stoi(row);
    // What the database shows and what the cache shows never go back.
    ASSERT_GE(seen, last);
    last = std::max(seen, last);
  }
  writer.join();
}

}  // namespace
}  // namespace fractus::dynamo
