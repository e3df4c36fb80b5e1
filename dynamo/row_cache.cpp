#include "dynamo/row_cache.h"

namespace fractus::dynamo {

void RowCache::Shard::Put(size_t slot, std::string_view key, std::string_view row) {
  if (row.size() > kLargestRow) return;
  if (slots.empty()) slots.resize(kSlots);
  slots[slot].key = key;
  slots[slot].row = row;
}

RowCache::Writing::Writing(RowCache& cache, std::string_view key) : key_(key) {
  const auto place = cache.Find(key);
  shard_ = &place.shard;
  slot_ = place.slot;
  const std::lock_guard lock(shard_->mutex);
  ++shard_->under_way;
  if (!shard_->slots.empty() && shard_->slots[slot_].key == key) shard_->slots[slot_].key.clear();
}

RowCache::Writing::~Writing() {
  if (!shard_) return;
  const std::lock_guard lock(shard_->mutex);
  --shard_->under_way;
  ++shard_->ended;
  if (!row_.empty()) shard_->Put(slot_, key_, row_);
}

}  // namespace fractus::dynamo
