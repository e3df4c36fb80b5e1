#include "dynamo/capacity.h"
#include "dynamo/errors.h"
#include "dynamo/item_codec.h"
#include "dynamo/item_request.h"
#include "dynamo/operations.h"

namespace fractus::dynamo {

Result<std::string> GetItem(Store& store, const RequestContext& context, std::string_view body) {
  auto fields = ReadFields(body, FieldSet::kGetItem);
  if (!fields) return fields.error();
  Constraints constraints;
  constraints.TableName(fields->table_name);
  constraints.Required(fields->key.has_value(), "key");
  constraints.Enum(fields->return_consumed_capacity, "returnConsumedCapacity",
                   "INDEXES, TOTAL, NONE");
  if (fields->attributes_to_get && fields->attributes_to_get->empty()) {
    constraints.Add(
        "Value '[]' at 'attributesToGet' failed to satisfy constraint: Member must have length "
        "greater than or equal to 1");
  }
  if (auto error = constraints.Error()) return *error;

  const Given projection{"ProjectionExpression", fields->projection.has_value()};
  if (auto error =
          CheckMixing({{"AttributesToGet", fields->attributes_to_get.has_value()}}, {projection}))
    return *error;
  if (auto error = CheckPlaceholders(*fields, {}, {projection})) return *error;
  if (!fields->key->problem.empty()) return Invalid(fields->key->problem);
  Placeholders placeholders(fields->names ? &*fields->names : nullptr, nullptr);
  const auto wanted = ReadWanted(*fields, placeholders);
  if (!wanted) return wanted.error();
  if (auto error = placeholders.FindUnused()) return *error;

  const TablePtr table = FindTable(store, context, *fields->table_name);
  if (!table) return TableNotFound();
  if (auto error = CheckKey(*table, fields->key->map)) return *error;

  thread_local std::string row;
  if (auto error = CheckReadCapacity(*table, nullptr, context.now)) return *error;
  const auto consistency =
      fields->consistent_read == true ? Consistency::kStrong : Consistency::kEventual;
  const auto sight = SightOf(store, consistency, context.now);
  const bool exists = store.ReadRow(table->ItemKey(fields->key->map), row, sight);
  const double units = ReadUnits(exists ? RowBilledSize(row) : 0, consistency);
  TakeReadCapacity(*table, nullptr, units, context.now);
  std::string out;
  out.reserve(row.size() * 2 + 64);
  ObjectWriter response(out);
  // A missing item is a success with no Item member, not an error.
  if (exists) WriteWanted(response.Member("Item"), *wanted, row);
  if (WantsCapacity(fields->return_consumed_capacity)) {
    Capacity capacity;
    capacity.table = units;
    WriteCapacity(response.Member("ConsumedCapacity"), *table, capacity,
                  *fields->return_consumed_capacity);
  }
  response.End();
  return out;
}

}  // namespace fractus::dynamo
