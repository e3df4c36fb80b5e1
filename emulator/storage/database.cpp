#include "emulator/storage/database.h"

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <stdexcept>

#include "emulator/storage/unsynced_files.h"

namespace fractus::storage {
namespace {

constexpr char kMarkerFile[] = "FRACTUS";
// The layout of keys and values in this folder. Raise it when an older binary could misread what a
// newer one wrote.
constexpr char kLayout[] = "fractus data, layout 1\n";

rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

void Check(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error("storage: " + status.ToString());
}

rocksdb::ColumnFamilyOptions FamilyOptions() {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = 16u << 20;
  options.max_write_buffer_number = 4;
  options.compression = rocksdb::kLZ4Compression;
  rocksdb::BlockBasedTableOptions table;
  // One cache for all families, so that idle rooms cost nothing.
  static const auto cache = rocksdb::NewLRUCache(64u << 20);
  table.block_cache = cache;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

// Keeps RocksDB's own diary out of the folder: what matters comes back as a status.
class SilentLogger : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

std::runtime_error Damaged(const std::string& folder, const std::string& reason) {
  return std::runtime_error("The data folder " + folder + " cannot be read (" + reason +
                            "); restore it from a copy or name another folder.");
}

// Refuses a folder that is not ours before RocksDB writes a byte into it.
void CheckFolder(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_directory(folder, error)) {
    throw std::runtime_error(folder.string() + " is a file; --data needs a folder.");
  }
  fs::create_directories(folder, error);
  if (error)
    throw std::runtime_error("Cannot make the data folder " + folder.string() + ": " +
                             error.message() + ".");
  const fs::path marker = folder / kMarkerFile;
  if (!fs::exists(marker, error)) {
    if (!fs::is_empty(folder, error)) {
      throw std::runtime_error(
          folder.string() + " holds files that are not fractus data; name an empty or new folder.");
    }
    // Keys, secrets and password hashes will be in it.
    fs::permissions(folder, fs::perms::owner_all, error);
    std::ofstream(marker) << kLayout;
    return;
  }
  std::ifstream file(marker);
  const std::string layout((std::istreambuf_iterator<char>(file)), {});
  if (layout != kLayout) {
    throw std::runtime_error(folder.string() +
                             " was written by another version of fractus; it was left untouched.");
  }
  // RocksDB would begin anew beside what is there.
  if (fs::exists(folder / "CURRENT", error)) return;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".sst" || entry.path().extension() == ".log")
      throw Damaged(folder.string(), "its file CURRENT is missing");
  }
}

}  // namespace

Batch::Batch() : writes_(std::make_unique<rocksdb::WriteBatch>()) {}
Batch::~Batch() = default;
Batch::Batch(Batch&&) noexcept = default;
Batch& Batch::operator=(Batch&&) noexcept = default;

Cursor::Cursor(std::unique_ptr<rocksdb::Iterator> iterator) : iterator_(std::move(iterator)) {}
Cursor::~Cursor() = default;
Cursor::Cursor(Cursor&&) noexcept = default;

void Cursor::Seek(std::string_view key) { iterator_->Seek(ToSlice(key)); }
void Cursor::SeekBackward(std::string_view key) { iterator_->SeekForPrev(ToSlice(key)); }
void Cursor::Next() { iterator_->Next(); }
void Cursor::Previous() { iterator_->Prev(); }
bool Cursor::Valid() const { return iterator_->Valid(); }
std::string_view Cursor::Key() const { return {iterator_->key().data(), iterator_->key().size()}; }
std::string_view Cursor::Value() const {
  return {iterator_->value().data(), iterator_->value().size()};
}

struct Database::State {
  std::unique_ptr<rocksdb::DB> db;
  rocksdb::WriteOptions write;
  rocksdb::ReadOptions read;
  std::mutex mutex;
  std::map<std::string, rocksdb::ColumnFamilyHandle*> families;
};

Database::Database(const std::string& folder, Durability durability,
                   const std::vector<std::string>& rooms)
    : state_(std::make_unique<State>()) {
  CheckFolder(folder);
  rocksdb::Options options(rocksdb::DBOptions(), FamilyOptions());
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.info_log = std::make_shared<SilentLogger>();
  // No threads and timers for what nobody reads; a start opens few files.
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.skip_stats_update_on_db_open = true;
  options.max_file_opening_threads = 1;
  if (durability == Durability::kNone) options.env = UnsyncedEnv();
  options.max_background_jobs = 2;
  // Writers wait for each other only to take a place in the log, not while memory is filled. A
  // cursor may therefore see a part of a batch that is being written; who needs all of it or
  // nothing holds a lock that the writer holds too.
  options.unordered_write = true;
  options.max_open_files = 256;
  // A write is acknowledged after it is in the log; a torn last record was never acknowledged.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;

  std::vector<std::string> names;
  if (!rocksdb::DB::ListColumnFamilies(options, folder, &names).ok())
    names = {rocksdb::kDefaultColumnFamilyName};
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const auto& name : names) descriptors.emplace_back(name, FamilyOptions());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(options, folder, descriptors, &handles, &db);
  if (!status.ok()) {
    if (status.ToString().find("lock") != std::string::npos) {
      throw std::runtime_error("The data folder " + folder +
                               " is in use by another fractus; stop it or name another folder.");
    }
    throw Damaged(folder, status.ToString());
  }
  state_->db.reset(db);
  // Whoever waits for an answer comes first; what fills meanwhile has room in two more buffers.
  for (const auto pool : {rocksdb::Env::HIGH, rocksdb::Env::LOW})
    options.env->LowerThreadPoolCPUPriority(pool, rocksdb::CpuPriority::kLow);
  for (size_t i = 0; i < names.size(); ++i) state_->families[names[i]] = handles[i];
  MakeRooms(rooms);
  state_->write.disableWAL = durability == Durability::kNone;
  state_->write.sync = durability == Durability::kPowerLoss;
}

