#include "dynamo/describe.h"

#include "dynamo/errors.h"
#include "dynamo/item_request.h"
#include "dynamo/operations.h"

namespace fractus::dynamo {
namespace {

json Throughput(const json& given) {
  return {{"NumberOfDecreasesToday", 0},
          {"ReadCapacityUnits", given.value("ReadCapacityUnits", 0)},
          {"WriteCapacityUnits", given.value("WriteCapacityUnits", 0)}};
}

bool IsOnDemand(const json& definition) {
  return definition.value("BillingMode", "PROVISIONED") == "PAY_PER_REQUEST";
}

// What a table can serve at once: what was asked for, else what the service starts with.
// Source: recorded test_gsi_with_billing_mode, test_table_warm_throughput.
json WarmThroughput(const json& given, const json& throughput, bool is_on_demand,
                    const char* status) {
  json warm = {
      {"ReadUnitsPerSecond", is_on_demand ? 12000 : throughput.value("ReadCapacityUnits", 0)},
      {"WriteUnitsPerSecond", is_on_demand ? 4000 : throughput.value("WriteCapacityUnits", 0)},
      {"Status", status}};
  if (given.is_object()) warm.update(given);
  return warm;
}

json DescribeIndex(Store& store, const Table& table, const Index& index, const json& definition,
                   DescriptionOf what) {
  json described = {{"IndexName", index.name},
                    {"IndexArn", table.Arn() + "/index/" + index.name},
                    {"KeySchema", definition.at("KeySchema")},
                    {"Projection", definition.at("Projection")},
                    {"IndexSizeBytes", 0},
                    {"ItemCount", 0}};
  if (what == DescriptionOf::kPresent || what == DescriptionOf::kUpdated) {
    const auto total = store.Count(table, index.tally);
    described["IndexSizeBytes"] = total.bytes;
    described["ItemCount"] = total.items;
  }
  if (index.kind == IndexKind::kLocal) return described;
  const json throughput = definition.value("ProvisionedThroughput", json::object());
  described["ProvisionedThroughput"] = Throughput(throughput);
  described["IndexStatus"] = what == DescriptionOf::kCreated ? "CREATING" : "ACTIVE";
  if (definition.contains("OnDemandThroughput"))
    described["OnDemandThroughput"] = definition.at("OnDemandThroughput");
  if (what != DescriptionOf::kCreated) {
    described["WarmThroughput"] =
        WarmThroughput(definition.value("WarmThroughput", json()), throughput,
                       IsOnDemand(table.definition()), "ACTIVE");
  }
  return described;
}

}  // namespace

json DescribeAs(Store& store, const Table& table, DescriptionOf what) {
  const json& definition = table.definition();
  json described = {
      {"TableName", table.name()},
      {"TableArn", table.Arn()},
      {"TableId", definition.at("TableId")},
      {"TableStatus", what == DescriptionOf::kCreated   ? "CREATING"
                      : what == DescriptionOf::kDeleted ? "DELETING"
                      : what == DescriptionOf::kUpdated ? "UPDATING"
                                                        : "ACTIVE"},
      {"DeletionProtectionEnabled", definition.value("DeletionProtectionEnabled", false)},
      {"ItemCount", 0},
      {"TableSizeBytes", 0},
      {"ProvisionedThroughput",
       Throughput(definition.value("ProvisionedThroughput", json::object()))}};
  if (what == DescriptionOf::kDeleted) return described;
  if (what == DescriptionOf::kPresent || what == DescriptionOf::kUpdated) {
    const auto total = store.Count(table, 0);
    described["ItemCount"] = total.items;
    described["TableSizeBytes"] = total.bytes;
  }
  for (const char* member : {"AttributeDefinitions", "KeySchema", "CreationDateTime"})
    described[member] = definition.at(member);
  if (IsOnDemand(definition)) {
    described["BillingModeSummary"]["BillingMode"] = "PAY_PER_REQUEST";
    if (what != DescriptionOf::kCreated) {
      described["BillingModeSummary"]["LastUpdateToPayPerRequestDateTime"] =
          definition.value("OnDemandSince", definition.at("CreationDateTime"));
    }
  } else if (definition.contains("OnDemandSince")) {
    described["BillingModeSummary"] = {
        {"BillingMode", "PROVISIONED"},
        {"LastUpdateToPayPerRequestDateTime", definition.at("OnDemandSince")}};
  }
  const json warm = definition.value("WarmThroughput", json());
  if (what != DescriptionOf::kCreated || !warm.is_null()) {
    described["WarmThroughput"] = WarmThroughput(
        warm, definition.value("ProvisionedThroughput", json::object()), IsOnDemand(definition),
        what == DescriptionOf::kPresent ? "ACTIVE" : "UPDATING");
  }
  for (const char* member : {"OnDemandThroughput", "StreamSpecification", "LatestStreamLabel"}) {
    if (definition.contains(member)) described[member] = definition.at(member);
  }
  if (definition.contains("LatestStreamLabel")) {
    described["LatestStreamArn"] =
        table.Arn() + "/stream/" + definition.at("LatestStreamLabel").get<std::string>();
  }
  if (definition.contains("TableClass"))
    described["TableClassSummary"]["TableClass"] = definition.at("TableClass");
  for (const char* member : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
    if (!definition.contains(member) || definition.at(member).empty()) continue;
    json& list = described[member] = json::array();
    for (const auto& index : definition.at(member)) {
      list.push_back(DescribeIndex(
          store, table, *table.FindIndex(index.at("IndexName").get_ref<const std::string&>()),
          index, what));
    }
  }
  return described;
}

Result<json> DescribeTable(Store& store, const Request& request) {
  if (auto error = CheckTableName(request)) return *error;
  const TableAddress address = AddressOf(request.context, request.Text("TableName"));
  const TablePtr table = store.FindTable(address.account, address.region, address.name);
  if (!table) return TableNotFound(address.name);
  return json{{"Table", DescribeAs(store, *table, DescriptionOf::kPresent)}};
}

Result<json> ListTables(Store& store, const Request& request) {
  constexpr long long kMostNames = 100;
  const auto limit = static_cast<size_t>(request.Integer("Limit", kMostNames));
  const std::string start = request.Text("ExclusiveStartTableName");
  json names = json::array();
  json output = json::object();
  for (const auto& table : store.Tables(request.context.account, request.context.region)) {
    if (table->name() <= start) continue;
    if (names.size() == limit) {
      output["LastEvaluatedTableName"] = names.back();
      break;
    }
    names.push_back(table->name());
  }
  output["TableNames"] = std::move(names);
  return output;
}

Result<json> DeleteTable(Store& store, const Request& request) {
  if (auto error = CheckTableName(request)) return *error;
  const TableAddress address = AddressOf(request.context, request.Text("TableName"));
  const TablePtr table = store.FindTable(address.account, address.region, address.name);
  if (!table) return TableNotFound(address.name);
  if (table->definition().value("DeletionProtectionEnabled", false)) {
    return Invalid(
        "Resource cannot be deleted as it is currently protected against deletion. Disable "
        "deletion protection first.");
  }
  if (!store.RemoveTable(table)) return TableNotFound(address.name);
  return json{{"TableDescription", DescribeAs(store, *table, DescriptionOf::kDeleted)}};
}

Result<json> DescribeLimits(Store&, const Request&) {
  return json{{"AccountMaxReadCapacityUnits", 80000},
              {"AccountMaxWriteCapacityUnits", 80000},
              {"TableMaxReadCapacityUnits", 40000},
              {"TableMaxWriteCapacityUnits", 40000}};
}

Result<json> DescribeEndpoints(Store&, const Request& request) {
  std::string address = request.context.base_url;
  if (const auto scheme = address.find("://"); scheme != std::string::npos)
    address.erase(0, scheme + 3);
  return json{{"Endpoints", {{{"Address", address}, {"CachePeriodInMinutes", 1440}}}}};
}

}  // namespace fractus::dynamo
