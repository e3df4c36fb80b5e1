#include "dynamo/stream.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <stdexcept>

#include "dynamo/item_codec.h"
#include "dynamo/value_json.h"
#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"

namespace fractus::dynamo {
namespace {

constexpr char kVersion = 1;
constexpr size_t kSequenceDigits = 21;
constexpr uint64_t kRecordsOfAShard = 1'000'000'000'000'000;

constexpr std::array<std::string_view, 4> kViewTypes = {"KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE",
                                                        "NEW_AND_OLD_IMAGES"};

ViewType ViewTypeFrom(const std::string& name) {
  for (size_t i = 0; i < kViewTypes.size(); ++i) {
    if (kViewTypes[i] == name) return static_cast<ViewType>(i);
  }
  throw std::runtime_error("a stored stream has no view type " + name);
}

void PutNumber(std::string& out, uint64_t number, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>(number >> shift);
}

uint64_t TakeNumber(std::string_view& bytes, size_t count) {
  if (bytes.size() < count) throw std::runtime_error("a stored stream record is damaged");
  uint64_t number = 0;
  for (size_t i = 0; i < count; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
  bytes.remove_prefix(count);
  return number;
}

std::string_view TakeRow(std::string_view& bytes) {
  const size_t size = TakeNumber(bytes, 4);
  if (bytes.size() < size) throw std::runtime_error("a stored stream record is damaged");
  const auto row = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return row;
}

Shard ShardFrom(const json& stored) {
  Shard shard;
  shard.number = stored.at("Number").get<uint32_t>();
  shard.id = stored.at("Id").get<std::string>();
  if (stored.contains("Parent")) shard.parent = stored.at("Parent").get<std::string>();
  shard.low = stored.at("Low").get<uint64_t>();
  shard.high = stored.at("High").get<uint64_t>();
  if (stored.contains("ClosedAt"))
    shard.closed = FromEpochSeconds(stored.at("ClosedAt").get<double>());
  return shard;
}

json Stored(const Shard& shard) {
  json stored = {
      {"Number", shard.number}, {"Id", shard.id}, {"Low", shard.low}, {"High", shard.high}};
  if (shard.parent) stored["Parent"] = *shard.parent;
  if (shard.closed) stored["ClosedAt"] = EpochSeconds(*shard.closed);
  return stored;
}

std::string_view EventName(StreamRecord::Event event) {
  switch (event) {
    case StreamRecord::Event::kInsert:
      return "INSERT";
    case StreamRecord::Event::kModify:
      return "MODIFY";
    case StreamRecord::Event::kRemove:
      break;
  }
  return "REMOVE";
}

}  // namespace

std::string EncodeRecord(const StreamRecord& record) {
  std::string bytes;
  bytes.reserve(24 + record.keys.size() + record.old_image.size() + record.new_image.size());
  bytes += kVersion;
  bytes += static_cast<char>(record.event);
  bytes += static_cast<char>(record.author);
  PutNumber(bytes, static_cast<uint64_t>(record.time.time_since_epoch().count()), 8);
  for (const auto row : {record.keys, record.old_image, record.new_image}) {
    PutNumber(bytes, row.size(), 4);
    bytes += row;
  }
  return bytes;
}

StreamRecord DecodeRecord(std::string_view bytes) {
  StreamRecord record;
  if (TakeNumber(bytes, 1) != kVersion)
    throw std::runtime_error("a stored stream record has an unknown version");
  record.event = static_cast<StreamRecord::Event>(TakeNumber(bytes, 1));
  record.author = static_cast<Author>(TakeNumber(bytes, 1));
  record.time = Time(Duration(static_cast<int64_t>(TakeNumber(bytes, 8))));
  record.keys = TakeRow(bytes);
  record.old_image = TakeRow(bytes);
  record.new_image = TakeRow(bytes);
  return record;
}

Stream::Stream(const json& definition)
    : number_(definition.at("Number").get<uint32_t>()),
      account_(definition.at("Account").get<std::string>()),
      region_(definition.at("Region").get<std::string>()),
      table_name_(definition.at("TableName").get<std::string>()),
      label_(definition.at("Label").get<std::string>()),
      view_type_(ViewTypeFrom(definition.at("ViewType").get<std::string>())),
      key_schema_(definition.at("KeySchema")),
      created_(FromEpochSeconds(definition.at("CreatedAt").get<double>())) {
  if (definition.contains("DisabledAt"))
    disabled_ = FromEpochSeconds(definition.at("DisabledAt").get<double>());
  for (const auto& shard : definition.at("Shards")) shards_.push_back(ShardFrom(shard));
  next_shard_ = definition.at("NextShard").get<uint32_t>();
}

json Stream::definition() const {
  const std::lock_guard lock(mutex_);
  json definition = {{"Number", number_},        {"Account", account_},
                     {"Region", region_},        {"TableName", table_name_},
                     {"Label", label_},          {"ViewType", ViewTypeName()},
                     {"KeySchema", key_schema_}, {"CreatedAt", EpochSeconds(created_)},
                     {"NextShard", next_shard_}, {"Shards", json::array()}};
  if (disabled_) definition["DisabledAt"] = EpochSeconds(*disabled_);
  for (const auto& shard : shards_) definition["Shards"].push_back(Stored(shard));
  return definition;
}

std::string Stream::ViewTypeName() const {
  return std::string(kViewTypes[static_cast<size_t>(view_type_)]);
}

std::optional<Time> Stream::disabled() const {
  const std::lock_guard lock(mutex_);
  return disabled_;
}

std::string Stream::Arn() const { return StreamArn(account_, region_, table_name_, label_); }

std::string StreamArn(const std::string& account, const std::string& region,
                      const std::string& table_name, const std::string& label) {
  return "arn:aws:dynamodb:" + region + ":" + account + ":table/" + table_name + "/stream/" + label;
}

std::vector<Shard> Stream::Shards() const {
  const std::lock_guard lock(mutex_);
  return shards_;
}

std::optional<Shard> Stream::FindShard(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  for (const auto& shard : shards_) {
    if (shard.id == id) return shard;
  }
  return std::nullopt;
}

std::string SequenceNumber(uint32_t shard, uint64_t record) {
  return fmt::format("1{:05}{:015}", shard, record);
}

std::optional<RecordPlace> ParseSequenceNumber(std::string_view text) {
  if (text.size() != kSequenceDigits || text[0] != '1') return std::nullopt;
  uint32_t shard = 0;
  uint64_t record = 0;
  const char* middle = text.data() + 6;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data() + 1, middle, shard).ptr != middle) return std::nullopt;
  if (std::from_chars(middle, end, record).ptr != end || record >= kRecordsOfAShard)
    return std::nullopt;
  return RecordPlace{shard, record};
}

