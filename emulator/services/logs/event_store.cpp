#include "emulator/services/logs/event_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "emulator/core/log.h"

namespace fractus::logs {
namespace {

constexpr auto kFlushDelay = std::chrono::milliseconds(100);
constexpr size_t kFullBuffer = 8u << 20;
constexpr std::string_view kSequenceKey = "sequence";
constexpr size_t kNumberSize = 8;

std::string BigEndian(uint64_t number) {
  std::string bytes(kNumberSize, '\0');
  for (size_t i = 0; i < kNumberSize; ++i) bytes[i] = static_cast<char>(number >> (56 - 8 * i));
  return bytes;
}

uint64_t FromBigEndian(std::string_view bytes) {
  uint64_t number = 0;
  for (const char c : bytes.substr(0, kNumberSize))
    number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

std::string StreamPrefix(const StreamName& name) {
  return storage::MakeKey(
      {"event", name.scope.account, name.scope.region, name.group, name.stream});
}

std::string PositionBytes(Position position) {
  return BigEndian(static_cast<uint64_t>(position.timestamp)) + BigEndian(position.sequence);
}

// A stream's name in its collection: no group's name holds 0x00.
std::string StreamKey(std::string_view group, std::string_view stream) {
  std::string key(group);
  key += '\0';
  key += stream;
  return key;
}

}  // namespace

json NewGroup(std::string_view name, int64_t now) {
  return {
      {"logGroupName", name}, {"creationTime", now}, {"storedBytes", 0}, {"tags", json::object()}};
}

json NewStream(std::string_view name, int64_t now) {
  return {{"logStreamName", name}, {"creationTime", now}};
}

void EventCursor::Seek(Position position) { cursor_.Seek(prefix_ + PositionBytes(position)); }
void EventCursor::SeekBackward(Position position) {
  cursor_.SeekBackward(prefix_ + PositionBytes(position));
}

Position EventCursor::At() const {
  const auto bytes = cursor_.Key().substr(prefix_.size());
  return {static_cast<int64_t>(FromBigEndian(bytes)), FromBigEndian(bytes.substr(kNumberSize))};
}

std::string_view EventCursor::Message() const { return cursor_.Value().substr(kNumberSize); }

Event EventCursor::Read() const {
  return {At(), static_cast<int64_t>(FromBigEndian(cursor_.Value())), std::string(Message())};
}

EventStore::EventStore(storage::Database& database)
    : room_(database.OpenRoom("logs")), groups_(room_, "group"), streams_(room_, "stream") {
  if (const auto bytes = room_.Get(kSequenceKey)) last_sequence_ = FromBigEndian(*bytes);
  flusher_ = std::thread([this] { FlushInBackground(); });
}

EventStore::~EventStore() {
  {
    const std::lock_guard lock(buffer_mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  flusher_.join();
  Flush();
}

void EventStore::Buffer(StreamName name, std::vector<ports::LogLine> lines, int64_t now) {
  if (lines.empty()) return;
  size_t bytes = 0;
  for (const auto& line : lines) bytes += line.message.size() + sizeof(ports::LogLine);
  bool first = false;
  bool full = false;
  {
    const std::lock_guard lock(buffer_mutex_);
    first = buffer_.empty();
    buffer_.push_back({std::move(name), std::move(lines), now});
    buffered_bytes_ += bytes;
    full = buffered_bytes_ >= kFullBuffer;
  }
  if (first) wake_.notify_one();
  // The writer helps: lines that come faster than the disk takes them must not fill the memory.
  if (full) Flush();
}

void EventStore::FlushInBackground() {
  std::unique_lock lock(buffer_mutex_);
  while (!stopping_) {
    wake_.wait(lock, [this] { return stopping_ || !buffer_.empty(); });
    // Gathers what comes within the delay into one write.
    wake_.wait_for(lock, kFlushDelay, [this] { return stopping_; });
    lock.unlock();
    Flush();
    lock.lock();
  }
}

void EventStore::Flush() {
  // Also waits for what another thread took out of the buffer and is still writing.
  const std::lock_guard writing(write_mutex_);
  std::vector<Pending> pending;
  {
    const std::lock_guard lock(buffer_mutex_);
    pending.swap(buffer_);
    buffered_bytes_ = 0;
  }
  WritePending(std::move(pending));
}

void EventStore::WritePending(std::vector<Pending> pending) {
  if (pending.empty()) return;
  try {
    // Each stream's document changes once, however many lines came; lines keep their order within a
    // stream.
    std::map<std::string, std::vector<size_t>> by_stream;
    for (size_t i = 0; i < pending.size(); ++i)
      by_stream[StreamPrefix(pending[i].name)].push_back(i);
    for (auto& [prefix, indexes] : by_stream) {
      storage::Batch batch;
      std::vector<NewEvent> events;
      for (const size_t index : indexes) {
        for (auto& line : pending[index].lines)
          events.push_back({EpochMillis(line.time), std::move(line.message)});
      }
      const auto& last = pending[indexes.back()];
      WriteEvents(batch, last.name, events, last.ingested, true);
      room_.Write(std::move(batch));
    }
  } catch (const std::exception& failure) {
    Log(LogLevel::kError, "Log lines were lost: {}", failure.what());
  }
}

std::string EventStore::WriteEvents(storage::Batch& batch, const StreamName& name,
                                    const std::vector<NewEvent>& events, int64_t ingested,
                                    bool create) {
  auto group = groups_.Find(name.scope, name.group);
  if (!group && create) group = NewGroup(name.group, ingested);
  const auto stream_key = StreamKey(name.group, name.stream);
  auto stream = streams_.Find(name.scope, stream_key);
  if (!stream && create) stream = NewStream(name.stream, ingested);
  if (!group || !stream) return "";

  const std::string prefix = StreamPrefix(name);
  const std::string ingested_bytes = BigEndian(static_cast<uint64_t>(ingested));
  auto first = stream->value("firstEventTimestamp", INT64_MAX);
  auto last = stream->value("lastEventTimestamp", INT64_MIN);
  int64_t bytes = 0;
  std::string key, value;
  for (const auto& event : events) {
    const int64_t timestamp = std::max<int64_t>(event.timestamp, 0);
    key = prefix + PositionBytes({timestamp, ++last_sequence_});
    value = ingested_bytes;
    value += event.message;
    room_.Put(batch, key, value);
    first = std::min(first, timestamp);
    last = std::max(last, timestamp);
    bytes += static_cast<int64_t>(event.message.size()) + 26;
  }
  auto token = fmt::format("49{:054}", last_sequence_);
  (*stream)["firstEventTimestamp"] = first;
  (*stream)["lastEventTimestamp"] = last;
  (*stream)["lastIngestionTime"] = ingested;
  (*stream)["uploadSequenceToken"] = token;
  (*group)["storedBytes"] = group->value("storedBytes", int64_t{0}) + bytes;
  streams_.Put(batch, name.scope, stream_key, *stream);
  groups_.Put(batch, name.scope, name.group, *group);
  room_.Put(batch, kSequenceKey, BigEndian(last_sequence_));
  return token;
}

std::string EventStore::Append(const StreamName& name, const std::vector<NewEvent>& events,
                               int64_t now) {
  Flush();
  const std::lock_guard lock(write_mutex_);
  storage::Batch batch;
  auto token = WriteEvents(batch, name, events, now, false);
  room_.Write(std::move(batch));
  return token;
}

EventCursor EventStore::Open(const StreamName& name) const {
  return {room_.MakeCursor(), StreamPrefix(name)};
}

std::optional<json> EventStore::FindGroup(const storage::Scope& scope,
                                          std::string_view group) const {
  return groups_.Find(scope, group);
}

storage::Page EventStore::ListGroups(const storage::Scope& scope, std::string_view prefix,
                                     std::string_view after, size_t limit) const {
  return groups_.List(scope, prefix, after, limit);
}

bool EventStore::CreateGroup(const storage::Scope& scope, const std::string& group,
                             const json& document) {
  const std::lock_guard lock(write_mutex_);
  if (groups_.Contains(scope, group)) return false;
  groups_.Put(scope, group, document);
  return true;
}

bool EventStore::DeleteGroup(const storage::Scope& scope, const std::string& group) {
  Flush();
  const std::lock_guard lock(write_mutex_);
  if (!groups_.Contains(scope, group)) return false;
  storage::Batch batch;
  for (const auto& kind : {"event", "stream"}) {
    // Streams are named "group 0x00 stream"; escaped in keys, 0x00 is 0x01 0x01.
    const auto prefix =
        std::string_view(kind) == "event"
            ? storage::MakeKey({kind, scope.account, scope.region, group})
            : storage::MakeKey({kind, scope.account, scope.region}) + group + "\x01\x01";
    room_.DeleteRange(batch, prefix, storage::PrefixEnd(prefix));
  }
  groups_.Delete(batch, scope, group);
  room_.Write(std::move(batch));
  return true;
}

std::optional<json> EventStore::FindStream(const StreamName& name) const {
  return streams_.Find(name.scope, StreamKey(name.group, name.stream));
}

storage::Page EventStore::ListStreams(const storage::Scope& scope, std::string_view group,
                                      std::string_view prefix, std::string_view after,
                                      size_t limit) const {
  auto page = streams_.List(scope, StreamKey(group, prefix),
                            after.empty() ? std::string() : StreamKey(group, after), limit);
  if (page.more) page.more = page.more->substr(group.size() + 1);
  return page;
}

bool EventStore::CreateStream(const StreamName& name, const json& document) {
  const std::lock_guard lock(write_mutex_);
  const auto key = StreamKey(name.group, name.stream);
  if (streams_.Contains(name.scope, key)) return false;
  streams_.Put(name.scope, key, document);
  return true;
}

bool EventStore::DeleteStream(const StreamName& name) {
  Flush();
  const std::lock_guard lock(write_mutex_);
  const auto key = StreamKey(name.group, name.stream);
  if (!streams_.Contains(name.scope, key)) return false;
  storage::Batch batch;
  const auto prefix = StreamPrefix(name);
  room_.DeleteRange(batch, prefix, storage::PrefixEnd(prefix));
  streams_.Delete(batch, name.scope, key);
  room_.Write(std::move(batch));
  return true;
}

}  // namespace fractus::logs
