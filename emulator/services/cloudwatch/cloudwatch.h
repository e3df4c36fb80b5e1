// CloudWatch: alarms, kept and described, and dashboards.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/clock.h"
#include "emulator/core/id_source.h"
#include "emulator/service/operation_table.h"
#include "emulator/storage/collection.h"

namespace fractus::cloudwatch {

// Thread-safe. Keeps its state in the room "cloudwatch" of the database, which must outlive it.
//
// Differs from AWS: alarms are not evaluated; they stay INSUFFICIENT_DATA until SetAlarmState. A
// SetAlarmState that would run actions is refused with NotImplemented.
class CloudWatch {
 public:
  CloudWatch(storage::Database& database, Clock& clock, IdSource& ids);

  service::OperationTable Operations();

 private:
  // alarms.cpp
  Result<json> PutMetricAlarm(const Request& request);
  Result<json> DescribeAlarms(const Request& request);
  Result<json> DescribeAlarmsForMetric(const Request& request);
  Result<json> DeleteAlarms(const Request& request);
  // alarm_state.cpp
  Result<json> SetAlarmState(const Request& request);
  Result<json> EnableAlarmActions(const Request& request);
  Result<json> DisableAlarmActions(const Request& request);
  Result<json> TagResource(const Request& request);
  Result<json> UntagResource(const Request& request);
  Result<json> ListTagsForResource(const Request& request);
  // dashboards.cpp
  Result<json> PutDashboard(const Request& request);
  Result<json> GetDashboard(const Request& request);
  Result<json> ListDashboards(const Request& request);
  Result<json> DeleteDashboards(const Request& request);

  enum class Actions { kDisabled, kEnabled };
  Result<json> SwitchActions(const Request& request, Actions actions);
  // The alarm that ResourceARN names.
  Result<json> FindTagged(const Request& request) const;

  // Held by every operation that reads and then writes.
  std::mutex mutex_;
  // {"alarm": as DescribeAlarms answers it, "tags": {}} by name.
  storage::Collection alarms_;
  // {"name", "body", "modified"} by name; dashboards belong to the account, not to a region.
  storage::Collection dashboards_;
};

ApiError ValidationError(std::string message);

}  // namespace fractus::cloudwatch
