#include "emulator/services/logs/logs.h"

#include <fmt/format.h>

#include "emulator/core/arn.h"
#include "emulator/services/logs/operations.h"

namespace fractus::logs {

Logs::Logs(storage::Database& database, Clock& clock, IdSource&)
    : clock_(clock), store_(database) {}

service::OperationTable Logs::Operations() {
  const auto bind = [this](Result<json> (*operation)(EventStore&, const Request&)) {
    return service::Operation(
        [this, operation](const Request& request) { return operation(store_, request); });
  };
  return {
      {"CreateLogGroup", bind(CreateLogGroup)},
      {"CreateLogStream", bind(CreateLogStream)},
      {"DeleteLogGroup", bind(DeleteLogGroup)},
      {"DeleteLogStream", bind(DeleteLogStream)},
      {"DeleteRetentionPolicy", bind(DeleteRetentionPolicy)},
      {"DescribeLogGroups", bind(DescribeLogGroups)},
      {"DescribeLogStreams", bind(DescribeLogStreams)},
      {"FilterLogEvents", bind(FilterLogEvents)},
      {"GetLogEvents", bind(GetLogEvents)},
      {"ListTagsForResource", bind(ListTagsForResource)},
      {"ListTagsLogGroup", bind(ListTagsLogGroup)},
      {"PutLogEvents", bind(PutLogEvents)},
      {"PutRetentionPolicy", bind(PutRetentionPolicy)},
      {"TagLogGroup", bind(TagLogGroup)},
      {"TagResource", bind(TagResource)},
      {"UntagLogGroup", bind(UntagLogGroup)},
      {"UntagResource", bind(UntagResource)},
  };
}

void Logs::Write(std::string_view account, std::string_view region, std::string_view group,
                 std::string_view stream, std::vector<ports::LogLine> lines) {
  StreamName name{
      {std::string(account), std::string(region)}, std::string(group), std::string(stream)};
  store_.Buffer(std::move(name), std::move(lines), EpochMillis(clock_.Now()));
}

ApiError GroupNotFound() {
  return {"ResourceNotFoundException", "The specified log group does not exist."};
}
ApiError StreamNotFound() {
  return {"ResourceNotFoundException", "The specified log stream does not exist."};
}
ApiError InvalidParameter(std::string message) {
  return {"InvalidParameterException", std::move(message)};
}
ApiError InvalidToken() { return InvalidParameter("The specified nextToken is invalid."); }

std::string GroupArn(const RequestContext& context, std::string_view group) {
  return fmt::format("arn:aws:logs:{}:{}:log-group:{}", context.region, context.account, group);
}

Result<std::string> GroupOf(const Request& request) {
  const bool by_name = request.Has("logGroupName");
  const auto identifier = request.Text("logGroupIdentifier");
  if (by_name && !identifier.empty()) {
    return ApiError{"ValidationException",
                    "LogGroup name and LogGroup ARN are mutually exclusive parameters."};
  }
  if (by_name) return request.Text("logGroupName");
  // Observed: the wording for neither of the two is not confirmed.
  if (identifier.empty())
    return InvalidParameter("Either logGroupName or logGroupIdentifier must be specified.");
  if (const auto arn = Arn::Parse(identifier)) {
    constexpr std::string_view kKind = "log-group:";
    if (!arn->resource.starts_with(kKind)) return GroupNotFound();
    auto group = arn->resource.substr(kKind.size());
    if (group.ends_with(":*")) group.resize(group.size() - 2);
    return group;
  }
  return identifier;
}

Result<size_t> LimitOf(const Request& request, size_t otherwise, size_t maximum) {
  const auto limit = request.Integer("limit", static_cast<long long>(otherwise));
  if (limit > static_cast<long long>(maximum) || limit < 1) {
    return InvalidParameter(
        fmt::format("1 validation error detected: Value '{}' at 'limit' failed to satisfy "
                    "constraint: Member must have value {} than or equal to {}",
                    limit, limit < 1 ? "greater" : "less", limit < 1 ? 1 : maximum));
  }
  return static_cast<size_t>(limit);
}

int64_t RetainedSince(const json& group, Time now) {
  const auto days = group.value("retentionInDays", 0);
  if (days == 0) return 0;
  return std::max<int64_t>(0, EpochMillis(now - std::chrono::hours(24) * days));
}

}  // namespace fractus::logs
