#include "dynamo/store.h"

#include <algorithm>
#include <charconv>

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

constexpr size_t kRowsPerBatch = 1000;

// How many shards the table's stream has at least: its tag "fractus:stream-shards", else one.
// Differs from AWS: a stream has one shard however much is written, and shards do not end after
// hours; the table's tag fractus:stream-shards gives it more, and a greater number later splits
// them.
uint32_t ShardCount(const json& definition) {
  constexpr uint32_t kMostShards = 64;
  const auto tag = definition.value("Tags", json::object()).value("fractus:stream-shards", "1");
  uint32_t count = 1;
  std::from_chars(tag.data(), tag.data() + tag.size(), count);
  return std::clamp(count, 1u, kMostShards);
}

uint16_t IndexNumberOf(std::string_view key) {
  return static_cast<uint16_t>((static_cast<unsigned char>(key[4]) << 8) |
                               static_cast<unsigned char>(key[5]));
}

const char* NameOf(ScanOrder order) {
  return order == ScanOrder::kHash ? "hash" : order == ScanOrder::kInsertion ? "insertion" : "key";
}

std::string TagOf(const json& definition, const char* tag, const char* otherwise) {
  const auto tags = definition.find("Tags");
  return tags == definition.end() ? otherwise : tags->value(tag, otherwise);
}

// What the settings and the table's tags make of it.
void ApplySwitches(json& definition, const Settings& settings) {
  const bool is_enforced = settings.capacity == CapacityUse::kEnforced;
  definition["Throttled"] =
      TagOf(definition, "fractus:throttling", is_enforced ? "on" : "off") == "on";
}

}  // namespace

const Item* Previous::item() {
  if (!row_) return nullptr;
  if (!item_) item_ = DecodeRow(*row_);
  return &*item_;
}

size_t Previous::billed_size() const { return row_ ? RowBilledSize(*row_) : 0; }

Store::Store(storage::Database& database, Clock& clock, Settings settings)
    : clock_(clock),
      settings_(settings),
      definitions_(database.OpenRoom("dynamo")),
      items_(database.OpenRoom("dynamo.items")),
      history_(database.OpenRoom("dynamo.history")),
      past_(items_, std::max(settings_.stale_reads, settings_.index_delay)),
      streams_(database) {
  Load();
}

