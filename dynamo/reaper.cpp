#include "dynamo/reaper.h"

#include "dynamo/transaction.h"

namespace fractus::dynamo {
namespace {

constexpr size_t kDeletedAtOnce = 100;
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
constexpr int64_t kTooOld = 5 * 365 * 24 * 3600;

std::vector<std::string> DueItems(const Store& store, const Table& table, int64_t now) {
  std::vector<std::string> keys;
  const std::string end = table.ExpiryBound(now + 1);
  auto cursor = store.MakeCursor();
  for (cursor.Seek(table.ExpiryBound(std::max<int64_t>(0, now - kTooOld)));
       cursor.Valid() && cursor.Key() < end; cursor.Next()) {
    keys.push_back(table.ItemKeyOfExpiry(cursor.Key()));
  }
  return keys;
}

// The item may have been given another time, or none, since it was found.
PlannedWrite DeleteIfExpired(const TablePtr& table, std::string key, int64_t now) {
  PlannedWrite write;
  write.table = table;
  write.key = std::move(key);
  write.change = [table, now](Previous& previous) -> Result<Change> {
    const auto expiry = previous.exists() ? table->ExpiryOf(*previous.item()) : std::nullopt;
    return Change{expiry && *expiry <= now ? Change::Kind::kDelete : Change::Kind::kNone};
  };
  return write;
}

void DeleteExpiredItems(Store& store, const TablePtr& table, Time now) {
  const int64_t seconds = EpochMillis(now) / 1000;
  std::vector<PlannedWrite> writes;
  const auto keys = DueItems(store, *table, seconds);
  for (size_t i = 0; i < keys.size(); ++i) {
    writes.push_back(DeleteIfExpired(table, keys[i], seconds));
    if (writes.size() < kDeletedAtOnce && i + 1 < keys.size()) continue;
    // A table that changed meanwhile has its turn in the next round.
    if (!store.Write(writes, {now, Author::kTimeToLive}).empty()) return;
    writes.clear();
  }
}

}  // namespace

void DeleteExpiredItems(Store& store, Time now) {
  for (const auto& table : store.AllTables()) {
    if (!table->expiry_attribute().empty()) DeleteExpiredItems(store, table, now);
  }
}

Time Reap(Store& store, Time now) {
  DeleteExpiredItems(store, now);
  store.TrimStreams(now);
  ForgetTokens(store, now);
  return now + kReaperRound;
}

}  // namespace fractus::dynamo
