// Changes to an item: what update expressions (and legacy AttributeUpdates) become.
#pragma once

#include <vector>

#include "dynamo/document_path.h"
#include "dynamo/value.h"
#include "emulator/core/api_error.h"

namespace fractus::dynamo {

// The right-hand side of SET, and its parts.
struct SetTerm {
  enum class Kind { kPath, kValue, kIfNotExists, kListAppend, kPlus, kMinus };
  Kind kind = Kind::kPath;
  // For kPath, and the path that kIfNotExists looks at.
  Path path;
  // For kValue; belongs to the request.
  const Value* value = nullptr;
  // kIfNotExists has one, kListAppend, kPlus and kMinus have two.
  std::vector<SetTerm> arguments;
};

struct UpdateAction {
  enum class Kind { kSet, kRemove, kAdd, kDelete };
  Kind kind = Kind::kSet;
  Path path;
  // For kSet.
  SetTerm term;
  // For kAdd and kDelete.
  const Value* value = nullptr;
};

struct Update {
  std::vector<UpdateAction> actions;
  // Every path that is written, in the order of the expression.
  std::vector<Path> Targets() const;
};

// All right-hand sides see `item` as it was. AWS's ValidationException for operands or paths that
// do not fit the item.
Result<Item> Apply(const Update& update, Item item);

}  // namespace fractus::dynamo
