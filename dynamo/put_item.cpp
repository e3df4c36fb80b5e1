#include "dynamo/errors.h"
#include "dynamo/item_codec.h"
#include "dynamo/legacy.h"
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

  const Given condition_given{"ConditionExpression", fields->condition.has_value()};
  if (auto error = CheckMixing({{"Expected", fields->expected.has_value()},
                                {"ConditionalOperator", fields->conditional_operator.has_value()}},
                               {condition_given})) {
    return *error;
  }
  if (auto error = CheckPlaceholders(*fields, {condition_given})) return *error;
  if (!fields->item->problem.empty()) return Invalid(fields->item->problem);
  const Item& item = fields->item->map;
  if (fields->return_values && fields->return_values != "ALL_OLD" &&
      fields->return_values != "NONE") {
    return Invalid("ReturnValues can only be ALL_OLD or NONE");
  }
  if (BilledSize(item) > kLargestItem)
    return Invalid("Item size has exceeded the maximum allowed size");
  if (auto error = CheckConditionalOperator(*fields, fields->expected)) return *error;
  Placeholders placeholders(fields->names ? &*fields->names : nullptr,
                            fields->values ? &fields->values->map : nullptr);
  const auto condition = ReadCondition(*fields, placeholders);
  if (!condition) return condition.error();
  if (auto error = placeholders.FindUnused()) return *error;

  std::optional<std::string> old_row;
  ItemWrite write;
  write.key = &item;
  write.plan = [&](const TablePtr& table) -> Result<std::string> {
    if (auto error = CheckItem(*table, item)) return *error;
    return table->ItemKey(item);
  };
  write.change = [&](const Table&, Previous& previous) -> Result<Change> {
    if (auto error = CheckHolds(*condition, previous, *fields)) return *error;
    old_row.reset();
    if (fields->return_values == "ALL_OLD" && previous.exists()) old_row = previous.row();
    return Change{Change::Kind::kPut, &item};
  };
  write.attributes = [&](std::string& out) {
    if (old_row) WriteRow(out, *old_row);
    return old_row.has_value();
  };
  return WriteItem(store, context, *fields, write);
}

}  // namespace fractus::dynamo
