// AWS::Logs::LogGroup, AWS::SNS::Topic, AWS::CloudWatch::Alarm, AWS::CloudWatch::Dashboard.
#include <fmt/format.h>

#include "emulator/services/cloudformation/resources/resource_type.h"

namespace fractus::cloudformation {
namespace {

std::string Arn(const Scene& scene, std::string_view service, const std::string& resource) {
  return fmt::format("arn:aws:{}:{}:{}:{}", service, scene.context.region, scene.context.account,
                     resource);
}

// The ARN of a log group ends with ":*" here, unlike in other places.
Made DescribeLogGroup(const Scene& scene, const std::string& name) {
  return Made{name, {{"Arn", Arn(scene, "logs", "log-group:" + name + ":*")}}};
}

std::optional<ApiError> ApplyRetention(Scene& scene, const std::string& name, const json& before,
                                       const json& after) {
  if (!Differs(before, after, "RetentionInDays")) return std::nullopt;
  const json& days = Property(after, "RetentionInDays");
  const auto done = days.is_null()
                        ? scene.Call("logs", "DeleteRetentionPolicy", {{"logGroupName", name}})
                        : scene.Call("logs", "PutRetentionPolicy",
                                     {{"logGroupName", name}, {"retentionInDays", days}});
  if (!done) return done.error();
  return std::nullopt;
}

Result<Made> CreateLogGroup(Scene& scene, const json& properties) {
  std::string name = TextProperty(properties, "LogGroupName");
  if (name.empty()) name = scene.GeneratedName(512);
  json input = {{"logGroupName", name}};
  if (properties.contains("KmsKeyId")) input["kmsKeyId"] = properties["KmsKeyId"];
  if (const json tags = TagMap(scene, Property(properties, "Tags")); !tags.empty())
    input["tags"] = tags;
  const auto created = scene.Call("logs", "CreateLogGroup", input);
  if (!created) return created.error();
  if (auto error = ApplyRetention(scene, name, json::object(), properties)) {
    (void)scene.Call("logs", "DeleteLogGroup", {{"logGroupName", name}});
    return *error;
  }
  return DescribeLogGroup(scene, name);
}

Result<Made> UpdateLogGroup(Scene& scene, const std::string& name, const json& before,
                            const json& after) {
  if (auto error = ApplyRetention(scene, name, before, after)) return *error;
  // As an attribute the ARN ends with ":*"; tags want it without.
  const std::string arn = Arn(scene, "logs", "log-group:" + name);
  if (auto error = UpdateTags(scene, "logs", arn, before, after)) return *error;
  return DescribeLogGroup(scene, name);
}

std::optional<ApiError> DeleteLogGroup(Scene& scene, const std::string& name, const json&) {
  return UnlessGone(scene.Call("logs", "DeleteLogGroup", {{"logGroupName", name}}));
}

json TopicAttributes(const json& properties) {
  json attributes = json::object();
  for (const char* member : {"DisplayName", "KmsMasterKeyId", "FifoTopic",
                             "ContentBasedDeduplication", "SignatureVersion", "TracingConfig"}) {
    if (properties.contains(member)) attributes[member] = TextProperty(properties, member);
  }
  return attributes;
}

std::optional<ApiError> Subscribe(Scene& scene, const std::string& arn, const json& before,
                                  const json& after) {
  const json& old_list = Property(before, "Subscription");
  for (const json& subscription : Property(after, "Subscription")) {
    bool known = false;
    for (const json& old_subscription : old_list) known = known || old_subscription == subscription;
    if (known) continue;
    json input = Pick(subscription, {"Protocol", "Endpoint"});
    input["TopicArn"] = arn;
    const auto done = scene.Call("sns", "Subscribe", input);
    if (!done) return done.error();
  }
  return std::nullopt;
}

Made DescribeTopic(const std::string& arn) {
  return Made{arn, {{"TopicArn", arn}, {"TopicName", arn.substr(arn.rfind(':') + 1)}}};
}

Result<Made> CreateTopic(Scene& scene, const json& properties) {
  json input = json::object();
  std::string name = TextProperty(properties, "TopicName");
  const bool fifo = TextProperty(properties, "FifoTopic") == "true";
  if (name.empty()) name = scene.GeneratedName(fifo ? 251 : 256) + (fifo ? ".fifo" : "");
  input["Name"] = name;
  if (const json attributes = TopicAttributes(properties); !attributes.empty())
    input["Attributes"] = attributes;
  if (const json tags = TagList(scene, Property(properties, "Tags")); !tags.empty())
    input["Tags"] = tags;
  const auto created = scene.Call("sns", "CreateTopic", input);
  if (!created) return created.error();
  const auto arn = TextProperty(*created, "TopicArn");
  if (auto error = Subscribe(scene, arn, json::object(), properties)) {
    (void)scene.Call("sns", "DeleteTopic", {{"TopicArn", arn}});
    return *error;
  }
  return DescribeTopic(arn);
}

Result<Made> UpdateTopic(Scene& scene, const std::string& arn, const json& before,
                         const json& after) {
  const json old_attributes = TopicAttributes(before), new_attributes = TopicAttributes(after);
  json changed = new_attributes;
  for (const auto& [name, value] : old_attributes.items()) {
    if (!new_attributes.contains(name)) changed[name] = "";
  }
  for (const auto& [name, value] : changed.items()) {
    if (Property(old_attributes, name) == value) continue;
    const auto done =
        scene.Call("sns", "SetTopicAttributes",
                   {{"TopicArn", arn}, {"AttributeName", name}, {"AttributeValue", value}});
    if (!done) return done.error();
  }
  if (auto error = Subscribe(scene, arn, before, after)) return *error;
  if (auto error = UpdateTags(scene, "sns", arn, before, after)) return *error;
  return DescribeTopic(arn);
}

std::optional<ApiError> DeleteTopic(Scene& scene, const std::string& arn, const json&) {
  return UnlessGone(scene.Call("sns", "DeleteTopic", {{"TopicArn", arn}}));
}

Result<Made> PutAlarm(Scene& scene, const std::string& name, const json&, const json& properties) {
  json input = properties;
  input["AlarmName"] = name;
  input.erase("Tags");
  if (const json tags = TagList(scene, Property(properties, "Tags")); !tags.empty())
    input["Tags"] = tags;
  const auto done = scene.Call("cloudwatch", "PutMetricAlarm", input);
  if (!done) return done.error();
  return Made{name, {{"Arn", Arn(scene, "cloudwatch", "alarm:" + name)}}};
}

Result<Made> CreateAlarm(Scene& scene, const json& properties) {
  std::string name = TextProperty(properties, "AlarmName");
  if (name.empty()) name = scene.GeneratedName(255);
  return PutAlarm(scene, name, json::object(), properties);
}

std::optional<ApiError> DeleteAlarm(Scene& scene, const std::string& name, const json&) {
  return UnlessGone(
      scene.Call("cloudwatch", "DeleteAlarms", {{"AlarmNames", json::array({name})}}));
}

Result<Made> PutDashboard(Scene& scene, const std::string& name, const json&,
                          const json& properties) {
  const auto done = scene.Call(
      "cloudwatch", "PutDashboard",
      {{"DashboardName", name}, {"DashboardBody", Property(properties, "DashboardBody")}});
  if (!done) return done.error();
  return Made{name, json::object()};
}

Result<Made> CreateDashboard(Scene& scene, const json& properties) {
  std::string name = TextProperty(properties, "DashboardName");
  if (name.empty()) name = scene.GeneratedName(255);
  return PutDashboard(scene, name, json::object(), properties);
}

std::optional<ApiError> DeleteDashboard(Scene& scene, const std::string& name, const json&) {
  return UnlessGone(
      scene.Call("cloudwatch", "DeleteDashboards", {{"DashboardNames", json::array({name})}}));
}

}  // namespace

std::vector<ResourceType> ObservabilityTypes() {
  return {
      {
          .name = "AWS::Logs::LogGroup",
          .properties = {"LogGroupName", "RetentionInDays", "KmsKeyId", "Tags"},
          .create_only = {"LogGroupName"},
          .name_property = "LogGroupName",
          .required = {},
          .create = CreateLogGroup,
          .update = UpdateLogGroup,
          .remove = DeleteLogGroup,
      },
      {
          .name = "AWS::SNS::Topic",
          .properties = {"TopicName", "DisplayName", "KmsMasterKeyId", "FifoTopic",
                         "ContentBasedDeduplication", "SignatureVersion", "TracingConfig",
                         "Subscription", "Tags"},
          .create_only = {"TopicName", "FifoTopic"},
          .name_property = "TopicName",
          .required = {},
          .create = CreateTopic,
          .update = UpdateTopic,
          .remove = DeleteTopic,
      },
      {
          .name = "AWS::CloudWatch::Alarm",
          .properties = {"AlarmName",
                         "AlarmDescription",
                         "ActionsEnabled",
                         "OKActions",
                         "AlarmActions",
                         "InsufficientDataActions",
                         "MetricName",
                         "Namespace",
                         "Statistic",
                         "ExtendedStatistic",
                         "Dimensions",
                         "Period",
                         "Unit",
                         "EvaluationPeriods",
                         "DatapointsToAlarm",
                         "Threshold",
                         "ComparisonOperator",
                         "TreatMissingData",
                         "EvaluateLowSampleCountPercentile",
                         "Metrics",
                         "ThresholdMetricId",
                         "Tags"},
          .create_only = {"AlarmName"},
          .name_property = "AlarmName",
          .required = {"ComparisonOperator", "EvaluationPeriods"},
          .create = CreateAlarm,
          .update = PutAlarm,
          .remove = DeleteAlarm,
      },
      {
          .name = "AWS::CloudWatch::Dashboard",
          .properties = {"DashboardName", "DashboardBody"},
          .create_only = {"DashboardName"},
          .name_property = "DashboardName",
          .required = {"DashboardBody"},
          .create = CreateDashboard,
          .update = PutDashboard,
          .remove = DeleteDashboard,
      },
  };
}

}  // namespace fractus::cloudformation
