#include <algorithm>
#include <set>

#include "dynamo/create_table.h"
#include "dynamo/describe.h"
#include "dynamo/errors.h"
#include "dynamo/item_request.h"
#include "dynamo/operations.h"
#include "dynamo/table_definition.h"
#include "dynamo/table_life.h"
#include "dynamo/throughput.h"

namespace fractus::dynamo {
namespace {

// What the members of the request do to a definition, one after the other.
class TableUpdate {
 public:
  TableUpdate(Store& store, IdSource& ids, const Request& request, json& definition)
      : store_(store), ids_(ids), request_(request), definition_(definition) {}

  std::optional<ApiError> Apply() {
    if (auto error = TakeAttributes()) return error;
    if (auto error = TakeBilling()) return error;
    if (auto error = TakeThroughput()) return error;
    for (const char* member :
         {"DeletionProtectionEnabled", "TableClass", "WarmThroughput", "OnDemandThroughput"}) {
      if (request_.Has(member)) definition_[member] = request_.input.at(member);
    }
    if (auto error = CheckStream(request_.input, &definition_)) return error;
    SetStream(definition_, request_.input);
    if (request_.Has("SSESpecification")) {
      if (auto error = Encrypt(store_, ids_, definition_, request_.Object("SSESpecification")))
        return error;
    }
    for (const auto& update : request_.Array("GlobalSecondaryIndexUpdates")) {
      if (auto error = TakeIndexUpdate(update)) return error;
    }
    if (auto error = CheckIndexThroughput()) return error;
    Mark(definition_, Work::kUpdating, until_);
    if (definition_.contains("GlobalSecondaryIndexes") &&
        definition_.at("GlobalSecondaryIndexes").empty()) {
      definition_.erase("GlobalSecondaryIndexes");
    }
    return CheckChanged();
  }

 private:
  // The definition as it will be, without what goes: attributes of a deleted index are not used
  // any more.
  std::optional<ApiError> CheckChanged() const {
    json after = definition_;
    Settle(after, Time::max());
    return CheckDefinition(after);
  }

  // Observed: that a known attribute keeps its type; the text is not known.
  std::optional<ApiError> TakeAttributes() {
    json& known = definition_.at("AttributeDefinitions");
    for (const auto& attribute : request_.Array("AttributeDefinitions")) {
      const auto same = std::find_if(known.begin(), known.end(), [&](const json& other) {
        return other.at("AttributeName") == attribute.at("AttributeName");
      });
      if (same == known.end()) {
        known.push_back(attribute);
      } else if (same->at("AttributeType") != attribute.at("AttributeType")) {
        return InvalidParameter("Attribute " + attribute.at("AttributeName").get<std::string>() +
                                " is already defined with another type");
      }
    }
    return std::nullopt;
  }

