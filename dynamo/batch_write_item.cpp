#include <algorithm>

#include "dynamo/capacity.h"
#include "dynamo/errors.h"
#include "dynamo/item_request.h"
#include "dynamo/operations.h"
#include "dynamo/write_item.h"

namespace fractus::dynamo {
namespace {

// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
constexpr size_t kMostWrites = 25;

struct WriteRequest {
  std::optional<ReadMapResult> put, remove;
  bool has_put = false, has_delete = false;
};

struct TableRequest {
  std::string table_name;
  std::vector<WriteRequest> writes;
};

struct BatchRequest {
  std::optional<std::vector<TableRequest>> tables;
  std::optional<std::string> return_consumed_capacity, return_item_collection_metrics;
};

void ReadOne(JsonReader& reader, std::string_view wanted, std::optional<ReadMapResult>& map) {
  std::string_view name;
  for (bool more = reader.BeginObject(); more && reader.NextMember(name);) {
    if (reader.TakeNull()) continue;
    if (name == wanted) {
      ReadMap(reader, map.emplace());
    } else {
      reader.Skip();
    }
  }
}

void ReadWrites(JsonReader& reader, std::vector<WriteRequest>& writes) {
  for (bool more = reader.BeginArray(); more && reader.NextElement();) {
    WriteRequest& write = writes.emplace_back();
    std::string_view name;
    for (bool each = reader.BeginObject(); each && reader.NextMember(name);) {
      if (reader.TakeNull()) continue;
      if (name == "PutRequest") {
        write.has_put = true;
        ReadOne(reader, "Item", write.put);
      } else if (name == "DeleteRequest") {
        write.has_delete = true;
        ReadOne(reader, "Key", write.remove);
      } else {
        reader.Skip();
      }
    }
  }
}

Result<BatchRequest> ReadRequest(std::string_view body) {
  JsonReader reader(body);
  BatchRequest request;
  std::string_view name;
  for (bool more = reader.BeginObject(); more && reader.NextMember(name);) {
    if (reader.TakeNull()) continue;
    if (name == "ReturnConsumedCapacity") {
      reader.ReadText(request.return_consumed_capacity.emplace());
    } else if (name == "ReturnItemCollectionMetrics") {
      reader.ReadText(request.return_item_collection_metrics.emplace());
    } else if (name == "RequestItems") {
      request.tables.emplace();
      for (bool each = reader.BeginObject(); each && reader.NextMember(name);) {
        TableRequest& table = request.tables->emplace_back();
        table.table_name = name;
        ReadWrites(reader, table.writes);
      }
    } else {
      reader.Skip();
    }
  }
  if (!reader.Finish()) return reader.error();
  return request;
}

std::optional<ApiError> CheckConstraints(const BatchRequest& request) {
  Constraints constraints;
  constraints.Enum(request.return_consumed_capacity, "returnConsumedCapacity",
                   "INDEXES, TOTAL, NONE");
  constraints.Enum(request.return_item_collection_metrics, "returnItemCollectionMetrics",
                   "SIZE, NONE");
  constraints.Required(request.tables.has_value(), "requestItems");
  if (!request.tables) return constraints.Error();
  if (request.tables->empty()) {
    constraints.Add(
        "Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length "
        "greater than or equal to 1");
  }
  for (const auto& table : *request.tables) {
    if (table.writes.empty() || table.writes.size() > kMostWrites) {
      // Differs from AWS: a message about too many requests of a BatchWriteItem does not print
      // them.
      constraints.Add(
          "Value '{" + table.table_name + "=[" + (table.writes.empty() ? "" : "...") +
          "]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: "
          "[Member must have "
          "length less than or equal to 25, Member must have length greater than or equal to 1]");
    }
    for (size_t i = 0; i < table.writes.size(); ++i) {
      const WriteRequest& write = table.writes[i];
      const std::string place =
          "requestItems." + table.table_name + ".member." + std::to_string(i + 1) + ".member.";
      if (write.has_put && !write.put) constraints.Required(false, place + "putRequest.item");
      if (write.has_delete && !write.remove)
        constraints.Required(false, place + "deleteRequest.key");
    }
  }
  return constraints.Error();
}

std::optional<ApiError> CheckWrites(const BatchRequest& request) {
  size_t total = 0;
  for (const auto& table : *request.tables) {
    total += table.writes.size();
    for (const auto& write : table.writes) {
      if (write.has_put && write.has_delete) {
        return Invalid(
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
            "the supported datatypes");
      }
      if (!write.has_put && !write.has_delete) {
        return Invalid(
            "Supplied AttributeValue is empty, must contain exactly one of the supported "
            "datatypes");
      }
      const ReadMapResult& map = write.has_put ? *write.put : *write.remove;
      if (!map.problem.empty()) return Invalid(map.problem);
      if (write.has_put && BilledSize(map.map) > kLargestItem) {
        return Invalid("Item size has exceeded the maximum allowed size");
      }
    }
  }
  if (total > kMostWrites) return Invalid("Too many items requested for the BatchWriteItem call");
  return std::nullopt;
}

Result<std::vector<PlannedWrite>> Plan(const Store& store, const RequestContext& context,
                                       const BatchRequest& request) {
  std::vector<PlannedWrite> planned;
  for (const auto& table_request : *request.tables) {
    const TablePtr table = FindTable(store, context, table_request.table_name);
    if (!table) return TableNotFound();
    for (const auto& write : table_request.writes) {
      PlannedWrite one;
      one.table = table;
      if (write.has_put) {
        const Item* item = &write.put->map;
        // The service words a put that lacks a key as it does a delete. Source: recorded
        // test_batch_write_not_matching_schema.
        for (const auto* attributes : {&table->keys().partition, &table->keys().sort}) {
          for (const auto& attribute : *attributes) {
            const Value* value = Find(*item, attribute.name);
            if (!value || value->type() != attribute.type) return KeyMismatch();
          }
        }
        if (auto error = CheckItem(*table, *item)) return *error;
        one.key = table->ItemKey(*item);
        one.change = [item](Previous&) -> Result<Change> {
          return Change{Change::Kind::kPut, item};
        };
      } else {
        if (auto error = CheckKey(*table, write.remove->map)) return *error;
        one.key = table->ItemKey(write.remove->map);
        one.change = [](Previous&) -> Result<Change> { return Change{Change::Kind::kDelete}; };
      }
      planned.push_back(std::move(one));
    }
  }
  std::vector<std::string_view> keys;
  for (const auto& one : planned) keys.push_back(one.key);
  std::sort(keys.begin(), keys.end());
  if (std::adjacent_find(keys.begin(), keys.end()) != keys.end()) {
    return Invalid("Provided list of item keys contains duplicates");
  }
  return planned;
}

// Each write stands alone; going to the disk together is what makes them fast. Where writes may be
// throttled they really go alone, and those that are come back.
std::vector<Store::Failure> WriteAll(Store& store, std::vector<PlannedWrite>& planned,
                                     const Occasion& occasion) {
  const auto is_metered = [](const PlannedWrite& one) { return one.table->meter() != nullptr; };
  if (std::none_of(planned.begin(), planned.end(), is_metered))
    return store.Write(planned, occasion);
  std::vector<Store::Failure> failures;
  for (size_t i = 0; i < planned.size(); ++i) {
    auto failed = store.Write({&planned[i], 1}, occasion);
    if (Store::TableChanged(failed)) return failed;
    if (!failed.empty()) failures.push_back({i, std::move(failed[0].error)});
  }
  return failures;
}

// A batch and what became of its writes.
struct Outcome {
  const BatchRequest& request;
  const std::vector<PlannedWrite>& planned;
  const std::vector<Store::Failure>& failures;

