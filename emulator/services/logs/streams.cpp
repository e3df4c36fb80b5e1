#include <algorithm>

#include "emulator/services/logs/operations.h"

namespace fractus::logs {
namespace {

constexpr size_t kLongestName = 512;

StreamName NameOf(const Request& request, std::string group) {
  return {storage::Scope::Of(request.context), std::move(group), request.Text("logStreamName")};
}

json Describe(const std::string& group_arn, json stream) {
  stream["arn"] = group_arn + ":log-stream:" + stream.at("logStreamName").get<std::string>();
  // AWS reports no sizes of streams since 2019.
  stream["storedBytes"] = 0;
  return stream;
}

// By the time of the last event, streams without events as the oldest, then by name.
bool LastsShorter(const json& a, const json& b) {
  const auto a_time = a.value("lastEventTimestamp", int64_t{-1});
  const auto b_time = b.value("lastEventTimestamp", int64_t{-1});
  if (a_time != b_time) return a_time < b_time;
  return a.at("logStreamName") < b.at("logStreamName");
}

}  // namespace

Result<json> CreateLogStream(EventStore& store, const Request& request) {
  const auto name = NameOf(request, request.Text("logGroupName"));
  if (name.stream.size() > kLongestName) {
    return InvalidParameter(
        "Invalid LogGroup or LogStream, both must have length less than or equal to 512.");
  }
  store.Flush();
  if (!store.FindGroup(name.scope, name.group)) return GroupNotFound();
  if (!store.CreateStream(name, NewStream(name.stream, EpochMillis(request.context.now)))) {
    return ApiError{"ResourceAlreadyExistsException", "The specified log stream already exists"};
  }
  return json::object();
}

Result<json> DeleteLogStream(EventStore& store, const Request& request) {
  const auto name = NameOf(request, request.Text("logGroupName"));
  store.Flush();
  if (!store.FindGroup(name.scope, name.group)) return GroupNotFound();
  if (!store.DeleteStream(name)) return StreamNotFound();
  return json::object();
}

Result<json> DescribeLogStreams(EventStore& store, const Request& request) {
  const auto group = GroupOf(request);
  if (!group) return group.error();
  const auto prefix = request.Text("logStreamNamePrefix");
  const bool by_time = request.Text("orderBy") == "LastEventTime";
  const bool descending = request.Flag("descending", false);
  if (by_time && !prefix.empty()) {
    return InvalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
  }
  const auto limit = LimitOf(request, 50, 50);
  if (!limit) return limit.error();
  const auto after = storage::ReadToken(request.Text("nextToken"));
  if (!after) return InvalidToken();

  store.Flush();
  const auto scope = storage::Scope::Of(request.context);
  if (!store.FindGroup(scope, *group)) return GroupNotFound();
  const auto arn = GroupArn(request.context, *group);
  json output = {{"logStreams", json::array()}};
  if (!by_time && !descending) {
    auto page = store.ListStreams(scope, *group, prefix, *after, *limit);
    for (auto& stream : page.documents)
      output["logStreams"].push_back(Describe(arn, std::move(stream)));
    if (page.more) output["nextToken"] = storage::MakeToken(*page.more);
    return output;
  }
  auto streams = store.ListStreams(scope, *group, prefix, "", static_cast<size_t>(-1)).documents;
  if (by_time) std::sort(streams.begin(), streams.end(), LastsShorter);
  if (descending) std::reverse(streams.begin(), streams.end());
  auto next = streams.begin();
  if (!after->empty()) {
    next = std::find_if(streams.begin(), streams.end(),
                        [&](const json& stream) { return stream.at("logStreamName") == *after; });
    if (next != streams.end()) ++next;
  }
  for (; next != streams.end(); ++next) {
    if (output["logStreams"].size() == *limit) {
      output["nextToken"] =
          storage::MakeToken(output["logStreams"].back().at("logStreamName").get<std::string>());
      break;
    }
    output["logStreams"].push_back(Describe(arn, std::move(*next)));
  }
  return output;
}

}  // namespace fractus::logs
