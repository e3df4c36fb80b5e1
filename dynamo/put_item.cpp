#include "dynamo/item_codec.h"
#include "dynamo/operations.h"
#include "dynamo/write_item.h"

namespace fractus::dynamo {

Result<std::string> PutItem(Store& store, const RequestContext& context, std::string_view body) {
  auto fields = ReadFields(body, FieldSet::kPutItem);
  if (!fields) return fields.error();
  Constraints constraints;
  constraints.TableName(fields->table_name);
  constraints.Required(fields->item.has_value(), "item");
  CheckWrite(constraints, *fields);
  if (auto error = constraints.Error()) return *error;
  const auto action = ReadAction(ItemAction::Kind::kPut, *fields);
  if (!action) return action.error();

  std::optional<std::string> old_row;
  ItemWrite write;
  write.action = &*action;
  write.change = [&](const Table& table, Previous& previous) -> Result<Change> {
    old_row.reset();
    if (fields->return_values == "ALL_OLD" && previous.exists()) old_row = previous.row();
    Item none;
    return RunAction(*action, table, previous, none);
  };
  write.attributes = [&](std::string& out) {
    if (old_row) WriteRow(out, *old_row);
    return old_row.has_value();
  };
  return WriteItem(store, context, *fields, write);
}

}  // namespace fractus::dynamo
