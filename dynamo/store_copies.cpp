// Copies of tables for backups, and what items were before, for point-in-time recovery.
//
// A record of the room "dynamo.history":
//   key    the table's number and a sequence number (4 and 8 bytes, big-endian)
//   value  when (8 bytes, microseconds since 1970), the length of the item's key (4 bytes), that
//          key, and the row as it was; no row when there was no item
#include <algorithm>

#include "dynamo/item_codec.h"
#include "dynamo/store.h"

namespace fractus::dynamo {
namespace {

constexpr size_t kTimeSize = 8;
constexpr size_t kHeadSize = kTimeSize + 4;
constexpr size_t kRowsPerBatch = 1000;

void AppendBigEndian(std::string& out, uint64_t number, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>(number >> shift);
}

uint64_t ReadBigEndian(std::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

std::string NumberPrefix(uint32_t number) {
  std::string prefix;
  AppendBigEndian(prefix, number, 4);
  return prefix;
}

// Of a table's items, without its indexes' entries.
std::string ItemsPrefix(uint32_t number) { return NumberPrefix(number) + std::string(2, '\0'); }

struct HistoryRecord {
  explicit HistoryRecord(std::string_view value)
      : time(Duration(static_cast<int64_t>(ReadBigEndian(value.substr(0, kTimeSize))))) {
    const auto key_size = ReadBigEndian(value.substr(kTimeSize, kHeadSize - kTimeSize));
    key = value.substr(kHeadSize, key_size);
    row = value.substr(kHeadSize + key_size);
  }

  Time time;
  std::string_view key;
  // Empty when there was no item: a row never is.
  std::string_view row;
};

}  // namespace

void Store::LoadHistory() {
  for (const auto& [key, table] : catalog_) {
    if (!table->KeepsHistory()) continue;
    const std::string prefix = NumberPrefix(table->number());
    auto cursor = history_.MakeCursor();
    cursor.SeekBackward(storage::PrefixEnd(prefix));
    if (!cursor.Valid() || !cursor.Key().starts_with(prefix)) continue;
    last_history_ = std::max(last_history_.load(), ReadBigEndian(cursor.Key().substr(4)));
  }
}

void Store::Remember(storage::Batch& batch, const PlannedWrite& write, Previous& previous,
                     Time now) {
  std::string key = NumberPrefix(write.table->number());
  AppendBigEndian(key, ++last_history_, 8);
  std::string value;
  AppendBigEndian(value, static_cast<uint64_t>(now.time_since_epoch().count()), kTimeSize);
  AppendBigEndian(value, write.key.size(), kHeadSize - kTimeSize);
  value += write.key;
  if (previous.exists()) value += previous.row();
  history_.Put(batch, key, value);
}

void Store::TrimHistory(const Table& table, Time until) {
  const std::string prefix = NumberPrefix(table.number());
  // What is written from now on is not seen, and comes after the end.
  std::string end = prefix;
  std::optional<storage::Cursor> cursor;
  {
    const auto locks = LockAll();
    cursor.emplace(history_.MakeCursor());
    AppendBigEndian(end, last_history_ + 1, 8);
  }
  for (cursor->Seek(prefix); cursor->Valid() && cursor->Key().starts_with(prefix); cursor->Next()) {
    if (HistoryRecord(cursor->Value()).time < until) continue;
    end = cursor->Key();
    break;
  }
  storage::Batch batch;
  history_.DeleteRange(batch, prefix, end);
  history_.Write(std::move(batch));
}

Store::Total Store::CopyRows(const RowSource& source, uint32_t target) {
  std::optional<storage::Cursor> items, history;
  {
    // Both see the same moment.
    const auto locks = LockAll();
    items.emplace(items_.MakeCursor());
    history.emplace(history_.MakeCursor());
  }
  const std::string from = ItemsPrefix(source.number), to = ItemsPrefix(target);
  storage::Batch batch;
  Total total{0, 0};
  for (items->Seek(from); items->Valid() && items->Key().starts_with(from); items->Next()) {
    items_.Put(batch, to + std::string(items->Key().substr(from.size())), items->Value());
    total.bytes += static_cast<int64_t>(RowBilledSize(items->Value()));
    if (++total.items % kRowsPerBatch == 0) items_.Write(std::exchange(batch, storage::Batch()));
  }
  items_.Write(std::move(batch));
  if (source.as_of) UndoLaterWrites(*std::move(history), source, target);
  return total;
}

// From the newest to the oldest: the oldest write after the moment decides.
void Store::UndoLaterWrites(storage::Cursor history, const RowSource& source, uint32_t target) {
  const std::string prefix = NumberPrefix(source.number), to = ItemsPrefix(target);
  storage::Batch batch;
  size_t rows = 0;
  history.SeekBackward(storage::PrefixEnd(prefix));
  for (; history.Valid() && history.Key().starts_with(prefix); history.Previous()) {
    const HistoryRecord record(history.Value());
    if (record.time <= *source.as_of) break;
    const std::string key = to + std::string(record.key.substr(to.size()));
    if (record.row.empty()) {
      items_.Delete(batch, key);
    } else {
      items_.Put(batch, key, record.row);
    }
    if (++rows % kRowsPerBatch == 0) items_.Write(std::exchange(batch, storage::Batch()));
  }
  items_.Write(std::move(batch));
}

Store::Copy Store::CopyItems(const Table& table) {
  uint32_t number = 0;
  {
    const std::lock_guard lock(definition_mutex_);
    storage::Batch batch;
    number = TakeNumber(batch);
    definitions_.Write(std::move(batch));
  }
  const Total total = CopyRows({table.number(), std::nullopt}, number);
  return {number, total};
}

void Store::DropCopy(uint32_t number) {
  const std::string prefix = NumberPrefix(number);
  storage::Batch batch;
  items_.DeleteRange(batch, prefix, storage::PrefixEnd(prefix));
  items_.Write(std::move(batch));
}

}  // namespace fractus::dynamo
