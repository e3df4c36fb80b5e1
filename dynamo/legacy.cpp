#include "dynamo/legacy.h"

#include <algorithm>

#include "dynamo/errors.h"

namespace fractus::dynamo {
namespace {

constexpr char kOperators[] =
    "IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS";

Operand PathOperand(const std::string& attribute) {
  Operand operand;
  operand.path = PathTo(attribute);
  return operand;
}

Operand ValueOperand(const Value& value) {
  Operand operand;
  operand.kind = Operand::Kind::kValue;
  operand.value = &value;
  return operand;
}

Condition Simple(Condition::Kind kind, const std::string& attribute) {
  Condition condition;
  condition.kind = kind;
  condition.operands.push_back(PathOperand(attribute));
  return condition;
}

Condition Equal(const std::string& attribute, const Value& value) {
  Condition condition = Simple(Condition::Kind::kCompare, attribute);
  condition.operands.push_back(ValueOperand(value));
  return condition;
}

std::optional<ApiError> CheckOperands(const std::string& comparison,
                                      const std::vector<Value>& values) {
  const size_t count = values.size();
  const bool fits = comparison == "NULL" || comparison == "NOT_NULL" ? count == 0
                    : comparison == "BETWEEN"                        ? count == 2
                    : comparison == "IN"                             ? count > 0
                                                                     : count == 1;
  if (!fits)
    return InvalidParameter("Invalid number of argument(s) for the " + comparison +
                            " ComparisonOperator");
  for (const auto& value : values) {
    if (value.type() != values[0].type()) {
      return InvalidParameter("AttributeValues inside AttributeValueList must be of same type");
    }
  }
  for (const auto& value : values) {
    const Type type = value.type();
    const bool is_scalar = type == Type::kString || type == Type::kNumber || type == Type::kBinary;
    bool is_valid = true;
    if (comparison == "LE" || comparison == "LT" || comparison == "GE" || comparison == "GT" ||
        comparison == "BETWEEN" || comparison == "IN") {
      is_valid = is_scalar;
    } else if (comparison == "BEGINS_WITH") {
      is_valid = type == Type::kString || type == Type::kBinary;
    } else if (comparison == "CONTAINS" || comparison == "NOT_CONTAINS") {
      is_valid = is_scalar || type == Type::kBoolean || type == Type::kNull;
    }
    if (!is_valid) {
      return InvalidParameter("ComparisonOperator " + comparison + " is not valid for " +
                              std::string(TypeName(type)) + " AttributeValue type");
    }
  }
  if (comparison == "BETWEEN" && IsAbove(values[0], values[1])) {
    return Invalid(
        "The BETWEEN condition was provided a range where the lower bound is greater than the "
        "upper bound");
  }
  return std::nullopt;
}

Condition MakeComparison(const std::string& attribute, const std::string& comparison,
                         const std::vector<Value>& values) {
  const auto with_values = [&](Condition::Kind kind) {
    Condition condition = Simple(kind, attribute);
    for (const auto& value : values) condition.operands.push_back(ValueOperand(value));
    return condition;
  };
  if (comparison == "NULL") return Simple(Condition::Kind::kAttributeNotExists, attribute);
  if (comparison == "NOT_NULL") return Simple(Condition::Kind::kAttributeExists, attribute);
  if (comparison == "IN") return with_values(Condition::Kind::kIn);
  if (comparison == "BETWEEN") return with_values(Condition::Kind::kBetween);
  if (comparison == "BEGINS_WITH") return with_values(Condition::Kind::kBeginsWith);
  if (comparison == "CONTAINS") return with_values(Condition::Kind::kContains);
  if (comparison == "NOT_CONTAINS") {
    Condition no;
    no.kind = Condition::Kind::kNot;
    no.children.push_back(with_values(Condition::Kind::kContains));
    // What is absent neither contains nor lacks anything.
    Condition both;
    both.children.push_back(Simple(Condition::Kind::kAttributeExists, attribute));
    both.children.push_back(std::move(no));
    return both;
  }
  Condition condition = with_values(Condition::Kind::kCompare);
  condition.comparator = comparison == "EQ"   ? Comparator::kEqual
                         : comparison == "NE" ? Comparator::kNotEqual
                         : comparison == "LT" ? Comparator::kLess
                         : comparison == "LE" ? Comparator::kLessOrEqual
                         : comparison == "GT" ? Comparator::kGreater
                                              : Comparator::kGreaterOrEqual;
  return condition;
}

const std::vector<Value>& ValuesOf(const LegacyEntry& entry) {
  static const std::vector<Value> kNone;
  return entry.values ? *entry.values : kNone;
}

Result<Condition> ExpectedOne(const LegacyEntry& entry) {
  const std::string for_attribute = " for Attribute: " + entry.attribute;
  if (entry.comparison) {
    if (entry.exists)
      return InvalidParameter("Exists and ComparisonOperator cannot be used together" +
                              for_attribute);
    if (entry.value)
      return InvalidParameter("Value and ComparisonOperator cannot be used together" +
                              for_attribute);
    if (auto error = CheckOperands(*entry.comparison, ValuesOf(entry))) return *error;
    return MakeComparison(entry.attribute, *entry.comparison, ValuesOf(entry));
  }
  if (entry.values)
    return InvalidParameter("AttributeValueList can only be used with a ComparisonOperator" +
                            for_attribute);
  if (entry.exists == false) {
    if (entry.value)
      return InvalidParameter("Value cannot be used when Exists is false" + for_attribute);
    return Simple(Condition::Kind::kAttributeNotExists, entry.attribute);
  }
  if (!entry.value) {
    return InvalidParameter("Value must be provided when Exists is " +
                            std::string(entry.exists ? "true" : "null") + for_attribute);
  }
  return Equal(entry.attribute, *entry.value);
}

template <class One>
Result<Condition> Combine(const LegacyEntries& entries,
                          const std::optional<std::string>& conditional_operator, One one) {
  if (!entries.problem.empty()) return Invalid(entries.problem);
  Condition all;
  if (conditional_operator == "OR") all.kind = Condition::Kind::kOr;
  for (const auto& entry : entries.entries) {
    auto condition = one(entry);
    if (!condition) return condition.error();
    all.children.push_back(*std::move(condition));
  }
  // No conditions always hold, also when any of them would do.
  if (all.children.empty()) all.kind = Condition::Kind::kAnd;
  return all;
}

}  // namespace

Result<Condition> ExpectedCondition(const LegacyEntries& entries,
                                    const std::optional<std::string>& conditional_operator) {
  return Combine(entries, conditional_operator, ExpectedOne);
}

Result<Condition> FilterCondition(const LegacyEntries& entries,
                                  const std::optional<std::string>& conditional_operator) {
  return Combine(entries, conditional_operator, [](const LegacyEntry& entry) -> Result<Condition> {
    if (auto error = CheckOperands(*entry.comparison, ValuesOf(entry))) return *error;
    return MakeComparison(entry.attribute, *entry.comparison, ValuesOf(entry));
  });
}

Result<Update> AttributeUpdates(const LegacyEntries& entries) {
  if (!entries.problem.empty()) return Invalid(entries.problem);
  Update update;
  for (const auto& entry : entries.entries) {
    const std::string action_name = entry.action.value_or("PUT");
    UpdateAction& action = update.actions.emplace_back();
    action.path = PathTo(entry.attribute);
    if (!entry.value) {
      if (action_name != "DELETE") {
        return InvalidParameter(
            "Only DELETE action is allowed when no attribute value is specified");
      }
      action.kind = UpdateAction::Kind::kRemove;
      continue;
    }
    const Value& value = *entry.value;
    if (action_name == "PUT") {
      action.term.kind = SetTerm::Kind::kValue;
      action.term.value = &value;
      continue;
    }
    const bool is_add = action_name == "ADD";
    if (!value.IsSet() && !(is_add && value.Is(Type::kNumber))) {
      return InvalidParameter((is_add ? "ADD action is not supported for the type "
                                      : "DELETE action with value is not supported for the type ") +
                              std::string(TypeName(value.type())));
    }
    action.kind = is_add ? UpdateAction::Kind::kAdd : UpdateAction::Kind::kDelete;
    action.value = &value;
  }
  return update;
}

std::optional<ApiError> CheckConditionalOperator(const Fields& fields,
                                                 const std::optional<LegacyEntries>& conditions) {
  if (!fields.conditional_operator) return std::nullopt;
  if (!conditions || conditions->entries.empty()) {
    return Invalid(
        "One or more parameter values were invalid: ConditionalOperator cannot be used without "
        "Filter or Expected");
  }
  if (conditions->entries.size() == 1) {
    return Invalid(
        "One or more parameter values were invalid: ConditionalOperator can only be used when "
        "Filter or Expected has two or more "
        "elements");
  }
  return std::nullopt;
}

void CheckLegacy(Constraints& constraints, const std::optional<LegacyEntries>& entries,
                 const std::string& member) {
  if (!entries) return;
  for (const auto& entry : entries->entries) {
    const std::string place = member + "." + entry.attribute + ".member.";
    const bool is_filter = member != "expected" && member != "attributeUpdates";
    if (is_filter) constraints.Required(entry.comparison.has_value(), place + "comparisonOperator");
    constraints.Enum(entry.comparison, place + "comparisonOperator", kOperators);
    if (member == "attributeUpdates")
      constraints.Enum(entry.action, place + "action", "ADD, DELETE, PUT");
  }
}

}  // namespace fractus::dynamo
