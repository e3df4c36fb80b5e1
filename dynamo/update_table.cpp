#include <algorithm>

#include "dynamo/describe.h"
#include "dynamo/errors.h"
#include "dynamo/item_request.h"
#include "dynamo/operations.h"
#include "dynamo/table_definition.h"

namespace fractus::dynamo {
namespace {

json::iterator FindNamed(json& indexes, const std::string& name) {
  return std::find_if(indexes.begin(), indexes.end(),
                      [&](const json& index) { return index.at("IndexName") == name; });
}

// Applies one GlobalSecondaryIndexUpdate to the definition.
std::optional<ApiError> ChangeIndexes(json& definition, const json& update) {
  json& indexes = definition["GlobalSecondaryIndexes"];
  if (indexes.is_null()) indexes = json::array();
  if (update.contains("Create")) {
    const json& created = update.at("Create");
    if (FindNamed(indexes, created.at("IndexName").get<std::string>()) != indexes.end()) {
      return Invalid("Attempting to create an index which already exists");
    }
    indexes.push_back(created);
    return std::nullopt;
  }
  const bool is_delete = update.contains("Delete");
  if (!is_delete && !update.contains("Update")) {
    return InvalidParameter(
        "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
        "GlobalSecondaryIndexUpdate.Delete must not be null");
  }
  const json& change = update.at(is_delete ? "Delete" : "Update");
  const auto name = change.at("IndexName").get<std::string>();
  const auto found = FindNamed(indexes, name);
  if (found == indexes.end()) {
    return ApiError{"ResourceNotFoundException",
                    "Requested resource not found: Index: " + name + " not found"};
  }
  if (is_delete) {
    indexes.erase(found);
  } else {
    found->update(change);
  }
  return std::nullopt;
}

// Definitions that no key uses any more go with the index that used them.
void DropUnusedAttributes(json& definition) {
  json kept = json::array();
  for (const auto& attribute : definition.at("AttributeDefinitions")) {
    const auto uses = [&](const json& schema) {
      return std::any_of(schema.begin(), schema.end(), [&](const json& element) {
        return element.at("AttributeName") == attribute.at("AttributeName");
      });
    };
    bool is_used = uses(definition.at("KeySchema"));
    for (const char* member : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
      for (const auto& index : definition.value(member, json::array()))
        is_used = is_used || uses(index.at("KeySchema"));
    }
    if (is_used) kept.push_back(attribute);
  }
  definition["AttributeDefinitions"] = std::move(kept);
}

// The definition after the request, or why it cannot be.
Result<json> Changed(json definition, const Request& request) {
  const json& input = request.input;
  for (const char* member : {"ProvisionedThroughput", "DeletionProtectionEnabled", "TableClass",
                             "WarmThroughput", "OnDemandThroughput"}) {
    if (request.Has(member)) definition[member] = input.at(member);
  }
  if (auto error = CheckStream(input, &definition)) return *error;
  SetStream(definition, input);
  if (request.Has("BillingMode")) {
    const bool was_on_demand = definition.value("BillingMode", "PROVISIONED") == "PAY_PER_REQUEST";
    definition["BillingMode"] = input.at("BillingMode");
    if (input.at("BillingMode") == "PAY_PER_REQUEST") {
      if (!was_on_demand) definition["OnDemandSince"] = EpochSeconds(request.context.now);
      if (!request.Has("ProvisionedThroughput")) definition.erase("ProvisionedThroughput");
    }
  }
  for (const auto& attribute : request.Array("AttributeDefinitions")) {
    json& known = definition.at("AttributeDefinitions");
    const auto same = std::find_if(known.begin(), known.end(), [&](const json& other) {
      return other.at("AttributeName") == attribute.at("AttributeName");
    });
    if (same == known.end()) known.push_back(attribute);
  }
  for (const auto& update : request.Array("GlobalSecondaryIndexUpdates")) {
    if (auto error = ChangeIndexes(definition, update)) return *error;
  }
  if (definition.contains("GlobalSecondaryIndexes") &&
      definition.at("GlobalSecondaryIndexes").empty()) {
    definition.erase("GlobalSecondaryIndexes");
  }
  DropUnusedAttributes(definition);
  if (auto error = CheckEnums(definition)) return *error;
  if (auto error = CheckDefinition(definition)) return *error;
  return definition;
}

}  // namespace

Result<json> UpdateTable(Store& store, const Request& request) {
  if (auto error = CheckTableName(request)) return *error;
  const TableAddress address = AddressOf(request.context, request.Text("TableName"));
  if (auto error = CheckEnums(request.input)) return *error;
  const auto has_change = [&](const char* member) { return request.Has(member); };
  constexpr const char* kChanges[] = {"ProvisionedThroughput",
                                      "BillingMode",
                                      "GlobalSecondaryIndexUpdates",
                                      "StreamSpecification",
                                      "SSESpecification",
                                      "ReplicaUpdates",
                                      "TableClass",
                                      "DeletionProtectionEnabled",
                                      "WarmThroughput",
                                      "OnDemandThroughput"};
  if (std::none_of(std::begin(kChanges), std::end(kChanges), has_change)) {
    return Invalid(
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
        "GlobalSecondaryIndexUpdates or SSESpecification "
        "or ReplicaUpdates is required");
  }
  const TablePtr table = store.FindTable(address.account, address.region, address.name);
  if (!table) return TableNotFound(address.name);
  if (auto error = CheckEmulated(request.input)) return *error;

  std::optional<ApiError> refused;
  const TablePtr changed = store.ChangeTable(table, [&](json& definition) {
    auto next = Changed(definition, request);
    if (next) {
      definition = *std::move(next);
    } else {
      refused = next.error();
    }
  });
  if (refused) return *refused;
  if (!changed) return TableNotFound(address.name);
  return json{{"TableDescription", DescribeAs(store, *changed, DescriptionOf::kUpdated)}};
}

}  // namespace fractus::dynamo
