#include "dynamo/describe.h"
#include "dynamo/errors.h"
#include "dynamo/item_request.h"
#include "dynamo/operations.h"
#include "dynamo/table_definition.h"

namespace fractus::dynamo {

Result<json> CreateTable(Store& store, IdSource& ids, const Request& request) {
  const json& input = request.input;
  if (auto error = CheckTableName(request)) return *error;
  if (auto error = CheckEnums(input)) return *error;
  if (auto error = CheckDefinition(input)) return *error;
  if (auto error = CheckStream(input, nullptr)) return *error;
  if (auto error = CheckEmulated(input)) return *error;
  const TableAddress address = AddressOf(request.context, request.Text("TableName"));
  const ApiError exists{"ResourceInUseException", "Table already exists: " + address.name};
  if (store.FindTable(address.account, address.region, address.name)) return exists;

  json definition = {{"Account", address.account},
                     {"Region", address.region},
                     {"TableName", address.name},
                     {"TableId", ids.Uuid()},
                     {"CreationDateTime", EpochSeconds(request.context.now)},
                     {"Tags", json::object()}};
  for (const char* member :
       {"AttributeDefinitions", "KeySchema", "LocalSecondaryIndexes", "GlobalSecondaryIndexes",
        "BillingMode", "ProvisionedThroughput", "DeletionProtectionEnabled", "TableClass",
        "WarmThroughput", "OnDemandThroughput"}) {
    if (input.contains(member) && !input.at(member).is_null())
      definition[member] = input.at(member);
  }
  if (definition.value("BillingMode", "") == "PAY_PER_REQUEST")
    definition["OnDemandSince"] = definition["CreationDateTime"];
  SetStream(definition, input);
  for (const auto& tag : request.Array("Tags")) {
    definition["Tags"][tag.at("Key").get<std::string>()] = tag.at("Value");
  }
  const TablePtr table = store.AddTable(std::move(definition));
  if (!table) return exists;
  return json{{"TableDescription", DescribeAs(store, *table, DescriptionOf::kCreated)}};
}

}  // namespace fractus::dynamo
