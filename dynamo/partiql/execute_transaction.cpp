#include <algorithm>

#include "dynamo/errors.h"
#include "dynamo/item_request.h"
#include "dynamo/operations.h"
#include "dynamo/partiql/request.h"
#include "dynamo/partiql/select.h"
#include "dynamo/partiql/where.h"
#include "dynamo/partiql/write.h"
#include "dynamo/transaction.h"
#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"

namespace fractus::dynamo {
namespace {

using namespace partiql;

Result<std::vector<Statement>> ParseAll(const StatementsRequest& request) {
  std::vector<Statement> statements;
  for (const auto& one : *request.statements) {
    auto statement = Parse(one);
    if (!statement) return statement.error();
    statements.push_back(*std::move(statement));
  }
  const auto is_read = [](const Statement& statement) { return statement.IsRead(); };
  const auto reads = std::count_if(statements.begin(), statements.end(), is_read);
  // Observed: a transaction reads or writes; the text of the refusal is not known.
  if (reads != 0 && static_cast<size_t>(reads) != statements.size())
    return Invalid("Read and write statements cannot be mixed in one transaction");
  return statements;
}

Result<std::vector<TablePtr>> FindTables(const Store& store, const RequestContext& context,
                                         const std::vector<Statement>& statements) {
  std::vector<TablePtr> tables;
  for (const auto& statement : statements) {
    tables.push_back(FindTable(store, context, statement.table));
    if (!tables.back()) return TableNotFound();
  }
  return tables;
}

// The same for requests that differ only in the order of their members.
std::string Fingerprint(std::string_view body) {
  json request = json::parse(body);
  request.erase("ClientRequestToken");
  return HexEncode(auth::Sha256(request.dump()));
}

struct Answer {
  std::string responses;
  TransactionCapacity capacity;
};

Result<Answer> ReadAll(Store& store, const RequestContext& context,
                       const std::vector<Statement>& statements,
                       const std::vector<TablePtr>& tables) {
  std::vector<Item> keys;
  for (size_t i = 0; i < statements.size(); ++i) {
    const Statement& statement = statements[i];
    auto key = KeyOf(statement.where ? &*statement.where : nullptr, tables[i]->keys());
    if (!key || statement.index) {
      return Invalid(
          "Select statements within ExecuteTransaction must specify the primary key in the where "
          "clause.");
    }
    keys.push_back(*std::move(key));
  }
  std::vector<TransactionRead> reads;
  for (size_t i = 0; i < statements.size(); ++i) reads.push_back({statements[i].table, &keys[i]});
  std::string responses;
  const auto write = [&](size_t i, std::optional<std::string_view> row) {
    if (i > 0) responses += ',';
    ObjectWriter response(responses);
    std::string item;
    if (row && WriteSelected(item, statements[i], *row)) response.Member("Item") += item;
    response.End();
  };
  auto capacity = ReadTransaction(store, context, reads, write);
  if (!capacity) return capacity.error();
  return Answer{std::move(responses), *std::move(capacity)};
}

Result<Answer> WriteAll(Store& store, const RequestContext& context,
                        const std::vector<Statement>& statements,
                        const std::vector<TablePtr>& tables, const StatementsRequest& request,
                        std::string_view body) {
  std::vector<Item> keys(statements.size());
  std::vector<TransactionAction> actions;
  for (size_t i = 0; i < statements.size(); ++i) {
    auto action = ActionOf(statements[i], (*request.statements)[i], *tables[i], keys[i]);
    if (!action) return action.error();
    actions.push_back({statements[i].table, *std::move(action)});
  }
  std::optional<RequestToken> token;
  if (request.client_request_token) token = {*request.client_request_token, Fingerprint(body)};
  const auto written = WriteTransaction(store, context, actions, token);
  if (!written) return written.error();
  // Writes are not answered one by one: the list of responses is there and empty.
  return Answer{"", TransactionCapacity(*written)};
}

}  // namespace

Result<std::string> ExecuteTransaction(Store& store, const RequestContext& context,
                                       std::string_view body) {
  const auto request = ReadStatements(body, "TransactStatements");
  if (!request) return request.error();
  if (auto error = CheckStatements(*request, "transactStatements", kMostActions)) return *error;
  Constraints constraints;
  CheckRequestToken(constraints, request->client_request_token);
  if (auto error = constraints.Error()) return *error;
  const auto statements = ParseAll(*request);
  if (!statements) return statements.error();
  const auto tables = FindTables(store, context, *statements);
  if (!tables) return tables.error();
  const auto answer = statements->front().IsRead()
                          ? ReadAll(store, context, *statements, *tables)
                          : WriteAll(store, context, *statements, *tables, *request, body);
  if (!answer) return answer.error();

  std::string out;
  ObjectWriter response(out);
  response.Member("Responses") += '[' + answer->responses + ']';
  if (WantsCapacity(request->return_consumed_capacity)) {
    answer->capacity.Write(response.Member("ConsumedCapacity"), *request->return_consumed_capacity);
  }
  response.End();
  return out;
}

}  // namespace fractus::dynamo
