// AWS::DynamoDB::Table.
#include "emulator/services/cloudformation/resources/resource_type.h"

namespace fractus::cloudformation {
namespace {

// CloudFormation leaves out StreamEnabled and says SSEEnabled for Enabled.
json TableInput(const json& properties) {
  json input = properties;
  if (input.contains("StreamSpecification")) input["StreamSpecification"]["StreamEnabled"] = true;
  if (input.contains("SSESpecification") && input["SSESpecification"].contains("SSEEnabled")) {
    input["SSESpecification"]["Enabled"] = input["SSESpecification"]["SSEEnabled"];
    input["SSESpecification"].erase("SSEEnabled");
  }
  return input;
}

Result<Made> Describe(Scene& scene, const std::string& name) {
  const auto described = scene.Call("dynamodb", "DescribeTable", {{"TableName", name}});
  if (!described) return described.error();
  const json& table = Property(*described, "Table");
  Made made{name, {{"Arn", TextProperty(table, "TableArn")}}};
  if (table.contains("LatestStreamArn")) made.attributes["StreamArn"] = table["LatestStreamArn"];
  return made;
}

// Settings with operations of their own.
std::optional<ApiError> ApplySettings(Scene& scene, const std::string& name, const json& before,
                                      const json& after) {
  if (Differs(before, after, "TimeToLiveSpecification")) {
    json specification = Property(after, "TimeToLiveSpecification");
    if (specification.is_null()) {
      specification = Property(before, "TimeToLiveSpecification");
      specification["Enabled"] = false;
    }
    const auto done = scene.Call("dynamodb", "UpdateTimeToLive",
                                 {{"TableName", name}, {"TimeToLiveSpecification", specification}});
    if (!done) return done.error();
  }
  if (Differs(before, after, "PointInTimeRecoverySpecification")) {
    json specification = Property(after, "PointInTimeRecoverySpecification");
    if (specification.is_null()) specification = {{"PointInTimeRecoveryEnabled", false}};
    const auto done =
        scene.Call("dynamodb", "UpdateContinuousBackups",
                   {{"TableName", name}, {"PointInTimeRecoverySpecification", specification}});
    if (!done) return done.error();
  }
  return std::nullopt;
}

Result<Made> CreateTable(Scene& scene, const json& properties) {
  json input = TableInput(properties);
  if (TextProperty(input, "TableName").empty()) input["TableName"] = scene.GeneratedName(255);
  const auto name = TextProperty(input, "TableName");
  if (const json tags = TagList(scene, Property(properties, "Tags")); !tags.empty())
    input["Tags"] = tags;
  const auto created = scene.Call("dynamodb", "CreateTable", input);
  if (!created) return created.error();
  if (auto error = ApplySettings(scene, name, json::object(), properties)) {
    // A resource that failed to be made leaves nothing behind.
    (void)scene.Call("dynamodb", "DeleteTable", {{"TableName", name}});
    return *error;
  }
  return Describe(scene, name);
}

json IndexesByName(const json& properties) {
  json indexes = json::object();
  for (const json& index : Property(properties, "GlobalSecondaryIndexes")) {
    indexes[TextProperty(index, "IndexName")] = index;
  }
  return indexes;
}

json IndexUpdates(const json& before, const json& after) {
  const json old_indexes = IndexesByName(before), new_indexes = IndexesByName(after);
  json updates = json::array();
  for (const auto& [name, index] : old_indexes.items()) {
    if (!new_indexes.contains(name)) updates.push_back({{"Delete", {{"IndexName", name}}}});
  }
  for (const auto& [name, index] : new_indexes.items()) {
    if (!old_indexes.contains(name)) {
      updates.push_back({{"Create", index}});
    } else if (Differs(old_indexes[name], index, "ProvisionedThroughput")) {
      updates.push_back({{"Update", Pick(index, {"IndexName", "ProvisionedThroughput"})}});
    }
  }
  return updates;
}

Result<Made> UpdateTable(Scene& scene, const std::string& name, const json& before,
                         const json& after) {
  const json old_input = TableInput(before), new_input = TableInput(after);
  json input = json::object();
  for (const char* member : {"BillingMode", "ProvisionedThroughput", "StreamSpecification",
                             "SSESpecification", "TableClass", "DeletionProtectionEnabled"}) {
    if (!Differs(old_input, new_input, member)) continue;
    input[member] = Property(new_input, member);
    if (!input[member].is_null()) continue;
    input.erase(member);
    if (std::string_view(member) == "StreamSpecification")
      input[member] = {{"StreamEnabled", false}};
  }
  // DynamoDB makes or deletes one index at a time.
  json updates = IndexUpdates(before, after);
  if (!input.empty() && updates.empty()) updates.push_back(nullptr);
  for (const json& update : updates) {
    json step = std::exchange(input, json::object());
    step["TableName"] = name;
    if (!update.is_null()) {
      step["GlobalSecondaryIndexUpdates"] = json::array({update});
      step["AttributeDefinitions"] = Property(after, "AttributeDefinitions");
    }
    const auto done = scene.Call("dynamodb", "UpdateTable", step);
    if (!done) return done.error();
  }
  if (auto error = ApplySettings(scene, name, before, after)) return *error;
  auto made = Describe(scene, name);
  if (made) {
    if (auto error =
            UpdateTags(scene, "dynamodb", TextProperty(made->attributes, "Arn"), before, after))
      return *error;
  }
  return made;
}

std::optional<ApiError> DeleteTable(Scene& scene, const std::string& name, const json&) {
  return UnlessGone(scene.Call("dynamodb", "DeleteTable", {{"TableName", name}}));
}

}  // namespace

std::vector<ResourceType> DynamoDbTypes() {
  return {{
      .name = "AWS::DynamoDB::Table",
      .properties = {"TableName", "AttributeDefinitions", "KeySchema", "BillingMode",
                     "ProvisionedThroughput", "GlobalSecondaryIndexes", "LocalSecondaryIndexes",
                     "StreamSpecification", "SSESpecification", "TableClass",
                     "TimeToLiveSpecification", "PointInTimeRecoverySpecification", "Tags"},
      .create_only = {"TableName", "KeySchema", "LocalSecondaryIndexes"},
      .name_property = "TableName",
      .required = {"KeySchema"},
      .create = CreateTable,
      .update = UpdateTable,
      .remove = DeleteTable,
  }};
}

}  // namespace fractus::cloudformation
