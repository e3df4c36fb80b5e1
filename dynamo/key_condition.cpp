#include "dynamo/key_condition.h"

#include <algorithm>

#include "dynamo/errors.h"
#include "dynamo/key_codec.h"
#include "emulator/storage/database.h"

namespace fractus::dynamo {
namespace {

using Sort = KeyCondition::Sort;

// One comparison of one key attribute with values.
struct Part {
  std::string attribute;
  Sort sort = Sort::kEqual;
  const Value* low = nullptr;
  const Value* high = nullptr;
};

ApiError InvalidExpression(const std::string& reason) {
  return Invalid("Invalid KeyConditionExpression: " + reason);
}

ApiError NotAnOperator(std::string_view name) {
  return InvalidExpression("Invalid operator used in KeyConditionExpression: " + std::string(name));
}

std::string_view OperatorName(const Condition& condition) {
  switch (condition.kind) {
    case Condition::Kind::kOr:
      return "OR";
    case Condition::Kind::kNot:
      return "NOT";
    case Condition::Kind::kIn:
      return "IN";
    case Condition::Kind::kAttributeExists:
      return "attribute_exists";
    case Condition::Kind::kAttributeNotExists:
      return "attribute_not_exists";
    case Condition::Kind::kAttributeType:
      return "attribute_type";
    case Condition::Kind::kContains:
      return "contains";
    default:
      return ComparatorText(condition.comparator);
  }
}

Comparator Flipped(Comparator comparator) {
  switch (comparator) {
    case Comparator::kLess:
      return Comparator::kGreater;
    case Comparator::kLessOrEqual:
      return Comparator::kGreaterOrEqual;
    case Comparator::kGreater:
      return Comparator::kLess;
    case Comparator::kGreaterOrEqual:
      return Comparator::kLessOrEqual;
    default:
      return comparator;
  }
}

Sort SortOf(Comparator comparator) {
  switch (comparator) {
    case Comparator::kLess:
      return Sort::kLess;
    case Comparator::kLessOrEqual:
      return Sort::kLessOrEqual;
    case Comparator::kGreater:
      return Sort::kGreater;
    case Comparator::kGreaterOrEqual:
      return Sort::kGreaterOrEqual;
    default:
      return Sort::kEqual;
  }
}

Result<Part> MakePart(const Condition& condition) {
  const auto& operands = condition.operands;
  const bool is_known = condition.kind == Condition::Kind::kCompare ||
                        condition.kind == Condition::Kind::kBetween ||
                        condition.kind == Condition::Kind::kBeginsWith;
  if (!is_known || (condition.kind == Condition::Kind::kCompare &&
                    condition.comparator == Comparator::kNotEqual)) {
    return NotAnOperator(OperatorName(condition));
  }
  size_t path_count = 0, path_at = 0;
  for (size_t i = 0; i < operands.size(); ++i) {
    if (operands[i].kind == Operand::Kind::kSize) {
      return InvalidExpression("KeyConditionExpressions cannot contain nested operations");
    }
    if (operands[i].kind == Operand::Kind::kPath) {
      ++path_count;
      path_at = i;
    }
  }
  if (path_count > 1) {
    return Invalid(
        "Invalid condition in KeyConditionExpression: Multiple attribute names used in one "
        "condition");
  }
  const bool may_flip = condition.kind == Condition::Kind::kCompare;
  if (path_count == 0 || (path_at != 0 && !may_flip)) {
    return Invalid("Invalid condition in KeyConditionExpression: No key attribute specified");
  }
  if (operands[path_at].path.size() > 1) {
    return InvalidExpression("KeyConditionExpressions cannot have conditions on nested attributes");
  }
  Part part;
  part.attribute = operands[path_at].path[0].name;
  if (condition.kind == Condition::Kind::kCompare) {
    part.low = operands[1 - path_at].value;
    part.sort = SortOf(path_at == 0 ? condition.comparator : Flipped(condition.comparator));
    return part;
  }
  part.low = operands[1].value;
  part.sort = Sort::kBeginsWith;
  if (condition.kind == Condition::Kind::kBetween) {
    part.sort = Sort::kBetween;
    part.high = operands[2].value;
  }
  return part;
}

// Conditions joined by AND, whichever way they are nested.
std::optional<ApiError> Flatten(const Condition& condition, std::vector<Part>& parts) {
  if (condition.kind == Condition::Kind::kAnd) {
    for (const auto& child : condition.children) {
      if (auto error = Flatten(child, parts)) return error;
    }
    return std::nullopt;
  }
  auto part = MakePart(condition);
  if (!part) return part.error();
  parts.push_back(*std::move(part));
  return std::nullopt;
}

const Part* FindPart(const std::vector<Part>& parts, const std::string& attribute) {
  const auto found = std::find_if(parts.begin(), parts.end(),
                                  [&](const Part& part) { return part.attribute == attribute; });
  return found == parts.end() ? nullptr : &*found;
}

std::optional<ApiError> CheckType(const Part& part, const KeyAttribute& attribute) {
  for (const Value* value : {part.low, part.high}) {
    if (!value) continue;
    if (value->type() != attribute.type) {
      return InvalidParameter("Condition parameter type does not match schema type");
    }
    if ((value->Is(Type::kString) || value->Is(Type::kBinary)) && value->Text().empty()) {
      return Invalid(
          "One or more parameter values are not valid. The AttributeValue for a key attribute "
          "cannot contain an empty " +
          std::string(value->Is(Type::kString) ? "string" : "binary") +
          " value. Key: " + attribute.name);
    }
  }
  return std::nullopt;
}

}  // namespace

Result<KeyCondition> MakeKeyCondition(const Condition& condition, const KeySchema& keys,
                                      KeyConditionForm form) {
  std::vector<Part> parts;
  if (auto error = Flatten(condition, parts)) {
    if (form == KeyConditionForm::kLegacy)
      return Invalid("Attempted conditional constraint is not an indexable operation");
    return *error;
  }
  for (size_t i = 0; i < parts.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (parts[i].attribute != parts[j].attribute) continue;
      return InvalidExpression("KeyConditionExpressions must only contain one condition per key");
    }
  }
  if (parts.size() > keys.size() && parts.size() > 2) {
    return InvalidParameter("Conditions can be of length 1 or 2 only");
  }
  KeyCondition made;
  size_t used = 0;
  for (const auto& attribute : keys.partition) {
    const Part* part = FindPart(parts, attribute.name);
    if (!part) return Invalid("Query condition missed key schema element: " + attribute.name);
    if (auto error = CheckType(*part, attribute)) return *error;
    if (part->sort != Sort::kEqual) return Invalid("Query key condition not supported");
    made.partition.push_back(part->low);
    ++used;
  }
  for (const auto& attribute : keys.sort) {
    const Part* part = FindPart(parts, attribute.name);
    if (!part) {
      // Some other attribute has a condition, but this one has none.
      if (parts.size() > used)
        return Invalid("Query condition missed key schema element: " + attribute.name);
      break;
    }
    if (auto error = CheckType(*part, attribute)) return *error;
    ++used;
    if (part->sort == Sort::kBeginsWith && part->low->Is(Type::kNumber))
      return Invalid("Query key condition not supported");
    if (part->sort == Sort::kEqual && &attribute != &keys.sort.back()) {
      made.leading_sort.push_back(part->low);
      continue;
    }
    made.sort = part->sort;
    made.low = part->low;
    made.high = part->high;
    break;
  }
  if (used < parts.size()) return Invalid("Query key condition not supported");
  if (made.sort == Sort::kBetween && IsAbove(*made.low, *made.high)) {
    return Invalid(
        "The BETWEEN condition was provided a range where the lower bound is greater than the "
        "upper bound");
  }
  return made;
}

