#include "dynamo/write_item.h"

#include <algorithm>

#include "dynamo/capacity.h"
#include "dynamo/errors.h"

namespace fractus::dynamo {

bool FormsCollections(const Table& table) {
  const auto is_local = [](const Index& index) { return index.kind == IndexKind::kLocal; };
  return std::any_of(table.indexes().begin(), table.indexes().end(), is_local);
}

// Differs from AWS: the size of an item collection is always estimated as less than 1 GB.
void WriteCollectionMetrics(std::string& out, const Table& table, const Item& item) {
  const std::string& partition = table.keys().partition[0].name;
  out += "{\"ItemCollectionKey\":{";
  WriteText(out, partition);
  out += ':';
  WriteValue(out, *Find(item, partition));
  out += "},\"SizeEstimateRangeGB\":[0.0,1.0]}";
}

Result<PlannedWrite> RunWrite(Store& store, const RequestContext& context,
                              const std::string& table_name, const ItemWrite& write) {
  for (;;) {
    PlannedWrite planned;
    planned.table = FindTable(store, context, table_name);
    if (!planned.table) return TableNotFound();
    if (auto error = CheckTarget(*planned.table, *write.action)) return *std::move(error);
    planned.key = planned.table->ItemKey(*write.action->item);
    planned.change = [&](Previous& previous) { return write.change(*planned.table, previous); };
    if (store.claims().Holds(planned.key)) return TransactionConflict();
    auto failures = store.Write({&planned, 1}, {context.now});
    if (Store::TableChanged(failures)) continue;
    if (!failures.empty()) return std::move(failures[0].error);
    planned.change = nullptr;
    return planned;
  }
}

Result<std::string> WriteItem(Store& store, const RequestContext& context, const Fields& fields,
                              const ItemWrite& write) {
  const auto written = RunWrite(store, context, *fields.table_name, write);
  if (!written) return written.error();
  std::string out;
  ObjectWriter response(out);
  std::string attributes;
  if (write.attributes(attributes)) response.Member("Attributes") += attributes;
  if (WantsCapacity(fields.return_consumed_capacity)) {
    Capacity capacity;
    capacity.Add(*written);
    WriteCapacity(response.Member("ConsumedCapacity"), *written->table, capacity,
                  *fields.return_consumed_capacity);
  }
  if (fields.return_item_collection_metrics == "SIZE" && FormsCollections(*written->table)) {
    WriteCollectionMetrics(response.Member("ItemCollectionMetrics"), *written->table,
                           *write.action->item);
  }
  response.End();
  return out;
}

}  // namespace fractus::dynamo
