#include "emulator/services/cloudwatch/cloudwatch.h"

namespace fractus::cloudwatch {

CloudWatch::CloudWatch(storage::Database& database, Clock&, IdSource&)
    : alarms_(database.OpenRoom("cloudwatch"), "alarm"),
      dashboards_(database.OpenRoom("cloudwatch"), "dashboard") {}

service::OperationTable CloudWatch::Operations() {
  const auto bind = [this](Result<json> (CloudWatch::*operation)(const Request&)) {
    return service::Operation(
        [this, operation](const Request& request) { return (this->*operation)(request); });
  };
  return {
      {"DeleteAlarms", bind(&CloudWatch::DeleteAlarms)},
      {"DeleteDashboards", bind(&CloudWatch::DeleteDashboards)},
      {"DescribeAlarms", bind(&CloudWatch::DescribeAlarms)},
      {"DescribeAlarmsForMetric", bind(&CloudWatch::DescribeAlarmsForMetric)},
      {"DisableAlarmActions", bind(&CloudWatch::DisableAlarmActions)},
      {"EnableAlarmActions", bind(&CloudWatch::EnableAlarmActions)},
      {"GetDashboard", bind(&CloudWatch::GetDashboard)},
      {"ListDashboards", bind(&CloudWatch::ListDashboards)},
      {"ListTagsForResource", bind(&CloudWatch::ListTagsForResource)},
      {"PutDashboard", bind(&CloudWatch::PutDashboard)},
      {"PutMetricAlarm", bind(&CloudWatch::PutMetricAlarm)},
      {"SetAlarmState", bind(&CloudWatch::SetAlarmState)},
      {"TagResource", bind(&CloudWatch::TagResource)},
      {"UntagResource", bind(&CloudWatch::UntagResource)},
  };
}

ApiError ValidationError(std::string message) {
  return {"ValidationError", std::move(message), 400};
}

}  // namespace fractus::cloudwatch
