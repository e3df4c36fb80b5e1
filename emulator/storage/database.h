// One RocksDB for the whole emulator, with a column family ("room") for each service.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/json.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class Iterator;
class WriteBatch;
}  // namespace rocksdb

namespace fractus::storage {

class Database;

// Whether an acknowledged write survives: nothing (the folder is thrown away), a killed process, a
// power loss.
enum class Durability { kNone, kProcess, kPowerLoss };

// Writes that happen together or not at all. Not thread-safe.
class Batch {
 public:
  Batch();
  ~Batch();
  Batch(Batch&&) noexcept;
  Batch& operator=(Batch&&) noexcept;

 private:
  friend class Room;
  friend class Database;
  std::unique_ptr<rocksdb::WriteBatch> writes_;
};

// Walks keys in byte order; sees the room as it was when the cursor was made.
class Cursor {
 public:
  explicit Cursor(std::unique_ptr<rocksdb::Iterator> iterator);
  ~Cursor();
  Cursor(Cursor&&) noexcept;

  // To the first key >= `key`, or the last key <= `key`.
  void Seek(std::string_view key);
  void SeekBackward(std::string_view key);
  void Next();
  void Previous();
  bool Valid() const;
  // Valid until the cursor moves.
  std::string_view Key() const;
  std::string_view Value() const;

 private:
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

// A column family. Cheap to copy, thread-safe, lives no longer than the Database. Keys and values
// are bytes. A disk that refuses a write is a std::runtime_error: dispatch answers 500 for it.
class Room {
 public:
  std::optional<std::string> Get(std::string_view key) const;
  // Into the caller's buffer, to reuse its memory; false when there is no such key.
  bool Get(std::string_view key, std::string& value) const;
  void Put(std::string_view key, std::string_view value) const;
  void Delete(std::string_view key) const;

  void Put(Batch& batch, std::string_view key, std::string_view value) const;
  void Delete(Batch& batch, std::string_view key) const;
  // Deletes all keys in [begin, end).
  void DeleteRange(Batch& batch, std::string_view begin, std::string_view end) const;
  // Writes the whole batch, which may hold writes to other rooms of the same Database.
  void Write(Batch batch) const;

  Cursor MakeCursor() const;
  // Visits all keys with that prefix in order until the visitor returns false.
  void Scan(std::string_view prefix,
            const std::function<bool(std::string_view key, std::string_view value)>& visit) const;

  // The same with JSON values.
  std::optional<json> GetJson(std::string_view key) const;
  void PutJson(std::string_view key, const json& value) const;
  void PutJson(Batch& batch, std::string_view key, const json& value) const;
  std::vector<json> ListJson(std::string_view prefix) const;

 private:
  friend class Database;
  Room(Database& database, rocksdb::ColumnFamilyHandle* family)
      : database_(&database), family_(family) {}

  Database* database_;
  rocksdb::ColumnFamilyHandle* family_;
};

class Database {
 public:
  // Opens or creates the folder. Throws std::runtime_error with a sentence for the user when the
  // folder holds something else, is in use by another process or is damaged; such a folder is left
  // untouched.
  // `rooms` are made together when they are missing, which is faster than one by one.
  Database(const std::string& folder, Durability durability,
           const std::vector<std::string>& rooms = {});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // The room of that name, made when it is missing. Call while wiring, before requests run.
  Room OpenRoom(const std::string& name);

 private:
  friend class Room;
  struct State;

  void MakeRooms(const std::vector<std::string>& rooms);

  std::unique_ptr<State> state_;
};

// A key made of parts that sorts by its parts: each part is followed by a 0x00 byte, 0x00 inside a
// part is 0x01 0x01 and 0x01 is 0x01 0x02. The key of the first n parts is a prefix of all keys
// that start with them.
std::string MakeKey(std::initializer_list<std::string_view> parts);
// The smallest key greater than all keys with that prefix.
std::string PrefixEnd(std::string_view prefix);

}  // namespace fractus::storage
