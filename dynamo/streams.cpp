#include "dynamo/streams.h"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/core/encoding.h"

namespace fractus::dynamo {
namespace {

constexpr uint64_t kHashes = uint64_t{1} << 32;

std::string DefinitionKey(const Stream& stream) {
  return storage::MakeKey({"stream", fmt::format("{:010}", stream.number())});
}
std::string NumberKey() { return storage::MakeKey({"last stream number"}); }

void PutNumber(std::string& key, uint64_t number, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    key += static_cast<char>(number >> shift);
}

std::string ShardPrefix(uint32_t stream, uint32_t shard) {
  std::string key;
  PutNumber(key, stream, 4);
  PutNumber(key, shard, 4);
  return key;
}

std::string RecordKey(const Stream& stream, const Shard& shard, uint64_t number) {
  std::string key = ShardPrefix(stream.number(), shard.number);
  PutNumber(key, number, 8);
  return key;
}

uint64_t RecordNumber(std::string_view key) {
  uint64_t number = 0;
  for (const char byte : key.substr(8)) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

// The same after every start: FNV-1a over the bytes, folded to 32 bits.
uint64_t HashOf(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : bytes) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 0x100000001b3;
  }
  return (hash >> 32) ^ (hash & 0xffffffff);
}

// "shardId-00000001767225600000-1f3a5b7c", as the service's look.
std::string ShardId(uint32_t stream, uint32_t shard, Time now) {
  return fmt::format("shardId-{:020}-{:08x}", EpochMillis(now),
                     Crc32(fmt::format("{}/{}", stream, shard)));
}

bool IsOver(const std::optional<Time>& end, Time now) {
  return end && *end + kStreamRetention <= now;
}

// "2026-01-02T03:04:05.678"
std::string LabelAt(Time time) {
  std::string label = FormatIso8601Millis(time);
  label.pop_back();
  return label;
}

bool IsEnabled(const json* table) {
  return table && table->value("StreamSpecification", json::object()).value("StreamEnabled", false);
}

}  // namespace

Streams::Streams(storage::Database& database)
    : definitions_(database.OpenRoom("dynamo")), records_(database.OpenRoom("dynamo.streams")) {
  for (const auto& definition : definitions_.ListJson(storage::MakeKey({"stream"}))) {
    auto stream = std::make_shared<Stream>(definition);
    for (auto& shard : stream->shards_) {
      // The newest record is never trimmed, so the numbers go on where they ended.
      auto cursor = records_.MakeCursor();
      const std::string prefix = ShardPrefix(stream->number(), shard.number);
      cursor.SeekBackward(RecordKey(*stream, shard, ~uint64_t{0}));
      if (cursor.Valid() && cursor.Key().starts_with(prefix))
        shard.next = RecordNumber(cursor.Key()) + 1;
    }
    streams_[stream->Arn()] = std::move(stream);
  }
}

StreamPtr Streams::Follow(storage::Batch& batch, const json* before, json* after, uint32_t shards,
                          Time now) {
  const StreamPtr known = before ? Of(*before) : nullptr;
  if (!IsEnabled(after)) {
    if (known) Close(batch, *known, now);
    return nullptr;
  }
  if (known) {
    Split(batch, *known, shards, now);
    return known;
  }
  const StreamPtr opened = Open(batch, *after, shards, now);
  (*after)["LatestStreamLabel"] = opened->label();
  return opened;
}

StreamPtr Streams::Of(const json& table) const {
  if (!IsEnabled(&table) || !table.contains("LatestStreamLabel")) return nullptr;
  return FindByArn(StreamArn(
      table.at("Account").get<std::string>(), table.at("Region").get<std::string>(),
      table.at("TableName").get<std::string>(), table.at("LatestStreamLabel").get<std::string>()));
}

StreamPtr Streams::FindByArn(std::string_view arn) const {
  const std::shared_lock lock(mutex_);
  const auto found = streams_.find(arn);
  return found == streams_.end() ? nullptr : found->second;
}

