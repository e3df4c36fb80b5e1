#include "dynamo/legacy.h"
#include "dynamo/operations.h"
#include "dynamo/write_item.h"

namespace fractus::dynamo {

Result<std::string> UpdateItem(Store& store, const RequestContext& context, std::string_view body) {
  auto fields = ReadFields(body, FieldSet::kUpdateItem);
  if (!fields) return fields.error();
  Constraints constraints;
  constraints.TableName(fields->table_name);
  constraints.Required(fields->key.has_value(), "key");
  CheckWrite(constraints, *fields);
  CheckLegacy(constraints, fields->attribute_updates, "attributeUpdates");
  if (auto error = constraints.Error()) return *error;
  const auto action = ReadAction(ItemAction::Kind::kUpdate, *fields);
  if (!action) return action.error();

  const std::string returned = fields->return_values.value_or("NONE");
  std::optional<Item> old_item;
  Item new_item;
  ItemWrite write;
  write.action = &*action;
  write.change = [&](const Table& table, Previous& previous) -> Result<Change> {
    old_item.reset();
    if (previous.exists() && returned.ends_with("_OLD")) old_item = *previous.item();
    return RunAction(*action, table, previous, new_item);
  };
  write.attributes = [&](std::string& out) {
    Item shown;
    if (returned == "ALL_OLD" && old_item) shown = *old_item;
    if (returned == "ALL_NEW") shown = new_item;
    if (returned == "UPDATED_OLD" && old_item) shown = Project(*old_item, action->update.Targets());
    if (returned == "UPDATED_NEW") shown = Project(new_item, action->update.Targets());
    if (shown.empty()) return false;
    WriteMap(out, shown);
    return true;
  };
  return WriteItem(store, context, *fields, write);
}

}  // namespace fractus::dynamo
