#include "dynamo/store.h"

#include <algorithm>

#include "dynamo/capacity.h"
#include "dynamo/item_codec.h"

namespace fractus::dynamo {
namespace {

// Keys of the room "dynamo": definitions, the last number given to a table, and the counts kept
// over a clean stop.
std::string DefinitionKey(const Table& table) {
  return storage::MakeKey({"table", table.account(), table.region(), table.name()});
}
std::string NumberKey() { return storage::MakeKey({"last number"}); }
std::string CountsKey() { return storage::MakeKey({"counts"}); }

void AppendCatalogKey(std::string& key, std::string_view account, std::string_view region,
                      std::string_view name) {
  key.append(account).append(1, '\0').append(region).append(1, '\0').append(name);
}

uint16_t IndexNumberOf(std::string_view key) {
  return static_cast<uint16_t>((static_cast<unsigned char>(key[4]) << 8) |
                               static_cast<unsigned char>(key[5]));
}

}  // namespace

const Item* Previous::item() {
  if (!row_) return nullptr;
  if (!item_) item_ = DecodeRow(*row_);
  return &*item_;
}

size_t Previous::billed_size() const { return row_ ? RowBilledSize(*row_) : 0; }

Store::Store(storage::Database& database)
    : definitions_(database.OpenRoom("dynamo")), items_(database.OpenRoom("dynamo.items")) {
  Load();
}

void Store::Load() {
  const json counts = definitions_.GetJson(CountsKey()).value_or(json::object());
  // From here on the counts in memory are the only true ones.
  if (!counts.empty()) definitions_.Delete(CountsKey());
  for (auto& definition : definitions_.ListJson(storage::MakeKey({"table"}))) {
    auto table = std::make_shared<const Table>(std::move(definition));
    const auto known = counts.find(std::to_string(table->number()));
    if (known != counts.end() && known->size() == table->tallies()->of.size()) {
      for (size_t i = 0; i < known->size(); ++i) {
        table->tallies()->of[i]->items = (*known)[i][0].get<int64_t>();
        table->tallies()->of[i]->bytes = (*known)[i][1].get<int64_t>();
      }
      table->tallies()->counted = true;
    }
    Publish(table);
  }
}

Store::~Store() {
  json counts = json::object();
  for (const auto& [key, table] : catalog_) {
    if (!table->tallies()->counted) continue;
    json& known = counts[std::to_string(table->number())] = json::array();
    for (const auto& tally : table->tallies()->of) {
      known.push_back({tally->items.load(), tally->bytes.load()});
    }
  }
  try {
    definitions_.PutJson(CountsKey(), counts);
  } catch (const std::exception&) {
    // Then the next start counts them.
  }
}

void Store::Publish(const TablePtr& table) {
  std::string key;
  AppendCatalogKey(key, table->account(), table->region(), table->name());
  const std::unique_lock lock(catalog_mutex_);
  catalog_[key] = table;
}

TablePtr Store::FindTable(std::string_view account, std::string_view region,
                          std::string_view name) const {
  thread_local std::string key;
  key.clear();
  AppendCatalogKey(key, account, region, name);
  const std::shared_lock lock(catalog_mutex_);
  const auto found = catalog_.find(key);
  return found == catalog_.end() ? nullptr : found->second;
}

std::vector<TablePtr> Store::Tables(std::string_view account, std::string_view region) const {
  std::vector<TablePtr> tables;
  {
    const std::shared_lock lock(catalog_mutex_);
    for (const auto& [key, table] : catalog_) {
      if (table->account() == account && table->region() == region) tables.push_back(table);
    }
  }
  std::sort(tables.begin(), tables.end(),
            [](const auto& a, const auto& b) { return a->name() < b->name(); });
  return tables;
}

TablePtr Store::AddTable(json definition) {
  const std::lock_guard lock(definition_mutex_);
  if (FindTable(definition.at("Account").get_ref<const std::string&>(),
                definition.at("Region").get_ref<const std::string&>(),
                definition.at("TableName").get_ref<const std::string&>())) {
    return nullptr;
  }
  const uint32_t number = definitions_.GetJson(NumberKey()).value_or(json(0)).get<uint32_t>() + 1;
  definition["Number"] = number;
  uint16_t index_number = 0;
  for (const char* member : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
    if (!definition.contains(member)) continue;
    for (auto& index : definition.at(member)) index["Number"] = ++index_number;
  }
  definition["LastIndexNumber"] = index_number;
  auto table = std::make_shared<const Table>(std::move(definition));
  table->tallies()->counted = true;
  storage::Batch batch;
  definitions_.PutJson(batch, NumberKey(), number);
  definitions_.PutJson(batch, DefinitionKey(*table), table->definition());
  definitions_.Write(std::move(batch));
  Publish(table);
  return table;
}

std::vector<std::unique_lock<std::mutex>> Store::LockAll() {
  std::vector<std::unique_lock<std::mutex>> locks;
  locks.reserve(kStripes);
  for (auto& stripe : stripes_) locks.emplace_back(stripe);
  return locks;
}

TablePtr Store::ChangeTable(const TablePtr& table, const std::function<void(json&)>& change) {
  const std::lock_guard lock(definition_mutex_);
  const TablePtr current = FindTable(table->account(), table->region(), table->name());
  if (!current || current->number() != table->number()) return nullptr;
  json definition = current->definition();
  change(definition);
  auto index_number = definition.at("LastIndexNumber").get<uint16_t>();
  std::vector<std::string> added;
  for (const char* member : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
    if (!definition.contains(member)) continue;
    for (auto& index : definition.at(member)) {
      if (index.contains("Number")) continue;
      index["Number"] = ++index_number;
      added.push_back(index.at("IndexName").get<std::string>());
    }
  }
  definition["LastIndexNumber"] = index_number;
  const bool same_indexes = added.empty() && [&] {
    const Table probe(definition);
    return probe.indexes().size() == current->indexes().size();
  }();
  // Counts of indexes are kept by place: where that changes, all are counted anew.
  auto changed = std::make_shared<const Table>(std::move(definition),
                                               same_indexes ? current->tallies() : nullptr);

  const auto locks = LockAll();
  storage::Batch batch;
  for (const auto& index : current->indexes()) {
    if (changed->FindIndex(index.name)) continue;
    const std::string prefix = current->SpacePrefix(index.number);
    items_.DeleteRange(batch, prefix, storage::PrefixEnd(prefix));
  }
  definitions_.PutJson(batch, DefinitionKey(*changed), changed->definition());
  std::vector<const Index*> to_fill;
  for (const auto& name : added) to_fill.push_back(changed->FindIndex(name));
  Backfill(*changed, to_fill);
  definitions_.Write(std::move(batch));
  Publish(changed);
  current->Retire();
  return changed;
}

// Before the definition is written: entries of an index that no definition names are never read.
void Store::Backfill(const Table& table, const std::vector<const Index*>& indexes) {
  if (indexes.empty()) return;
  constexpr size_t kRowsPerBatch = 1000;
  storage::Batch batch;
  size_t rows = 0;
  items_.Scan(table.SpacePrefix(0), [&](std::string_view, std::string_view row) {
    const Item item = DecodeRow(row);
    for (const Index* index : indexes) {
      const auto key = table.EntryKey(*index, item);
      if (!key) continue;
      const Item projected = table.Projected(*index, item);
      std::string entry;
      EncodeRow(entry, projected, BilledSize(projected));
      items_.Put(batch, *key, entry);
    }
    if (++rows % kRowsPerBatch == 0) items_.Write(std::exchange(batch, storage::Batch()));
    return true;
  });
  items_.Write(std::move(batch));
}

bool Store::RemoveTable(const TablePtr& table) {
  const std::lock_guard lock(definition_mutex_);
  std::string key;
  AppendCatalogKey(key, table->account(), table->region(), table->name());
  TablePtr current;
  {
    const std::unique_lock catalog_lock(catalog_mutex_);
    const auto found = catalog_.find(key);
    if (found == catalog_.end() || found->second->number() != table->number()) return false;
    current = found->second;
    catalog_.erase(found);
  }
  const auto locks = LockAll();
  current->Retire();
  const std::string prefix = current->SpacePrefix(0).substr(0, 4);
  storage::Batch batch;
  items_.DeleteRange(batch, prefix, storage::PrefixEnd(prefix));
  definitions_.Delete(batch, DefinitionKey(*current));
  definitions_.Write(std::move(batch));
  return true;
}

Store::Total Store::Count(const Table& table, size_t tally) {
  Tallies& tallies = *table.tallies();
  if (!tallies.counted) {
    const std::lock_guard lock(tallies.counting);
    if (!tallies.counted) {
      // The cursor sees what is there now; what is written after adds to the tallies itself.
      std::optional<storage::Cursor> cursor;
      {
        const auto locks = LockAll();
        cursor.emplace(items_.MakeCursor());
        for (auto& one : tallies.of) one->items = one->bytes = 0;
      }
      const std::string prefix = table.SpacePrefix(0).substr(0, 4);
      for (cursor->Seek(prefix); cursor->Valid() && cursor->Key().starts_with(prefix);
           cursor->Next()) {
        const uint16_t number = IndexNumberOf(cursor->Key());
        size_t place = 0;
        for (const auto& index : table.indexes()) {
          if (index.number == number) place = index.tally;
        }
        if (number != 0 && place == 0) continue;
        tallies.of[place]->items += 1;
        tallies.of[place]->bytes += static_cast<int64_t>(RowBilledSize(cursor->Value()));
      }
      tallies.counted = true;
    }
  }
  return {tallies.of[tally]->items.load(), tallies.of[tally]->bytes.load()};
}

void Store::Apply(PlannedWrite& write, Previous& previous, const Change& change,
                  storage::Batch& batch,
                  std::vector<std::pair<Tally*, std::pair<int, int64_t>>>& tallies) {
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
    items_.Put(batch, write.key, write.row);
  } else {
    write.new_size = 0;
    if (!previous.exists()) return;
    items_.Delete(batch, write.key);
  }
  const Table& table = *write.table;
  tallies.push_back(
      {table.tallies()->of[0].get(),
       {(next ? 1 : 0) - (previous.exists() ? 1 : 0),
        static_cast<int64_t>(write.new_size) - static_cast<int64_t>(write.old_size)}});
  for (const auto& index : table.indexes()) {
    const auto old_key = previous.exists() ? table.EntryKey(index, *previous.item()) : std::nullopt;
    const auto new_key = next ? table.EntryKey(index, *next) : std::nullopt;
    if (!old_key && !new_key) continue;
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
    if (old_key && old_key != new_key) items_.Delete(batch, *old_key);
    if (new_key) {
      std::string entry;
      EncodeRow(entry, new_entry, new_bytes);
      items_.Put(batch, *new_key, entry);
    }
    write.index_uses.push_back({&index, units});
    tallies.push_back({table.tallies()->of[index.tally].get(),
                       {(new_key ? 1 : 0) - (old_key ? 1 : 0),
                        static_cast<int64_t>(new_bytes) - static_cast<int64_t>(old_bytes)}});
  }
}

