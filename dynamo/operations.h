// The operations, each in its own file.
#pragma once

#include <string>
#include <string_view>

#include "dynamo/store.h"
#include "emulator/core/api_error.h"
#include "emulator/core/id_source.h"
#include "emulator/core/request.h"

namespace fractus::dynamo {

// Items: body in, body out (service::RawOperation).
Result<std::string> GetItem(Store& store, const RequestContext& context, std::string_view body);
Result<std::string> PutItem(Store& store, const RequestContext& context, std::string_view body);
Result<std::string> UpdateItem(Store& store, const RequestContext& context, std::string_view body);
Result<std::string> DeleteItem(Store& store, const RequestContext& context, std::string_view body);
Result<std::string> Query(Store& store, const RequestContext& context, std::string_view body);
Result<std::string> Scan(Store& store, const RequestContext& context, std::string_view body);
Result<std::string> BatchGetItem(Store& store, const RequestContext& context,
                                 std::string_view body);
Result<std::string> BatchWriteItem(Store& store, const RequestContext& context,
                                   std::string_view body);
Result<std::string> TransactWriteItems(Store& store, const RequestContext& context,
                                       std::string_view body);
Result<std::string> TransactGetItems(Store& store, const RequestContext& context,
                                     std::string_view body);

// PartiQL; in partiql/.
Result<std::string> ExecuteStatement(Store& store, const RequestContext& context,
                                     std::string_view body);
Result<std::string> BatchExecuteStatement(Store& store, const RequestContext& context,
                                          std::string_view body);
Result<std::string> ExecuteTransaction(Store& store, const RequestContext& context,
                                       std::string_view body);

// Streams.
Result<json> ListStreams(Store& store, const Request& request);
Result<json> DescribeStream(Store& store, const Request& request);
Result<json> GetShardIterator(Store& store, const Request& request);
Result<std::string> GetRecords(Store& store, const RequestContext& context, std::string_view body);

// Tables.
Result<json> CreateTable(Store& store, IdSource& ids, const Request& request);
Result<json> DescribeTable(Store& store, const Request& request);
Result<json> ListTables(Store& store, const Request& request);
Result<json> UpdateTable(Store& store, IdSource& ids, const Request& request);
Result<json> DeleteTable(Store& store, IdSource& ids, const Request& request);
Result<json> CreateBackup(Store& store, IdSource& ids, const Request& request);
Result<json> DescribeBackup(Store& store, const Request& request);
Result<json> DeleteBackup(Store& store, const Request& request);
Result<json> ListBackups(Store& store, const Request& request);
Result<json> RestoreTableFromBackup(Store& store, IdSource& ids, const Request& request);
Result<json> DescribeContinuousBackups(Store& store, const Request& request);
Result<json> UpdateContinuousBackups(Store& store, const Request& request);
Result<json> RestoreTableToPointInTime(Store& store, IdSource& ids, const Request& request);
Result<json> PutResourcePolicy(Store& store, IdSource& ids, const Request& request);
Result<json> GetResourcePolicy(Store& store, const Request& request);
Result<json> DeleteResourcePolicy(Store& store, const Request& request);
Result<json> DescribeTimeToLive(Store& store, const Request& request);
Result<json> UpdateTimeToLive(Store& store, const Request& request);
Result<json> TagResource(Store& store, const Request& request);
Result<json> UntagResource(Store& store, const Request& request);
Result<json> ListTagsOfResource(Store& store, const Request& request);
Result<json> DescribeLimits(Store& store, const Request& request);
Result<json> DescribeEndpoints(Store& store, const Request& request);

}  // namespace fractus::dynamo
