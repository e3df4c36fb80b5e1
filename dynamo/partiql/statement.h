// A PartiQL statement as the operations run it: made of the same conditions, updates and paths as
// the expressions of the other operations.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dynamo/condition.h"
#include "dynamo/update.h"
#include "emulator/core/api_error.h"

namespace fractus::dynamo::partiql {

struct Order {
  std::string attribute;
  bool descending = false;
};

enum class Returning { kNothing, kAllOld, kModifiedOld, kAllNew, kModifiedNew };

struct Statement {
  enum class Kind {
    kSelect,
    kInsert,
    kUpdate,
    kDelete,
    // EXISTS(SELECT ...): a condition of a transaction.
    kExists,
  };

  Statement() = default;
  // Conditions and updates point into `values`, which a move leaves where they are.
  Statement(Statement&&) = default;
  Statement& operator=(Statement&&) = default;

  bool IsRead() const { return kind == Kind::kSelect; }

  Kind kind = Kind::kSelect;
  std::string table;
  std::optional<std::string> index;
  // Of SELECT; nothing is "*".
  std::optional<std::vector<Path>> columns;
  std::vector<Order> order_by;
  std::optional<Condition> where;
  // Of INSERT.
  Item item;
  // Of UPDATE.
  Update update;
  Returning returning = Returning::kNothing;
  // Literals and parameters.
  std::deque<Value> values;
};

// Every ? stands for the next parameter. AWS's ValidationException for text that is no statement,
// or that has another number of parameters. A pure function, fit for fuzzing.
Result<Statement> Parse(std::string_view text, const std::vector<Value>& parameters);

}  // namespace fractus::dynamo::partiql
