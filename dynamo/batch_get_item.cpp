#include <algorithm>

#include "dynamo/capacity.h"
#include "dynamo/errors.h"
#include "dynamo/item_codec.h"
#include "dynamo/item_request.h"
#include "dynamo/operations.h"

namespace fractus::dynamo {
namespace {

// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
constexpr size_t kMostKeys = 100;
constexpr size_t kLargestAnswer = 16 * 1024 * 1024;

struct TableRequest {
  std::string table_name;
  Fields fields;
  // The request's own text, to hand back what was not read.
  TablePtr table;
  Wanted wanted;
  std::vector<std::string> keys;
};

struct BatchRequest {
  std::optional<std::vector<TableRequest>> tables;
  std::optional<std::string> return_consumed_capacity;
};

Result<BatchRequest> ReadRequest(std::string_view body) {
  JsonReader reader(body);
  BatchRequest request;
  std::string_view name;
  for (bool more = reader.BeginObject(); more && reader.NextMember(name);) {
    if (reader.TakeNull()) continue;
    if (name == "ReturnConsumedCapacity") {
      reader.ReadText(request.return_consumed_capacity.emplace());
    } else if (name == "RequestItems") {
      request.tables.emplace();
      for (bool each = reader.BeginObject(); each && reader.NextMember(name);) {
        TableRequest& table = request.tables->emplace_back();
        table.table_name = name;
        ReadFields(reader, FieldSet::kKeysAndAttributes, table.fields);
      }
    } else {
      reader.Skip();
    }
  }
  if (!reader.Finish()) return reader.error();
  return request;
}

std::optional<ApiError> CheckRequest(const BatchRequest& request) {
  Constraints constraints;
  constraints.Enum(request.return_consumed_capacity, "returnConsumedCapacity",
                   "INDEXES, TOTAL, NONE");
  constraints.Required(request.tables.has_value(), "requestItems");
  if (request.tables && request.tables->empty()) {
    constraints.Add(
        "Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length "
        "greater than or equal to 1");
  }
  size_t total = 0;
  if (request.tables) {
    for (const auto& table : *request.tables) {
      const std::string place = "requestItems." + table.table_name + ".member.keys";
      constraints.Required(table.fields.keys.has_value(), place);
      if (!table.fields.keys) continue;
      total += table.fields.keys->size();
      if (table.fields.keys->empty()) {
        constraints.Add(
            "Value '[]' at '" + place +
            "' failed to satisfy constraint: Member must have length greater than or equal to 1");
      } else if (table.fields.keys->size() > kMostKeys) {
        // Differs from AWS: a message about too many keys of a BatchGetItem does not print them
        // all.
        constraints.Add(
            "Value at '" + place +
            "' failed to satisfy constraint: Member must have length less than or equal to 100");
      }
    }
  }
  if (auto error = constraints.Error()) return error;
  if (total > kMostKeys) return Invalid("Too many items requested for the BatchGetItem call");
  return std::nullopt;
}

// What does not need the table.
std::optional<ApiError> Prepare(TableRequest& request) {
  Fields& fields = request.fields;
  const Given projection{"ProjectionExpression", fields.projection.has_value()};
  if (auto error =
          CheckMixing({{"AttributesToGet", fields.attributes_to_get.has_value()}}, {projection}))
    return error;
  if (auto error = CheckPlaceholders(fields, {}, {projection})) return error;
  for (const auto& key : *fields.keys) {
    if (!key.problem.empty()) return Invalid(key.problem);
  }
  Placeholders placeholders(fields.names ? &*fields.names : nullptr, nullptr);
  auto wanted = ReadWanted(fields, placeholders);
  if (!wanted) return wanted.error();
  request.wanted = *std::move(wanted);
  return placeholders.FindUnused();
}

std::optional<ApiError> FindKeys(const Store& store, const RequestContext& context,
                                 TableRequest& request) {
  request.table = FindTable(store, context, request.table_name);
  if (!request.table) return TableNotFound();
  for (const auto& key : *request.fields.keys) {
    if (auto error = CheckKey(*request.table, key.map)) return error;
    request.keys.push_back(request.table->ItemKey(key.map));
  }
  std::vector<std::string_view> sorted(request.keys.begin(), request.keys.end());
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    return Invalid("Provided list of item keys contains duplicates");
  }
  return std::nullopt;
}

void WriteTextList(std::string& out, const std::vector<std::string>& texts) {
  out += '[';
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += ',';
    WriteText(out, texts[i]);
  }
  out += ']';
}

