// What PutItem, UpdateItem and DeleteItem share after their requests are read.
#pragma once

#include <functional>
#include <string>

#include "dynamo/item_request.h"

namespace fractus::dynamo {

// The operation's own part of a write: looks at the previous item, decides, and remembers what the
// answer shows of it.
struct ItemWrite {
  // The keys of the item on this table, or the error of a request that does not fit it.
  std::function<Result<std::string>(const TablePtr&)> plan;
  std::function<Result<Change>(const Table&, Previous&)> change;
  // Appends the Attributes member's value; false when the answer has none.
  std::function<bool(std::string&)> attributes;
  // The partition key is taken from here for ItemCollectionMetrics.
  const Item* key = nullptr;
};

// Finds the table, writes, answers. Starts again when the table's definition changes meanwhile.
Result<std::string> WriteItem(Store& store, const RequestContext& context, const Fields& fields,
                              const ItemWrite& write);

}  // namespace fractus::dynamo
