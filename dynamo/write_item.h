// What PutItem, UpdateItem and DeleteItem share after their requests are read.
#pragma once

#include <functional>
#include <string>

#include "dynamo/item_action.h"
#include "dynamo/item_request.h"

namespace fractus::dynamo {

// The operation's own part of a write.
struct ItemWrite {
  const ItemAction* action = nullptr;
  // Runs the action and remembers what the answer shows of the items before and after.
  std::function<Result<Change>(const Table&, Previous&)> change;
  // Appends the Attributes member's value; false when the answer has none.
  std::function<bool(std::string&)> attributes;
};

// Finds the table and writes. Starts again when the table's definition changes meanwhile.
Result<PlannedWrite> RunWrite(Store& store, const RequestContext& context,
                              const std::string& table_name, const ItemWrite& write);
// The same, with the answer.
Result<std::string> WriteItem(Store& store, const RequestContext& context, const Fields& fields,
                              const ItemWrite& write);

// Only items of tables with local indexes form collections.
bool FormsCollections(const Table& table);
// Appends the ItemCollectionMetrics structure of the collection that `item` belongs to.
void WriteCollectionMetrics(std::string& out, const Table& table, const Item& item);

}  // namespace fractus::dynamo