void Database::MakeRooms(const std::vector<std::string>& rooms) {
  std::vector<std::string> missing;
  for (const auto& name : rooms) {
    if (!state_->families.contains(name)) missing.push_back(name);
  }
  if (missing.empty()) return;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  Check(state_->db->CreateColumnFamilies(FamilyOptions(), missing, &handles));
  for (size_t i = 0; i < missing.size(); ++i) state_->families[missing[i]] = handles[i];
}

Database::~Database() {
  for (const auto& [name, handle] : state_->families) state_->db->DestroyColumnFamilyHandle(handle);
  state_->db->Close();
}

Room Database::OpenRoom(const std::string& name) {
  const std::lock_guard lock(state_->mutex);
  auto& handle = state_->families[name];
  if (!handle) Check(state_->db->CreateColumnFamily(FamilyOptions(), name, &handle));
  return Room(*this, handle);
}

std::optional<std::string> Room::Get(std::string_view key) const {
  std::string value;
  if (!Get(key, value)) return std::nullopt;
  return value;
}

bool Room::Get(std::string_view key, std::string& value) const {
  rocksdb::PinnableSlice found(&value);
  const auto status =
      database_->state_->db->Get(database_->state_->read, family_, ToSlice(key), &found);
  if (status.IsNotFound()) return false;
  Check(status);
  if (found.IsPinned()) value.assign(found.data(), found.size());
  return true;
}

void Room::Put(std::string_view key, std::string_view value) const {
  Batch batch;
  Put(batch, key, value);
  Write(std::move(batch));
}

void Room::Delete(std::string_view key) const {
  Batch batch;
  Delete(batch, key);
  Write(std::move(batch));
}

void Room::Put(Batch& batch, std::string_view key, std::string_view value) const {
  Check(batch.writes_->Put(family_, ToSlice(key), ToSlice(value)));
}

void Room::Delete(Batch& batch, std::string_view key) const {
  Check(batch.writes_->Delete(family_, ToSlice(key)));
}

void Room::DeleteRange(Batch& batch, std::string_view begin, std::string_view end) const {
  Check(batch.writes_->DeleteRange(family_, ToSlice(begin), ToSlice(end)));
}

void Room::Write(Batch batch) const {
  rocksdb::DB& db = *database_->state_->db;
  auto status = db.Write(database_->state_->write, batch.writes_.get());
  // A disk that was full refuses all writes until it is told that there is room again.
  if (!status.ok() && db.Resume().ok())
    status = db.Write(database_->state_->write, batch.writes_.get());
  Check(status);
}

Cursor Room::MakeCursor() const {
  return Cursor(std::unique_ptr<rocksdb::Iterator>(
      database_->state_->db->NewIterator(database_->state_->read, family_)));
}

void Room::Scan(
    std::string_view prefix,
    const std::function<bool(std::string_view key, std::string_view value)>& visit) const {
  Cursor cursor = MakeCursor();
  for (cursor.Seek(prefix); cursor.Valid() && cursor.Key().starts_with(prefix); cursor.Next()) {
    if (!visit(cursor.Key(), cursor.Value())) return;
  }
}

std::optional<json> Room::GetJson(std::string_view key) const {
  std::string value;
  if (!Get(key, value)) return std::nullopt;
  return json::from_cbor(value);
}

void Room::PutJson(std::string_view key, const json& value) const {
  std::string bytes;
  json::to_cbor(value, bytes);
  Put(key, bytes);
}

void Room::PutJson(Batch& batch, std::string_view key, const json& value) const {
  std::string bytes;
  json::to_cbor(value, bytes);
  Put(batch, key, bytes);
}

std::vector<json> Room::ListJson(std::string_view prefix) const {
  std::vector<json> values;
  Scan(prefix, [&](std::string_view, std::string_view value) {
    values.push_back(json::from_cbor(value));
    return true;
  });
  return values;
}

std::string MakeKey(std::initializer_list<std::string_view> parts) {
  std::string key;
  for (const auto part : parts) {
    for (const char c : part) {
      if (c == '\0') {
        key += "\x01\x01";
      } else if (c == '\x01') {
        key += "\x01\x02";
      } else {
        key += c;
      }
    }
    key += '\0';
  }
  return key;
}

std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace fractus::storage