std::vector<StreamPtr> Streams::List(std::string_view account, std::string_view region,
                                     Time now) const {
  std::vector<StreamPtr> list;
  const std::shared_lock lock(mutex_);
  for (const auto& [arn, stream] : streams_) {
    if (stream->account() == account && stream->region() == region &&
        !IsOver(stream->disabled(), now)) {
      list.push_back(stream);
    }
  }
  return list;
}

std::vector<Shard> Streams::LiveShards(const Stream& stream, Time now) {
  auto shards = stream.Shards();
  std::erase_if(shards, [&](const Shard& shard) { return IsOver(shard.closed, now); });
  return shards;
}

StreamPtr Streams::Open(storage::Batch& batch, const json& table, uint32_t shards, Time now) {
  const std::unique_lock lock(mutex_);
  const uint32_t number = definitions_.GetJson(NumberKey()).value_or(json(0)).get<uint32_t>() + 1;
  definitions_.PutJson(batch, NumberKey(), number);
  // A table's streams are told apart by when they were opened, also on a clock that stands still.
  Time created = now;
  const auto arn = [&] {
    return StreamArn(table.at("Account").get<std::string>(), table.at("Region").get<std::string>(),
                     table.at("TableName").get<std::string>(), LabelAt(created));
  };
  while (streams_.contains(arn())) created += std::chrono::milliseconds(1);
  auto stream = std::make_shared<Stream>(
      json{{"Number", number},
           {"Account", table.at("Account")},
           {"Region", table.at("Region")},
           {"TableName", table.at("TableName")},
           {"Label", LabelAt(created)},
           {"ViewType", table.at("StreamSpecification").at("StreamViewType")},
           {"KeySchema", table.at("KeySchema")},
           {"CreatedAt", EpochSeconds(created)},
           {"NextShard", 0},
           {"Shards", json::array()}});
  for (uint32_t i = 0; i < shards; ++i) {
    Shard shard;
    shard.number = stream->next_shard_++;
    shard.id = ShardId(number, shard.number, created);
    shard.low = kHashes * i / shards;
    shard.high = kHashes * (i + 1) / shards;
    stream->shards_.push_back(std::move(shard));
  }
  Keep(batch, *stream);
  streams_[stream->Arn()] = stream;
  return stream;
}

void Streams::Close(storage::Batch& batch, Stream& stream, Time now) {
  {
    const std::lock_guard lock(stream.mutex_);
    stream.disabled_ = now;
    for (auto& shard : stream.shards_) {
      if (!shard.closed) shard.closed = now;
    }
  }
  Keep(batch, stream);
}

// Every open shard is closed and followed by two children, until there are enough of them.
void Streams::Split(storage::Batch& batch, Stream& stream, uint32_t shards, Time now) {
  for (;;) {
    const std::lock_guard lock(stream.mutex_);
    const auto is_open = [](const Shard& shard) { return !shard.closed; };
    if (static_cast<uint32_t>(
            std::count_if(stream.shards_.begin(), stream.shards_.end(), is_open)) >= shards) {
      break;
    }
    std::vector<Shard> children;
    for (auto& parent : stream.shards_) {
      if (parent.closed) continue;
      parent.closed = now;
      const uint64_t middle = (parent.low + parent.high) / 2;
      for (const auto& [low, high] :
           {std::pair{parent.low, middle}, std::pair{middle, parent.high}}) {
        Shard& child = children.emplace_back();
        child.number = stream.next_shard_++;
        child.id = ShardId(stream.number(), child.number, now);
        child.parent = parent.id;
        child.low = low;
        child.high = high;
      }
    }
    stream.shards_.insert(stream.shards_.end(), children.begin(), children.end());
  }
  Keep(batch, stream);
}