// The id of an event is made of its place in the stream, so that it is the same at every reading.
void WriteRecord(std::string& out, const Stream& stream, const Shard& shard, uint64_t number,
                 const StreamRecord& record) {
  const std::string sequence = SequenceNumber(shard.number, number);
  size_t size = 0;
  for (const auto row : {record.keys, record.old_image, record.new_image}) {
    if (!row.empty()) size += RowBilledSize(row);
  }
  fmt::format_to(std::back_inserter(out),
                 R"({{"awsRegion":"{}","dynamodb":{{"ApproximateCreationDateTime":{},"Keys":)",
                 stream.region(), EpochMillis(record.time) / 1000);
  WriteRow(out, record.keys);
  for (const auto& [member, row] : {std::pair{R"(,"NewImage":)", record.new_image},
                                    std::pair{R"(,"OldImage":)", record.old_image}}) {
    if (row.empty()) continue;
    out += member;
    WriteRow(out, row);
  }
  const std::string id = HexEncode(auth::Sha256(stream.Arn() + "#" + sequence)).substr(0, 32);
  fmt::format_to(
      std::back_inserter(out),
      R"(,"SequenceNumber":"{}","SizeBytes":{},"StreamViewType":"{}"}},"eventID":"{}","eventName":"{}","eventSource":"aws:dynamodb","eventVersion":"1.1")",
      sequence, size, stream.ViewTypeName(), id, EventName(record.event));
  if (record.author == Author::kTimeToLive)
    out += R"(,"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"})";
  out += '}';
}

}  // namespace fractus::dynamo
