#include <algorithm>

#include "dynamo/errors.h"
#include "dynamo/item_codec.h"
#include "dynamo/operations.h"
#include "dynamo/partiql/request.h"
#include "dynamo/partiql/select.h"
#include "dynamo/partiql/where.h"
#include "dynamo/partiql/write.h"
#include "dynamo/transaction.h"
#include "dynamo/value_json.h"

namespace fractus::dynamo {
namespace {

using namespace partiql;

constexpr size_t kMostStatements = 25;

struct TableCapacity {
  TablePtr table;
  Capacity capacity;
};

class Batch {
 public:
  Batch(Store& store, const RequestContext& context) : store_(store), context_(context) {}

  // Appends the statement's response.
  void Run(std::string& out, const StatementRequest& request, const Result<Statement>& statement) {
    ObjectWriter response(out);
    std::optional<std::string> item;
    std::optional<ApiError> error;
    if (!statement) {
      error = statement.error();
    } else {
      const auto done = statement->IsRead() ? Read(*statement, request, item)
                                            : WriteOne(*statement, request, item);
      error = done;
      WriteText(response.Member("TableName"), AddressOf(context_, statement->table).name);
    }
    if (item) response.Member("Item") += *item;
    if (error) WriteError(response.Member("Error"), *error);
    response.End();
  }

  void WriteCapacities(std::string& out, const std::string& detail) const {
    out += '[';
    for (const auto& [table, capacity] : capacities_) {
      if (out.back() != '[') out += ',';
      WriteCapacity(out, *table, capacity, detail);
    }
    out += ']';
  }

 private:
  std::optional<ApiError> Read(const Statement& statement, const StatementRequest& request,
                               std::optional<std::string>& item) {
    const TablePtr table = FindTable(store_, context_, statement.table);
    if (!table) return TableNotFound();
    const auto key = KeyOf(statement.where ? &*statement.where : nullptr, table->keys());
    if (!key || statement.index) {
      return Invalid(
          "Select statements within BatchExecuteStatement must specify the primary key in the "
          "where clause.");
    }
    if (auto error = CheckKey(*table, *key)) return error;
    if (auto error = CheckReadCapacity(*table, nullptr, context_.now)) return error;
    const Consistency consistency =
        request.consistent_read == true ? Consistency::kStrong : Consistency::kEventual;
    std::string row;
    const bool exists =
        store_.ReadRow(table->ItemKey(*key), row, SightOf(store_, consistency, context_.now));
    const double units = ReadUnits(exists ? RowBilledSize(row) : 0, consistency);
    TakeReadCapacity(*table, nullptr, units, context_.now);
    Of(table).table += units;
    std::string selected;
    if (exists && WriteSelected(selected, statement, row)) item = std::move(selected);
    return std::nullopt;
  }

  std::optional<ApiError> WriteOne(const Statement& statement, const StatementRequest& request,
                                   std::optional<std::string>& item) {
    if (statement.kind == Statement::Kind::kExists)
      return Invalid("EXISTS is only supported as a statement of ExecuteTransaction");
    auto written = Write(store_, context_, statement, request);
    if (!written) return written.error();
    Of(written->write.table).Add(written->write);
    item = std::move(written->returned);
    return std::nullopt;
  }

  static void WriteError(std::string& out, const ApiError& error) {
    ObjectWriter object(out);
    WriteText(object.Member("Code"), ReasonCode(error));
    WriteText(object.Member("Message"), error.message);
    if (error.extra.contains("Item")) object.Member("Item") += error.extra.at("Item").dump();
    object.End();
  }

  Capacity& Of(const TablePtr& table) {
    for (auto& known : capacities_) {
      if (known.table == table) return known.capacity;
    }
    return capacities_.emplace_back(TableCapacity{table, {}}).capacity;
  }

  Store& store_;
  const RequestContext& context_;
  std::vector<TableCapacity> capacities_;
};

// Observed: a batch reads or writes; the text of the refusal is not known.
std::optional<ApiError> CheckNotMixed(const std::vector<Result<Statement>>& statements) {
  const auto is = [](bool read) {
    return [read](const Result<Statement>& statement) {
      return statement && statement->IsRead() == read;
    };
  };
  if (std::any_of(statements.begin(), statements.end(), is(true)) &&
      std::any_of(statements.begin(), statements.end(), is(false))) {
    return Invalid("Read and write statements cannot be mixed in one batch");
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> BatchExecuteStatement(Store& store, const RequestContext& context,
                                          std::string_view body) {
  const auto request = ReadStatements(body, "Statements");
  if (!request) return request.error();
  if (auto error = CheckStatements(*request, "statements", kMostStatements)) return *error;
  std::vector<Result<Statement>> statements;
  for (const auto& statement : *request->statements) statements.push_back(Parse(statement));
  if (auto error = CheckNotMixed(statements)) return *error;

  Batch batch(store, context);
  std::string out;
  ObjectWriter response(out);
  response.Member("Responses") += '[';
  for (size_t i = 0; i < statements.size(); ++i) {
    if (i > 0) out += ',';
    batch.Run(out, (*request->statements)[i], statements[i]);
  }
  out += ']';
  if (WantsCapacity(request->return_consumed_capacity))
    batch.WriteCapacities(response.Member("ConsumedCapacity"), *request->return_consumed_capacity);
  response.End();
  return out;
}

}  // namespace fractus::dynamo