void Store::Commit(std::span<PlannedWrite> writes, storage::Batch batch) {
  std::vector<RowCache::Writing> writing;
  writing.reserve(writes.size());
  for (const auto& write : writes) writing.emplace_back(cache_, write.key);
  items_.Write(std::move(batch));
  for (size_t i = 0; i < writes.size(); ++i) writing[i].Hold(std::move(writes[i].row));
}

std::vector<Store::Failure> Store::Write(std::span<PlannedWrite> writes, const Occasion& occasion) {
  // Stripes are taken in one order everywhere, so writers cannot wait for each other in a circle.
  std::vector<size_t> order;
  order.reserve(writes.size());
  for (const auto& write : writes) order.push_back(StripeOf(write.key));
  std::sort(order.begin(), order.end());
  order.erase(std::unique(order.begin(), order.end()), order.end());
  std::vector<std::unique_lock<std::mutex>> locks;
  locks.reserve(order.size());
  for (const size_t stripe : order) locks.emplace_back(stripes_[stripe]);

  storage::Batch batch;
  std::vector<std::pair<Tally*, std::pair<int, int64_t>>> tallies;
  std::vector<Failure> failures;
  std::string row;
  bool writes_something = occasion.document.has_value();
  for (size_t i = 0; i < writes.size(); ++i) {
    PlannedWrite& write = writes[i];
    if (write.table->retired()) return {{i, {kTableChanged, ""}}};
    write.index_uses.clear();
    Previous previous(ReadRow(write.key, row) ? &row : nullptr);
    const auto change = write.change(previous);
    if (!change) failures.push_back({i, change.error()});
    if (!failures.empty()) continue;
    Apply(write, previous, *change, batch, tallies);
    writes_something |= change->kind != Change::Kind::kNone;
  }
  if (!failures.empty()) return failures;
  if (occasion.document)
    definitions_.PutJson(batch, occasion.document->first, occasion.document->second);
  if (writes_something) Commit(writes, std::move(batch));
  for (const auto& [tally, delta] : tallies) {
    tally->items += delta.first;
    tally->bytes += delta.second;
  }
  return failures;
}

}  // namespace fractus::dynamo
