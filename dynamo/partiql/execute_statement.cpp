#include "dynamo/errors.h"
#include "dynamo/operations.h"
#include "dynamo/partiql/request.h"
#include "dynamo/partiql/select.h"
#include "dynamo/partiql/write.h"
#include "dynamo/value_json.h"

namespace fractus::dynamo {
namespace {

using namespace partiql;

struct ExecuteRequest {
  StatementRequest statement;
  std::optional<std::string> next_token, return_consumed_capacity;
  std::optional<int64_t> limit;
};

Result<ExecuteRequest> ReadRequest(std::string_view body) {
  JsonReader reader(body);
  ExecuteRequest request;
  std::string_view name;
  for (bool more = reader.BeginObject(); more && reader.NextMember(name);) {
    if (reader.TakeNull()) continue;
    if (name == "NextToken") {
      reader.ReadText(request.next_token.emplace());
    } else if (name == "ReturnConsumedCapacity") {
      reader.ReadText(request.return_consumed_capacity.emplace());
    } else if (name == "Limit") {
      reader.ReadInteger(request.limit.emplace());
    } else if (!ReadMember(reader, name, request.statement)) {
      reader.Skip();
    }
  }
  if (!reader.Finish()) return reader.error();
  return request;
}

std::optional<ApiError> CheckRequest(const ExecuteRequest& request) {
  Constraints constraints;
  CheckStatement(constraints, request.statement, "");
  constraints.AtLeast(request.limit, "limit", 1);
  constraints.Enum(request.return_consumed_capacity, "returnConsumedCapacity",
                   "INDEXES, TOTAL, NONE");
  return constraints.Error();
}

Result<std::string> Read(const Store& store, const RequestContext& context,
                         const Statement& statement, const ExecuteRequest& request) {
  TablePtr table = FindTable(store, context, statement.table);
  if (!table) return TableNotFound();
  SelectOptions options;
  options.now = context.now;
  if (request.statement.consistent_read == true) options.consistency = Consistency::kStrong;
  options.limit = request.limit;
  options.next_token = request.next_token;
  options.fingerprint = *request.statement.text;
  for (const auto& value : statement.values) WriteValue(options.fingerprint, value);
  options.return_consumed_capacity = request.return_consumed_capacity;
  return Select(store, std::move(table), statement, options);
}

Result<std::string> WriteAndAnswer(Store& store, const RequestContext& context,
                                   const Statement& statement, const ExecuteRequest& request) {
  const auto written = Write(store, context, statement, request.statement);
  if (!written) return written.error();
  std::string out;
  ObjectWriter response(out);
  response.Member("Items") += '[' + written->returned.value_or("") + ']';
  if (WantsCapacity(request.return_consumed_capacity)) {
    Capacity capacity;
    capacity.Add(written->write);
    WriteCapacity(response.Member("ConsumedCapacity"), *written->write.table, capacity,
                  *request.return_consumed_capacity);
  }
  response.End();
  return out;
}

}  // namespace

Result<std::string> ExecuteStatement(Store& store, const RequestContext& context,
                                     std::string_view body) {
  const auto request = ReadRequest(body);
  if (!request) return request.error();
  if (auto error = CheckRequest(*request)) return *error;
  const auto statement = Parse(request->statement);
  if (!statement) return statement.error();
  if (statement->kind == Statement::Kind::kSelect)
    return Read(store, context, *statement, *request);
  if (statement->kind == Statement::Kind::kExists)
    return Invalid("EXISTS is only supported as a statement of ExecuteTransaction");
  return WriteAndAnswer(store, context, *statement, *request);
}

}  // namespace fractus::dynamo
