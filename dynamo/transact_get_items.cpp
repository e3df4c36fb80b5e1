#include "dynamo/capacity.h"
#include "dynamo/errors.h"
#include "dynamo/item_codec.h"
#include "dynamo/item_request.h"
#include "dynamo/operations.h"
#include "dynamo/transaction.h"

namespace fractus::dynamo {
namespace {

struct Read {
  std::optional<Fields> fields;
  Wanted wanted;
};

struct TransactRequest {
  std::optional<std::vector<Read>> reads;
  std::optional<std::string> return_consumed_capacity;
};

void ReadGet(JsonReader& reader, Read& read) {
  std::string_view name;
  for (bool more = reader.BeginObject(); more && reader.NextMember(name);) {
    if (reader.TakeNull()) continue;
    if (name == "Get") {
      ReadFields(reader, FieldSet::kTransaction, read.fields.emplace());
    } else {
      reader.Skip();
    }
  }
}

Result<TransactRequest> ReadRequest(std::string_view body) {
  JsonReader reader(body);
  TransactRequest request;
  std::string_view name;
  for (bool more = reader.BeginObject(); more && reader.NextMember(name);) {
    if (reader.TakeNull()) continue;
    if (name == "ReturnConsumedCapacity") {
      reader.ReadText(request.return_consumed_capacity.emplace());
    } else if (name == "TransactItems") {
      request.reads.emplace();
      for (bool each = reader.BeginArray(); each && reader.NextElement();)
        ReadGet(reader, request.reads->emplace_back());
    } else {
      reader.Skip();
    }
  }
  if (!reader.Finish()) return reader.error();
  return request;
}

std::optional<ApiError> CheckConstraints(const TransactRequest& request) {
  Constraints constraints;
  constraints.Enum(request.return_consumed_capacity, "returnConsumedCapacity",
                   "INDEXES, TOTAL, NONE");
  constraints.Required(request.reads.has_value(), "transactItems");
  if (!request.reads) return constraints.Error();
  CheckActionCount(constraints, request.reads->size());
  for (size_t i = 0; i < request.reads->size(); ++i) {
    const auto& fields = (*request.reads)[i].fields;
    const std::string place = "transactItems." + std::to_string(i + 1) + ".member.get";
    constraints.Required(fields.has_value(), place);
    if (!fields) continue;
    constraints.Required(fields->key.has_value(), place + ".key");
    constraints.TableName(fields->table_name, place + ".tableName");
  }
  return constraints.Error();
}

// What does not need the table.
std::optional<ApiError> Prepare(Read& read) {
  const Fields& fields = *read.fields;
  const Given projection{"ProjectionExpression", fields.projection.has_value()};
  if (auto error = CheckPlaceholders(fields, {}, {projection})) return error;
  if (!fields.key->problem.empty()) return Invalid(fields.key->problem);
  Placeholders placeholders(fields.names ? &*fields.names : nullptr, nullptr);
  auto wanted = ReadWanted(fields, placeholders);
  if (!wanted) return wanted.error();
  read.wanted = *std::move(wanted);
  return placeholders.FindUnused();
}

struct Targets {
  std::vector<TablePtr> tables;
  std::vector<std::string> keys;
};

Result<Targets> FindTargets(const Store& store, const RequestContext& context,
                            const std::vector<TransactionRead>& reads) {
  Targets targets;
  for (const auto& read : reads) {
    targets.tables.push_back(FindTable(store, context, read.table_name));
    if (!targets.tables.back()) return TableNotFound();
  }
  std::vector<Store::Failure> mismatches;
  for (size_t i = 0; i < reads.size(); ++i) {
    const Item& key = *reads[i].key;
    if (auto error = CheckKey(*targets.tables[i], key)) {
      if (!CancelsTransaction(*error)) return *std::move(error);
      mismatches.push_back({i, *std::move(error)});
      continue;
    }
    targets.keys.push_back(targets.tables[i]->ItemKey(key));
  }
  if (!mismatches.empty()) return Cancelled(reads.size(), mismatches);
  if (auto error = CheckDistinct(targets.keys)) return *std::move(error);
  return targets;
}

}  // namespace

Result<TransactionCapacity> ReadTransaction(
    Store& store, const RequestContext& context, const std::vector<TransactionRead>& reads,
    const std::function<void(size_t, std::optional<std::string_view>)>& take) {
  const auto targets = FindTargets(store, context, reads);
  if (!targets) return targets.error();
  const size_t count = reads.size();
  std::vector<size_t> conflicts;
  for (size_t i = 0; i < count; ++i) {
    if (store.claims().Holds(targets->keys[i])) conflicts.push_back(i);
  }
  if (!conflicts.empty()) return CancelledByConflict(count, conflicts);

  const auto rows = store.ReadTogether(targets->keys);
  const auto size_of = [&](size_t i) { return rows[i] ? RowBilledSize(*rows[i]) : 0; };
  size_t bytes = 0;
  for (size_t i = 0; i < count; ++i) bytes += size_of(i);
  if (bytes > kLargestTransaction) return TransactionTooLarge();
  const auto pay = [&](size_t i, double times) {
    TakeReadCapacity(*targets->tables[i], nullptr, times * TransactionReadUnits(size_of(i)),
                     context.now);
  };
  std::vector<Store::Failure> throttled;
  for (size_t i = 0; i < count; ++i) {
    if (auto error = CheckReadCapacity(*targets->tables[i], nullptr, context.now))
      throttled.push_back({i, *std::move(error)});
    if (throttled.empty()) pay(i, 1);
  }
  if (!throttled.empty()) {
    for (size_t i = 0; i < throttled[0].at; ++i) pay(i, -1);
    return Cancelled(count, throttled);
  }
  TransactionCapacity capacity(TransactionCapacity::Kind::kReads);
  for (size_t i = 0; i < count; ++i) {
    capacity.AddRead(targets->tables[i], size_of(i));
    take(i, rows[i]);
  }
  return capacity;
}

Result<std::string> TransactGetItems(Store& store, const RequestContext& context,
                                     std::string_view body) {
  auto request = ReadRequest(body);
  if (!request) return request.error();
  if (auto error = CheckConstraints(*request)) return *error;
  std::vector<TransactionRead> reads;
  for (auto& read : *request->reads) {
    if (auto error = Prepare(read)) return *error;
    reads.push_back({*read.fields->table_name, &read.fields->key->map});
  }
  std::string responses;
  const auto write = [&](size_t i, std::optional<std::string_view> row) {
    if (i > 0) responses += ',';
    ObjectWriter item(responses);
    if (row) WriteWanted(item.Member("Item"), (*request->reads)[i].wanted, *row);
    item.End();
  };
  const auto capacity = ReadTransaction(store, context, reads, write);
  if (!capacity) return capacity.error();

  std::string out;
  ObjectWriter response(out);
  if (WantsCapacity(request->return_consumed_capacity))
    capacity->Write(response.Member("ConsumedCapacity"), *request->return_consumed_capacity);
  response.Member("Responses") += '[' + responses + ']';
  response.End();
  return out;
}

}  // namespace fractus::dynamo