KeyRange RangeOf(const Table& table, uint16_t index_number, const KeyCondition& condition) {
  std::string prefix = table.SpacePrefix(index_number);
  table.AppendPartition(prefix, condition.partition);
  for (const Value* value : condition.leading_sort) AppendKeyPart(prefix, *value);
  KeyRange range{prefix, storage::PrefixEnd(prefix)};
  if (condition.sort == Sort::kAny) return range;
  std::string low = prefix;
  if (condition.sort == Sort::kBeginsWith) {
    AppendKeyPrefix(low, condition.low->Text());
  } else {
    AppendKeyPart(low, *condition.low);
  }
  switch (condition.sort) {
    case Sort::kLess:
      range.end = low;
      break;
    case Sort::kLessOrEqual:
      range.end = storage::PrefixEnd(low);
      break;
    case Sort::kGreater:
      range.begin = storage::PrefixEnd(low);
      break;
    case Sort::kGreaterOrEqual:
      range.begin = low;
      break;
    case Sort::kBetween: {
      std::string high = prefix;
      AppendKeyPart(high, *condition.high);
      range = {low, storage::PrefixEnd(high)};
      break;
    }
    default:
      // Equal to a value, or beginning with a text.
      range = {low, storage::PrefixEnd(low)};
  }
  return range;
}

KeyRange RangeOf(const Table& table, uint16_t index_number) {
  const std::string prefix = table.SpacePrefix(index_number);
  return {prefix, storage::PrefixEnd(prefix)};
}

}  // namespace fractus::dynamo
