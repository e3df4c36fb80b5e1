// All streams and their records in the database.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "dynamo/stream.h"
#include "emulator/core/api_error.h"
#include "emulator/storage/database.h"

namespace fractus::dynamo {

// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
constexpr auto kStreamRetention = std::chrono::hours(24);

// A table's definition names its stream by "LatestStreamLabel"; the stream is enabled while there
// is a "StreamSpecification".
//
// Keys of the room "dynamo.streams": the stream's number (4 bytes), the shard's number (4 bytes)
// and the record's number (8 bytes), all big-endian. Thread-safe.
class Streams {
 public:
  explicit Streams(storage::Database& database);

  // Brings the streams in line with a table's definition, before it is kept: opens a stream, closes
  // it, or splits its shards until there are at least `shards`. Sets "LatestStreamLabel". Null
  // `before`: the table is new; null `after`: it is deleted. No write to the table may be under
  // way. The stream comes back, or null when there is none.
  StreamPtr Follow(storage::Batch& batch, const json* before, json* after, uint32_t shards,
                   Time now);

  // The stream of a table that is loaded; null when it has none.
  StreamPtr Of(const json& table_definition) const;
  StreamPtr FindByArn(std::string_view arn) const;
  // Of an account and region, sorted by their ARNs; those that ended long ago are left out.
  std::vector<StreamPtr> List(std::string_view account, std::string_view region, Time now) const;
  // The shards that may still have records to read, oldest first.
  static std::vector<Shard> LiveShards(const Stream& stream, Time now);

  // The oldest record of the shard that is not older than the retention, else the next to come.
  uint64_t Horizon(const Stream& stream, const Shard& shard, Time now) const;
  // Visits the shard's records from `first` on until the visitor returns false.
  void Read(const Stream& stream, const Shard& shard, uint64_t first,
            const std::function<bool(uint64_t number, const StreamRecord& record)>& visit) const;

  // Deletes what the retention has ended. Not while Follow runs.
  void Trim(Time now);

 private:
  friend class StreamWriter;

  StreamPtr Open(storage::Batch& batch, const json& table, uint32_t shards, Time now);
  void Close(storage::Batch& batch, Stream& stream, Time now);
  void Split(storage::Batch& batch, Stream& stream, uint32_t shards, Time now);
  void Keep(storage::Batch& batch, const Stream& stream);
  void TrimOne(Stream& stream, Time now);

  storage::Room definitions_;
  storage::Room records_;
  mutable std::shared_mutex mutex_;
  // By their ARNs.
  std::map<std::string, StreamPtr, std::less<>> streams_;
};

// Collects the records of writes that happen together, and numbers them at the end. Holds the
// streams' order from Number until its own end.
class StreamWriter {
 public:
  explicit StreamWriter(const Streams& streams) : streams_(streams) {}
  // Takes the numbers back unless the records were written.
  ~StreamWriter();
  StreamWriter(const StreamWriter&) = delete;
  StreamWriter& operator=(const StreamWriter&) = delete;

  // `partition` are the bytes of the item's partition key. Leaves out of the images what the
  // stream's view type does not show.
  void Add(const StreamPtr& stream, std::string_view partition, StreamRecord record);
  // Puts the records into the batch, which must be written next.
  void Number(storage::Batch& batch);
  void Written() { written_ = true; }

 private:
  struct Pending {
    StreamPtr stream;
    uint64_t hash;
    std::string record;
    Shard* shard = nullptr;
  };

  const Streams& streams_;
  std::vector<Pending> pending_;
  std::vector<std::unique_lock<std::mutex>> locks_;
  bool written_ = false;
};

}  // namespace fractus::dynamo
