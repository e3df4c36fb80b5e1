// Tables and items in the database: the only part of the room that touches storage.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dynamo/claims.h"
#include "dynamo/past.h"
#include "dynamo/row_cache.h"
#include "dynamo/settings.h"
#include "dynamo/streams.h"
#include "dynamo/table.h"
#include "emulator/core/api_error.h"
#include "emulator/core/clock.h"
#include "emulator/storage/database.h"

namespace fractus::dynamo {

using TablePtr = std::shared_ptr<const Table>;

// The item as it is before a write, decoded only when somebody asks.
class Previous {
 public:
  explicit Previous(const std::string* row) : row_(row) {}
  bool exists() const { return row_ != nullptr; }
  // Null when there is no item.
  const Item* item();
  size_t billed_size() const;
  // The stored bytes; only when it exists.
  std::string_view row() const { return *row_; }

 private:
  const std::string* row_;
  std::optional<Item> item_;
};

// What a write makes of the previous item.
struct Change {
  enum class Kind { kNone, kPut, kDelete };
  Kind kind = Kind::kNone;
  // For kPut; outlives the write.
  const Item* item = nullptr;
};

// Pure: it may run more than once, for another previous item.
using ChangeFunction = std::function<Result<Change>(Previous&)>;

struct IndexUse {
  const Index* index;
  // Write units.
  double units;
};

struct PlannedWrite {
  TablePtr table;
  // Table::ItemKey.
  std::string key;
  ChangeFunction change;

  // Filled by Write: the item's new row (empty when it has none or stays as it was), its billed
  // size before and after (0 for none), and what the indexes took.
  std::string row;
  size_t old_size = 0;
  size_t new_size = 0;
  std::vector<IndexUse> index_uses;
};

// When writes happen, and what is kept together with them.
struct Occasion {
  Time now;
  Author author = Author::kClient;
  // How often the writes pay each unit.
  double unit_price = 1;
  // A document of the room "dynamo" (Store::FindDocument): its key and what it becomes.
  std::optional<std::pair<std::string, json>> document = std::nullopt;
};

// Where a new table's rows come from: the table or copy of that number, as it is or as it was.
struct RowSource {
  uint32_t number = 0;
  std::optional<Time> as_of;
};

// Thread-safe.
class Store {
 public:
  Store(storage::Database& database, Clock& clock, Settings settings = {});
  // Remembers how many items there are, so that the next start need not count them.
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  const Settings& settings() const { return settings_; }

  // Null when there is no such table. One lookup in memory.
  TablePtr FindTable(std::string_view account, std::string_view region,
                     std::string_view name) const;
  // All tables of an account and region, sorted by name.
  std::vector<TablePtr> Tables(std::string_view account, std::string_view region) const;

  // Of all accounts and regions.
  std::vector<TablePtr> AllTables() const;

  // Adds a table with the rows of `source`, if there is one; null when there is a table of that
  // name. Number and the indexes' Numbers are given here.
  TablePtr AddTable(json definition, const std::optional<RowSource>& source = std::nullopt);
  // Replaces the definition by what `change` makes of it; null when the table is gone. Indexes
  // without a Number are new: they are filled from the table's items. Entries of indexes that are
  // no longer there are deleted. Writers wait meanwhile.
  TablePtr ChangeTable(const TablePtr& table, const std::function<void(json&)>& change);
  // Deletes the table and its items; false when it is gone already.
  bool RemoveTable(const TablePtr& table);

  struct Total {
    int64_t items, bytes;
  };
  // Copies the table's items as they are now, for a backup.
  struct Copy {
    uint32_t number;
    Total total;
  };
  Copy CopyItems(const Table& table);
  void DropCopy(uint32_t number);
  // Forgets what the table's items were before `until`.
  void TrimHistory(const Table& table, Time until);

  // Documents about backups, by name.
  const storage::Room& definitions() const { return definitions_; }

