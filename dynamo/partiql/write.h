// Runs INSERT, UPDATE and DELETE.
#pragma once

#include <optional>
#include <string>

#include "dynamo/item_action.h"
#include "dynamo/partiql/request.h"
#include "dynamo/partiql/statement.h"
#include "dynamo/store.h"
#include "emulator/core/request.h"

namespace fractus::dynamo::partiql {

// The statement as an action on one item of its table. Fills `key`; the action refers to it and to
// the statement.
Result<ItemAction> ActionOf(const Statement& statement, const StatementRequest& request,
                            const Table& table, Item& key);

struct WrittenItem {
  PlannedWrite write;
  // What RETURNING asks for, as JSON.
  std::optional<std::string> returned;
};
Result<WrittenItem> Write(Store& store, const RequestContext& context, const Statement& statement,
                          const StatementRequest& request);

}  // namespace fractus::dynamo::partiql
