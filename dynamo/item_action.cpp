#include "dynamo/item_action.h"

#include <algorithm>

#include "dynamo/errors.h"
#include "dynamo/item_codec.h"
#include "dynamo/item_request.h"
#include "dynamo/legacy.h"

namespace fractus::dynamo {
namespace {

using Kind = ItemAction::Kind;
using UpdateForm = ItemAction::UpdateForm;

int DepthOf(const Value& value) {
  int deepest = 0;
  if (value.Is(Type::kList)) {
    for (const auto& element : value.Members()) deepest = std::max(deepest, DepthOf(element));
  } else if (value.Is(Type::kMap)) {
    for (const auto& [name, member] : value.Attributes())
      deepest = std::max(deepest, DepthOf(member));
  } else {
    return 0;
  }
  return deepest + 1;
}

std::optional<ApiError> CheckParameters(Kind kind, const Fields& fields) {
  const Given condition{"ConditionExpression", fields.condition.has_value()};
  const Given expected{"Expected", fields.expected.has_value()};
  const Given conditional_operator{"ConditionalOperator", fields.conditional_operator.has_value()};
  if (kind != Kind::kUpdate) {
    if (auto error = CheckMixing({expected, conditional_operator}, {condition})) return error;
    return CheckPlaceholders(fields, {condition});
  }
  const Given update{"UpdateExpression", fields.update.has_value()};
  const Given updates{"AttributeUpdates", fields.attribute_updates.has_value()};
  if (auto error = CheckMixing({updates, expected, conditional_operator}, {update, condition}))
    return error;
  return CheckPlaceholders(fields, {update, condition});
}

std::optional<ApiError> CheckReturnValues(Kind kind, const Fields& fields) {
  const auto& wanted = fields.return_values;
  if (kind == Kind::kUpdate || !wanted || wanted == "ALL_OLD" || wanted == "NONE")
    return std::nullopt;
  return Invalid("ReturnValues can only be ALL_OLD or NONE");
}

Result<Update> ReadUpdate(const Fields& fields, Placeholders& placeholders) {
  if (fields.update) return ParseUpdate(*fields.update, placeholders);
  if (fields.attribute_updates) return AttributeUpdates(*fields.attribute_updates);
  return Update();
}

std::optional<ApiError> CheckDepth(const Item& item) {
  for (const auto& [name, value] : item) {
    if (DepthOf(value) > kDeepestNesting) {
      return Invalid(
          "Nesting Levels have exceeded supported limits: Attributes in the item have nested "
          "levels beyond supported limit");
    }
  }
  return std::nullopt;
}

// What the readers of other requests look at.
std::optional<ApiError> CheckInserted(const Item& item) {
  if (BilledSize(item) > kLargestItem)
    return Invalid("Item size has exceeded the maximum allowed size");
  return CheckDepth(item);
}

// Limits that only the finished item can break.
std::optional<ApiError> CheckUpdated(const Table& table, const Item& item, UpdateForm form) {
  if (BilledSize(item) > kLargestItem)
    return Invalid("Item size to update has exceeded the maximum allowed size");
  if (auto error = CheckDepth(item)) return error;
  if (table.indexes().empty()) return std::nullopt;
  auto error = CheckItem(table, item);
  if (!error || form != UpdateForm::kExpression) return error;
  const auto tells = [&](const char* what) {
    return error->message.find(what) != std::string::npos;
  };
  const std::string attempted =
      "The update expression attempted to update the secondary index key ";
  if (tells("Type mismatch for Index Key")) return Invalid(attempted + "to unsupported type");
  if (tells(" has exceeded the ")) return Invalid(attempted + "beyond allowed size limits");
  return error;
}

// AttributeUpdates that only delete make no item where there is none; an expression does.
bool MakesNoItem(const ItemAction& action) {
  const auto deletes = [](const UpdateAction& update) {
    return update.kind == UpdateAction::Kind::kRemove || update.kind == UpdateAction::Kind::kDelete;
  };
  const auto& actions = action.update.actions;
  return action.form == UpdateForm::kAttributeUpdates && !actions.empty() &&
         std::all_of(actions.begin(), actions.end(), deletes);
}

std::optional<ApiError> CheckHolds(const ItemAction& action, Previous& previous) {
  if (!action.condition || Holds(*action.condition, previous.item())) return std::nullopt;
  ApiError error{kConditionFailed, "The conditional request failed"};
  if (action.on_failure == ItemAction::OnFailure::kReturnItem && previous.exists()) {
    std::string item;
    WriteRow(item, previous.row());
    error.extra["Item"] = json::parse(item);
  }
  return error;
}

}  // namespace

Result<ItemAction> ReadAction(Kind kind, const Fields& fields) {
  const ReadMapResult& target = kind == Kind::kPut ? *fields.item : *fields.key;
  if (auto error = CheckParameters(kind, fields)) return *error;
  if (!target.problem.empty()) return Invalid(target.problem);
  if (auto error = CheckReturnValues(kind, fields)) return *error;
  if (kind == Kind::kPut && BilledSize(target.map) > kLargestItem)
    return Invalid("Item size has exceeded the maximum allowed size");
  if (auto error = CheckConditionalOperator(fields, fields.expected)) return *error;

  ItemAction action;
  action.kind = kind;
  action.item = &target.map;
  if (fields.return_on_failure == "ALL_OLD") action.on_failure = ItemAction::OnFailure::kReturnItem;
  if (fields.attribute_updates) action.form = UpdateForm::kAttributeUpdates;
  Placeholders placeholders(fields.names ? &*fields.names : nullptr,
                            fields.values ? &fields.values->map : nullptr);
  if (kind == Kind::kUpdate) {
    auto update = ReadUpdate(fields, placeholders);
    if (!update) return update.error();
    action.update = *std::move(update);
  }
  auto condition = ReadCondition(fields, placeholders);
  if (!condition) return condition.error();
  action.condition = *std::move(condition);
  if (auto error = placeholders.FindUnused()) return *error;
  return action;
}

std::optional<ApiError> CheckTarget(const Table& table, const ItemAction& action) {
  if (action.kind == Kind::kPut) return CheckItem(table, *action.item);
  if (action.kind == Kind::kInsert) {
    if (auto error = CheckInserted(*action.item)) return error;
    return CheckItem(table, *action.item);
  }
  if (auto error = CheckKey(table, *action.item)) return error;
  for (const auto& update : action.update.actions) {
    const std::string& name = update.path[0].name;
    if (table.keys().Find(name)) {
      return InvalidParameter("Cannot update attribute " + name +
                              ". This attribute is part of the key");
    }
  }
  return std::nullopt;
}

Result<Change> RunAction(const ItemAction& action, const Table& table, Previous& previous,
                         Item& updated) {
  if (auto error = CheckHolds(action, previous)) return *error;
  switch (action.kind) {
    case Kind::kInsert:
      if (previous.exists())
        return ApiError{"DuplicateItemException", "Duplicate primary key exists in table"};
      [[fallthrough]];
    case Kind::kPut:
      return Change{Change::Kind::kPut, action.item};
    case Kind::kDelete:
      return Change{Change::Kind::kDelete};
    case Kind::kCheck:
      return Change{};
    case Kind::kUpdate:
      break;
  }
  updated.clear();
  if (!previous.exists() && MakesNoItem(action)) return Change{};
  auto applied = Apply(action.update, previous.exists() ? *previous.item() : *action.item);
  if (!applied) {
    // The legacy parameters have their own wording.
    if (action.form == UpdateForm::kAttributeUpdates &&
        applied.error().message.starts_with("An operand")) {
      return Invalid("Type mismatch for attribute to update");
    }
    return applied.error();
  }
  if (auto error = CheckUpdated(table, *applied, action.form)) return *error;
  updated = *std::move(applied);
  return Change{Change::Kind::kPut, &updated};
}

}  // namespace fractus::dynamo