  // How many items the table (0) or its index (Index::tally) holds, and their size in bytes. Counts
  // them when that was not done since the last unclean end.
  Total Count(const Table& table, size_t tally);

  // Into the caller's buffer; false when there is no such key.
  bool ReadRow(std::string_view key, std::string& row) const {
    return cache_.Read(key, row, [&](std::string& found) { return items_.Get(key, found); });
  }
  // The rows at one moment: of what is written at once, all is there or nothing. None where there
  // is no such key.
  std::vector<std::optional<std::string>> ReadTogether(std::span<const std::string> keys);
  // Sees what is written until now, and of writes that are not answered yet perhaps a part.
  storage::Cursor MakeCursor() const { return items_.MakeCursor(); }
  // What a read that lags behind sees; null for all that is written.
  SightPtr SightAt(Time now, Duration lag) const { return past_.At(now, lag); }
  bool ReadRow(std::string_view key, std::string& row, const SightPtr& sight) const;

  // Runs all changes under their items' locks and writes their results at once, with the entries of
  // all indexes. When changes fail nothing is written, and their errors and the places of their
  // writes come back.
  struct Failure {
    size_t at;
    ApiError error;
  };
  std::vector<Failure> Write(std::span<PlannedWrite> writes, const Occasion& occasion);
  // A table's definition changed meanwhile: look it up and plan again.
  static bool TableChanged(const std::vector<Failure>& failures) {
    return !failures.empty() && failures[0].error.code == kTableChanged;
  }

  // Documents that operations keep beside the definitions.
  std::optional<json> FindDocument(std::string_view key) const { return definitions_.GetJson(key); }
  // Deletes those whose key has that prefix and that are over.
  void DeleteDocuments(std::string_view prefix, const std::function<bool(const json&)>& is_over);

  Claims& claims() { return claims_; }
  const Streams& streams() const { return streams_; }
  // Deletes stream records that are too old to be read.
  void TrimStreams(Time now);

 private:
  static constexpr char kTableChanged[] = "TableChanged";
  static constexpr size_t kStripes = 512;

  void Load();
  void RestorePlaces(const Table& table) const;
  void LoadHistory();
  size_t StripeOf(std::string_view key) const {
    return std::hash<std::string_view>()(key) % kStripes;
  }
  std::vector<std::unique_lock<std::mutex>> LockAll();
  struct Effects;
  void Apply(PlannedWrite& write, Previous& previous, const Change& change,
             const Occasion& occasion, Effects& effects);
  void ApplyToIndexes(PlannedWrite& write, Previous& previous, const Item* next, Effects& effects);
  // Writes the batch; the rows of these writes are what is read from then on.
  void Commit(std::span<PlannedWrite> writes, storage::Batch batch);
  void BackfillExpiries(const Table& table, storage::Batch& last);
  void Backfill(const Table& table, const std::vector<const Index*>& indexes);
  void Publish(const TablePtr& table);
  uint32_t TakeNumber(storage::Batch& batch);
  Total CopyRows(const RowSource& source, uint32_t target);
  void UndoLaterWrites(storage::Cursor history, const RowSource& source, uint32_t target);
  void Remember(storage::Batch& batch, const PlannedWrite& write, Previous& previous, Time now);

  Clock& clock_;
  const Settings settings_;
  storage::Room definitions_;
  storage::Room items_;
  // What items were before their writes, for tables with point-in-time recovery (store_copies.cpp).
  storage::Room history_;
  std::atomic<uint64_t> last_history_{0};
  Past past_;
  mutable RowCache cache_;
  Streams streams_;
  mutable std::shared_mutex catalog_mutex_;
  std::unordered_map<std::string, TablePtr> catalog_;
  // Held while a definition changes.
  std::mutex definition_mutex_;
  // Held while a document is written, and from finding that one is over until it is deleted.
  std::mutex document_mutex_;
  std::array<std::mutex, kStripes> stripes_;
  Claims claims_;
};

}  // namespace fractus::dynamo
