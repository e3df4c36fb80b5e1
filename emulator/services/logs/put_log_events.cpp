#include <fmt/format.h>

#include "emulator/services/logs/operations.h"

namespace fractus::logs {
namespace {

constexpr size_t kLargestBatch = 1048576;
constexpr size_t kLargestEvent = 1048576;
constexpr int64_t kHour = 3600 * 1000;
constexpr int64_t kDay = 24 * kHour;

}  // namespace

// The events before the first kept index are too old or expired, those from the last kept index on
// are too new.
Result<json> PutLogEvents(EventStore& store, const Request& request) {
  const StreamName name{storage::Scope::Of(request.context), request.Text("logGroupName"),
                        request.Text("logStreamName")};
  store.Flush();
  const auto group = store.FindGroup(name.scope, name.group);
  if (!group) return GroupNotFound();
  if (!store.FindStream(name)) return StreamNotFound();

  const int64_t now = EpochMillis(request.context.now);
  const int64_t expired_before = RetainedSince(*group, request.context.now);
  std::vector<NewEvent> events;
  int64_t index = 0;
  int64_t previous = 0;
  int64_t first = -1;
  int64_t too_old = 0, expired = 0, too_new = -1;
  size_t bytes = 0;
  for (const auto& event : request.Array("logEvents")) {
    const auto timestamp = event.at("timestamp").get<int64_t>();
    auto message = event.at("message").get<std::string>();
    if (timestamp < previous) {
      return InvalidParameter(
          "Log events in a single PutLogEvents request must be in chronological order.");
    }
    previous = timestamp;
    if (first < 0) first = timestamp;
    if (timestamp - first > kDay) {
      return InvalidParameter(
          "The batch of log events in a single PutLogEvents request cannot span more than 24 "
          "hours.");
    }
    bytes += message.size() + kEventOverhead;
    if (message.size() + kEventOverhead > kLargestEvent) {
      return InvalidParameter(fmt::format("Log event too large: {} bytes exceeds limit of {}",
                                          message.size() + kEventOverhead, kLargestEvent));
    }
    if (timestamp < now - 14 * kDay) {
      too_old = index + 1;
    } else if (timestamp < expired_before) {
      expired = index + 1;
    } else if (timestamp > now + 2 * kHour) {
      if (too_new < 0) too_new = index;
    } else {
      events.push_back({timestamp, std::move(message)});
    }
    ++index;
  }
  if (bytes > kLargestBatch) {
    return InvalidParameter(
        fmt::format("Upload too large: {} bytes exceeds limit of {}", bytes, kLargestBatch));
  }

  json output = json::object();
  const auto token = store.Append(name, events, now);
  if (token.empty()) return StreamNotFound();
  output["nextSequenceToken"] = token;
  json rejected = json::object();
  if (too_old > 0) rejected["tooOldLogEventEndIndex"] = too_old;
  if (expired > 0) rejected["expiredLogEventEndIndex"] = expired;
  if (too_new >= 0) rejected["tooNewLogEventStartIndex"] = too_new;
  if (!rejected.empty()) output["rejectedLogEventsInfo"] = std::move(rejected);
  return output;
}

}  // namespace fractus::logs
