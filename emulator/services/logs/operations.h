// The operations of CloudWatch Logs, each a function of the store and the request.
#pragma once

#include <string>
#include <vector>

#include "emulator/core/api_error.h"
#include "emulator/core/request.h"
#include "emulator/services/logs/event_store.h"

namespace fractus::logs {

// groups.cpp
Result<json> CreateLogGroup(EventStore& store, const Request& request);
Result<json> DeleteLogGroup(EventStore& store, const Request& request);
Result<json> DescribeLogGroups(EventStore& store, const Request& request);
Result<json> PutRetentionPolicy(EventStore& store, const Request& request);
Result<json> DeleteRetentionPolicy(EventStore& store, const Request& request);
// group_tags.cpp
Result<json> TagLogGroup(EventStore& store, const Request& request);
Result<json> UntagLogGroup(EventStore& store, const Request& request);
Result<json> ListTagsLogGroup(EventStore& store, const Request& request);
Result<json> TagResource(EventStore& store, const Request& request);
Result<json> UntagResource(EventStore& store, const Request& request);
Result<json> ListTagsForResource(EventStore& store, const Request& request);
// streams.cpp
Result<json> CreateLogStream(EventStore& store, const Request& request);
Result<json> DeleteLogStream(EventStore& store, const Request& request);
Result<json> DescribeLogStreams(EventStore& store, const Request& request);
// put_log_events.cpp, get_log_events.cpp, filter_log_events.cpp
Result<json> PutLogEvents(EventStore& store, const Request& request);
Result<json> GetLogEvents(EventStore& store, const Request& request);
Result<json> FilterLogEvents(EventStore& store, const Request& request);

// What several operations say and ask.
ApiError GroupNotFound();
ApiError StreamNotFound();
ApiError InvalidParameter(std::string message);
ApiError InvalidToken();
std::string GroupArn(const RequestContext& context, std::string_view group);
// The group that logGroupName or logGroupIdentifier (a name or an ARN) names.
Result<std::string> GroupOf(const Request& request);
// `limit`, or `otherwise` when absent; fails above `maximum`.
Result<size_t> LimitOf(const Request& request, size_t otherwise, size_t maximum);
// The time before which events of this group are gone by its retention; 0 without retention.
int64_t RetainedSince(const json& group, Time now);

// A page of events ends at a million bytes, counted as PutLogEvents counts them.
inline constexpr size_t kPageBytes = 1 << 20;
inline constexpr size_t kEventOverhead = 26;

}  // namespace fractus::logs
