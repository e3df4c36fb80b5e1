// ListStreams and DescribeStream.
#include "dynamo/operations.h"
#include "dynamo/stream_request.h"

namespace fractus::dynamo {
namespace {

constexpr long long kMostListed = 100;

json DescribeShard(const Shard& shard) {
  json range = {{"StartingSequenceNumber", SequenceNumber(shard.number, 1)}};
  if (shard.closed)
    range["EndingSequenceNumber"] =
        SequenceNumber(shard.number, std::max<uint64_t>(1, shard.next - 1));
  json described = {{"ShardId", shard.id}, {"SequenceNumberRange", std::move(range)}};
  if (shard.parent) described["ParentShardId"] = *shard.parent;
  return described;
}

}  // namespace

Result<json> ListStreams(Store& store, const Request& request) {
  if (auto error = CheckLimit(request, kMostListed)) return *error;
  const auto limit = static_cast<size_t>(request.Integer("Limit", kMostListed));
  const std::string start = request.Text("ExclusiveStartStreamArn");
  const std::string table_name = request.Text("TableName");
  json output = {{"Streams", json::array()}};
  for (const auto& stream :
       store.streams().List(request.context.account, request.context.region, request.context.now)) {
    if (stream->Arn() <= start) continue;
    if (!table_name.empty() && stream->table_name() != AddressOf(request.context, table_name).name)
      continue;
    if (output["Streams"].size() == limit) {
      output["LastEvaluatedStreamArn"] = output["Streams"].back().at("StreamArn");
      break;
    }
    output["Streams"].push_back({{"StreamArn", stream->Arn()},
                                 {"StreamLabel", stream->label()},
                                 {"TableName", stream->table_name()}});
  }
  return output;
}

Result<json> DescribeStream(Store& store, const Request& request) {
  if (auto error = CheckLimit(request, kMostListed)) return *error;
  const auto stream = FindStream(store, request.Text("StreamArn"), request.context.now);
  if (!stream) return stream.error();
  const auto limit = static_cast<size_t>(request.Integer("Limit", kMostListed));
  auto shards = Streams::LiveShards(**stream, request.context.now);
  if (request.Has("ExclusiveStartShardId")) {
    const auto start = std::find_if(shards.begin(), shards.end(), [&](const Shard& shard) {
      return shard.id == request.Text("ExclusiveStartShardId");
    });
    if (start == shards.end()) return ShardNotFound();
    shards.erase(shards.begin(), start + 1);
  }
  if (request.Has("ShardFilter")) {
    const std::string parent = request.Object("ShardFilter").value("ShardId", "");
    std::erase_if(shards, [&](const Shard& shard) { return shard.parent != parent; });
  }
  json description = {{"StreamArn", (*stream)->Arn()},
                      {"StreamLabel", (*stream)->label()},
                      {"StreamStatus", (*stream)->disabled() ? "DISABLED" : "ENABLED"},
                      {"StreamViewType", (*stream)->ViewTypeName()},
                      {"CreationRequestDateTime", EpochSeconds((*stream)->created())},
                      {"TableName", (*stream)->table_name()},
                      {"KeySchema", (*stream)->key_schema()},
                      {"Shards", json::array()}};
  for (const auto& shard : shards) {
    if (description["Shards"].size() == limit) {
      description["LastEvaluatedShardId"] = description["Shards"].back().at("ShardId");
      break;
    }
    description["Shards"].push_back(DescribeShard(shard));
  }
  return json{{"StreamDescription", std::move(description)}};
}

}  // namespace fractus::dynamo