// The table's part of UnprocessedKeys: these of its keys, with the same options.
void WriteUnprocessed(std::string& out, const TableRequest& request,
                      const std::vector<size_t>& unread) {
  const Fields& fields = request.fields;
  ObjectWriter object(out);
  object.Member("Keys") += '[';
  for (const size_t i : unread) {
    if (i != unread[0]) out += ',';
    WriteMap(out, (*fields.keys)[i].map);
  }
  out += ']';
  if (fields.consistent_read)
    object.Member("ConsistentRead") += *fields.consistent_read ? "true" : "false";
  if (fields.attributes_to_get)
    WriteTextList(object.Member("AttributesToGet"), *fields.attributes_to_get);
  if (fields.projection) WriteText(object.Member("ProjectionExpression"), *fields.projection);
  if (fields.names) {
    object.Member("ExpressionAttributeNames") += '{';
    for (size_t i = 0; i < fields.names->size(); ++i) {
      if (i > 0) out += ',';
      WriteText(out, (*fields.names)[i].first);
      out += ':';
      WriteText(out, (*fields.names)[i].second);
    }
    out += '}';
  }
  object.End();
}

}  // namespace

Result<std::string> BatchGetItem(Store& store, const RequestContext& context,
                                 std::string_view body) {
  auto request = ReadRequest(body);
  if (!request) return request.error();
  if (auto error = CheckRequest(*request)) return *error;
  for (auto& table : *request->tables) {
    if (auto error = Prepare(table)) return *error;
  }
  for (auto& table : *request->tables) {
    if (auto error = FindKeys(store, context, table)) return *error;
  }

  std::string out, unprocessed, capacities, row;
  ObjectWriter response(out);
  response.Member("Responses") += '{';
  size_t bytes = 0, keys_read = 0;
  std::optional<ApiError> throttled;
  bool first_table = true;
  for (const auto& table : *request->tables) {
    if (!std::exchange(first_table, false)) out += ',';
    WriteText(out, table.table_name);
    out += ":[";
    const Consistency consistency =
        table.fields.consistent_read == true ? Consistency::kStrong : Consistency::kEventual;
    const auto sight = SightOf(store, consistency, context.now);
    Capacity capacity;
    bool first_item = true, is_full = false;
    std::vector<size_t> unread;
    for (size_t i = 0; i < table.keys.size(); ++i) {
      if (auto error = CheckReadCapacity(*table.table, nullptr, context.now)) {
        throttled = std::move(error);
        unread.push_back(i);
        continue;
      }
      const bool exists = !is_full && store.ReadRow(table.keys[i], row, sight);
      const size_t size = exists ? RowBilledSize(row) : 0;
      is_full |= bytes + size > kLargestAnswer;
      if (is_full) {
        unread.push_back(i);
        continue;
      }
      ++keys_read;
      bytes += size;
      const double units = ReadUnits(size, consistency);
      TakeReadCapacity(*table.table, nullptr, units, context.now);
      capacity.table += units;
      if (!exists) continue;
      if (!std::exchange(first_item, false)) out += ',';
      WriteWanted(out, table.wanted, row);
    }
    out += ']';
    if (!unread.empty()) {
      if (!unprocessed.empty()) unprocessed += ',';
      WriteText(unprocessed, table.table_name);
      unprocessed += ':';
      WriteUnprocessed(unprocessed, table, unread);
    }
    if (WantsCapacity(request->return_consumed_capacity)) {
      if (!capacities.empty()) capacities += ',';
      WriteCapacity(capacities, *table.table, capacity, *request->return_consumed_capacity);
    }
  }
  if (throttled && keys_read == 0) return *throttled;
  out += '}';
  response.Member("UnprocessedKeys") += '{' + unprocessed + '}';
  if (!capacities.empty()) response.Member("ConsumedCapacity") += '[' + capacities + ']';
  response.End();
  return out;
}

}  // namespace fractus::dynamo
