// A table's stream: its shards and the changes recorded in them.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/clock.h"
#include "emulator/core/json.h"

namespace fractus::dynamo {

// Who made a change: a client, or the service itself (time to live).
enum class Author : uint8_t { kClient, kTimeToLive };

enum class ViewType { kKeysOnly, kNewImage, kOldImage, kNewAndOldImages };

// Records of a shard are numbered 1, 2, 3 ... without gaps.
struct Shard {
  // Its place among all shards that the stream ever had.
  uint32_t number = 0;
  std::string id;
  std::optional<std::string> parent;
  // It takes the items whose partition's hash is in [low, high).
  uint64_t low = 0, high = 0;
  // Closed shards get no records any more.
  std::optional<Time> closed;
  // The number that its next record gets.
  uint64_t next = 1;
};

// A record as it is stored. Rows are those of item_codec.h; an image that the view type leaves out
// is empty.
//
//   bytes = 0x01 (version), event, author, time (8 bytes of microseconds, big-endian), then keys,
//           old image and new image, each with its length in 4 bytes, big-endian
struct StreamRecord {
  enum class Event : uint8_t { kInsert = 1, kModify = 2, kRemove = 3 };
  Event event = Event::kInsert;
  Author author = Author::kClient;
  Time time;
  std::string_view keys, old_image, new_image;
};
std::string EncodeRecord(const StreamRecord& record);
// The views are of `bytes`. Throws std::runtime_error when the store is damaged.
StreamRecord DecodeRecord(std::string_view bytes);

// What is fixed about a stream, and its shards as they are now. Thread-safe.
class Stream {
 public:
  // `definition`: "Number", "Account", "Region", "TableName", "Label", "ViewType", "KeySchema",
  // "CreatedAt", in a disabled one "DisabledAt", and "Shards".
  explicit Stream(const json& definition);

  // With the shards as they are now.
  json definition() const;
  uint32_t number() const { return number_; }
  const std::string& account() const { return account_; }
  const std::string& region() const { return region_; }
  const std::string& table_name() const { return table_name_; }
  const std::string& label() const { return label_; }
  ViewType view_type() const { return view_type_; }
  // As requests name it: "NEW_IMAGE".
  std::string ViewTypeName() const;
  const json& key_schema() const { return key_schema_; }
  Time created() const { return created_; }
  std::optional<Time> disabled() const;
  std::string Arn() const;

  // All that are still known, oldest first.
  std::vector<Shard> Shards() const;
  std::optional<Shard> FindShard(std::string_view id) const;

 private:
  friend class Streams;
  friend class StreamWriter;

  const uint32_t number_;
  const std::string account_, region_, table_name_, label_;
  const ViewType view_type_;
  const json key_schema_;
  const Time created_;

  // Held from the numbering of records until they are written, so that nobody sees a number before
  // all smaller ones.
  mutable std::mutex mutex_;
  std::vector<Shard> shards_;
  uint32_t next_shard_ = 0;
  std::optional<Time> disabled_;
};

using StreamPtr = std::shared_ptr<Stream>;

std::string StreamArn(const std::string& account, const std::string& region,
                      const std::string& table_name, const std::string& label);

// "100000000000000000042": 21 digits that tell the shard and the record, and sort as both do.
std::string SequenceNumber(uint32_t shard, uint64_t record);
struct RecordPlace {
  uint32_t shard;
  uint64_t record;
};
// Nothing for a text that SequenceNumber did not make.
std::optional<RecordPlace> ParseSequenceNumber(std::string_view text);

// Appends the record as GetRecords shows it.
void WriteRecord(std::string& out, const Stream& stream, const Shard& shard, uint64_t number,
                 const StreamRecord& record);

}  // namespace fractus::dynamo
