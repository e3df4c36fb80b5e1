// How the store writes items: their rows, and all that goes with them, at once; and how it reads
// several without seeing a part of a write.
#include <algorithm>
#include <boost/container/small_vector.hpp>

#include "dynamo/capacity.h"
#include "dynamo/errors.h"
#include "dynamo/item_codec.h"
#include "dynamo/store.h"

namespace fractus::dynamo {
namespace {

// Of one write, no memory is taken.
template <class Element>
using FewOf = boost::container::small_vector<Element, 1>;

// Stripes are taken in one order everywhere, so nobody waits for each other in a circle.
FewOf<std::unique_lock<std::mutex>> LockStripes(std::span<std::mutex> stripes,
                                                FewOf<size_t> order) {
  std::sort(order.begin(), order.end());
  order.erase(std::unique(order.begin(), order.end()), order.end());
  FewOf<std::unique_lock<std::mutex>> locks;
  locks.reserve(order.size());
  for (const size_t stripe : order) locks.emplace_back(stripes[stripe]);
  return locks;
}

}  // namespace

// What writes do besides the items' rows, until it is all written.
struct Store::Effects {
  storage::Batch batch;
  boost::container::small_vector<std::pair<Tally*, std::pair<int, int64_t>>, 4> tallies;
  StreamWriter records;

  void Count(Tally& tally, int items, int64_t bytes) {
    tallies.push_back({&tally, {items, bytes}});
  }
};

void Store::Apply(PlannedWrite& write, Previous& previous, const Change& change,
                  const Occasion& occasion, Effects& effects) {
  write.old_size = previous.billed_size();
  write.row.clear();
  const Item* next = nullptr;
  if (change.kind == Change::Kind::kNone) {
    write.new_size = write.old_size;
    return;
  }
  if (change.kind == Change::Kind::kPut) {
    next = change.item;
    write.new_size = BilledSize(*next);
    EncodeRow(write.row, *next, write.new_size);
    items_.Put(effects.batch, write.key, write.row);
  } else {
    write.new_size = 0;
    if (!previous.exists()) return;
    items_.Delete(effects.batch, write.key);
  }
  const Table& table = *write.table;
  if (table.KeepsHistory()) Remember(effects.batch, write, previous, occasion.now);
  effects.Count(*table.tallies()->of[0], (next ? 1 : 0) - (previous.exists() ? 1 : 0),
                static_cast<int64_t>(write.new_size) - static_cast<int64_t>(write.old_size));
  ApplyToIndexes(write, previous, next, effects);
  if (!table.expiry_attribute().empty()) {
    const auto old_key = previous.exists() ? table.ExpiryKey(*previous.item()) : std::nullopt;
    const auto new_key = next ? table.ExpiryKey(*next) : std::nullopt;
    if (old_key && old_key != new_key) items_.Delete(effects.batch, *old_key);
    if (new_key && old_key != new_key) items_.Put(effects.batch, *new_key, "");
  }
  // A write that leaves the item as it was is not a change.
  if (!table.stream() || (previous.exists() && previous.row() == write.row)) return;
  StreamRecord record;
  record.event = !previous.exists() ? StreamRecord::Event::kInsert
                 : next             ? StreamRecord::Event::kModify
                                    : StreamRecord::Event::kRemove;
  record.author = occasion.author;
  record.time = occasion.now;
  const Item key = table.KeyOf(next ? *next : *previous.item());
  std::string key_row;
  EncodeRow(key_row, key, BilledSize(key));
  record.keys = key_row;
  if (previous.exists()) record.old_image = previous.row();
  record.new_image = write.row;
  effects.records.Add(table.stream(), table.PartitionOf(write.key, table.keys()), record);
}

void Store::ApplyToIndexes(PlannedWrite& write, Previous& previous, const Item* next,
                           Effects& effects) {
  const Table& table = *write.table;
  for (const auto& index : table.indexes()) {
    const auto old_key = previous.exists() ? table.EntryKey(index, *previous.item()) : std::nullopt;
    auto new_key = next ? table.EntryKey(index, *next) : std::nullopt;
    if (!old_key && !new_key) continue;
    if (new_key) table.TakePlace(*new_key, index.keys);
    Item old_entry, new_entry;
    if (old_key) old_entry = table.Projected(index, *previous.item());
    if (new_key) new_entry = table.Projected(index, *next);
    const size_t old_bytes = BilledSize(old_entry), new_bytes = BilledSize(new_entry);
    double units = 0;
    if (old_key == new_key) {
      // An entry that stays the same costs nothing.
      if (old_entry == new_entry) continue;
      units = WriteUnits(std::max(old_bytes, new_bytes));
    } else {
      if (old_key) units += WriteUnits(old_bytes);
      if (new_key) units += WriteUnits(new_bytes);
    }
    // In this order: a query that runs meanwhile finds the item in both places rather than nowhere.
    if (new_key) {
      std::string entry;
      EncodeRow(entry, new_entry, new_bytes);
      items_.Put(effects.batch, *new_key, entry);
    }
    if (old_key && old_key != new_key) items_.Delete(effects.batch, *old_key);
    write.index_uses.push_back({&index, units});
    effects.Count(*table.tallies()->of[index.tally], (new_key ? 1 : 0) - (old_key ? 1 : 0),
                  static_cast<int64_t>(new_bytes) - static_cast<int64_t>(old_bytes));
  }
}

void Store::Commit(std::span<PlannedWrite> writes, storage::Batch batch) {
  FewOf<RowCache::Writing> writing;
  writing.reserve(writes.size());
  for (const auto& write : writes) writing.emplace_back(cache_, write.key);
  items_.Write(std::move(batch));
  for (size_t i = 0; i < writes.size(); ++i) writing[i].Hold(std::move(writes[i].row));
}

std::vector<std::optional<std::string>> Store::ReadTogether(std::span<const std::string> keys) {
  FewOf<size_t> order;
  order.reserve(keys.size());
  for (const auto& key : keys) order.push_back(StripeOf(key));
  const auto locks = LockStripes(stripes_, std::move(order));
  std::vector<std::optional<std::string>> rows(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!ReadRow(keys[i], rows[i].emplace())) rows[i].reset();
  }
  return rows;
}

