// Runs SELECT.
#pragma once

#include <optional>
#include <string>

#include "dynamo/page.h"
#include "dynamo/partiql/statement.h"
#include "dynamo/store.h"

namespace fractus::dynamo::partiql {

struct SelectOptions {
  Time now;
  Consistency consistency = Consistency::kEventual;
  std::optional<int64_t> limit;
  std::optional<std::string> next_token;
  // What a token is good for: the request without its token.
  std::string fingerprint;
  std::optional<std::string> return_consumed_capacity;
};

// The body of ExecuteStatement's answer.
Result<std::string> Select(const Store& store, TablePtr table, const Statement& statement,
                           const SelectOptions& options);

// Appends the row's item, or the columns of it, if it is one that the statement selects.
// False when it is not.
bool WriteSelected(std::string& out, const Statement& statement, std::string_view row);

}  // namespace fractus::dynamo::partiql
