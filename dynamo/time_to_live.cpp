// UpdateTimeToLive and DescribeTimeToLive.
#include "dynamo/errors.h"
#include "dynamo/item_request.h"
#include "dynamo/operations.h"

namespace fractus::dynamo {
namespace {

Result<TablePtr> FindNamed(const Store& store, const Request& request) {
  if (auto error = CheckTableName(request)) return *error;
  const TableAddress address = AddressOf(request.context, request.Text("TableName"));
  TablePtr table = store.FindTable(address.account, address.region, address.name);
  if (!table) return TableNotFound(address.name);
  return table;
}

}  // namespace

// Differs from AWS: a change of time to live is in force at once, and may be followed by another.
Result<json> DescribeTimeToLive(Store& store, const Request& request) {
  const auto table = FindNamed(store, request);
  if (!table) return table.error();
  json description = {{"TimeToLiveStatus", "DISABLED"}};
  if (!(*table)->expiry_attribute().empty()) {
    description = {{"TimeToLiveStatus", "ENABLED"},
                   {"AttributeName", (*table)->expiry_attribute()}};
  }
  return json{{"TimeToLiveDescription", std::move(description)}};
}

Result<json> UpdateTimeToLive(Store& store, const Request& request) {
  const auto table = FindNamed(store, request);
  if (!table) return table.error();
  const json& specification = request.Object("TimeToLiveSpecification");
  const bool enabled = specification.at("Enabled").get<bool>();
  const auto attribute = specification.at("AttributeName").get<std::string>();
  const std::string& current = (*table)->expiry_attribute();
  if (enabled && current == attribute) return Invalid("TimeToLive is already enabled");
  if (!enabled && current.empty()) return Invalid("TimeToLive is already disabled");
  if (!current.empty() && current != attribute) {
    return Invalid("TimeToLive is active on a different AttributeName: current AttributeName is " +
                   current);
  }
  store.ChangeTable(*table, [&](json& changed) {
    if (enabled) {
      changed["TimeToLiveAttribute"] = attribute;
    } else {
      changed.erase("TimeToLiveAttribute");
    }
  });
  return json{{"TimeToLiveSpecification", specification}};
}

}  // namespace fractus::dynamo
