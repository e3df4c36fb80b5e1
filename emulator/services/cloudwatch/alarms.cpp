#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "emulator/core/encoding.h"
#include "emulator/service/tags.h"
#include "emulator/services/cloudwatch/cloudwatch.h"

namespace fractus::cloudwatch {
namespace {

constexpr long long kPageSize = 50;
constexpr std::array<std::string_view, 7> kOperators = {"GreaterThanOrEqualToThreshold",
                                                        "GreaterThanThreshold",
                                                        "GreaterThanUpperThreshold",
                                                        "LessThanLowerOrGreaterThanUpperThreshold",
                                                        "LessThanLowerThreshold",
                                                        "LessThanOrEqualToThreshold",
                                                        "LessThanThreshold"};
constexpr std::array<std::string_view, 5> kStatistics = {"SampleCount", "Average", "Sum", "Minimum",
                                                         "Maximum"};

template <size_t kSize>
std::optional<ApiError> CheckEnum(const Request& request, std::string_view member,
                                  const std::array<std::string_view, kSize>& values) {
  if (!request.Has(member)) return std::nullopt;
  const auto value = request.Text(member);
  if (std::find(values.begin(), values.end(), value) != values.end()) return std::nullopt;
  auto name = std::string(member);
  name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
  return ValidationError(
      fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: "
                  "Member must satisfy enum value set: [{}]",
                  value, name, fmt::join(values, ", ")));
}

// Observed: the wordings of the last three are not confirmed.
std::optional<ApiError> Check(const Request& request) {
  if (auto error = CheckEnum(request, "ComparisonOperator", kOperators)) return error;
  if (auto error = CheckEnum(request, "Statistic", kStatistics)) return error;
  const bool one_metric = request.Has("MetricName");
  if (!one_metric && request.Array("Metrics").empty()) {
    return ValidationError("One of MetricName and Metrics must be specified.");
  }
  if (one_metric && request.Has("Metrics")) {
    return ValidationError("MetricName and Metrics are mutually exclusive.");
  }
  const auto period = request.Integer("Period", 0);
  if (one_metric && period != 10 && period != 30 && (period <= 0 || period % 60 != 0)) {
    return ValidationError("Period must be 10, 30 or a multiple of 60");
  }
  return std::nullopt;
}

bool HasAction(const json& alarm, std::string_view prefix) {
  for (const auto* member : {"AlarmActions", "OKActions", "InsufficientDataActions"}) {
    for (const auto& action : alarm.at(member)) {
      if (action.get<std::string>().starts_with(prefix)) return true;
    }
  }
  return false;
}

// Dimensions are a set: their order means nothing.
json Sorted(json dimensions) {
  std::sort(dimensions.begin(), dimensions.end());
  return dimensions;
}

}  // namespace

// Putting an alarm again replaces its configuration and keeps its state and its tags.
Result<json> CloudWatch::PutMetricAlarm(const Request& request) {
  if (auto error = Check(request)) return *std::move(error);
  const auto scope = storage::Scope::Of(request.context);
  const auto name = request.Text("AlarmName");
  const auto now = EpochSeconds(request.context.now);
  json alarm = request.input;
  alarm.erase("Tags");
  alarm["AlarmArn"] =
      fmt::format("arn:aws:cloudwatch:{}:{}:alarm:{}", scope.region, scope.account, name);
  alarm["ActionsEnabled"] = request.Flag("ActionsEnabled", true);
  alarm["AlarmConfigurationUpdatedTimestamp"] = now;
  for (const auto* member : {"AlarmActions", "OKActions", "InsufficientDataActions"})
    alarm[member] = request.Array(member);
  // An alarm on a metric always says so, one on expressions has no dimensions of its own.
  alarm["Dimensions"] = request.Array("Dimensions");
  json tags = json::object();
  service::AddTags(tags, request.Array("Tags"));

  const std::lock_guard lock(mutex_);
  if (const auto existing = alarms_.Find(scope, name)) {
    for (const auto* member : {"StateValue", "StateReason", "StateReasonData",
                               "StateUpdatedTimestamp", "StateTransitionedTimestamp"}) {
      if (existing->at("alarm").contains(member)) alarm[member] = existing->at("alarm").at(member);
    }
    tags = existing->at("tags");
  } else {
    alarm["StateValue"] = "INSUFFICIENT_DATA";
    alarm["StateReason"] = "Unchecked: Initial alarm creation";
    alarm["StateUpdatedTimestamp"] = now;
    alarm["StateTransitionedTimestamp"] = now;
  }
  alarms_.Put(scope, name, {{"alarm", std::move(alarm)}, {"tags", std::move(tags)}});
  return json::object();
}

