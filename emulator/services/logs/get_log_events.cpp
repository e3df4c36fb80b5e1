#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "emulator/services/logs/operations.h"

namespace fractus::logs {
namespace {

constexpr size_t kMostEvents = 10000;

// "f/<20 digits of time><20 digits of sequence>/s" reads on after that event, "b/…" back before it.
enum class Direction { kForward, kBackward };

struct Token {
  Direction direction = Direction::kForward;
  Position position;
};

std::string ToText(Direction direction, Position position) {
  return fmt::format("{}/{:020}{:020}/s", direction == Direction::kForward ? 'f' : 'b',
                     position.timestamp, position.sequence);
}

std::optional<Token> ParseToken(std::string_view text) {
  if (text.size() != 44 || !text.ends_with("/s") || text[1] != '/') return std::nullopt;
  if (text[0] != 'f' && text[0] != 'b') return std::nullopt;
  Token token;
  token.direction = text[0] == 'f' ? Direction::kForward : Direction::kBackward;
  const char* digits = text.data() + 2;
  const auto time = std::from_chars(digits, digits + 20, token.position.timestamp);
  const auto sequence = std::from_chars(digits + 20, digits + 40, token.position.sequence);
  if (time.ec != std::errc() || time.ptr != digits + 20 || token.position.timestamp < 0)
    return std::nullopt;
  if (sequence.ec != std::errc() || sequence.ptr != digits + 40) return std::nullopt;
  return token;
}

}  // namespace

Result<json> GetLogEvents(EventStore& store, const Request& request) {
  const auto group_name = GroupOf(request);
  if (!group_name) return group_name.error();
  const auto limit = LimitOf(request, kMostEvents, kMostEvents);
  if (!limit) return limit.error();
  std::optional<Token> token;
  if (request.Has("nextToken")) {
    token = ParseToken(request.Text("nextToken"));
    if (!token) return InvalidToken();
  }
  const StreamName name{storage::Scope::Of(request.context), *group_name,
                        request.Text("logStreamName")};
  store.Flush();
  const auto group = store.FindGroup(name.scope, name.group);
  if (!group) return GroupNotFound();
  if (!store.FindStream(name)) return StreamNotFound();

  // endTime itself is not part of the answer.
  const int64_t start = std::max<int64_t>(request.Integer("startTime", 0),
                                          RetainedSince(*group, request.context.now));
  const int64_t end = request.Integer("endTime", std::numeric_limits<int64_t>::max());
  const Direction direction = token                                  ? token->direction
                              : request.Flag("startFromHead", false) ? Direction::kForward
                                                                     : Direction::kBackward;

  std::vector<Event> events;
  size_t bytes = 0;
  auto cursor = store.Open(name);
  if (direction == Direction::kForward) {
    Position from{start, 0};
    if (token)
      from = std::max(from, Position{token->position.timestamp, token->position.sequence + 1});
    cursor.Seek(from);
  } else {
    Position until{std::max<int64_t>(end - 1, 0), std::numeric_limits<uint64_t>::max()};
    // Sequences start at 1: sequence 0 is before every event of its time.
    if (token)
      until = std::min(until, Position{token->position.timestamp,
                                       std::max<uint64_t>(token->position.sequence, 1) - 1});
    if (end > 0) cursor.SeekBackward(until);
  }
  while (end > 0 && cursor.Valid() && events.size() < *limit) {
    const auto at = cursor.At();
    if (at.timestamp < start || at.timestamp >= end) break;
    bytes += cursor.Message().size() + kEventOverhead;
    if (bytes > kPageBytes && !events.empty()) break;
    events.push_back(cursor.Read());
    direction == Direction::kForward ? cursor.Next() : cursor.Previous();
  }
  if (direction == Direction::kBackward) std::reverse(events.begin(), events.end());

  json output = {{"events", json::array()}};
  for (auto& event : events) {
    output["events"].push_back({{"timestamp", event.position.timestamp},
                                {"message", std::move(event.message)},
                                {"ingestionTime", event.ingested}});
  }
  // At the end of the stream the same token comes back; that is how clients see that they have all.
  Position forward, backward;
  if (!events.empty()) {
    forward = events.back().position;
    backward = events.front().position;
  } else if (token) {
    const auto [timestamp, sequence] = token->position;
    forward = direction == Direction::kForward
                  ? token->position
                  : Position{timestamp, std::max<uint64_t>(sequence, 1) - 1};
    backward =
        direction == Direction::kBackward ? token->position : Position{timestamp, sequence + 1};
  } else {
    forward = backward = {start, 0};
  }
  output["nextForwardToken"] = ToText(Direction::kForward, forward);
  output["nextBackwardToken"] = ToText(Direction::kBackward, backward);
  return output;
}

}  // namespace fractus::logs
