#include "dynamo/describe.h"

#include "dynamo/errors.h"
#include "dynamo/item_request.h"
#include "dynamo/operations.h"
#include "dynamo/table_life.h"
#include "dynamo/throughput.h"

namespace fractus::dynamo {
namespace {

json DescribeIndex(Store& store, const Table& table, const json& definition, IndexKind kind,
                   DescriptionOf what, Time now) {
  const auto name = definition.at("IndexName").get<std::string>();
  json described = {{"IndexName", name},
                    {"IndexArn", table.Arn() + "/index/" + name},
                    {"KeySchema", definition.at("KeySchema")},
                    {"Projection", definition.at("Projection")},
                    {"IndexSizeBytes", 0},
                    {"ItemCount", 0}};
  const Index* index = table.FindIndex(name);
  if (index && (what == DescriptionOf::kPresent || what == DescriptionOf::kUpdated)) {
    const auto total = store.Count(table, index->tally);
    described["IndexSizeBytes"] = total.bytes;
    described["ItemCount"] = total.items;
  }
  if (kind == IndexKind::kLocal) return described;
  const json throughput = definition.value("ProvisionedThroughput", json::object());
  described["ProvisionedThroughput"] = DescribeThroughput(throughput, now);
  const std::string status = StatusAt(definition, now);
  described["IndexStatus"] = status;
  // Only an index that is added to a table is filled.
  if (status == "CREATING" && what != DescriptionOf::kCreated)
    described["Backfilling"] = what == DescriptionOf::kPresent;
  if (definition.contains("OnDemandThroughput"))
    described["OnDemandThroughput"] = definition.at("OnDemandThroughput");
  if (what != DescriptionOf::kCreated) {
    described["WarmThroughput"] =
        DescribeWarmThroughput(definition.value("WarmThroughput", json()), throughput,
                               IsOnDemand(table.definition()), "ACTIVE");
  }
  return described;
}

// The service encrypts every table; SSESpecification only chooses whose key it takes.
// Source: recorded test_dynamodb_create_table_with_partial_sse_specification.
json DescribeEncryption(const json& definition) {
  return {{"Status", definition.value("SseStatus", "ENABLED")},
          {"SSEType", "KMS"},
          {"KMSMasterKeyArn", definition.at("SseKeyArn")}};
}

json DescribeBilling(const json& definition, DescriptionOf what) {
  if (!IsOnDemand(definition)) {
    return {{"BillingMode", "PROVISIONED"},
            {"LastUpdateToPayPerRequestDateTime", definition.at("OnDemandSince")}};
  }
  json billing = {{"BillingMode", "PAY_PER_REQUEST"}};
  if (what != DescriptionOf::kCreated) {
    billing["LastUpdateToPayPerRequestDateTime"] =
        definition.value("OnDemandSince", definition.at("CreationDateTime"));
  }
  return billing;
}

}  // namespace

json DescribeAs(Store& store, const Table& table, const json& definition, DescriptionOf what,
                Time now) {
  const json throughput = definition.value("ProvisionedThroughput", json::object());
  json described = {
      {"TableName", table.name()},
      {"TableArn", table.Arn()},
      {"TableId", definition.at("TableId")},
      {"TableStatus", StatusAt(definition, now)},
      {"DeletionProtectionEnabled", definition.value("DeletionProtectionEnabled", false)},
      {"ItemCount", 0},
      {"TableSizeBytes", 0},
      {"ProvisionedThroughput", DescribeThroughput(throughput, now)}};
  if (what == DescriptionOf::kDeleted) return described;
  if (what == DescriptionOf::kPresent || what == DescriptionOf::kUpdated) {
    const auto total = store.Count(table, 0);
    described["ItemCount"] = total.items;
    described["TableSizeBytes"] = total.bytes;
  }
  for (const char* member : {"AttributeDefinitions", "KeySchema", "CreationDateTime"})
    described[member] = definition.at(member);
  if (IsOnDemand(definition) || definition.contains("OnDemandSince"))
    described["BillingModeSummary"] = DescribeBilling(definition, what);
  const json warm = definition.value("WarmThroughput", json());
  if (what != DescriptionOf::kCreated || !warm.is_null()) {
    described["WarmThroughput"] =
        DescribeWarmThroughput(warm, throughput, IsOnDemand(definition),
                               what == DescriptionOf::kPresent ? "ACTIVE" : "UPDATING");
  }
  for (const char* member :
       {"OnDemandThroughput", "StreamSpecification", "LatestStreamLabel", "RestoreSummary"}) {
    if (definition.contains(member)) described[member] = definition.at(member);
  }
  if (definition.contains("LatestStreamLabel")) {
    described["LatestStreamArn"] =
        table.Arn() + "/stream/" + definition.at("LatestStreamLabel").get<std::string>();
  }
  if (definition.contains("SseKeyArn"))
    described["SSEDescription"] = DescribeEncryption(definition);
  if (definition.contains("TableClass"))
    described["TableClassSummary"]["TableClass"] = definition.at("TableClass");
  for (const auto& [member, kind] : {std::pair{"LocalSecondaryIndexes", IndexKind::kLocal},
                                     std::pair{"GlobalSecondaryIndexes", IndexKind::kGlobal}}) {
    for (const auto& index : definition.value(member, json::array()))
      described[member].push_back(DescribeIndex(store, table, index, kind, what, now));
  }
  return described;
}

Result<json> DescribeTable(Store& store, const Request& request) {
  if (auto error = CheckTableName(request)) return *error;
  const TablePtr table = FindSettled(store, request.context, request.Text("TableName"));
  if (!table) return TableNotFound(AddressOf(request.context, request.Text("TableName")).name);
  return json{{"Table", DescribeAs(store, *table, table->definition(), DescriptionOf::kPresent,
                                   request.context.now)}};
}

Result<json> ListTables(Store& store, const Request& request) {
  constexpr long long kMostNames = 100;
  const auto limit = static_cast<size_t>(request.Integer("Limit", kMostNames));
  const std::string start = request.Text("ExclusiveStartTableName");
  json names = json::array();
  json output = json::object();
  for (const auto& table : ListSettled(store, request.context)) {
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
