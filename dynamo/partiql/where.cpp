#include "dynamo/partiql/where.h"

#include <algorithm>

#include "dynamo/errors.h"

namespace fractus::dynamo::partiql {
namespace {

using Kind = Condition::Kind;

// Source: the IN operator's page of the PartiQL reference.
constexpr size_t kMostPartitions = 50;

void Flatten(const Condition& condition, std::vector<const Condition*>& parts) {
  if (condition.kind != Kind::kAnd) {
    parts.push_back(&condition);
    return;
  }
  for (const auto& child : condition.children) Flatten(child, parts);
}

std::vector<const Condition*> PartsOf(const Condition* where) {
  std::vector<const Condition*> parts;
  if (where) Flatten(*where, parts);
  return parts;
}

bool IsAttribute(const Operand& operand, const std::string& name) {
  return operand.kind == Operand::Kind::kPath && operand.path.size() == 1 &&
         operand.path[0].name == name;
}
bool IsValue(const Operand& operand) { return operand.kind == Operand::Kind::kValue; }

// The value of "name = value" or "value = name"; null for any other condition.
const Value* EqualTo(const Condition& condition, const std::string& name) {
  if (condition.kind != Kind::kCompare || condition.comparator != Comparator::kEqual)
    return nullptr;
  const auto& operands = condition.operands;
  if (IsAttribute(operands[0], name) && IsValue(operands[1])) return operands[1].value;
  if (IsAttribute(operands[1], name) && IsValue(operands[0])) return operands[0].value;
  return nullptr;
}

// The values that the condition leaves for the attribute; nothing when it leaves others as well.
std::vector<const Value*> ValuesFor(const Condition& condition, const std::string& name) {
  if (const Value* value = EqualTo(condition, name)) return {value};
  std::vector<const Value*> values;
  if (condition.kind == Kind::kIn && IsAttribute(condition.operands[0], name)) {
    for (size_t i = 1; i < condition.operands.size(); ++i) {
      if (!IsValue(condition.operands[i])) return {};
      values.push_back(condition.operands[i].value);
    }
  }
  if (condition.kind == Kind::kOr) {
    for (const auto& child : condition.children) {
      const auto more = ValuesFor(child, name);
      if (more.empty()) return {};
      values.insert(values.end(), more.begin(), more.end());
    }
  }
  std::vector<const Value*> distinct;
  for (const Value* value : values) {
    const auto is_same = [&](const Value* known) { return *known == *value; };
    if (std::none_of(distinct.begin(), distinct.end(), is_same)) distinct.push_back(value);
  }
  return distinct;
}

// A condition on the attribute that a Query can use.
const Condition* FindIndexable(const std::vector<const Condition*>& parts,
                               const KeyAttribute& attribute) {
  for (const auto* part : parts) {
    if (EqualTo(*part, attribute.name)) return part;
  }
  for (const auto* part : parts) {
    const auto& operands = part->operands;
    if (operands.size() < 2 || !IsAttribute(operands[0], attribute.name)) continue;
    if (!std::all_of(operands.begin() + 1, operands.end(), IsValue)) continue;
    const bool compares = part->kind == Kind::kCompare && part->comparator != Comparator::kNotEqual;
    const bool begins = part->kind == Kind::kBeginsWith && attribute.type != Type::kNumber;
    if (compares || begins || part->kind == Kind::kBetween) return part;
  }
  return nullptr;
}

Condition Equality(const std::string& name, const Value& value) {
  Condition condition;
  condition.kind = Kind::kCompare;
  condition.operands.resize(2);
  condition.operands[0].path = PathTo(name);
  condition.operands[1].kind = Operand::Kind::kValue;
  condition.operands[1].value = &value;
  return condition;
}

// Each of the conditions with each of the values.
void Multiply(std::vector<Condition>& conditions, const std::string& name,
              const std::vector<const Value*>& values) {
  std::vector<Condition> products;
  for (const auto& condition : conditions) {
    for (const Value* value : values) {
      products.push_back(condition);
      products.back().children.push_back(Equality(name, *value));
    }
  }
  conditions = std::move(products);
}

}  // namespace

Result<Item> KeyOf(const Condition* where, const KeySchema& keys) {
  const auto parts = PartsOf(where);
  Item key;
  for (const auto* attributes : {&keys.partition, &keys.sort}) {
    for (const auto& attribute : *attributes) {
      const Value* value = nullptr;
      for (const auto* part : parts) {
        if (!value) value = EqualTo(*part, attribute.name);
      }
      if (!value)
        return Invalid("Where clause does not contain a mandatory equality on all key attributes");
      Set(key, attribute.name, *value);
    }
  }
  return key;
}

bool GivesKey(const Condition* where, const KeySchema& keys) {
  return KeyOf(where, keys).has_value();
}

Result<std::vector<KeyCondition>> KeyConditionsOf(const Condition* where, const KeySchema& keys) {
  const auto parts = PartsOf(where);
  std::vector<Condition> conditions(1);
  for (const auto& attribute : keys.partition) {
    std::vector<const Value*> values;
    for (const auto* part : parts) {
      if (values.empty()) values = ValuesFor(*part, attribute.name);
    }
    if (values.empty()) return std::vector<KeyCondition>();
    if (values.size() * conditions.size() > kMostPartitions) {
      return Invalid("The number of partition key values exceeds the maximum of " +
                     std::to_string(kMostPartitions));
    }
    Multiply(conditions, attribute.name, values);
  }
  for (const auto& attribute : keys.sort) {
    const Condition* part = FindIndexable(parts, attribute);
    if (!part) break;
    for (auto& condition : conditions) condition.children.push_back(*part);
    if (!EqualTo(*part, attribute.name)) break;
  }
  std::vector<KeyCondition> made;
  for (const auto& condition : conditions) {
    auto key_condition = MakeKeyCondition(condition, keys, KeyConditionForm::kExpression);
    if (!key_condition) return key_condition.error();
    made.push_back(*std::move(key_condition));
  }
  return made;
}

}  // namespace fractus::dynamo::partiql