std::vector<Store::Failure> Store::Write(std::span<PlannedWrite> writes, const Occasion& occasion) {
  FewOf<size_t> order;
  order.reserve(writes.size());
  for (auto& write : writes) {
    write.table->TakePlace(write.key, write.table->keys());
    order.push_back(StripeOf(write.key));
  }
  const auto locks = LockStripes(stripes_, std::move(order));

  Effects effects{{}, {}, StreamWriter(streams_)};
  std::vector<Failure> failures;
  std::string row;
  bool writes_something = occasion.document.has_value();
  for (size_t i = 0; i < writes.size(); ++i) {
    PlannedWrite& write = writes[i];
    if (write.table->retired()) return {{i, {kTableChanged, ""}}};
    write.index_uses.clear();
    // What the service deletes itself costs nothing.
    const bool pays = occasion.author == Author::kClient;
    if (auto error = pays ? CheckWriteCapacity(*write.table, occasion.now) : std::nullopt) {
      failures.push_back({i, *std::move(error)});
      continue;
    }
    Previous previous(ReadRow(write.key, row) ? &row : nullptr);
    const auto change = write.change(previous);
    if (!change) {
      write.old_size = write.new_size = previous.billed_size();
      failures.push_back({i, change.error()});
      if (change.error().code == kConditionFailed)
        TakeWriteCapacity(write, occasion.unit_price, occasion.now);
    }
    if (!failures.empty()) continue;
    Apply(write, previous, *change, occasion, effects);
    if (pays) TakeWriteCapacity(write, occasion.unit_price, occasion.now);
    writes_something |= change->kind != Change::Kind::kNone;
  }
  if (!failures.empty()) {
    for (const auto& write : writes.first(failures[0].at))
      TakeWriteCapacity(write, -occasion.unit_price, occasion.now);
    return failures;
  }
  std::unique_lock document_lock(document_mutex_, std::defer_lock);
  if (occasion.document) {
    document_lock.lock();
    definitions_.PutJson(effects.batch, occasion.document->first, occasion.document->second);
  }
  if (writes_something) {
    past_.Keep(occasion.now);
    effects.records.Number(effects.batch);
    Commit(writes, std::move(effects.batch));
    effects.records.Written();
  }
  for (const auto& [tally, delta] : effects.tallies) {
    tally->items += delta.first;
    tally->bytes += delta.second;
  }
  return failures;
}

}  // namespace fractus::dynamo
