#include "dynamo/backup.h"

#include <fmt/format.h>

#include <algorithm>

#include "dynamo/create_table.h"
#include "dynamo/errors.h"
#include "dynamo/item_request.h"
#include "dynamo/operations.h"
#include "dynamo/table_definition.h"
#include "dynamo/table_life.h"
#include "dynamo/throughput.h"
#include "emulator/core/arn.h"

namespace fractus::dynamo {
namespace {

// A system backup goes by itself. Source: PointInTimeRecovery_Howitworks in the developer guide.
constexpr auto kSystemBackupLives = std::chrono::days(35);

std::string BackupKey(const std::string& account, const std::string& region,
                      const std::string& arn) {
  return storage::MakeKey({"backup", account, region, arn});
}

Time CreatedAt(const json& backup) { return FromEpochSeconds(backup.at("Created").get<double>()); }

bool IsSystem(const json& backup) { return backup.at("Type") == "SYSTEM"; }

json DescribeDetails(const json& backup, const char* status) {
  json details = {
      {"BackupArn", backup.at("BackupArn")},   {"BackupName", backup.at("Name")},
      {"BackupSizeBytes", backup.at("Bytes")}, {"BackupStatus", status},
      {"BackupType", backup.at("Type")},       {"BackupCreationDateTime", backup.at("Created")}};
  if (IsSystem(backup))
    details["BackupExpiryDateTime"] = EpochSeconds(CreatedAt(backup) + kSystemBackupLives);
  return details;
}

std::string TableArnOf(const json& definition) {
  return Arn{"dynamodb", definition.at("Region").get<std::string>(),
             definition.at("Account").get<std::string>(),
             "table/" + definition.at("TableName").get<std::string>()}
      .ToString();
}

json DescribeSource(const json& backup) {
  const json& table = backup.at("Table");
  const json throughput = table.value("ProvisionedThroughput", json::object());
  return {{"TableName", table.at("TableName")},
          {"TableId", table.at("TableId")},
          {"TableArn", TableArnOf(table)},
          {"TableSizeBytes", backup.at("Bytes")},
          {"ItemCount", backup.at("Items")},
          {"KeySchema", table.at("KeySchema")},
          {"TableCreationDateTime", table.at("CreationDateTime")},
          {"BillingMode", table.value("BillingMode", "PROVISIONED")},
          {"ProvisionedThroughput",
           {{"ReadCapacityUnits", throughput.value("ReadCapacityUnits", 0LL)},
            {"WriteCapacityUnits", throughput.value("WriteCapacityUnits", 0LL)}}}};
}

json DescribeFeatures(const json& table) {
  json features = json::object();
  for (const char* member : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
    for (const auto& index : table.value(member, json::array())) {
      json& described = features[member].emplace_back();
      for (const char* part : {"IndexName", "KeySchema", "Projection", "ProvisionedThroughput"}) {
        if (index.contains(part)) described[part] = index.at(part);
      }
    }
  }
  if (table.contains("StreamSpecification"))
    features["StreamDescription"] = table.at("StreamSpecification");
  if (table.contains("TimeToLiveAttribute")) {
    features["TimeToLiveDescription"] = {{"TimeToLiveStatus", "ENABLED"},
                                         {"AttributeName", table.at("TimeToLiveAttribute")}};
  }
  if (table.contains("SseKeyArn")) {
    features["SSEDescription"] = {
        {"Status", "ENABLED"}, {"SSEType", "KMS"}, {"KMSMasterKeyArn", table.at("SseKeyArn")}};
  }
  return features;
}

json Describe(const json& backup, const char* status) {
  return {{"BackupDetails", DescribeDetails(backup, status)},
          {"SourceTableDetails", DescribeSource(backup)},
          {"SourceTableFeatureDetails", DescribeFeatures(backup.at("Table"))}};
}

json Summarize(const json& backup) {
  const json& table = backup.at("Table");
  json summary = DescribeDetails(backup, "AVAILABLE");
  summary.update({{"TableName", table.at("TableName")},
                  {"TableId", table.at("TableId")},
                  {"TableArn", TableArnOf(table)}});
  return summary;
}

void Drop(Store& store, const json& backup) {
  const json& table = backup.at("Table");
  store.DropCopy(backup.at("Number").get<uint32_t>());
  store.definitions().Delete(BackupKey(table.at("Account").get<std::string>(),
                                       table.at("Region").get<std::string>(),
                                       backup.at("BackupArn").get<std::string>()));
}

// Those of the caller, the oldest first.
std::vector<json> ListAll(Store& store, const RequestContext& context) {
  auto backups =
      store.definitions().ListJson(storage::MakeKey({"backup", context.account, context.region}));
  std::erase_if(backups, [&](const json& backup) {
    const bool is_over = IsSystem(backup) && CreatedAt(backup) + kSystemBackupLives < context.now;
    if (is_over) Drop(store, backup);
    return is_over;
  });
  std::stable_sort(backups.begin(), backups.end(), [](const json& a, const json& b) {
    return a.at("Created").get<double>() < b.at("Created").get<double>();
  });
  return backups;
}

Result<json> FindBackup(Store& store, const Request& request) {
  const std::string arn = request.Text("BackupArn");
  if (!arn.starts_with("arn:") || arn.find("/backup/") == std::string::npos)
    return Invalid("Invalid Request: Invalid BackupArn: " + arn);
  auto backup =
      store.definitions().GetJson(BackupKey(request.context.account, request.context.region, arn));
  if (!backup) return ApiError{"BackupNotFoundException", "Backup not found: " + arn};
  return *std::move(backup);
}

// Overrides choose among the source's indexes; nothing given means all.
Result<json> RestoredIndexes(const json& source, const json& wanted) {
  for (const auto& index : wanted) {
    const bool is_known = std::any_of(source.begin(), source.end(), [&](const json& other) {
      return other.at("IndexName") == index.at("IndexName") &&
             other.at("KeySchema") == index.at("KeySchema") &&
             other.at("Projection") == index.at("Projection");
    });
    if (is_known) continue;
    return InvalidParameter("The index " + index.at("IndexName").get<std::string>() +
                            " of the override is not an index of the source table");
  }
  return wanted;
}

}  // namespace

json MakeBackup(Store& store, IdSource& ids, const Table& table, BackupKind kind,
                const std::string& name, Time now) {
  const auto copy = store.CopyItems(table);
  const bool is_system = kind == BackupKind::kSystem;
  json backup = {
      {"BackupArn", fmt::format("{}/backup/{:014}-{}", table.Arn(), EpochMillis(now), ids.Hex(8))},
      {"Name", is_system ? table.name() + "$DeletedTableBackup" : name},
      {"Type", is_system ? "SYSTEM" : "USER"},
      {"Created", EpochSeconds(now)},
      {"Number", copy.number},
      {"Items", copy.total.items},
      {"Bytes", copy.total.bytes},
      {"Table", table.definition()}};
  store.definitions().PutJson(
      BackupKey(table.account(), table.region(), backup.at("BackupArn").get<std::string>()),
      backup);
  return backup;
}

Result<json> RestoredDefinition(const json& source, const Request& request, IdSource& ids) {
  json definition = {{"Account", request.context.account},
                     {"Region", request.context.region},
                     {"TableName", request.Text("TargetTableName")},
                     {"TableId", ids.Uuid()},
                     {"CreationDateTime", EpochSeconds(request.context.now)},
                     {"Tags", json::object()}};
  for (const char* member : {"AttributeDefinitions", "KeySchema", "LocalSecondaryIndexes",
                             "GlobalSecondaryIndexes", "BillingMode", "ProvisionedThroughput",
                             "OnDemandThroughput", "TableClass", "SseKeyArn", "SseOwner"}) {
    if (source.contains(member)) definition[member] = source.at(member);
  }
  // Rows are copied with their keys.
  definition["ScanOrder"] = source.value("ScanOrder", "key");
  for (const auto& [member, override] :
       {std::pair{"LocalSecondaryIndexes", "LocalSecondaryIndexOverride"},
        std::pair{"GlobalSecondaryIndexes", "GlobalSecondaryIndexOverride"}}) {
    if (!request.Has(override)) continue;
    auto indexes =
        RestoredIndexes(definition.value(member, json::array()), request.Array(override));
    if (!indexes) return indexes.error();
    definition[member] = *std::move(indexes);
    if (definition.at(member).empty()) definition.erase(member);
  }
  if (request.Has("BillingModeOverride"))
    definition["BillingMode"] = request.input.at("BillingModeOverride");
  if (request.Has("ProvisionedThroughputOverride"))
    definition["ProvisionedThroughput"] = request.input.at("ProvisionedThroughputOverride");
  if (IsOnDemand(definition)) {
    definition["OnDemandSince"] = definition["CreationDateTime"];
    definition.erase("ProvisionedThroughput");
  }
  for (const char* member : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
    if (!definition.contains(member)) continue;
    for (auto& index : definition.at(member)) {
      for (const char* own : {"Number", "CreatingUntil", "UpdatingUntil", "DeletingUntil"})
        index.erase(own);
      if (IsOnDemand(definition)) index.erase("ProvisionedThroughput");
    }
  }
  DropUnusedAttributes(definition);
  if (auto error = CheckDefinition(definition)) return *error;
  return definition;
}

Result<json> CreateBackup(Store& store, IdSource& ids, const Request& request) {
  if (auto error = CheckTableName(request)) return *error;
  const TablePtr table = FindSettled(store, request.context, request.Text("TableName"));
  const Time now = request.context.now;
  if (!table || !table->ServesAt(now)) {
    return ApiError{
        "TableNotFoundException",
        "Table not found: " + AddressOf(request.context, request.Text("TableName")).name};
  }
  const json backup =
      MakeBackup(store, ids, *table, BackupKind::kUser, request.Text("BackupName"), now);
  return json{{"BackupDetails", DescribeDetails(backup, "CREATING")}};
}

Result<json> DescribeBackup(Store& store, const Request& request) {
  const auto backup = FindBackup(store, request);
  if (!backup) return backup.error();
  return json{{"BackupDescription", Describe(*backup, "AVAILABLE")}};
}

Result<json> DeleteBackup(Store& store, const Request& request) {
  const auto backup = FindBackup(store, request);
  if (!backup) return backup.error();
  Drop(store, *backup);
  return json{{"BackupDescription", Describe(*backup, "DELETED")}};
}

Result<json> ListBackups(Store& store, const Request& request) {
  Constraints constraints;
  // Observed: the order of the values is not known.
  constraints.Enum(request.Text("BackupType", "USER"), "backupType",
                   "USER, SYSTEM, AWS_BACKUP, ALL");
  if (auto error = constraints.Error()) return *error;
  constexpr long long kMostBackups = 100;
  const auto limit = static_cast<size_t>(request.Integer("Limit", kMostBackups));
  const std::string type = request.Text("BackupType", "USER");
  const std::string table = AddressOf(request.context, request.Text("TableName")).name;
  const std::string start = request.Text("ExclusiveStartBackupArn");
  const auto is_wanted = [&](const json& backup) {
    const json& created = backup.at("Created");
    return (type == "ALL" || backup.at("Type") == type) &&
           (table.empty() || backup.at("Table").at("TableName") == table) &&
           (!request.Has("TimeRangeLowerBound") ||
            created >= request.input.at("TimeRangeLowerBound")) &&
           (!request.Has("TimeRangeUpperBound") ||
            created < request.input.at("TimeRangeUpperBound"));
  };
  json output = {{"BackupSummaries", json::array()}};
  json& summaries = output["BackupSummaries"];
  bool is_begun = start.empty();
  for (const auto& backup : ListAll(store, request.context)) {
    if (!is_begun) {
      is_begun = backup.at("BackupArn") == start;
      continue;
    }
    if (!is_wanted(backup)) continue;
    if (summaries.size() == limit) {
      output["LastEvaluatedBackupArn"] = summaries.back().at("BackupArn");
      break;
    }
    summaries.push_back(Summarize(backup));
  }
  return output;
}

Result<json> RestoreTableFromBackup(Store& store, IdSource& ids, const Request& request) {
  const auto backup = FindBackup(store, request);
  if (!backup) return backup.error();
  const std::string target = request.Text("TargetTableName");
  const ApiError exists{"TableAlreadyExistsException", "Table already exists: " + target};
  if (FindSettled(store, request.context, target)) return exists;
  auto definition = RestoredDefinition(backup->at("Table"), request, ids);
  if (!definition) return definition.error();
  if (request.Has("SSESpecificationOverride")) {
    if (auto error = Encrypt(store, ids, *definition, request.Object("SSESpecificationOverride")))
      return *error;
  }
  (*definition)["RestoreSummary"] = {{"SourceBackupArn", backup->at("BackupArn")},
                                     {"SourceTableArn", TableArnOf(backup->at("Table"))},
                                     {"RestoreDateTime", backup->at("Created")},
                                     {"RestoreInProgress", false}};
  auto description = AddCreated(store, *std::move(definition), request.context.now,
                                RowSource{backup->at("Number").get<uint32_t>(), std::nullopt});
  if (!description) return exists;
  (*description)["RestoreSummary"]["RestoreInProgress"] = true;
  return json{{"TableDescription", *std::move(description)}};
}

}  // namespace fractus::dynamo
