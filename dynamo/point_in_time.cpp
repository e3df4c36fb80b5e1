// Point-in-time recovery: the store keeps what items were before each write.
#include <fmt/format.h>

#include <algorithm>

#include "dynamo/backup.h"
#include "dynamo/create_table.h"
#include "dynamo/errors.h"
#include "dynamo/item_request.h"
#include "dynamo/operations.h"
#include "dynamo/table_life.h"

namespace fractus::dynamo {
namespace {

constexpr long long kLongestPeriod = 35;

ApiError NoTable(const std::string& name) {
  return {"TableNotFoundException", "Table not found: " + name};
}

Time RecoverableSince(const json& definition) {
  return Time(Duration(definition.at("RecoverableSince").get<int64_t>()));
}

Time EarliestMoment(const json& definition, Time now) {
  const std::chrono::days period(definition.value("RecoveryPeriodInDays", kLongestPeriod));
  return std::max(RecoverableSince(definition), now - period);
}

// Differs from AWS: tables can be restored to the present, not only to five minutes ago.
json Describe(const json& definition, Time now) {
  json recovery = {{"PointInTimeRecoveryStatus", "DISABLED"}};
  if (definition.contains("RecoverableSince")) {
    recovery = {{"PointInTimeRecoveryStatus", "ENABLED"},
                {"RecoveryPeriodInDays", definition.value("RecoveryPeriodInDays", kLongestPeriod)},
                {"EarliestRestorableDateTime", EpochSeconds(EarliestMoment(definition, now))},
                {"LatestRestorableDateTime", EpochSeconds(now)}};
  }
  return {{"ContinuousBackupsDescription",
           {{"ContinuousBackupsStatus", "ENABLED"}, {"PointInTimeRecoveryDescription", recovery}}}};
}

TablePtr FindForRecovery(Store& store, const RequestContext& context, const std::string& name) {
  const TablePtr table = FindSettled(store, context, name);
  if (!table || !table->ServesAt(context.now)) return nullptr;
  if (table->KeepsHistory())
    store.TrimHistory(*table, EarliestMoment(table->definition(), context.now));
  return table;
}

}  // namespace

Result<json> DescribeContinuousBackups(Store& store, const Request& request) {
  if (auto error = CheckTableName(request)) return *error;
  const TablePtr table = FindForRecovery(store, request.context, request.Text("TableName"));
  if (!table) return NoTable(AddressOf(request.context, request.Text("TableName")).name);
  return Describe(table->definition(), request.context.now);
}

Result<json> UpdateContinuousBackups(Store& store, const Request& request) {
  if (auto error = CheckTableName(request)) return *error;
  const json& wanted = request.Object("PointInTimeRecoverySpecification");
  const bool is_enabled = wanted.at("PointInTimeRecoveryEnabled").get<bool>();
  if (!is_enabled && wanted.contains("RecoveryPeriodInDays")) {
    return Invalid(
        "RecoveryPeriodInDays can only be specified when PointInTimeRecoveryEnabled is true");
  }
  const Time now = request.context.now;
  const TablePtr table = FindForRecovery(store, request.context, request.Text("TableName"));
  const TablePtr changed = !table ? nullptr : store.ChangeTable(table, [&](json& definition) {
    if (!is_enabled) {
      definition.erase("RecoverableSince");
      definition.erase("RecoveryPeriodInDays");
      return;
    }
    if (!definition.contains("RecoverableSince"))
      definition["RecoverableSince"] = now.time_since_epoch().count();
    if (wanted.contains("RecoveryPeriodInDays"))
      definition["RecoveryPeriodInDays"] = wanted.at("RecoveryPeriodInDays");
  });
  if (!changed) return NoTable(AddressOf(request.context, request.Text("TableName")).name);
  if (!is_enabled) store.TrimHistory(*changed, Time::max());
  return Describe(changed->definition(), now);
}

Result<json> RestoreTableToPointInTime(Store& store, IdSource& ids, const Request& request) {
  const std::string target = request.Text("TargetTableName");
  const std::string source = request.Text("SourceTableName", request.Text("SourceTableArn"));
  if (source.empty()) return Invalid("Either SourceTableArn or SourceTableName must be specified");
  const bool is_latest = request.Flag("UseLatestRestorableTime", false);
  if (is_latest == request.Has("RestoreDateTime")) {
    return Invalid(is_latest
                       ? "RestoreDateTime and UseLatestRestorableTime can not be specified together"
                       : "Either RestoreDateTime or UseLatestRestorableTime must be specified");
  }
  const Time now = request.context.now;
  const TablePtr table = FindForRecovery(store, request.context, source);
  if (!table) return NoTable(AddressOf(request.context, source).name);
  if (!table->KeepsHistory()) {
    return ApiError{"PointInTimeRecoveryUnavailableException",
                    "Point in time recovery is not enabled for table '" + table->name() + "'"};
  }
  const Time moment =
      is_latest ? now : FromEpochSeconds(request.input.at("RestoreDateTime").get<double>());
  // Times of requests have whole seconds.
  const Time earliest =
      std::chrono::floor<std::chrono::seconds>(EarliestMoment(table->definition(), now));
  if (moment < earliest || moment > now) {
    return ApiError{
        "InvalidRestoreTimeException",
        fmt::format("Restore time {} is outside of the restorable time window [{}, {}]",
                    FormatIso8601(moment), FormatIso8601(earliest), FormatIso8601(now))};
  }
  const ApiError exists{"TableAlreadyExistsException", "Table already exists: " + target};
  if (FindSettled(store, request.context, target)) return exists;
  auto definition = RestoredDefinition(table->definition(), request, ids);
  if (!definition) return definition.error();
  if (request.Has("SSESpecificationOverride")) {
    if (auto error = Encrypt(store, ids, *definition, request.Object("SSESpecificationOverride")))
      return *error;
  }
  (*definition)["RestoreSummary"] = {{"SourceTableArn", table->Arn()},
                                     {"RestoreDateTime", EpochSeconds(moment)},
                                     {"RestoreInProgress", false}};
  auto description =
      AddCreated(store, *std::move(definition), now,
                 RowSource{table->number(), is_latest ? std::nullopt : std::optional(moment)});
  if (!description) return exists;
  (*description)["RestoreSummary"]["RestoreInProgress"] = true;
  return json{{"TableDescription", *std::move(description)}};
}

}  // namespace fractus::dynamo
