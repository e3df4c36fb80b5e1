#include "emulator/services/cloudwatch/cloudwatch.h"

#include "emulator/model/catalog.h"
#include "emulator/services/service_test.h"

namespace fractus::cloudwatch {
namespace {

class CloudWatchTest : public ServiceTest<CloudWatch> {
 protected:
  static json Alarm(const std::string& name, json more = json::object()) {
    json alarm = {
        {"AlarmName", name},         {"ComparisonOperator", "GreaterThanOrEqualToThreshold"},
        {"EvaluationPeriods", 1},    {"MetricName", "Errors"},
        {"Namespace", "AWS/Lambda"}, {"Period", 60},
        {"Statistic", "Sum"},        {"Threshold", 1.0}};
    alarm.update(more);
    return alarm;
  }

  json Describe(const std::string& name) {
    return Call("DescribeAlarms", {{"AlarmNames", {name}}}).at("MetricAlarms").at(0);
  }

  std::string Names(json input) {
    const auto output = Call("DescribeAlarms", std::move(input));
    std::string names;
    for (const auto& alarm : output.at("MetricAlarms"))
      names += alarm.at("AlarmName").get<std::string>();
    return names;
  }
};

TEST_F(CloudWatchTest, ANewAlarmIsDescribedAsAwsDescribesIt) {
  Call("PutMetricAlarm", Alarm("a"));
  const auto now = EpochSeconds(clock_.Now());
  json expected = json::parse(
      R"({"ActionsEnabled": true, "AlarmActions": [], "Dimensions": [], "InsufficientDataActions": [],
    "OKActions": [], "AlarmArn": "arn:aws:cloudwatch:us-east-1:000000000000:alarm:a", "AlarmName": "a",
    "ComparisonOperator": "GreaterThanOrEqualToThreshold", "EvaluationPeriods": 1, "MetricName": "Errors",
    "Namespace": "AWS/Lambda", "Period": 60, "StateReason": "Unchecked: Initial alarm creation",
    "StateValue": "INSUFFICIENT_DATA", "Statistic": "Sum", "Threshold": 1.0})");
  for (const auto* member : {"AlarmConfigurationUpdatedTimestamp", "StateUpdatedTimestamp",
                             "StateTransitionedTimestamp"}) {
    expected[member] = now;
  }
  EXPECT_EQ(Describe("a"), expected);
}

TEST_F(CloudWatchTest, PuttingAnAlarmAgainKeepsItsStateAndTags) {
  Call("PutMetricAlarm", Alarm("a", {{"Tags", {{{"Key", "k"}, {"Value", "v"}}}}}));
  Call("SetAlarmState", {{"AlarmName", "a"}, {"StateValue", "OK"}, {"StateReason", "checked"}});
  clock_.Advance(std::chrono::seconds(5));
  Call("PutMetricAlarm", Alarm("a", {{"Threshold", 7.0}}));
  const auto alarm = Describe("a");
  EXPECT_EQ(alarm.at("Threshold"), 7.0);
  EXPECT_EQ(alarm.at("StateValue"), "OK");
  EXPECT_EQ(alarm.at("AlarmConfigurationUpdatedTimestamp"), EpochSeconds(clock_.Now()));
  EXPECT_FALSE(alarm.contains("Tags"));
  EXPECT_EQ(
      Call("ListTagsForResource", {{"ResourceARN", alarm.at("AlarmArn")}})["Tags"][0]["Value"],
      "v");
}

TEST_F(CloudWatchTest, AlarmsAreSelectedByNamesPrefixStateAndActionInPages) {
  Call("PutMetricAlarm", Alarm("a1"));
  Call("PutMetricAlarm", Alarm("a2", {{"AlarmActions", {"arn:aws:sns:us-east-1:000000000000:t"}}}));
  Call("PutMetricAlarm", Alarm("b1"));
  Call("SetAlarmState", {{"AlarmName", "b1"}, {"StateValue", "ALARM"}, {"StateReason", "r"}});
  EXPECT_EQ(Names({}), "a1a2b1");
  EXPECT_EQ(Names({{"AlarmNames", {"b1", "a1", "none"}}}), "a1b1");
  EXPECT_EQ(Names({{"AlarmNamePrefix", "a"}}), "a1a2");
  EXPECT_EQ(Names({{"StateValue", "ALARM"}}), "b1");
  EXPECT_EQ(Names({{"ActionPrefix", "arn:aws:sns"}}), "a2");
  EXPECT_EQ(Names({{"AlarmTypes", {"CompositeAlarm"}}}), "");
  const auto page = Call("DescribeAlarms", {{"MaxRecords", 2}});
  EXPECT_EQ(Names({{"MaxRecords", 2}, {"NextToken", page.at("NextToken")}}), "b1");
  EXPECT_EQ(Fail("DescribeAlarms", {{"NextToken", "x"}}).code, "InvalidNextToken");
}

TEST_F(CloudWatchTest, AlarmsOfAMetricAreFoundWhateverTheOrderOfDimensions) {
  const json x = {{"Name", "x"}, {"Value", "1"}}, y = {{"Name", "y"}, {"Value", "2"}};
  Call("PutMetricAlarm", Alarm("a", {{"Dimensions", {x, y}}}));
  Call("PutMetricAlarm", Alarm("b"));
  const auto output =
      Call("DescribeAlarmsForMetric",
           {{"MetricName", "Errors"}, {"Namespace", "AWS/Lambda"}, {"Dimensions", {y, x}}});
  ASSERT_EQ(output.at("MetricAlarms").size(), 1u);
  EXPECT_EQ(output["MetricAlarms"][0]["AlarmName"], "a");
}

TEST_F(CloudWatchTest, MalformedAlarmsAreRefused) {
  auto error = Fail("PutMetricAlarm", Alarm("a", {{"ComparisonOperator", "Near"}}));
  EXPECT_EQ(error.code, "ValidationError");
  EXPECT_TRUE(
      error.message.starts_with("1 validation error detected: Value 'Near' at 'comparisonOperator' "
                                "failed to satisfy constraint: "
                                "Member must satisfy enum value set: ["));
  EXPECT_EQ(Fail("PutMetricAlarm", Alarm("a", {{"Period", 45}})).code, "ValidationError");
  auto alarm = Alarm("a");
  alarm.erase("MetricName");
  EXPECT_EQ(Fail("PutMetricAlarm", alarm).code, "ValidationError");
}

TEST_F(CloudWatchTest, AlarmsAreDeletedAllOrNone) {
  Call("PutMetricAlarm", Alarm("a"));
  EXPECT_EQ(Fail("DeleteAlarms", {{"AlarmNames", {"a", "none"}}}).code, "ResourceNotFound");
  EXPECT_EQ(Names({}), "a");
  Call("DeleteAlarms", {{"AlarmNames", {"a"}}});
  EXPECT_EQ(Names({}), "");
}

TEST_F(CloudWatchTest, AStateIsSetButActionsThatWouldRunAreRefusedByName) {
  Call("PutMetricAlarm", Alarm("a", {{"AlarmActions", {"arn:aws:sns:us-east-1:000000000000:t"}}}));
  Call("SetAlarmState", {{"AlarmName", "a"}, {"StateValue", "OK"}, {"StateReason", "fine"}});
  EXPECT_EQ(Describe("a").at("StateReason"), "fine");
  const json alarm_now = {{"AlarmName", "a"}, {"StateValue", "ALARM"}, {"StateReason", "test"}};
  EXPECT_EQ(Fail("SetAlarmState", alarm_now).http_status, 501);
  Call("DisableAlarmActions", {{"AlarmNames", {"a"}}});
  Call("SetAlarmState", alarm_now);
  EXPECT_EQ(Describe("a").at("StateValue"), "ALARM");
  Call("EnableAlarmActions", {{"AlarmNames", {"a"}}});
  EXPECT_EQ(Describe("a").at("ActionsEnabled"), true);

  EXPECT_EQ(
      Fail("SetAlarmState", {{"AlarmName", "a"}, {"StateValue", "INVALID"}, {"StateReason", "r"}})
          .message,
      "1 validation error detected: Value 'INVALID' at 'stateValue' failed to satisfy constraint: "
      "Member must "
      "satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]");
  EXPECT_EQ(
      Fail("SetAlarmState", {{"AlarmName", "none"}, {"StateValue", "OK"}, {"StateReason", "r"}})
          .code,
      "ResourceNotFound");
}

TEST_F(CloudWatchTest, TagsOfAnAlarmAreAddedAndRemoved) {
  Call("PutMetricAlarm", Alarm("a"));
  const auto arn = Describe("a").at("AlarmArn");
  Call("TagResource", {{"ResourceARN", arn},
                       {"Tags", {{{"Key", "a"}, {"Value", "1"}}, {{"Key", "b"}, {"Value", "2"}}}}});
  Call("UntagResource", {{"ResourceARN", arn}, {"TagKeys", {"a"}}});
  EXPECT_EQ(Call("ListTagsForResource", {{"ResourceARN", arn}}).at("Tags"),
            json::parse(R"([{"Key": "b", "Value": "2"}])"));
  EXPECT_EQ(Fail("ListTagsForResource",
                 {{"ResourceARN", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:x"}})
                .code,
            "ResourceNotFoundException");
}

TEST_F(CloudWatchTest, ADashboardIsKeptAsItWasSent) {
  const std::string body = R"({"widgets": [ {"type": "text", "properties": {"markdown": "hi"}} ]})";
  EXPECT_EQ(Call("PutDashboard", {{"DashboardName", "d"}, {"DashboardBody", body}})
                .at("DashboardValidationMessages"),
            json::array());
  context_.region = "eu-west-1";
  const auto dashboard = Call("GetDashboard", {{"DashboardName", "d"}});
  EXPECT_EQ(dashboard.at("DashboardBody"), body);
  EXPECT_EQ(dashboard.at("DashboardArn"), "arn:aws:cloudwatch::000000000000:dashboard/d");
  const auto entries =
      Call("ListDashboards", {{"DashboardNamePrefix", "d"}}).at("DashboardEntries");
  EXPECT_EQ(entries.at(0).at("Size"), body.size());
  EXPECT_TRUE(
      Call("ListDashboards", {{"DashboardNamePrefix", "x"}}).at("DashboardEntries").empty());
  EXPECT_EQ(Fail("DeleteDashboards", {{"DashboardNames", {"d", "x"}}}).code,
            "DashboardNotFoundError");
  Call("DeleteDashboards", {{"DashboardNames", {"d"}}});
  EXPECT_EQ(Fail("GetDashboard", {{"DashboardName", "d"}}).message, "Dashboard d does not exist");
}

TEST_F(CloudWatchTest, MalformedDashboardsAreRefused) {
  EXPECT_EQ(Fail("PutDashboard", {{"DashboardName", "a b"}, {"DashboardBody", "{}"}}).message,
            "The value for field DashboardName contains invalid characters. It can only contain "
            "alphanumerics, dash (-) "
            "and underscore (_).\n");
  const auto refused = [&](const std::string& body) {
    const auto error = Fail("PutDashboard", {{"DashboardName", "d"}, {"DashboardBody", body}});
    EXPECT_EQ(error.code, "DashboardInvalidInputError");
    return error.extra.at("dashboardValidationMessages");
  };
  refused("{");
  refused("[]");
  EXPECT_EQ(refused("{}")[0]["Message"], "Should have required property 'widgets'");
  EXPECT_EQ(refused(R"({"widgets": [{"type": "pie"}, 1]})").size(), 3u);
}

TEST_F(CloudWatchTest, AlarmsAndDashboardsSurviveARestart) {
  Call("PutMetricAlarm", Alarm("a"));
  Call("PutDashboard", {{"DashboardName", "d"}, {"DashboardBody", R"({"widgets": []})"}});
  Restart();
  EXPECT_EQ(Names({}), "a");
  EXPECT_EQ(Call("ListDashboards").at("DashboardEntries").size(), 1u);
}

TEST(CloudWatchModel, HasWhatThePatchesAdd) {
  model::Catalog catalog;
  const auto* service = catalog.Find("cloudwatch");
  ASSERT_NE(service, nullptr);
  const auto* alarms = service->FindOperation("DescribeAlarms")->output->Find("MetricAlarms");
  EXPECT_NE(alarms->shape->element.shape->Find("StateTransitionedTimestamp"), nullptr);
}

}  // namespace
}  // namespace fractus::cloudwatch
