#include "dynamo/dynamo.h"

#include "dynamo/operations.h"
#include "dynamo/reaper.h"
#include "dynamo/store.h"
#include "emulator/core/log.h"

namespace fractus::dynamo {

using service::RawEntry;
using service::RunOn;

namespace {

// A disk that refuses a write now may take it in the next round.
std::optional<Time> ReapOrLog(Store& store, Time now) {
  try {
    return Reap(store, now);
  } catch (const std::exception& error) {
    Log(LogLevel::kError, "DynamoDB could not delete what has expired: {}", error.what());
    return now + kReaperRound;
  }
}

}  // namespace

Dynamo::Dynamo(storage::Database& database, Clock& clock, IdSource& ids, Settings settings)
    : ids_(ids),
      store_(std::make_unique<Store>(database, clock, settings)),
      reaper_(std::make_unique<ClockAlarm>(
          clock, [&store = *store_](Time now) { return ReapOrLog(store, now); })) {}
Dynamo::~Dynamo() = default;

service::OperationTable Dynamo::Operations() {
  Store& store = *store_;
  IdSource& ids = ids_;
  service::OperationTable table;
  const auto item_operation = [&](const char* name, auto run, RunOn where) {
    table[name] = RawEntry{[&store, run](const RequestContext& context, std::string_view body) {
                             return run(store, context, body);
                           },
                           where};
  };
  item_operation("GetItem", GetItem, RunOn::kNetworkThread);
  item_operation("PutItem", PutItem, RunOn::kNetworkThread);
  item_operation("UpdateItem", UpdateItem, RunOn::kNetworkThread);
  item_operation("DeleteItem", DeleteItem, RunOn::kNetworkThread);
  item_operation("Query", Query, RunOn::kBlockingPool);
  item_operation("Scan", Scan, RunOn::kBlockingPool);
  item_operation("BatchGetItem", BatchGetItem, RunOn::kBlockingPool);
  item_operation("BatchWriteItem", BatchWriteItem, RunOn::kBlockingPool);
  item_operation("TransactWriteItems", TransactWriteItems, RunOn::kBlockingPool);
  item_operation("TransactGetItems", TransactGetItems, RunOn::kBlockingPool);
  item_operation("ExecuteStatement", ExecuteStatement, RunOn::kBlockingPool);
  item_operation("BatchExecuteStatement", BatchExecuteStatement, RunOn::kBlockingPool);
  item_operation("ExecuteTransaction", ExecuteTransaction, RunOn::kBlockingPool);

  const auto table_operation = [&](const char* name, auto run) {
    table[name] = [&store, run](const Request& request) { return run(store, request); };
  };
  const auto making_operation = [&](const char* name, auto run) {
    table[name] = [&store, &ids, run](const Request& request) { return run(store, ids, request); };
  };
  making_operation("CreateTable", CreateTable);
  table_operation("DescribeTable", DescribeTable);
  table_operation("ListTables", ListTables);
  making_operation("UpdateTable", UpdateTable);
  making_operation("DeleteTable", DeleteTable);
  making_operation("CreateBackup", CreateBackup);
  table_operation("DescribeBackup", DescribeBackup);
  table_operation("DeleteBackup", DeleteBackup);
  table_operation("ListBackups", ListBackups);
  making_operation("RestoreTableFromBackup", RestoreTableFromBackup);
  table_operation("DescribeContinuousBackups", DescribeContinuousBackups);
  table_operation("UpdateContinuousBackups", UpdateContinuousBackups);
  making_operation("RestoreTableToPointInTime", RestoreTableToPointInTime);
  making_operation("PutResourcePolicy", PutResourcePolicy);
  table_operation("GetResourcePolicy", GetResourcePolicy);
  table_operation("DeleteResourcePolicy", DeleteResourcePolicy);
  table_operation("DescribeTimeToLive", DescribeTimeToLive);
  table_operation("UpdateTimeToLive", UpdateTimeToLive);
  table_operation("TagResource", TagResource);
  table_operation("UntagResource", UntagResource);
  table_operation("ListTagsOfResource", ListTagsOfResource);
  table_operation("DescribeLimits", DescribeLimits);
  table_operation("DescribeEndpoints", DescribeEndpoints);
  return table;
}

service::OperationTable Dynamo::StreamOperations() {
  Store& store = *store_;
  service::OperationTable table;
  const auto operation = [&](const char* name, auto run) {
    table[name] = [&store, run](const Request& request) { return run(store, request); };
  };
  operation("ListStreams", ListStreams);
  operation("DescribeStream", DescribeStream);
  operation("GetShardIterator", GetShardIterator);
  table["GetRecords"] = RawEntry{[&store](const RequestContext& context, std::string_view body) {
                                   return GetRecords(store, context, body);
                                 },
                                 RunOn::kBlockingPool};
  return table;
}

}  // namespace fractus::dynamo
