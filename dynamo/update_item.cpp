#include <algorithm>

#include "dynamo/errors.h"
#include "dynamo/item_codec.h"
#include "dynamo/legacy.h"
#include "dynamo/operations.h"
#include "dynamo/write_item.h"

namespace fractus::dynamo {
namespace {

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

Result<Update> ReadUpdate(const Fields& fields, Placeholders& placeholders) {
  if (fields.update) return ParseUpdate(*fields.update, placeholders);
  if (fields.attribute_updates) return AttributeUpdates(*fields.attribute_updates);
  return Update();
}

std::optional<ApiError> CheckTargets(const Table& table, const Update& update) {
  for (const auto& action : update.actions) {
    if (table.keys().Find(action.path[0].name)) {
      return InvalidParameter("Cannot update attribute " + action.path[0].name +
                              ". This attribute is part of the key");
    }
  }
  return std::nullopt;
}

// Limits that only the finished item can break.
std::optional<ApiError> CheckUpdated(const Table& table, const Item& item, const Fields& fields) {
  if (BilledSize(item) > kLargestItem)
    return Invalid("Item size to update has exceeded the maximum allowed size");
  for (const auto& [name, value] : item) {
    if (DepthOf(value) > kDeepestNesting) {
      return Invalid(
          "Nesting Levels have exceeded supported limits: Attributes in the item have nested "
          "levels beyond supported limit");
    }
  }
  if (table.indexes().empty()) return std::nullopt;
  auto error = CheckItem(table, item);
  const bool is_type =
      error && error->message.find("Type mismatch for Index Key") != std::string::npos;
  if (is_type && fields.update) {
    return Invalid(
        "The update expression attempted to update the secondary index key to unsupported type");
  }
  return error;
}

// AttributeUpdates that only delete make no item where there is none; an expression does.
bool MakesNoItem(const Fields& fields, const Update& update) {
  const auto deletes = [](const UpdateAction& action) {
    return action.kind == UpdateAction::Kind::kRemove || action.kind == UpdateAction::Kind::kDelete;
  };
  return fields.attribute_updates && !update.actions.empty() &&
         std::all_of(update.actions.begin(), update.actions.end(), deletes);
}

}  // namespace

Result<std::string> UpdateItem(Store& store, const RequestContext& context, std::string_view body) {
  auto fields = ReadFields(body, FieldSet::kUpdateItem);
  if (!fields) return fields.error();
  Constraints constraints;
  constraints.TableName(fields->table_name);
  constraints.Required(fields->key.has_value(), "key");
  CheckWrite(constraints, *fields);
  CheckLegacy(constraints, fields->attribute_updates, "attributeUpdates");
  if (auto error = constraints.Error()) return *error;

  const Given condition_given{"ConditionExpression", fields->condition.has_value()};
  const Given update_given{"UpdateExpression", fields->update.has_value()};
  if (auto error = CheckMixing({{"AttributeUpdates", fields->attribute_updates.has_value()},
                                {"Expected", fields->expected.has_value()},
                                {"ConditionalOperator", fields->conditional_operator.has_value()}},
                               {update_given, condition_given})) {
    return *error;
  }
  if (auto error = CheckPlaceholders(*fields, {update_given, condition_given})) return *error;
  if (!fields->key->problem.empty()) return Invalid(fields->key->problem);
  if (auto error = CheckConditionalOperator(*fields, fields->expected)) return *error;
  Placeholders placeholders(fields->names ? &*fields->names : nullptr,
                            fields->values ? &fields->values->map : nullptr);
  const auto update = ReadUpdate(*fields, placeholders);
  if (!update) return update.error();
  const auto condition = ReadCondition(*fields, placeholders);
  if (!condition) return condition.error();
  if (auto error = placeholders.FindUnused()) return *error;

  const Item& key = fields->key->map;
  const std::string returned = fields->return_values.value_or("NONE");
  std::optional<Item> old_item;
  Item new_item;
  ItemWrite write;
  write.key = &key;
  write.plan = [&](const TablePtr& table) -> Result<std::string> {
    if (auto error = CheckKey(*table, key)) return *error;
    if (auto error = CheckTargets(*table, *update)) return *error;
    return table->ItemKey(key);
  };
  write.change = [&](const Table& table, Previous& previous) -> Result<Change> {
    if (auto error = CheckHolds(*condition, previous, *fields)) return *error;
    old_item.reset();
    if (previous.exists() && returned.ends_with("_OLD")) old_item = *previous.item();
    new_item.clear();
    if (!previous.exists() && MakesNoItem(*fields, *update)) return Change{};
    auto applied = Apply(*update, previous.exists() ? *previous.item() : key);
    if (!applied) {
      // The legacy parameters have their own wording.
      if (fields->attribute_updates && applied.error().message.starts_with("An operand")) {
        return Invalid("Type mismatch for attribute to update");
      }
      return applied.error();
    }
    if (auto error = CheckUpdated(table, *applied, *fields)) return *error;
    new_item = *std::move(applied);
    return Change{Change::Kind::kPut, &new_item};
  };
  write.attributes = [&](std::string& out) {
    Item shown;
    if (returned == "ALL_OLD" && old_item) shown = *old_item;
    if (returned == "ALL_NEW") shown = new_item;
    if (returned == "UPDATED_OLD" && old_item) shown = Project(*old_item, update->Targets());
    if (returned == "UPDATED_NEW") shown = Project(new_item, update->Targets());
    if (shown.empty()) return false;
    WriteMap(out, shown);
    return true;
  };
  return WriteItem(store, context, *fields, write);
}

}  // namespace fractus::dynamo
