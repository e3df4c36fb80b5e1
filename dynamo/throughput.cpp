#include "dynamo/throughput.h"

#include <fmt/format.h>

#include "dynamo/errors.h"

namespace fractus::dynamo {
namespace {

constexpr long long kMostUnits = 1'000'000'000'000;
// Source: DynamoDB's quotas page: four decreases at any time of a day, and one more for every hour
// without one.
constexpr int kFreeDecreases = 4;
constexpr auto kBetweenDecreases = std::chrono::hours(1);

bool IsSameDay(Time a, Time b) {
  return std::chrono::floor<std::chrono::days>(a) == std::chrono::floor<std::chrono::days>(b);
}

int DecreasesToday(const json& kept, Time now) {
  if (!kept.contains("LastDecreaseDateTime")) return 0;
  const Time last = FromEpochSeconds(kept.at("LastDecreaseDateTime").get<double>());
  return IsSameDay(last, now) ? kept.value("NumberOfDecreasesToday", 0) : 0;
}

}  // namespace

bool IsOnDemand(const json& definition) {
  return definition.value("BillingMode", "PROVISIONED") == "PAY_PER_REQUEST";
}

json DescribeThroughput(const json& kept, Time now) {
  json described = {{"NumberOfDecreasesToday", DecreasesToday(kept, now)},
                    {"ReadCapacityUnits", kept.value("ReadCapacityUnits", 0LL)},
                    {"WriteCapacityUnits", kept.value("WriteCapacityUnits", 0LL)}};
  for (const char* member : {"LastIncreaseDateTime", "LastDecreaseDateTime"}) {
    if (kept.contains(member)) described[member] = kept.at(member);
  }
  return described;
}

json DescribeWarmThroughput(const json& given, const json& throughput, bool is_on_demand,
                            const char* status) {
  json warm = {
      {"ReadUnitsPerSecond", is_on_demand ? 12000 : throughput.value("ReadCapacityUnits", 0LL)},
      {"WriteUnitsPerSecond", is_on_demand ? 4000 : throughput.value("WriteCapacityUnits", 0LL)},
      {"Status", status}};
  if (given.is_object()) warm.update(given);
  return warm;
}

std::optional<ApiError> CheckUnits(const json& throughput, const std::string& index) {
  for (const char* member : {"ReadCapacityUnits", "WriteCapacityUnits"}) {
    const auto units = throughput.value(member, 1LL);
    if (units <= kMostUnits) continue;
    return InvalidParameter(fmt::format("Given value {} for {} is out of bounds{}", units, member,
                                        index.empty() ? "" : " for index " + index));
  }
  return std::nullopt;
}

Result<json> ChangeThroughput(const json& kept, const json& wanted, const std::string& index,
                              Time now) {
  if (auto error = CheckUnits(wanted, index)) return *error;
  const json old = kept.is_object() ? kept : json::object();
  json changed = old;
  changed.update(wanted);
  const auto of = [](const json& throughput, const char* member) {
    return throughput.value(member, 0LL);
  };
  const long long old_read = of(old, "ReadCapacityUnits"), read = of(changed, "ReadCapacityUnits"),
                  old_write = of(old, "WriteCapacityUnits"),
                  write = of(changed, "WriteCapacityUnits");
  // A table that comes from on-demand mode has no units that could stay the same.
  if (old.empty()) return changed;
  if (old_read == read && old_write == write) {
    const std::string subject = index.empty() ? "table" : "index";
    return Invalid(fmt::format(
        "The provisioned throughput for the {0}{1} will not change. The requested value equals the "
        "current value. Current ReadCapacityUnits provisioned for the {0}: {2}. Requested "
        "ReadCapacityUnits: {3}. Current WriteCapacityUnits provisioned for the {0}: {4}. "
        "Requested "
        "WriteCapacityUnits: {5}. Refer to the Amazon DynamoDB Developer Guide for current limits "
        "and how to request higher limits.",
        subject, index.empty() ? "" : " " + index, old_read, read, old_write, write));
  }
  if (read > old_read || write > old_write) changed["LastIncreaseDateTime"] = EpochSeconds(now);
  if (read < old_read || write < old_write) {
    const int decreases = DecreasesToday(old, now);
    if (decreases >= kFreeDecreases) {
      const Time last = FromEpochSeconds(old.at("LastDecreaseDateTime").get<double>());
      if (now < last + kBetweenDecreases) {
        // Observed: the text's beginning; the service also names the times.
        return ApiError{
            "LimitExceededException",
            fmt::format(
                "Subscriber limit exceeded: Provisioned throughput decreases are limited within a "
                "given UTC day. After the first {} decreases, each subsequent decrease in the same "
                "UTC day can be performed at most once every 3600 seconds. Number of decreases "
                "today: {}. Last decrease at {}. Next decrease can be made at {}",
                kFreeDecreases, decreases, FormatHttpDate(last),
                FormatHttpDate(last + kBetweenDecreases))};
      }
    }
    changed["LastDecreaseDateTime"] = EpochSeconds(now);
    changed["NumberOfDecreasesToday"] = decreases + 1;
  }
  return changed;
}

}  // namespace fractus::dynamo
