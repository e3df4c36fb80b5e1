#include "dynamo/item_request.h"

#include <algorithm>

#include "dynamo/errors.h"
#include "dynamo/item_codec.h"
#include "dynamo/legacy.h"
#include "emulator/core/arn.h"
#include "emulator/core/encoding.h"

namespace fractus::dynamo {
namespace {

constexpr size_t kLargestPartitionKey = 2048;
constexpr size_t kLargestSortKey = 1024;

std::string Names(std::initializer_list<Given> members) {
  std::vector<std::string> names;
  for (const auto& given : members) {
    if (given.present) names.emplace_back(given.member);
  }
  return Join(names, ", ");
}

bool Any(std::initializer_list<Given> members) {
  return std::any_of(members.begin(), members.end(),
                     [](const Given& given) { return given.present; });
}

bool IsPlaceholder(std::string_view text, char sign) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return text.size() > 1 && text[0] == sign && std::all_of(text.begin() + 1, text.end(), is_word);
}

bool IsEmptyText(const Value& value) {
  return (value.Is(Type::kString) || value.Is(Type::kBinary)) && value.Text().empty();
}

std::string_view Kind(const Value& value) { return value.Is(Type::kString) ? "string" : "binary"; }

enum class KeyPart { kPartition, kSort };

std::optional<ApiError> CheckKeySize(KeyPart part, size_t size) {
  // The missing blank is the service's.
  if (part == KeyPart::kPartition && size > kLargestPartitionKey)
    return InvalidParameter("Size of hashkey has exceeded the maximum size limit of2048 bytes");
  if (part == KeyPart::kSort && size > kLargestSortKey) {
    return InvalidParameter(
        "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
  }
  return std::nullopt;
}

std::optional<ApiError> CheckKeySizes(const KeySchema& keys, const Item& item) {
  for (const auto* attributes : {&keys.partition, &keys.sort}) {
    const KeyPart part = attributes == &keys.sort ? KeyPart::kSort : KeyPart::kPartition;
    for (const auto& attribute : *attributes) {
      const Value* value = Find(item, attribute.name);
      if (!value) continue;
      if (IsEmptyText(*value)) {
        return Invalid(
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty " +
            std::string(Kind(*value)) + " value. Key: " + attribute.name);
      }
      if (auto error = CheckKeySize(part, value->BilledSize())) return error;
    }
  }
  return std::nullopt;
}

// An item that lacks one of the attributes is not in the index, whatever the others weigh.
std::optional<ApiError> CheckIndexKeySizes(const KeySchema& keys, const Item& item) {
  size_t partition_size = 0, sort_size = 0;
  for (const auto* attributes : {&keys.partition, &keys.sort}) {
    for (const auto& attribute : *attributes) {
      const Value* value = Find(item, attribute.name);
      if (!value) return std::nullopt;
      (attributes == &keys.sort ? sort_size : partition_size) += value->BilledSize();
    }
  }
  if (auto error = CheckKeySize(KeyPart::kPartition, partition_size)) return error;
  return CheckKeySize(KeyPart::kSort, sort_size);
}

std::optional<ApiError> CheckIndexKey(const Index& index, const KeyAttribute& attribute,
                                      const Item& item) {
  const Value* value = Find(item, attribute.name);
  if (!value) return std::nullopt;
  if (value->type() != attribute.type) {
    return InvalidParameter("Type mismatch for Index Key " + attribute.name +
                            " Expected: " + std::string(TypeName(attribute.type)) + " Actual: " +
                            std::string(TypeName(value->type())) + " IndexName: " + index.name);
  }
  if (IsEmptyText(*value)) {
    return Invalid(
        "One or more parameter values are not valid. A value specified for a secondary index key "
        "is not supported. The "
        "AttributeValue for a key attribute cannot contain an empty " +
        std::string(Kind(*value)) + " value. IndexName: " + index.name +
        ", IndexKey: " + attribute.name);
  }
  return std::nullopt;
}

}  // namespace

TableAddress AddressOf(const RequestContext& context, const std::string& name_or_arn) {
  if (name_or_arn.starts_with("arn:")) {
    const auto arn = Arn::Parse(name_or_arn);
    if (arn && arn->resource.starts_with("table/")) {
      const std::string rest = arn->resource.substr(6);
      return {arn->account, arn->region, rest.substr(0, rest.find('/'))};
    }
  }
  return {context.account, context.region, name_or_arn};
}

TablePtr FindTable(const Store& store, const RequestContext& context,
                   const std::string& name_or_arn) {
  TablePtr table;
  if (name_or_arn.starts_with("arn:")) {
    const TableAddress address = AddressOf(context, name_or_arn);
    table = store.FindTable(address.account, address.region, address.name);
  } else {
    table = store.FindTable(context.account, context.region, name_or_arn);
  }
  return table && table->ServesAt(context.now) ? table : nullptr;
}

std::optional<ApiError> CheckTableName(const Request& request) {
  Constraints constraints;
  constraints.TableName(request.Text("TableName"));
  return constraints.Error();
}

std::optional<ApiError> CheckMixing(std::initializer_list<Given> legacy,
                                    std::initializer_list<Given> expressions) {
  if (!Any(legacy) || !Any(expressions)) return std::nullopt;
  return Invalid(
      "Can not use both expression and non-expression parameters in the same request: "
      "Non-expression parameters: {" +
      Names(legacy) + "} Expression parameters: {" + Names(expressions) + "}");
}

std::optional<ApiError> CheckPlaceholders(const Fields& fields,
                                          std::initializer_list<Given> with_values,
                                          std::initializer_list<Given> others) {
  if (fields.names) {
    if (!Any(with_values) && !Any(others))
      return Invalid("ExpressionAttributeNames can only be specified when using expressions");
    if (fields.names->empty()) return Invalid("ExpressionAttributeNames must not be empty");
    for (const auto& [name, attribute] : *fields.names) {
      if (!IsPlaceholder(name, '#')) {
        return Invalid("ExpressionAttributeNames contains invalid key: Syntax error; key: \"" +
                       name + "\"");
      }
    }
  }
  if (!fields.values) return std::nullopt;
  if (!Any(with_values)) {
    std::vector<std::string> absent;
    for (const auto& given : with_values) absent.emplace_back(given.member);
    return Invalid("ExpressionAttributeValues can only be specified when using expressions: " +
                   Join(absent, " and ") + (absent.size() == 1 ? " is null" : " are null"));
  }
  if (fields.values->map.empty()) return Invalid("ExpressionAttributeValues must not be empty");
  for (const auto& [name, value] : fields.values->map) {
    if (!IsPlaceholder(name, ':')) {
      return Invalid("ExpressionAttributeValues contains invalid key: Syntax error; key: \"" +
                     name + "\"");
    }
  }
  if (!fields.values->problem.empty()) {
    return Invalid("ExpressionAttributeValues contains invalid value: " + fields.values->problem +
                   " for key " + fields.values->problem_name);
  }
  return std::nullopt;
}

void CheckWrite(Constraints& constraints, const Fields& fields) {
  constraints.Enum(fields.return_values, "returnValues",
                   "ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW");
  constraints.Enum(fields.return_consumed_capacity, "returnConsumedCapacity",
                   "INDEXES, TOTAL, NONE");
  constraints.Enum(fields.return_item_collection_metrics, "returnItemCollectionMetrics",
                   "SIZE, NONE");
  constraints.Enum(fields.return_on_failure, "returnValuesOnConditionCheckFailure",
                   "ALL_OLD, NONE");
  constraints.Enum(fields.conditional_operator, "conditionalOperator", "OR, AND");
  CheckLegacy(constraints, fields.expected, "expected");
}

std::optional<ApiError> CheckKey(const Table& table, const Item& key) {
  const KeySchema& keys = table.keys();
  if (key.size() != keys.size()) return KeyMismatch();
  for (const auto& [name, value] : key) {
    const KeyAttribute* attribute = keys.Find(name);
    if (!attribute || attribute->type != value.type()) return KeyMismatch();
  }
  return CheckKeySizes(keys, key);
}

std::optional<ApiError> CheckItem(const Table& table, const Item& item) {
  for (const auto* attributes : {&table.keys().partition, &table.keys().sort}) {
    for (const auto& attribute : *attributes) {
      const Value* value = Find(item, attribute.name);
      if (!value) return InvalidParameter("Missing the key " + attribute.name + " in the item");
      if (value->type() != attribute.type) {
        return InvalidParameter("Type mismatch for key " + attribute.name +
                                " expected: " + std::string(TypeName(attribute.type)) +
                                " actual: " + std::string(TypeName(value->type())));
      }
    }
  }
  if (auto error = CheckKeySizes(table.keys(), item)) return error;
  for (const auto& index : table.indexes()) {
    for (const auto* attributes : {&index.keys.partition, &index.keys.sort}) {
      for (const auto& attribute : *attributes) {
        if (auto error = CheckIndexKey(index, attribute, item)) return error;
      }
    }
    if (auto error = CheckIndexKeySizes(index.keys, item)) return error;
  }
  return std::nullopt;
}

Result<Wanted> ReadWanted(const Fields& fields, Placeholders& placeholders) {
  Wanted wanted;
  if (fields.projection) {
    auto paths = ParseProjection(*fields.projection, placeholders);
    if (!paths) return paths.error();
    wanted.paths = *std::move(paths);
  } else if (fields.attributes_to_get) {
    wanted.paths.emplace();
    for (const auto& name : *fields.attributes_to_get) {
      for (const auto& path : *wanted.paths) {
        if (path[0].name == name)
          return InvalidParameter("Duplicate value in attribute name: " + name);
      }
      wanted.paths->push_back(PathTo(name));
    }
  }
  return wanted;
}

void WriteWanted(std::string& out, const Wanted& wanted, std::string_view row) {
  if (wanted.paths) {
    WriteMap(out, Project(DecodeRow(row), *wanted.paths));
  } else {
    WriteRow(out, row);
  }
}

Result<std::optional<Condition>> ReadCondition(const Fields& fields, Placeholders& placeholders) {
  if (fields.condition) {
    auto condition = ParseCondition(*fields.condition, "ConditionExpression", placeholders);
    if (!condition) return condition.error();
    return std::optional(*std::move(condition));
  }
  if (fields.expected) {
    auto condition = ExpectedCondition(*fields.expected, fields.conditional_operator);
    if (!condition) return condition.error();
    return std::optional(*std::move(condition));
  }
  return std::optional<Condition>();
}

std::string& ObjectWriter::Member(std::string_view name) {
  if (!std::exchange(first_, false)) out_ += ',';
  out_ += '"';
  out_ += name;
  out_ += "\":";
  return out_;
}

}  // namespace fractus::dynamo
