// Log groups, streams and events as they lie in the database, with a buffer in front that makes
// writing cheap.
#pragma once

#include <compare>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "emulator/core/clock.h"
#include "emulator/ports/log_sink.h"
#include "emulator/storage/collection.h"

namespace fractus::logs {

struct StreamName {
  storage::Scope scope;
  std::string group;
  std::string stream;
};

// Where an event stands: by time, then by arrival. The sequence is unique in the database and
// starts at 1.
struct Position {
  int64_t timestamp = 0;
  uint64_t sequence = 0;

  auto operator<=>(const Position&) const = default;
};

struct Event {
  Position position;
  int64_t ingested = 0;
  std::string message;
};

// One event before it has its place. Times are milliseconds since 1970.
struct NewEvent {
  int64_t timestamp = 0;
  std::string message;
};

// The documents of a group and of a stream as they are made.
json NewGroup(std::string_view name, int64_t now);
json NewStream(std::string_view name, int64_t now);

// Walks the events of one stream in order.
class EventCursor {
 public:
  EventCursor(storage::Cursor cursor, std::string prefix)
      : cursor_(std::move(cursor)), prefix_(std::move(prefix)) {}

  // To the first event at or after / the last event at or before the position.
  void Seek(Position position);
  void SeekBackward(Position position);
  void Next() { cursor_.Next(); }
  void Previous() { cursor_.Previous(); }
  bool Valid() const { return cursor_.Valid() && cursor_.Key().starts_with(prefix_); }
  Position At() const;
  // Valid until the cursor moves.
  std::string_view Message() const;
  Event Read() const;

 private:
  storage::Cursor cursor_;
  std::string prefix_;
};

// Keys of events: MakeKey("event", account, region, group, stream), then timestamp and sequence as
// 8 big-endian bytes each. Value: the ingestion time as 8 big-endian bytes, then the message. Group
// and stream documents are Collections.
//
// Thread-safe. Buffered lines are written by a thread of its own within a tenth of a second, by
// every Flush, and when the store is destroyed.
class EventStore {
 public:
  explicit EventStore(storage::Database& database);
  ~EventStore();

  // Takes lines without touching the disk, unless the buffer is full. `now` is their ingestion
  // time.
  void Buffer(StreamName name, std::vector<ports::LogLine> lines, int64_t now);
  // Puts all buffered lines into the database.
  void Flush();
  // Writes at once, after what is buffered. The stream must exist. Returns the stream's next
  // sequence token.
  std::string Append(const StreamName& name, const std::vector<NewEvent>& events, int64_t now);

  EventCursor Open(const StreamName& name) const;

  std::optional<json> FindGroup(const storage::Scope& scope, std::string_view group) const;
  storage::Page ListGroups(const storage::Scope& scope, std::string_view prefix,
                           std::string_view after, size_t limit) const;
  // False when there is one already.
  bool CreateGroup(const storage::Scope& scope, const std::string& group, const json& document);
  // Runs `change` on the group's document under the lock; false when there is no such group.
  template <class Change>
  bool ChangeGroup(const storage::Scope& scope, const std::string& group, Change change) {
    const std::lock_guard lock(write_mutex_);
    auto document = groups_.Find(scope, group);
    if (!document) return false;
    change(*document);
    groups_.Put(scope, group, *document);
    return true;
  }
  // With its streams and events; false when there is no such group.
  bool DeleteGroup(const storage::Scope& scope, const std::string& group);

  std::optional<json> FindStream(const StreamName& name) const;
  // Streams of a group by name; `after` and Page::more are names of streams.
  storage::Page ListStreams(const storage::Scope& scope, std::string_view group,
                            std::string_view prefix, std::string_view after, size_t limit) const;
  bool CreateStream(const StreamName& name, const json& document);
  bool DeleteStream(const StreamName& name);

 private:
  struct Pending {
    StreamName name;
    std::vector<ports::LogLine> lines;
    int64_t ingested;
  };

  void FlushInBackground();
  // Both hold write_mutex_.
  void WritePending(std::vector<Pending> pending);
  std::string WriteEvents(storage::Batch& batch, const StreamName& name,
                          const std::vector<NewEvent>& events, int64_t ingested, bool create);

  storage::Room room_;
  storage::Collection groups_;
  storage::Collection streams_;

  // Held while documents or events change; taken before buffer_mutex_.
  std::mutex write_mutex_;
  uint64_t last_sequence_ = 0;

  std::mutex buffer_mutex_;
  std::condition_variable wake_;
  std::vector<Pending> buffer_;
  size_t buffered_bytes_ = 0;
  bool stopping_ = false;
  std::thread flusher_;
};

}  // namespace fractus::logs