  std::optional<ApiError> TakeBilling() {
    if (!request_.Has("BillingMode")) return std::nullopt;
    const bool was_on_demand = IsOnDemand(definition_);
    definition_["BillingMode"] = request_.input.at("BillingMode");
    if (IsOnDemand(definition_)) {
      if (!was_on_demand) definition_["OnDemandSince"] = EpochSeconds(request_.context.now);
      definition_.erase("ProvisionedThroughput");
      for (auto& index : Indexes()) index.erase("ProvisionedThroughput");
    } else if (was_on_demand && !request_.Has("ProvisionedThroughput")) {
      return InvalidParameter(
          "ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
    }
    return std::nullopt;
  }

  std::optional<ApiError> TakeThroughput() {
    if (!request_.Has("ProvisionedThroughput")) return std::nullopt;
    if (IsOnDemand(definition_)) {
      return InvalidParameter(
          "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
          "PAY_PER_REQUEST");
    }
    auto changed =
        ChangeThroughput(definition_.value("ProvisionedThroughput", json()),
                         request_.Object("ProvisionedThroughput"), "", request_.context.now);
    if (!changed) return changed.error();
    definition_["ProvisionedThroughput"] = *std::move(changed);
    return std::nullopt;
  }

  json& Indexes() {
    json& indexes = definition_["GlobalSecondaryIndexes"];
    if (indexes.is_null()) indexes = json::array();
    return indexes;
  }

  std::optional<ApiError> TakeIndexUpdate(const json& update) {
    json& indexes = Indexes();
    const auto find = [&](const std::string& name) {
      return std::find_if(indexes.begin(), indexes.end(),
                          [&](const json& index) { return index.at("IndexName") == name; });
    };
    if (update.contains("Create")) {
      json created = update.at("Create");
      if (find(created.at("IndexName").get<std::string>()) != indexes.end())
        return Invalid("Attempting to create an index which already exists");
      if (auto error = CheckOnDemand(created)) return error;
      // What the table defines already counts for nothing here.
      if (auto error =
              CheckDefined(created.at("KeySchema"), request_.Array("AttributeDefinitions")))
        return error;
      Mark(created, Work::kCreating, until_);
      indexes.push_back(std::move(created));
      return std::nullopt;
    }
    const bool is_delete = update.contains("Delete");
    const json& change = update.at(is_delete ? "Delete" : "Update");
    const auto name = change.at("IndexName").get<std::string>();
    const auto found = find(name);
    if (found == indexes.end()) {
      return ApiError{"ResourceNotFoundException",
                      "Requested resource not found: Index: " + name + " not found"};
    }
    if (is_delete) {
      Mark(*found, Work::kDeleting, until_);
      return std::nullopt;
    }
    for (const char* member : {"WarmThroughput", "OnDemandThroughput"}) {
      if (change.contains(member)) (*found)[member] = change.at(member);
    }
    if (auto error = CheckOnDemand(change)) return error;
    if (change.contains("ProvisionedThroughput")) {
      auto changed =
          ChangeThroughput(found->value("ProvisionedThroughput", json()),
                           change.at("ProvisionedThroughput"), name, request_.context.now);
      if (!changed) return changed.error();
      (*found)["ProvisionedThroughput"] = *std::move(changed);
    }
    Mark(*found, Work::kUpdating, until_);
    return std::nullopt;
  }

  // An index that is made or changed.
  std::optional<ApiError> CheckOnDemand(const json& index) const {
    if (!IsOnDemand(definition_) || !index.contains("ProvisionedThroughput")) return std::nullopt;
    return InvalidParameter(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: " +
        index.at("IndexName").get<std::string>() + " when BillingMode is PAY_PER_REQUEST");
  }

  std::optional<ApiError> CheckIndexThroughput() {
    if (IsOnDemand(definition_)) return std::nullopt;
    for (const auto& index : Indexes()) {
      if (!index.contains("ProvisionedThroughput")) {
        return InvalidParameter("ProvisionedThroughput must be specified for index: " +
                                index.at("IndexName").get<std::string>());
      }
    }
    return std::nullopt;
  }

  Store& store_;
  IdSource& ids_;
  const Request& request_;
  json& definition_;
  const Time until_ = request_.context.now + store_.settings().table_delay;
};

// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
std::optional<ApiError> CheckIndexUpdates(const json& updates) {
  std::set<std::string> names;
  size_t online = 0;
  for (const auto& update : updates) {
    const size_t kinds =
        update.contains("Create") + update.contains("Update") + update.contains("Delete");
    if (kinds == 0) {
      return InvalidParameter(
          "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
          "GlobalSecondaryIndexUpdate.Delete must not be null");
    }
    if (kinds > 1) {
      return InvalidParameter(
          "Only one of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
          "GlobalSecondaryIndexUpdate.Delete may be specified");
    }
    if (!update.contains("Update")) ++online;
    for (const auto& [kind, change] : update.items()) {
      const auto name = change.at("IndexName").get<std::string>();
      if (!names.insert(name).second) {
        return InvalidParameter(
            "Only one global secondary index update per index is allowed simultaneously. Index: " +
            name);
      }
    }
  }
  if (online <= 1) return std::nullopt;
  return ApiError{"LimitExceededException",
                  "Subscriber limit exceeded: Only 1 online index can be created or deleted "
                  "simultaneously per table"};
}

std::optional<ApiError> CheckUpdate(const Request& request) {
  if (auto error = CheckTableName(request)) return error;
  if (auto error = CheckEnums(request.input)) return error;
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
  const auto changes = [&](const char* member) {
    return request.Has(member) && request.input.at(member) != json::array();
  };
  if (std::none_of(std::begin(kChanges), std::end(kChanges), changes)) {
    return Invalid(
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
        "GlobalSecondaryIndexUpdates or SSESpecification "
        "or ReplicaUpdates is required");
  }
  if (request.Text("BillingMode") == "PAY_PER_REQUEST" && request.Has("ProvisionedThroughput")) {
    return InvalidParameter(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
        "PAY_PER_REQUEST");
  }
  return CheckIndexUpdates(request.Array("GlobalSecondaryIndexUpdates"));
}

}  // namespace

Result<json> UpdateTable(Store& store, IdSource& ids, const Request& request) {
  if (auto error = CheckUpdate(request)) return *error;
  const auto name = AddressOf(request.context, request.Text("TableName")).name;
  const Time now = request.context.now;
  const TablePtr table = FindSettled(store, request.context, request.Text("TableName"));
  if (!table) return TableNotFound(name);
  if (auto error = CheckEmulated(request.input)) return *error;
  if (auto error = CheckAtRest(*table, now)) return *error;

  std::optional<ApiError> refused;
  json shown;
  const TablePtr changed = store.ChangeTable(table, [&](json& definition) {
    json next = definition;
    refused = TableUpdate(store, ids, request, next).Apply();
    if (refused) return;
    shown = next;
    Settle(next, now);
    definition = std::move(next);
  });
  if (refused) return *refused;
  if (!changed) return TableNotFound(name);
  for (const char* given : {"StreamSpecification", "LatestStreamLabel"}) {
    if (changed->definition().contains(given)) shown[given] = changed->definition().at(given);
  }
  // A key that goes is still shown on its way.
  if (!shown.contains("SseKeyArn") && table->definition().contains("SseKeyArn")) {
    shown["SseKeyArn"] = table->definition().at("SseKeyArn");
    shown["SseStatus"] = "UPDATING";
  }
  return json{{"TableDescription",
               DescribeAs(store, *changed, shown, DescriptionOf::kUpdated, Time::min())}};
}

}  // namespace fractus::dynamo
