// A table's definition: its keys and indexes, and how its items are keyed in the store.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dynamo/meter.h"
#include "dynamo/places.h"
#include "dynamo/settings.h"
#include "dynamo/value.h"
#include "emulator/core/clock.h"
#include "emulator/core/json.h"

namespace fractus::dynamo {

struct KeyAttribute {
  std::string name;
  Type type = Type::kString;
};

// The service's tables have one partition attribute and at most one sort attribute; newer indexes
// may have up to four of each.
struct KeySchema {
  std::vector<KeyAttribute> partition;
  std::vector<KeyAttribute> sort;

  const KeyAttribute* Find(std::string_view name) const;
  size_t size() const { return partition.size() + sort.size(); }
};

enum class IndexKind { kLocal, kGlobal };
enum class Projection { kAll, kKeysOnly, kInclude };

struct Index {
  std::string name;
  // Never used twice within a table; 0 is the table itself.
  uint16_t number = 0;
  IndexKind kind = IndexKind::kGlobal;
  KeySchema keys;
  Projection projection = Projection::kAll;
  std::vector<std::string> included;
  // Where its entries are counted (Table::tally).
  size_t tally = 0;
  // Not read before this; never once it is being deleted.
  Time readable_from = Time::min();
  // See Table::meter.
  std::shared_ptr<Meter> meter;
};

// How many items there are and what they weigh; for the table first, then for each index.
struct Tally {
  std::atomic<int64_t> items{0};
  std::atomic<int64_t> bytes{0};
};

struct Tallies {
  // Held while the items are counted for the first time after a start.
  std::mutex counting;
  std::atomic<bool> counted{false};
  std::vector<std::unique_ptr<Tally>> of;
};

class Stream;

// An immutable snapshot: a change of the definition is a new Table, and the old one is retired.
// Thread-safe.
class Table {
 public:
  // `definition` is what Definition() gives: the members of CreateTable as they were normalised,
  // and our own "Number", "Account", "Region", "TableId", "CreationDateTime", and "Number" in every
  // index.
  explicit Table(json definition, std::shared_ptr<Tallies> tallies = nullptr,
                 std::shared_ptr<Stream> stream = nullptr,
                 std::shared_ptr<Places> places = nullptr);

  const json& definition() const { return definition_; }
  const std::string& account() const { return account_; }
  const std::string& region() const { return region_; }
  const std::string& name() const { return name_; }
  uint32_t number() const { return number_; }
  const KeySchema& keys() const { return keys_; }
  const std::vector<Index>& indexes() const { return indexes_; }
  const Index* FindIndex(std::string_view name) const;
  std::string Arn() const;

  // Whether items can be read and written: the table is made, and is not being deleted.
  bool ServesAt(Time now) const { return now >= serves_from_; }
  // Null when its capacity is not limited.
  const std::shared_ptr<Meter>& meter() const { return meter_; }
  bool is_on_demand() const { return is_on_demand_; }
  // Point-in-time recovery: what items were is kept.
  bool KeepsHistory() const { return keeps_history_; }

  const std::shared_ptr<Tallies>& tallies() const { return tallies_; }
  // Null when the table has no enabled stream.
  const std::shared_ptr<Stream>& stream() const { return stream_; }

  // Time to live: the attribute that tells it, or an empty text.
  const std::string& expiry_attribute() const { return expiry_attribute_; }
  // When the item expires, in seconds since 1970; nothing when it does not.
  std::optional<int64_t> ExpiryOf(const Item& item) const;

  // Set under all item locks when this definition is no longer the table's; whoever holds an item
  // lock and sees it must look the table up again.
  bool retired() const { return retired_.load(std::memory_order_acquire); }
  void Retire() const { retired_.store(true, std::memory_order_release); }

  // Keys in the store:
  //   table's number (4 bytes, big-endian), index's number (2 bytes, 0 for the table), order
  //   prefix, partition parts, sort parts, and in an index the table's partition and sort parts
  //   (parts: see key_codec.h).
  // The order prefix is empty, so that scans go in the order of keys; or 8 bytes, big-endian: a
  // hash of the partition in tables that scan as the service does, or its place among all
  // partitions in tables that scan by insertion. Items that expire have a key of their own, without
  // a value: index number 0xffff, the time of expiry (8 bytes, big-endian), then as the item's own
  // key from its order prefix on.
  static constexpr uint16_t kExpiries = 0xffff;
  std::string SpacePrefix(uint16_t index_number) const;
  std::optional<std::string> ExpiryKey(const Item& item) const;
  // The key before which all earlier expiries are.
  std::string ExpiryBound(int64_t seconds) const;
  // The item's key from its expiry key.
  std::string ItemKeyOfExpiry(std::string_view expiry_key) const;
  // The start of all keys with this partition.
  void AppendPartition(std::string& key, const std::vector<const Value*>& partition) const;
  // The item's key; the item must have its key attributes.
  std::string ItemKey(const Item& item) const;
  // The item's key attributes.
  Item KeyOf(const Item& item) const;
  // The key of the item's entry in the index; nothing when the item lacks one of the index's key
  // attributes.
  std::optional<std::string> EntryKey(const Index& index, const Item& item) const;
  // What the index's entry of this item holds.
  Item Projected(const Index& index, const Item& item) const;
  ScanOrder scan_order() const { return scan_order_; }
  // Null unless the table scans by insertion.
  const std::shared_ptr<Places>& places() const { return places_; }
  // Gives the key's partition a place before it is written, in tables that scan by insertion. Until
  // then its key leads nowhere.
  void TakePlace(std::string& key, const KeySchema& schema) const;
  // The place of a key's partition is as the key says: after a start.
  void RestorePlace(std::string_view key) const;
  // Of a table that scans by hash: the first key with that hash or a greater one.
  std::string HashBound(uint16_t index_number, uint64_t hash) const;
  // The encoded partition within a key of the store.
  std::string_view PartitionOf(std::string_view key, const KeySchema& schema) const;

 private:
  // Of the partition that begins there and ends the key.
  void InsertOrderPrefix(std::string& key, size_t begin) const;
  // How Places names the key's partition.
  std::string PlaceName(std::string_view key, const KeySchema& schema) const;

  json definition_;
  std::string account_, region_, name_;
  uint32_t number_ = 0;
  KeySchema keys_;
  std::vector<Index> indexes_;
  std::shared_ptr<Tallies> tallies_;
  std::shared_ptr<Stream> stream_;
  std::string expiry_attribute_;
  Time serves_from_ = Time::min();
  bool keeps_history_ = false;
  ScanOrder scan_order_ = ScanOrder::kKey;
  std::shared_ptr<Places> places_;
  bool is_on_demand_ = false;
  std::shared_ptr<Meter> meter_;
  mutable std::atomic<bool> retired_{false};
};

}  // namespace fractus::dynamo