Result<json> CloudWatch::DescribeAlarms(const Request& request) {
  const auto& names = request.Array("AlarmNames");
  const auto prefix = request.Text("AlarmNamePrefix");
  if (!names.empty() && !prefix.empty()) {
    return ValidationError("AlarmNamePrefix and AlarmNames are mutually exclusive parameters.");
  }
  if (request.Has("ChildrenOfAlarmName") || request.Has("ParentsOfAlarmName")) {
    return ApiError{"NotImplemented", "CloudWatch does not emulate composite alarms yet.", 501};
  }
  const auto after = storage::ReadToken(request.Text("NextToken"));
  if (!after) return ApiError{"InvalidNextToken", "The next token specified is invalid."};
  const auto& types = request.Array("AlarmTypes");
  json output = {{"CompositeAlarms", json::array()}, {"MetricAlarms", json::array()}};
  if (!types.empty() && std::find(types.begin(), types.end(), "MetricAlarm") == types.end())
    return output;

  const auto limit = static_cast<size_t>(request.Integer("MaxRecords", kPageSize));
  const auto state = request.Text("StateValue");
  const auto action = request.Text("ActionPrefix");
  auto& alarms = output["MetricAlarms"];
  std::string last = *after;
  for (const auto& document :
       alarms_.List(storage::Scope::Of(request.context), prefix, *after, static_cast<size_t>(-1))
           .documents) {
    const auto& alarm = document.at("alarm");
    const auto& name = alarm.at("AlarmName");
    if (!names.empty() && std::find(names.begin(), names.end(), name) == names.end()) continue;
    if (!state.empty() && alarm.at("StateValue") != state) continue;
    if (!action.empty() && !HasAction(alarm, action)) continue;
    if (alarms.size() == limit) {
      output["NextToken"] = storage::MakeToken(last);
      break;
    }
    last = name.get<std::string>();
    alarms.push_back(alarm);
  }
  return output;
}

Result<json> CloudWatch::DescribeAlarmsForMetric(const Request& request) {
  json output = {{"MetricAlarms", json::array()}};
  for (const auto& document : alarms_.All(storage::Scope::Of(request.context))) {
    const auto& alarm = document.at("alarm");
    if (!alarm.contains("MetricName") || alarm.at("MetricName") != request.Text("MetricName"))
      continue;
    if (alarm.at("Namespace") != request.Text("Namespace")) continue;
    if (Sorted(alarm.at("Dimensions")) != Sorted(request.Array("Dimensions"))) continue;
    bool same = true;
    for (const auto* member : {"Statistic", "ExtendedStatistic", "Period", "Unit"}) {
      if (request.Has(member))
        same = same && alarm.value(member, json()) == request.input.at(member);
    }
    if (same) output["MetricAlarms"].push_back(alarm);
  }
  return output;
}

// All or none. Observed: AWS's message for an unknown name is not confirmed.
Result<json> CloudWatch::DeleteAlarms(const Request& request) {
  const auto scope = storage::Scope::Of(request.context);
  const std::lock_guard lock(mutex_);
  for (const auto& name : request.Array("AlarmNames")) {
    if (!alarms_.Contains(scope, name.get<std::string>())) {
      return ApiError{"ResourceNotFound",
                      fmt::format("Alarm {} does not exist", name.get<std::string>())};
    }
  }
  for (const auto& name : request.Array("AlarmNames"))
    alarms_.Delete(scope, name.get<std::string>());
  return json::object();
}

}  // namespace fractus::cloudwatch