void Streams::Keep(storage::Batch& batch, const Stream& stream) {
  definitions_.PutJson(batch, DefinitionKey(stream), stream.definition());
}

uint64_t Streams::Horizon(const Stream& stream, const Shard& shard, Time now) const {
  uint64_t horizon = shard.next;
  Read(stream, shard, 0, [&](uint64_t number, const StreamRecord& record) {
    if (IsOver(record.time, now)) return true;
    horizon = number;
    return false;
  });
  return horizon;
}

void Streams::Read(
    const Stream& stream, const Shard& shard, uint64_t first,
    const std::function<bool(uint64_t number, const StreamRecord& record)>& visit) const {
  const std::string prefix = ShardPrefix(stream.number(), shard.number);
  auto cursor = records_.MakeCursor();
  for (cursor.Seek(RecordKey(stream, shard, first));
       cursor.Valid() && cursor.Key().starts_with(prefix); cursor.Next()) {
    if (!visit(RecordNumber(cursor.Key()), DecodeRecord(cursor.Value()))) return;
  }
}

void Streams::Trim(Time now) {
  std::vector<StreamPtr> streams;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [arn, stream] : streams_) streams.push_back(stream);
  }
  for (const auto& stream : streams) TrimOne(*stream, now);
}

void Streams::TrimOne(Stream& stream, Time now) {
  storage::Batch batch;
  bool has_dead_shards = false;
  for (const auto& shard : stream.Shards()) {
    const std::string prefix = ShardPrefix(stream.number(), shard.number);
    if (IsOver(shard.closed, now)) {
      records_.DeleteRange(batch, prefix, storage::PrefixEnd(prefix));
      has_dead_shards = true;
      continue;
    }
    // The newest record stays: it tells where the numbers go on.
    const uint64_t end = std::min(Horizon(stream, shard, now), shard.next - 1);
    if (end > 1) records_.DeleteRange(batch, prefix, RecordKey(stream, shard, end));
  }
  if (has_dead_shards) {
    const std::lock_guard lock(stream.mutex_);
    std::erase_if(stream.shards_, [&](const Shard& shard) { return IsOver(shard.closed, now); });
  }
  const bool is_over = IsOver(stream.disabled(), now);
  if (is_over) {
    definitions_.Delete(batch, DefinitionKey(stream));
  } else if (has_dead_shards) {
    Keep(batch, stream);
  }
  records_.Write(std::move(batch));
  if (!is_over) return;
  const std::unique_lock lock(mutex_);
  streams_.erase(stream.Arn());
}

void StreamWriter::Add(const StreamPtr& stream, std::string_view partition, StreamRecord record) {
  const ViewType view = stream->view_type();
  if (view == ViewType::kKeysOnly || view == ViewType::kNewImage) record.old_image = {};
  if (view == ViewType::kKeysOnly || view == ViewType::kOldImage) record.new_image = {};
  pending_.push_back({stream, HashOf(partition), EncodeRecord(record)});
}

void StreamWriter::Number(storage::Batch& batch) {
  std::vector<Stream*> streams;
  for (const auto& pending : pending_) streams.push_back(pending.stream.get());
  // In one order everywhere, so that writers cannot wait for each other in a circle.
  std::sort(streams.begin(), streams.end());
  streams.erase(std::unique(streams.begin(), streams.end()), streams.end());
  for (Stream* stream : streams) locks_.emplace_back(stream->mutex_);
  for (auto& pending : pending_) {
    for (auto& shard : pending.stream->shards_) {
      if (shard.closed || pending.hash < shard.low || pending.hash >= shard.high) continue;
      pending.shard = &shard;
      streams_.records_.Put(batch, RecordKey(*pending.stream, shard, shard.next++), pending.record);
    }
  }
}

StreamWriter::~StreamWriter() {
  if (written_) return;
  for (const auto& pending : pending_) {
    if (pending.shard) --pending.shard->next;
  }
}

}  // namespace fractus::dynamo
