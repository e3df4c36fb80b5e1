// The rows that were read or written last, so that a hot item costs no search in the database.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fractus::dynamo {

// Holds a row only while it is the one in the database: from before a key is written until after,
// nothing is held for it. Bounded: 16,384 rows of at most 2 KB. Thread-safe.
class RowCache {
  struct Shard;

 public:
  // Into the caller's buffer: what is held, or else what `load(row)` puts there when it says true.
  template <class Load>
  bool Read(std::string_view key, std::string& row, Load load);

  // A write of one key: alive from before the database is written until after. The key must outlive
  // it.
  class Writing {
   public:
    Writing(RowCache& cache, std::string_view key);
    ~Writing();
    Writing(Writing&& other) noexcept
        : shard_(std::exchange(other.shard_, nullptr)), slot_(other.slot_), key_(other.key_) {}
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;
    Writing& operator=(Writing&&) = delete;

    // The database was written and has this row now.
    void Hold(std::string row) { row_ = std::move(row); }

   private:
    Shard* shard_;
    size_t slot_;
    std::string_view key_;
    std::string row_;
  };

 private:
  static constexpr size_t kShards = 256;
  static constexpr size_t kSlots = 64;
  static constexpr size_t kLargestRow = 2048;

  struct Slot {
    // Empty: nothing is held.
    std::string key, row;
  };

  struct Shard {
    std::mutex mutex;
    // How many writes have ended, and how many are under way.
    uint64_t ended = 0;
    unsigned under_way = 0;
    // Made when the first row comes.
    std::vector<Slot> slots;

    // What is held for the key; null for nothing.
    Slot* Held(size_t slot, std::string_view key);
    void Put(size_t slot, std::string_view key, std::string_view row);
  };

  // The first of the two slots that a key may stand in.
  struct Place {
    Shard& shard;
    size_t slot;
  };
  Place Find(std::string_view key) {
    const size_t hash = std::hash<std::string_view>()(key);
    return {shards_[hash % kShards], hash / kShards % (kSlots / 2) * 2};
  }

  std::array<Shard, kShards> shards_;
};

template <class Load>
bool RowCache::Read(std::string_view key, std::string& row, Load load) {
  const auto [shard, slot] = Find(key);
  uint64_t ended = 0;
  {
    const std::lock_guard lock(shard.mutex);
    if (const Slot* const held = shard.Held(slot, key)) {
      row = held->row;
      return true;
    }
    ended = shard.ended;
  }
  if (!load(row)) return false;
  const std::lock_guard lock(shard.mutex);
  // A write that was under way meanwhile may have made another row of it.
  if (shard.ended == ended && shard.under_way == 0) shard.Put(slot, key, row);
  return true;
}

}  // namespace fractus::dynamo
