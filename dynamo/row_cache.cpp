#include "dynamo/row_cache.h"

namespace fractus::dynamo {

RowCache::Slot* RowCache::Shard::Held(size_t slot, std::string_view key) {
  if (slots.empty()) return nullptr;
  if (slots[slot].key == key) return &slots[slot];
  if (slots[slot + 1].key == key) return &slots[slot + 1];
  return nullptr;
}

void RowCache::Shard::Put(size_t slot, std::string_view key, std::string_view row) {
  if (row.size() > kLargestRow) return;
  if (slots.empty()) slots.resize(kSlots);
  Slot* place = Held(slot, key);
  if (!place) {
    // The newer of the two stands first; the older goes.
    std::swap(slots[slot], slots[slot + 1]);
    place = &slots[slot];
  }
  place->key = key;
  place->row = row;
}

RowCache::Writing::Writing(RowCache& cache, std::string_view key) : key_(key) {
  const auto place = cache.Find(key);
  shard_ = &place.shard;
  slot_ = place.slot;
  const std::lock_guard lock(shard_->mutex);
  ++shard_->under_way;
  if (Slot* const held = shard_->Held(slot_, key)) held->key.clear();
}

RowCache::Writing::~Writing() {
  if (!shard_) return;
  const std::lock_guard lock(shard_->mutex);
  --shard_->under_way;
  ++shard_->ended;
  if (!row_.empty()) shard_->Put(slot_, key_, row_);
}

}  // namespace fractus::dynamo