  enum class Part { kDone, kThrottled };

  // Adds a list for each table, of what `write_one` makes of this part of its writes.
  template <class WriteOne>
  void WriteLists(std::string& out, Part part, const WriteOne& write_one) const {
    size_t at = 0;
    auto failure = failures.begin();
    ObjectWriter tables(out);
    for (const auto& [name, writes] : *request.tables) {
      std::string list;
      for (const auto& write : writes) {
        Part is = Part::kDone;
        if (failure != failures.end() && failure->at == at) {
          is = Part::kThrottled;
          ++failure;
        }
        if (is == part) {
          std::string one;
          write_one(one, *planned[at].table, write);
          if (!one.empty()) list += (list.empty() ? "" : ",") + one;
        }
        ++at;
      }
      if (!list.empty()) tables.Member(name) += '[' + list + ']';
    }
    tables.End();
  }
};

void WriteUnprocessed(std::string& out, const Outcome& outcome) {
  const auto write_one = [](std::string& one, const Table&, const WriteRequest& write) {
    one += write.has_put ? R"({"PutRequest":{"Item":)" : R"({"DeleteRequest":{"Key":)";
    WriteMap(one, write.has_put ? write.put->map : write.remove->map);
    one += "}}";
  };
  outcome.WriteLists(out, Outcome::Part::kThrottled, write_one);
}

void WriteCollections(std::string& out, const Outcome& outcome) {
  const auto write_one = [](std::string& one, const Table& table, const WriteRequest& write) {
    if (!FormsCollections(table)) return;
    WriteCollectionMetrics(one, table, write.has_put ? write.put->map : write.remove->map);
  };
  outcome.WriteLists(out, Outcome::Part::kDone, write_one);
}

void WriteCapacities(std::string& out, const Outcome& outcome, const std::string& detail) {
  const auto& planned = outcome.planned;
  auto failure = outcome.failures.begin();
  out += '[';
  for (size_t i = 0; i < planned.size();) {
    const TablePtr& table = planned[i].table;
    Capacity capacity;
    if (i > 0) out += ',';
    for (; i < planned.size() && planned[i].table == table; ++i) {
      if (failure != outcome.failures.end() && failure->at == i) {
        ++failure;
      } else {
        capacity.Add(planned[i]);
      }
    }
    WriteCapacity(out, *table, capacity, detail);
  }
  out += ']';
}

}  // namespace

Result<std::string> BatchWriteItem(Store& store, const RequestContext& context,
                                   std::string_view body) {
  const auto request = ReadRequest(body);
  if (!request) return request.error();
  if (auto error = CheckConstraints(*request)) return *error;
  if (auto error = CheckWrites(*request)) return *error;
  for (;;) {
    auto planned = Plan(store, context, *request);
    if (!planned) return planned.error();
    auto failures = WriteAll(store, *planned, {context.now});
    if (Store::TableChanged(failures)) continue;
    if (failures.size() == planned->size()) return std::move(failures[0].error);
    const Outcome outcome{*request, *planned, failures};
    std::string out;
    ObjectWriter response(out);
    WriteUnprocessed(response.Member("UnprocessedItems"), outcome);
    if (WantsCapacity(request->return_consumed_capacity)) {
      WriteCapacities(response.Member("ConsumedCapacity"), outcome,
                      *request->return_consumed_capacity);
    }
    if (request->return_item_collection_metrics == "SIZE")
      WriteCollections(response.Member("ItemCollectionMetrics"), outcome);
    response.End();
    return out;
  }
}

}  // namespace fractus::dynamo
