#include "dynamo/fields.h"

#include <algorithm>

#include "dynamo/errors.h"

namespace fractus::dynamo {
namespace {

void ReadInto(JsonReader& reader, std::optional<std::string>& field) {
  reader.ReadText(field.emplace());
}
void ReadInto(JsonReader& reader, std::optional<bool>& field) {
  reader.ReadBoolean(field.emplace());
}
void ReadInto(JsonReader& reader, std::optional<int64_t>& field) {
  reader.ReadInteger(field.emplace());
}
void ReadInto(JsonReader& reader, std::optional<ReadMapResult>& field) {
  ReadMap(reader, field.emplace());
}

void ReadInto(JsonReader& reader, std::optional<std::vector<std::string>>& field) {
  field.emplace();
  for (bool more = reader.BeginArray(); more && reader.NextElement();) {
    if (!reader.ReadText(field->emplace_back())) return;
  }
}

void ReadInto(JsonReader& reader, std::optional<std::vector<ReadMapResult>>& field) {
  field.emplace();
  for (bool more = reader.BeginArray(); more && reader.NextElement();) {
    if (!ReadMap(reader, field->emplace_back())) return;
  }
}

void ReadInto(JsonReader& reader, std::optional<ExpressionNames>& field) {
  field.emplace();
  std::string_view name;
  for (bool more = reader.BeginObject(); more && reader.NextMember(name);) {
    field->emplace_back(std::string(name), "");
    if (!reader.ReadText(field->back().second)) return;
  }
  std::stable_sort(field->begin(), field->end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
}

void ReadInto(JsonReader& reader, std::optional<LegacyEntries>& field) {
  field.emplace();
  std::string_view name;
  for (bool more = reader.BeginObject(); more && reader.NextMember(name);) {
    LegacyEntry& entry = field->entries.emplace_back();
    entry.attribute = name;
    for (bool inner = reader.BeginObject(); inner && reader.NextMember(name);) {
      if (reader.TakeNull()) continue;
      if (name == "ComparisonOperator") {
        ReadInto(reader, entry.comparison);
      } else if (name == "Action") {
        ReadInto(reader, entry.action);
      } else if (name == "Exists") {
        ReadInto(reader, entry.exists);
      } else if (name == "Value") {
        ReadValue(reader, entry.value.emplace(), field->problem);
      } else if (name == "AttributeValueList") {
        entry.values.emplace();
        for (bool each = reader.BeginArray(); each && reader.NextElement();) {
          if (!ReadValue(reader, entry.values->emplace_back(), field->problem)) return;
        }
      } else {
        reader.Skip();
      }
      if (reader.failed()) return;
    }
  }
}

template <auto Member>
void Read(JsonReader& reader, Fields& fields) {
  ReadInto(reader, fields.*Member);
}

constexpr unsigned In(std::initializer_list<FieldSet> sets) {
  unsigned mask = 0;
  for (const auto set : sets) mask |= 1u << static_cast<unsigned>(set);
  return mask;
}

struct Member {
  std::string_view name;
  unsigned sets;
  void (*read)(JsonReader&, Fields&);
};

using enum FieldSet;
constexpr unsigned kWrites = In({kPutItem, kUpdateItem, kDeleteItem});
constexpr unsigned kPages = In({kQuery, kScan});
constexpr unsigned kActions = In({kTransaction});
constexpr unsigned kReads = In({kGetItem, kQuery, kScan, kKeysAndAttributes});

// Sorted by name.
constexpr Member kMembers[] = {
    {"AttributeUpdates", In({kUpdateItem}), Read<&Fields::attribute_updates>},
    {"AttributesToGet", kReads, Read<&Fields::attributes_to_get>},
    {"ConditionExpression", kWrites | kActions, Read<&Fields::condition>},
    {"ConditionalOperator", kWrites | kPages, Read<&Fields::conditional_operator>},
    {"ConsistentRead", kReads, Read<&Fields::consistent_read>},
    {"ExclusiveStartKey", kPages, Read<&Fields::start_key>},
    {"Expected", kWrites, Read<&Fields::expected>},
    {"ExpressionAttributeNames", kWrites | kReads | kActions, Read<&Fields::names>},
    {"ExpressionAttributeValues", kWrites | kPages | kActions, Read<&Fields::values>},
    {"FilterExpression", kPages, Read<&Fields::filter>},
    {"IndexName", kPages, Read<&Fields::index_name>},
    {"Item", In({kPutItem}) | kActions, Read<&Fields::item>},
    {"Key", In({kGetItem, kUpdateItem, kDeleteItem}) | kActions, Read<&Fields::key>},
    {"KeyConditionExpression", In({kQuery}), Read<&Fields::key_condition>},
    {"KeyConditions", In({kQuery}), Read<&Fields::key_conditions>},
    {"Keys", In({kKeysAndAttributes}), Read<&Fields::keys>},
    {"Limit", kPages, Read<&Fields::limit>},
    {"ProjectionExpression", kReads | kActions, Read<&Fields::projection>},
    {"QueryFilter", In({kQuery}), Read<&Fields::query_filter>},
    {"ReturnConsumedCapacity", kWrites | kPages | In({kGetItem}),
     Read<&Fields::return_consumed_capacity>},
    {"ReturnItemCollectionMetrics", kWrites, Read<&Fields::return_item_collection_metrics>},
    {"ReturnValues", kWrites, Read<&Fields::return_values>},
    {"ReturnValuesOnConditionCheckFailure", kWrites | kActions, Read<&Fields::return_on_failure>},
    {"ScanFilter", In({kScan}), Read<&Fields::scan_filter>},
    {"ScanIndexForward", In({kQuery}), Read<&Fields::scan_index_forward>},
    {"Segment", In({kScan}), Read<&Fields::segment>},
    {"Select", kPages, Read<&Fields::select>},
    {"TableName", kWrites | kPages | In({kGetItem}) | kActions, Read<&Fields::table_name>},
    {"TotalSegments", In({kScan}), Read<&Fields::total_segments>},
    {"UpdateExpression", In({kUpdateItem}) | kActions, Read<&Fields::update>},
};

static_assert(std::is_sorted(std::begin(kMembers), std::end(kMembers),
                             [](const Member& a, const Member& b) { return a.name < b.name; }));

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

}  // namespace

bool ReadFields(JsonReader& reader, FieldSet set, Fields& fields) {
  std::string_view name;
  for (bool more = reader.BeginObject(); more && reader.NextMember(name);) {
    const Member* member = std::lower_bound(
        std::begin(kMembers), std::end(kMembers), name,
        [](const Member& entry, std::string_view wanted) { return entry.name < wanted; });
    const bool is_known = member != std::end(kMembers) && member->name == name &&
                          (member->sets & (1u << static_cast<unsigned>(set))) != 0;
    if (reader.TakeNull()) continue;
    if (is_known) {
      member->read(reader, fields);
    } else {
      reader.Skip();
    }
    if (reader.failed()) return false;
  }
  return !reader.failed();
}

Result<Fields> ReadFields(std::string_view body, FieldSet set) {
  JsonReader reader(body);
  Fields fields;
  ReadFields(reader, set, fields);
  if (!reader.Finish()) return reader.error();
  return fields;
}

void Constraints::Required(bool present, std::string_view member) {
  if (!present)
    Add("Value null at '" + std::string(member) +
        "' failed to satisfy constraint: Member must not be null");
}

void Constraints::Enum(const std::optional<std::string>& value, std::string_view member,
                       std::string_view allowed) {
  if (!value) return;
  for (size_t begin = 0; begin <= allowed.size();) {
    const size_t end = std::min(allowed.find(", ", begin), allowed.size());
    if (allowed.substr(begin, end - begin) == *value) return;
    begin = end + 2;
  }
  Add("Value '" + *value + "' at '" + std::string(member) +
      "' failed to satisfy constraint: Member must satisfy enum value set: [" +
      std::string(allowed) + "]");
}

void Constraints::AtLeast(const std::optional<int64_t>& value, std::string_view member,
                          int64_t least) {
  if (!value || *value >= least) return;
  Add("Value '" + std::to_string(*value) + "' at '" + std::string(member) +
      "' failed to satisfy constraint: Member must have value greater than or equal to " +
      std::to_string(least));
}

void Constraints::AtMost(const std::optional<int64_t>& value, std::string_view member,
                         int64_t most) {
  if (!value || *value <= most) return;
  Add("Value '" + std::to_string(*value) + "' at '" + std::string(member) +
      "' failed to satisfy constraint: Member must have value less than or equal to " +
      std::to_string(most));
}

void Constraints::Name(const std::string& value, std::string_view member) {
  const bool is_well_formed =
      !value.empty() && std::all_of(value.begin(), value.end(), IsNameCharacter);
  if (is_well_formed && value.size() >= 3 && value.size() <= 255) return;
  const std::string start = "Value '" + value + "' at '" + std::string(member) +
                            "' failed to satisfy constraint: Member must ";
  if (!is_well_formed) Add(start + "satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
  if (value.size() < 3) Add(start + "have length greater than or equal to 3");
  if (value.size() > 255) Add(start + "have length less than or equal to 255");
}

void Constraints::TableName(const std::optional<std::string>& value, std::string_view member) {
  Required(value.has_value(), member);
  if (value && !value->starts_with("arn:")) Name(*value, member);
}

void Constraints::IndexName(const std::optional<std::string>& value) {
  if (value) Name(*value, "indexName");
}

std::optional<ApiError> Constraints::Error() const {
  if (findings_.empty()) return std::nullopt;
  std::string message = std::to_string(findings_.size()) + " validation error" +
                        (findings_.size() == 1 ? "" : "s") + " detected: ";
  for (size_t i = 0; i < findings_.size(); ++i) message += (i > 0 ? "; " : "") + findings_[i];
  return Invalid(std::move(message));
}

}  // namespace fractus::dynamo
