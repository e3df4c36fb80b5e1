#include "dynamo/create_table.h"

#include "dynamo/describe.h"
#include "dynamo/errors.h"
#include "dynamo/item_request.h"
#include "dynamo/operations.h"
#include "dynamo/resource_policy.h"
#include "dynamo/table_definition.h"
#include "dynamo/table_life.h"
#include "dynamo/throughput.h"
#include "emulator/core/arn.h"

namespace fractus::dynamo {
namespace {

// The account's own key for DynamoDB: all tables of a region that name none share it.
std::string AccountKey(const Store& store, IdSource& ids, const std::string& account,
                       const std::string& region) {
  for (const auto& table : store.Tables(account, region)) {
    if (table->definition().value("SseOwner", "") == "AWS")
      return table->definition().at("SseKeyArn").get<std::string>();
  }
  return Arn{"kms", region, account, "key/" + ids.Uuid()}.ToString();
}

void MarkCreating(json& definition, Time until) {
  Mark(definition, Work::kCreating, until);
  if (!definition.contains("GlobalSecondaryIndexes")) return;
  for (auto& index : definition.at("GlobalSecondaryIndexes")) Mark(index, Work::kCreating, until);
}

}  // namespace

std::optional<json> AddCreated(Store& store, json definition, Time now,
                               const std::optional<RowSource>& source) {
  MarkCreating(definition, now + store.settings().table_delay);
  Settle(definition, now);
  const TablePtr table = store.AddTable(std::move(definition), source);
  if (!table) return std::nullopt;
  json shown = table->definition();
  MarkCreating(shown, now);
  return DescribeAs(store, *table, shown, DescriptionOf::kCreated, Time::min());
}

std::optional<ApiError> Encrypt(const Store& store, IdSource& ids, json& definition,
                                const json& specification) {
  if (!specification.value("Enabled", false)) {
    if (specification.contains("KMSMasterKeyId")) {
      return InvalidParameter(
          "SSESpecification.Enabled must be true when SSEType or KMSMasterKeyId is specified");
    }
    definition.erase("SseKeyArn");
    definition.erase("SseOwner");
    return std::nullopt;
  }
  const auto account = definition.at("Account").get<std::string>(),
             region = definition.at("Region").get<std::string>();
  const std::string key = specification.value("KMSMasterKeyId", "");
  if (key.starts_with("alias/") || key.find(":alias/") != std::string::npos) {
    return ApiError{"NotImplemented",
                    "The emulator cannot look up the alias of a KMS key; name the key itself.",
                    501};
  }
  if (key.empty()) {
    if (definition.value("SseOwner", "") != "AWS")
      definition["SseKeyArn"] = AccountKey(store, ids, account, region);
    definition["SseOwner"] = "AWS";
  } else {
    definition["SseKeyArn"] =
        key.starts_with("arn:") ? key : Arn{"kms", region, account, "key/" + key}.ToString();
    definition["SseOwner"] = "customer";
  }
  return std::nullopt;
}

namespace {

std::optional<ApiError> CheckOnDemandIndexes(const json& input) {
  if (!IsOnDemand(input)) return std::nullopt;
  for (const auto& index : input.value("GlobalSecondaryIndexes", json::array())) {
    if (!index.contains("ProvisionedThroughput")) continue;
    return InvalidParameter("ProvisionedThroughput should not be specified for index: " +
                            index.at("IndexName").get<std::string>() +
                            " when BillingMode is PAY_PER_REQUEST");
  }
  return std::nullopt;
}

}  // namespace

Result<json> CreateTable(Store& store, IdSource& ids, const Request& request) {
  const json& input = request.input;
  if (auto error = CheckTableName(request)) return *error;
  if (auto error = CheckEnums(input)) return *error;
  if (auto error = CheckDefinition(input)) return *error;
  if (auto error = CheckOnDemandIndexes(input)) return *error;
  if (auto error = CheckStream(input, nullptr)) return *error;
  if (auto error = CheckEmulated(input)) return *error;
  const TableAddress address = AddressOf(request.context, request.Text("TableName"));
  const ApiError exists{"ResourceInUseException", "Table already exists: " + address.name};
  if (FindSettled(store, request.context, request.Text("TableName"))) return exists;

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
  if (request.Has("SSESpecification")) {
    if (auto error = Encrypt(store, ids, definition, request.Object("SSESpecification")))
      return *error;
  }
  if (request.Has("ResourcePolicy")) {
    auto policy = KeepPolicy(request.Text("ResourcePolicy"), ids);
    if (!policy) return policy.error();
    definition["ResourcePolicy"] = *std::move(policy);
  }
  for (const auto& tag : request.Array("Tags")) {
    definition["Tags"][tag.at("Key").get<std::string>()] = tag.at("Value");
  }
  auto description = AddCreated(store, std::move(definition), request.context.now);
  if (!description) return exists;
  return json{{"TableDescription", *std::move(description)}};
}

}  // namespace fractus::dynamo
