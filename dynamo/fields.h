// The members of data plane requests, read from JSON text in one pass.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dynamo/expression.h"
#include "dynamo/json_reader.h"
#include "dynamo/value_json.h"
#include "emulator/core/api_error.h"

namespace fractus::dynamo {

// One entry of Expected, KeyConditions, QueryFilter, ScanFilter or AttributeUpdates: the parameters
// that were there before expressions.
struct LegacyEntry {
  std::string attribute;
  std::optional<std::string> comparison;
  std::optional<std::string> action;
  std::optional<std::vector<Value>> values;
  std::optional<Value> value;
  std::optional<bool> exists;
};

struct LegacyEntries {
  std::vector<LegacyEntry> entries;
  // The first unacceptable value's message.
  std::string problem;
};

// Absent and null members are alike.
struct Fields {
  std::optional<std::string> table_name, index_name, select, return_values,
      return_consumed_capacity, return_item_collection_metrics, return_on_failure,
      conditional_operator;
  std::optional<std::string> condition, filter, key_condition, projection, update;
  std::optional<ExpressionNames> names;
  std::optional<ReadMapResult> values, item, key, start_key;
  // Of BatchGetItem.
  std::optional<std::vector<ReadMapResult>> keys;
  std::optional<std::vector<std::string>> attributes_to_get;
  std::optional<int64_t> limit, segment, total_segments;
  std::optional<bool> consistent_read, scan_index_forward;
  std::optional<LegacyEntries> expected, key_conditions, query_filter, scan_filter,
      attribute_updates;
};

// Members that an operation has; others in the request are passed over, as the service does.
enum class FieldSet {
  kGetItem,
  kPutItem,
  kUpdateItem,
  kDeleteItem,
  kQuery,
  kScan,
  kKeysAndAttributes,
  // An action of a transaction, of whichever kind.
  kTransaction
};

Result<Fields> ReadFields(std::string_view body, FieldSet set);
// The same for a structure within a request; the reader fails where this does.
bool ReadFields(JsonReader& reader, FieldSet set, Fields& fields);

// Collects breaches of the service model's constraints, and words them as the service does.
class Constraints {
 public:
  void Required(bool present, std::string_view member);
  // `allowed` is the list as messages print it: "A, B".
  void Enum(const std::optional<std::string>& value, std::string_view member,
            std::string_view allowed);
  void AtLeast(const std::optional<int64_t>& value, std::string_view member, int64_t least);
  void AtMost(const std::optional<int64_t>& value, std::string_view member, int64_t most);
  // Required, 3 to 255 characters of a-z A-Z 0-9 _ . - ; a table may also be named by its ARN.
  void TableName(const std::optional<std::string>& value, std::string_view member = "tableName");
  void IndexName(const std::optional<std::string>& value);
  void Add(std::string finding) { findings_.push_back(std::move(finding)); }

  std::optional<ApiError> Error() const;

 private:
  void Name(const std::string& value, std::string_view member);

  std::vector<std::string> findings_;
};

}  // namespace fractus::dynamo
