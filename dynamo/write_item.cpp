#include "dynamo/write_item.h"

#include <algorithm>

#include "dynamo/capacity.h"
#include "dynamo/errors.h"

namespace fractus::dynamo {
namespace {

// Only for tables with local indexes, whose items form collections.
// Differs from AWS: the size is always estimated as less than 1 GB.
void WriteCollectionMetrics(ObjectWriter& response, const Table& table, const Item& item) {
  const auto is_local = [](const Index& index) { return index.kind == IndexKind::kLocal; };
  if (std::none_of(table.indexes().begin(), table.indexes().end(), is_local)) return;
  std::string& out = response.Member("ItemCollectionMetrics");
  out += "{\"ItemCollectionKey\":{";
  WriteText(out, table.keys().partition[0].name);
  out += ':';
  WriteValue(out, *Find(item, table.keys().partition[0].name));
  out += "},\"SizeEstimateRangeGB\":[0.0,1.0]}";
}

}  // namespace

Result<std::string> WriteItem(Store& store, const RequestContext& context, const Fields& fields,
                              const ItemWrite& write) {
  for (;;) {
    PlannedWrite planned;
    planned.table = FindTable(store, context, *fields.table_name);
    if (!planned.table) return TableNotFound();
    auto key = write.plan(planned.table);
    if (!key) return key.error();
    planned.key = *std::move(key);
    planned.change = [&](Previous& previous) { return write.change(*planned.table, previous); };
    auto failure = store.Write({&planned, 1});
    if (failure && failure->error.code == Store::kTableChanged) continue;
    if (failure) return std::move(failure->error);

    std::string out;
    ObjectWriter response(out);
    std::string attributes;
    if (write.attributes(attributes)) response.Member("Attributes") += attributes;
    if (WantsCapacity(fields.return_consumed_capacity)) {
      Capacity capacity;
      capacity.Add(planned);
      WriteCapacity(response.Member("ConsumedCapacity"), *planned.table, capacity,
                    *fields.return_consumed_capacity);
    }
    if (fields.return_item_collection_metrics == "SIZE")
      WriteCollectionMetrics(response, *planned.table, *write.key);
    response.End();
    return out;
  }
}

}  // namespace fractus::dynamo
