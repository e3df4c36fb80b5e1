#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <memory>
#include <set>

#include "emulator/core/encoding.h"
#include "emulator/services/logs/filter_pattern.h"
#include "emulator/services/logs/operations.h"

namespace fractus::logs {
namespace {

constexpr size_t kMostEvents = 10000;

// The first event that the next page looks at.
std::string MakeToken(Position position) {
  return Base64UrlEncode(fmt::format("from:{}:{}", position.timestamp, position.sequence));
}

std::optional<Position> ParseToken(std::string_view token) {
  const auto text = Base64UrlDecode(token);
  if (!text || !text->starts_with("from:")) return std::nullopt;
  Position position;
  const char* end = text->data() + text->size();
  const auto time = std::from_chars(text->data() + 5, end, position.timestamp);
  if (time.ec != std::errc() || time.ptr == end || *time.ptr != ':') return std::nullopt;
  const auto sequence = std::from_chars(time.ptr + 1, end, position.sequence);
  if (sequence.ec != std::errc() || sequence.ptr != end) return std::nullopt;
  return position;
}

// Events of many streams in one order. A stream is opened only when its first event is due, so that
// a group of thousands of short streams costs a few cursors at a time.
class Merge {
 public:
  Merge(EventStore& store, Position from) : store_(store), from_(from) {}

  void Add(StreamName name, int64_t first_event) {
    waiting_.push_back({std::move(name), first_event});
  }

  void Start() {
    std::sort(waiting_.begin(), waiting_.end(),
              [](const Waiting& a, const Waiting& b) { return a.first_event < b.first_event; });
    OpenDue();
  }

  bool Valid() const { return !open_.empty(); }
  const EventCursor& cursor() const { return open_.front()->cursor; }
  const std::string& stream() const { return open_.front()->stream; }

  void Next() {
    std::pop_heap(open_.begin(), open_.end(), Later);
    auto source = std::move(open_.back());
    open_.pop_back();
    source->cursor.Next();
    Push(std::move(source));
    OpenDue();
  }

 private:
  struct Waiting {
    StreamName name;
    int64_t first_event;
  };
  struct Source {
    std::string stream;
    EventCursor cursor;
    Position at;
  };

  static bool Later(const std::unique_ptr<Source>& a, const std::unique_ptr<Source>& b) {
    return a->at > b->at;
  }

  void Push(std::unique_ptr<Source> source) {
    if (!source->cursor.Valid()) return;
    source->at = source->cursor.At();
    open_.push_back(std::move(source));
    std::push_heap(open_.begin(), open_.end(), Later);
  }

  void OpenDue() {
    while (next_ < waiting_.size() &&
           (open_.empty() || waiting_[next_].first_event <= open_.front()->at.timestamp)) {
      const auto& name = waiting_[next_++].name;
      auto source = std::make_unique<Source>(Source{name.stream, store_.Open(name), {}});
      source->cursor.Seek(from_);
      Push(std::move(source));
    }
  }

  EventStore& store_;
  const Position from_;
  std::vector<Waiting> waiting_;
  size_t next_ = 0;
  std::vector<std::unique_ptr<Source>> open_;
};

}  // namespace

Result<json> FilterLogEvents(EventStore& store, const Request& request) {
  const auto group_name = GroupOf(request);
  if (!group_name) return group_name.error();
  const auto limit = LimitOf(request, kMostEvents, kMostEvents);
  if (!limit) return limit.error();
  const auto prefix = request.Text("logStreamNamePrefix");
  if (request.Has("logStreamNames") && !prefix.empty()) {
    return InvalidParameter("logStreamNames and logStreamNamePrefix cannot be used together.");
  }
  const auto pattern = FilterPattern::Parse(request.Text("filterPattern"));
  if (!pattern) return pattern.error();
  Position from;
  if (request.Has("nextToken")) {
    const auto position = ParseToken(request.Text("nextToken"));
    if (!position) return InvalidToken();
    from = *position;
  }

  store.Flush();
  const auto scope = storage::Scope::Of(request.context);
  const auto group = store.FindGroup(scope, *group_name);
  if (!group) return GroupNotFound();
  const int64_t start = std::max<int64_t>(request.Integer("startTime", 0),
                                          RetainedSince(*group, request.context.now));
  // Unlike GetLogEvents, endTime itself is part of the answer.
  const int64_t end = request.Integer("endTime", std::numeric_limits<int64_t>::max());
  from = std::max(from, Position{start, 0});

  std::vector<json> streams;
  if (request.Has("logStreamNames")) {
    std::set<std::string> names;
    for (const auto& stream_name : request.Array("logStreamNames"))
      names.insert(stream_name.get<std::string>());
    for (const auto& stream_name : names) {
      auto stream = store.FindStream({scope, *group_name, stream_name});
      if (!stream) return StreamNotFound();
      streams.push_back(*std::move(stream));
    }
  } else {
    streams = store.ListStreams(scope, *group_name, prefix, "", static_cast<size_t>(-1)).documents;
  }
  Merge merge(store, from);
  for (const auto& stream : streams) {
    const auto first = stream.value("firstEventTimestamp", std::numeric_limits<int64_t>::max());
    const auto last = stream.value("lastEventTimestamp", int64_t{-1});
    if (last < start || first > end) continue;
    merge.Add({scope, *group_name, stream.at("logStreamName").get<std::string>()}, first);
  }
  merge.Start();

  json output = {{"events", json::array()}, {"searchedLogStreams", json::array()}};
  auto& events = output["events"];
  size_t bytes = 0;
  for (; merge.Valid(); merge.Next()) {
    const auto& cursor = merge.cursor();
    const auto at = cursor.At();
    if (at.timestamp > end) break;
    const auto message = cursor.Message();
    if (!pattern->Matches(message)) continue;
    bytes += message.size() + kEventOverhead;
    if (events.size() == *limit || (bytes > kPageBytes && !events.empty())) {
      output["nextToken"] = MakeToken(at);
      return output;
    }
    const auto event = cursor.Read();
    events.push_back({{"logStreamName", merge.stream()},
                      {"timestamp", at.timestamp},
                      {"message", event.message},
                      {"ingestionTime", event.ingested},
                      {"eventId", fmt::format("{:036}{:020}", at.timestamp, at.sequence)}});
  }
  return output;
}

}  // namespace fractus::logs
