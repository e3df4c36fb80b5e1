// The requests that carry statements, read from their bodies.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dynamo/fields.h"
#include "dynamo/json_reader.h"
#include "dynamo/partiql/statement.h"
#include "emulator/core/api_error.h"

namespace fractus::dynamo::partiql {

// A statement and what is given with it.
struct StatementRequest {
  std::optional<std::string> text;
  std::optional<std::vector<Value>> parameters;
  // The first unacceptable parameter.
  std::string problem;
  std::optional<bool> consistent_read;
  std::optional<std::string> return_on_failure;
};

// Takes the member when it is one of a statement's.
bool ReadMember(JsonReader& reader, std::string_view name, StatementRequest& request);

// BatchExecuteStatement and ExecuteTransaction.
struct StatementsRequest {
  std::optional<std::vector<StatementRequest>> statements;
  std::optional<std::string> return_consumed_capacity;
  std::optional<std::string> client_request_token;
};
// `member` is "Statements" or "TransactStatements".
Result<StatementsRequest> ReadStatements(std::string_view body, std::string_view member);

// `place` comes before the members' names in messages: "" or "statements.1.member.".
void CheckStatement(Constraints& constraints, const StatementRequest& request,
                    const std::string& place);
// The constraints of all statements; `member` is "statements" or "transactStatements".
std::optional<ApiError> CheckStatements(const StatementsRequest& request, const std::string& member,
                                        size_t most);

Result<Statement> Parse(const StatementRequest& request);

}  // namespace fractus::dynamo::partiql
