// A write of one item as a request words it: what single writes and the actions of transactions
// have in common.
#pragma once

#include <optional>
#include <string>

#include "dynamo/condition.h"
#include "dynamo/fields.h"
#include "dynamo/store.h"
#include "dynamo/update.h"
#include "emulator/core/api_error.h"

namespace fractus::dynamo {

struct ItemAction {
  // kInsert puts only where there is no item; kCheck looks at its condition only.
  enum class Kind { kPut, kInsert, kUpdate, kDelete, kCheck };
  // Which parameters an update came from; they differ in their wording and in what they do to an
  // item that is not there.
  enum class UpdateForm { kExpression, kAttributeUpdates };
  enum class OnFailure { kTellNothing, kReturnItem };

  Kind kind = Kind::kPut;
  // The item to put or insert, or the key of the item; belongs to the request.
  const Item* item = nullptr;
  std::optional<Condition> condition;
  OnFailure on_failure = OnFailure::kTellNothing;
  // For kUpdate.
  Update update;
  UpdateForm form = UpdateForm::kExpression;
};

// Checks all that follows the model's constraints and needs no table, in the service's order. The
// action refers to `fields`.
Result<ItemAction> ReadAction(ItemAction::Kind kind, const Fields& fields);

// What the request's item or key must be on this table.
std::optional<ApiError> CheckTarget(const Table& table, const ItemAction& action);

// What the action makes of the item as it is; `updated` keeps the new item of an update. Fails with
// ConditionalCheckFailedException, or with ValidationException for an update that does not fit.
Result<Change> RunAction(const ItemAction& action, const Table& table, Previous& previous,
                         Item& updated);

}  // namespace fractus::dynamo