void Store::Load() {
  const json counts = definitions_.GetJson(CountsKey()).value_or(json::object());
  // From here on the counts in memory are the only true ones.
  if (!counts.empty()) definitions_.Delete(CountsKey());
  for (auto& definition : definitions_.ListJson(storage::MakeKey({"table"}))) {
    ApplySwitches(definition, settings_);
    const StreamPtr stream = streams_.Of(definition);
    auto table = std::make_shared<const Table>(std::move(definition), nullptr, stream);
    RestorePlaces(*table);
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
  LoadHistory();
}

void Store::RestorePlaces(const Table& table) const {
  if (!table.places()) return;
  items_.Scan(table.SpacePrefix(0).substr(0, 4), [&](std::string_view key, std::string_view) {
    table.RestorePlace(key);
    return true;
  });
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

std::vector<TablePtr> Store::AllTables() const {
  const std::shared_lock lock(catalog_mutex_);
  std::vector<TablePtr> tables;
  for (const auto& [key, table] : catalog_) tables.push_back(table);
  return tables;
}

uint32_t Store::TakeNumber(storage::Batch& batch) {
  const uint32_t number = definitions_.GetJson(NumberKey()).value_or(json(0)).get<uint32_t>() + 1;
  definitions_.PutJson(batch, NumberKey(), number);
  return number;
}

TablePtr Store::AddTable(json definition, const std::optional<RowSource>& source) {
  const std::lock_guard lock(definition_mutex_);
  if (FindTable(definition.at("Account").get_ref<const std::string&>(),
                definition.at("Region").get_ref<const std::string&>(),
                definition.at("TableName").get_ref<const std::string&>())) {
    return nullptr;
  }
  storage::Batch batch;
  const uint32_t number = TakeNumber(batch);
  definition["Number"] = number;
  uint16_t index_number = 0;
  for (const char* member : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
    if (!definition.contains(member)) continue;
    for (auto& index : definition.at(member)) index["Number"] = ++index_number;
  }
  definition["LastIndexNumber"] = index_number;
  ApplySwitches(definition, settings_);
  // The layout of the keys stays for the table's life, and comes along with copied rows.
  if (!definition.contains("ScanOrder")) {
    definition["ScanOrder"] = TagOf(definition, "fractus:scan-order", NameOf(settings_.scan_order));
  }
  const StreamPtr stream =
      streams_.Follow(batch, nullptr, &definition, ShardCount(definition), clock_.Now());
  auto table = std::make_shared<const Table>(std::move(definition), nullptr, stream);
  table->tallies()->counted = !source;
  if (source) {
    // The number is spent first: rows that a crash leaves behind belong to no later table.
    definitions_.Write(std::exchange(batch, storage::Batch()));
    CopyRows(*source, number);
    RestorePlaces(*table);
    std::vector<const Index*> to_fill;
    for (const auto& index : table->indexes()) to_fill.push_back(&index);
    Backfill(*table, to_fill);
  }
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
  ApplySwitches(definition, settings_);
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

  const auto locks = LockAll();
  storage::Batch batch;
  const StreamPtr stream = streams_.Follow(batch, &current->definition(), &definition,
                                           ShardCount(definition), clock_.Now());
  // Counts of indexes are kept by place: where that changes, all are counted anew.
  auto changed = std::make_shared<const Table>(std::move(definition),
                                               same_indexes ? current->tallies() : nullptr, stream,
                                               current->places());
  for (const auto& index : current->indexes()) {
    if (changed->FindIndex(index.name)) continue;
    const std::string prefix = current->SpacePrefix(index.number);
    items_.DeleteRange(batch, prefix, storage::PrefixEnd(prefix));
  }
  definitions_.PutJson(batch, DefinitionKey(*changed), changed->definition());
  std::vector<const Index*> to_fill;
  for (const auto& name : added) to_fill.push_back(changed->FindIndex(name));
  Backfill(*changed, to_fill);
  if (changed->expiry_attribute() != current->expiry_attribute()) BackfillExpiries(*changed, batch);
  definitions_.Write(std::move(batch));
  Publish(changed);
  current->Retire();
  return changed;
}

// Before the definition is written: entries of an index that no definition names are never read.
void Store::Backfill(const Table& table, const std::vector<const Index*>& indexes) {
  if (indexes.empty()) return;
  storage::Batch batch;
  // A crash in the middle of an earlier filling may have left entries under this number.
  for (const Index* index : indexes) {
    const std::string prefix = table.SpacePrefix(index->number);
    items_.DeleteRange(batch, prefix, storage::PrefixEnd(prefix));
  }
  size_t rows = 0;
  items_.Scan(table.SpacePrefix(0), [&](std::string_view, std::string_view row) {
    const Item item = DecodeRow(row);
    for (const Index* index : indexes) {
      auto key = table.EntryKey(*index, item);
      if (!key) continue;
      table.TakePlace(*key, index->keys);
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

// Before the definition is written, too. The expiries of an attribute that is given up go with it,
// in the definition's own batch.
void Store::BackfillExpiries(const Table& table, storage::Batch& last) {
  const std::string prefix = table.SpacePrefix(Table::kExpiries);
  if (table.expiry_attribute().empty()) {
    items_.DeleteRange(last, prefix, storage::PrefixEnd(prefix));
    return;
  }
  storage::Batch batch;
  items_.DeleteRange(batch, prefix, storage::PrefixEnd(prefix));
  size_t rows = 0;
  items_.Scan(table.SpacePrefix(0), [&](std::string_view, std::string_view row) {
    if (const auto key = table.ExpiryKey(DecodeRow(row))) items_.Put(batch, *key, "");
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
  history_.DeleteRange(batch, prefix, storage::PrefixEnd(prefix));
  definitions_.Delete(batch, DefinitionKey(*current));
  streams_.Follow(batch, &current->definition(), nullptr, 0, clock_.Now());
  definitions_.Write(std::move(batch));
  return true;
}

bool Store::ReadRow(std::string_view key, std::string& row, const SightPtr& sight) const {
  if (!sight) return ReadRow(key, row);
  const std::lock_guard lock(sight->mutex);
  sight->cursor.Seek(key);
  if (!sight->cursor.Valid() || sight->cursor.Key() != key) return false;
  row = sight->cursor.Value();
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

void Store::DeleteDocuments(std::string_view prefix,
                            const std::function<bool(const json&)>& is_over) {
  std::vector<std::string> keys;
  definitions_.Scan(prefix, [&](std::string_view key, std::string_view) {
    keys.emplace_back(key);
    return true;
  });
  for (const auto& key : keys) {
    const std::lock_guard lock(document_mutex_);
    const auto document = definitions_.GetJson(key);
    if (document && is_over(*document)) definitions_.Delete(key);
  }
}

void Store::TrimStreams(Time now) {
  const std::lock_guard lock(definition_mutex_);
  streams_.Trim(now);
}

}  // namespace fractus::dynamo
