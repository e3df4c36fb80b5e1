#include "dynamo/condition.h"

#include <algorithm>

namespace fractus::dynamo {
namespace {

// What size() gives; nothing for types that have none.
// Observed: the length of a string is counted in characters.
std::optional<Number> SizeOf(const Value& value) {
  switch (value.type()) {
    case Type::kString: {
      const auto& text = value.Text();
      return Number(
          std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
    }
    case Type::kBinary:
      return Number(static_cast<long long>(value.Text().size()));
    case Type::kStringSet:
    case Type::kBinarySet:
      return Number(static_cast<long long>(value.Elements().size()));
    case Type::kNumberSet:
      return Number(static_cast<long long>(value.Numbers().size()));
    case Type::kList:
      return Number(static_cast<long long>(value.Members().size()));
    case Type::kMap:
      return Number(static_cast<long long>(value.Attributes().size()));
    default:
      return std::nullopt;
  }
}

// The operand's value in the item, or null; `computed` holds it where it is not stored anywhere.
const Value* Resolve(const Operand& operand, const Item* item, Value& computed) {
  const Value* value = operand.value;
  if (!value) value = item ? Find(*item, operand.path) : nullptr;
  if (operand.kind != Operand::Kind::kSize || !value) return value;
  const auto size = SizeOf(*value);
  if (!size) return nullptr;
  computed = Value::Of(*size);
  return &computed;
}

bool Compares(Comparator comparator, const Value* a, const Value* b) {
  // What is absent is not equal to anything.
  if (!a || !b) return comparator == Comparator::kNotEqual;
  if (comparator == Comparator::kEqual) return *a == *b;
  if (comparator == Comparator::kNotEqual) return !(*a == *b);
  const auto order = Compare(*a, *b);
  if (!order) return false;
  switch (comparator) {
    case Comparator::kLess:
      return *order < 0;
    case Comparator::kLessOrEqual:
      return *order <= 0;
    case Comparator::kGreater:
      return *order > 0;
    default:
      return *order >= 0;
  }
}

bool Contains(const Value& whole, const Value& part) {
  switch (whole.type()) {
    case Type::kString:
    case Type::kBinary:
      return part.type() == whole.type() && whole.Text().find(part.Text()) != std::string::npos;
    case Type::kStringSet:
      return part.Is(Type::kString) &&
             std::binary_search(whole.Elements().begin(), whole.Elements().end(), part.Text());
    case Type::kBinarySet:
      return part.Is(Type::kBinary) &&
             std::binary_search(whole.Elements().begin(), whole.Elements().end(), part.Text());
    case Type::kNumberSet:
      return part.Is(Type::kNumber) &&
             std::binary_search(whole.Numbers().begin(), whole.Numbers().end(), part.AsNumber());
    case Type::kList:
      return std::find(whole.Members().begin(), whole.Members().end(), part) !=
             whole.Members().end();
    default:
      return false;
  }
}

}  // namespace

std::string_view ComparatorText(Comparator comparator) {
  switch (comparator) {
    case Comparator::kEqual:
      return "=";
    case Comparator::kNotEqual:
      return "<>";
    case Comparator::kLess:
      return "<";
    case Comparator::kLessOrEqual:
      return "<=";
    case Comparator::kGreater:
      return ">";
    case Comparator::kGreaterOrEqual:
      return ">=";
  }
  return "";
}

bool Holds(const Condition& condition, const Item* item) {
  Value first_computed, second_computed, third_computed;
  const auto operand = [&](size_t i, Value& computed) {
    return Resolve(condition.operands[i], item, computed);
  };
  const auto holds = [&](const Condition& child) { return Holds(child, item); };
  switch (condition.kind) {
    case Condition::Kind::kAnd:
      return std::all_of(condition.children.begin(), condition.children.end(), holds);
    case Condition::Kind::kOr:
      return std::any_of(condition.children.begin(), condition.children.end(), holds);
    case Condition::Kind::kNot:
      return !holds(condition.children[0]);
    case Condition::Kind::kCompare:
      return Compares(condition.comparator, operand(0, first_computed),
                      operand(1, second_computed));
    case Condition::Kind::kBetween: {
      const Value* value = operand(0, first_computed);
      const Value *low = operand(1, second_computed), *high = operand(2, third_computed);
      return value && low && high && Compares(Comparator::kGreaterOrEqual, value, low) &&
             Compares(Comparator::kLessOrEqual, value, high);
    }
    case Condition::Kind::kIn: {
      const Value* value = operand(0, first_computed);
      for (size_t i = 1; value && i < condition.operands.size(); ++i) {
        if (Compares(Comparator::kEqual, value, operand(i, second_computed))) return true;
      }
      return false;
    }
    case Condition::Kind::kAttributeExists:
      return operand(0, first_computed) != nullptr;
    case Condition::Kind::kAttributeNotExists:
      return operand(0, first_computed) == nullptr;
    case Condition::Kind::kAttributeType: {
      const Value* value = operand(0, first_computed);
      const Value* type = operand(1, second_computed);
      return value && type && type->Is(Type::kString) && TypeName(value->type()) == type->Text();
    }
    case Condition::Kind::kBeginsWith: {
      const Value* value = operand(0, first_computed);
      const Value* prefix = operand(1, second_computed);
      return value && prefix && value->type() == prefix->type() &&
             (value->Is(Type::kString) || value->Is(Type::kBinary)) &&
             value->Text().starts_with(prefix->Text());
    }
    case Condition::Kind::kContains: {
      const Value* whole = operand(0, first_computed);
      const Value* part = operand(1, second_computed);
      return whole && part && Contains(*whole, *part);
    }
  }
  return false;
}

}  // namespace fractus::dynamo
