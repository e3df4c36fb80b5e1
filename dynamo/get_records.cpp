// GetShardIterator and GetRecords.
#include <charconv>

#include "dynamo/operations.h"
#include "dynamo/stream_request.h"
#include "emulator/core/encoding.h"

namespace fractus::dynamo {
namespace {

// Source: GetRecords and GetShardIterator.
constexpr int64_t kMostRecords = 1000;
constexpr size_t kLargestAnswer = 1024 * 1024;
constexpr auto kIteratorLife = std::chrono::minutes(15);

// A place in a shard, and when it was handed out. Opaque for clients: the stream's ARN, "|1|", and
// the rest as base64 of "shard|record|milliseconds".
struct Iterator {
  std::string stream_arn;
  std::string shard_id;
  // The record to read next.
  uint64_t record = 0;
  Time issued;
};

std::string WriteIterator(const Iterator& iterator) {
  return iterator.stream_arn + "|1|" +
         Base64Encode(iterator.shard_id + "|" + std::to_string(iterator.record) + "|" +
                      std::to_string(EpochMillis(iterator.issued)));
}

template <class Number>
bool ReadNumber(const std::string& text, Number& number) {
  const char* end = text.data() + text.size();
  return std::from_chars(text.data(), end, number).ptr == end && !text.empty();
}

std::optional<Iterator> ReadIterator(const std::string& text) {
  const auto parts = Split(text, '|');
  if (parts.size() != 3 || parts[1] != "1") return std::nullopt;
  const auto place = Base64Decode(parts[2]);
  if (!place) return std::nullopt;
  const auto members = Split(*place, '|');
  Iterator iterator;
  int64_t issued = 0;
  if (members.size() != 3 || !ReadNumber(members[1], iterator.record) ||
      !ReadNumber(members[2], issued)) {
    return std::nullopt;
  }
  iterator.stream_arn = parts[0];
  iterator.shard_id = members[0];
  iterator.issued = Time(std::chrono::milliseconds(issued));
  return iterator;
}

ApiError Trimmed() {
  return {"TrimmedDataAccessException", "The data you are trying to access has been trimmed"};
}

// The record that an iterator of this request reads first.
// Observed: the texts about sequence numbers are not known.
Result<uint64_t> FirstRecord(const Store& store, const Stream& stream, const Shard& shard,
                             const Request& request) {
  const std::string type = request.Text("ShardIteratorType");
  const uint64_t horizon = store.streams().Horizon(stream, shard, request.context.now);
  if (type == "TRIM_HORIZON") return horizon;
  if (type == "LATEST") return shard.next;
  if (!request.Has("SequenceNumber"))
    return InvalidParameter("SequenceNumber must be specified for ShardIteratorType " + type);
  const auto place = ParseSequenceNumber(request.Text("SequenceNumber"));
  if (!place || place->shard != shard.number) {
    return InvalidParameter("SequenceNumber " + request.Text("SequenceNumber") +
                            " is not of shard " + shard.id);
  }
  const uint64_t first = type == "AFTER_SEQUENCE_NUMBER" ? place->record + 1 : place->record;
  if (first < horizon) return Trimmed();
  return first;
}

struct RecordsRequest {
  std::optional<std::string> iterator;
  std::optional<int64_t> limit;
};

Result<RecordsRequest> ReadRequest(std::string_view body) {
  JsonReader reader(body);
  RecordsRequest request;
  std::string_view name;
  for (bool more = reader.BeginObject(); more && reader.NextMember(name);) {
    if (reader.TakeNull()) continue;
    if (name == "ShardIterator") {
      reader.ReadText(request.iterator.emplace());
    } else if (name == "Limit") {
      reader.ReadInteger(request.limit.emplace());
    } else {
      reader.Skip();
    }
  }
  if (!reader.Finish()) return reader.error();
  Constraints constraints;
  constraints.Required(request.iterator.has_value(), "shardIterator");
  constraints.AtLeast(request.limit, "limit", 1);
  constraints.AtMost(request.limit, "limit", kMostRecords);
  if (auto error = constraints.Error()) return *error;
  return request;
}

}  // namespace

Result<json> GetShardIterator(Store& store, const Request& request) {
  Constraints constraints;
  constraints.Enum(request.Text("ShardIteratorType"), "shardIteratorType",
                   "AFTER_SEQUENCE_NUMBER, LATEST, AT_SEQUENCE_NUMBER, TRIM_HORIZON");
  if (auto error = constraints.Error()) return *error;
  const auto stream = FindStream(store, request.Text("StreamArn"), request.context.now);
  if (!stream) return stream.error();
  const auto shard = (*stream)->FindShard(request.Text("ShardId"));
  if (!shard) return ShardNotFound();
  const auto first = FirstRecord(store, **stream, *shard, request);
  if (!first) return first.error();
  return json{
      {"ShardIterator", WriteIterator({(*stream)->Arn(), shard->id, *first, request.context.now})}};
}

Result<std::string> GetRecords(Store& store, const RequestContext& context, std::string_view body) {
  const auto request = ReadRequest(body);
  if (!request) return request.error();
  auto iterator = ReadIterator(*request->iterator);
  if (!iterator) return Invalid("Invalid ShardIterator");
  const auto stream = FindStream(store, iterator->stream_arn, context.now);
  if (!stream) return stream.error();
  const auto shard = (*stream)->FindShard(iterator->shard_id);
  if (!shard) return ShardNotFound();
  if (iterator->issued + kIteratorLife < context.now)
    return ApiError{"ExpiredIteratorException", "Shard iterator has expired"};
  if (iterator->record < store.streams().Horizon(**stream, *shard, context.now)) return Trimmed();

  const auto limit = static_cast<size_t>(request->limit.value_or(kMostRecords));
  std::string records, one;
  size_t count = 0;
  const auto visit = [&](uint64_t number, const StreamRecord& record) {
    // A record that came after the shard was looked up waits for the next call.
    if (count == limit || number >= shard->next) return false;
    one.clear();
    WriteRecord(one, **stream, *shard, number, record);
    if (count > 0 && records.size() + one.size() > kLargestAnswer) return false;
    if (count++ > 0) records += ',';
    records += one;
    iterator->record = number + 1;
    return true;
  };
  store.streams().Read(**stream, *shard, iterator->record, visit);
  std::string out;
  ObjectWriter response(out);
  // A closed shard that is read to its end has no next iterator.
  if (!shard->closed || iterator->record < shard->next) {
    iterator->issued = context.now;
    WriteText(response.Member("NextShardIterator"), WriteIterator(*iterator));
  }
  response.Member("Records") += '[' + records + ']';
  response.End();
  return out;
}

}  // namespace fractus::dynamo
