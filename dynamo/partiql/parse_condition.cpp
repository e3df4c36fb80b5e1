// The rules of WHERE.
#include <array>

#include "dynamo/errors.h"
#include "dynamo/partiql/parser.h"

namespace fractus::dynamo::partiql {
namespace {

constexpr std::array<std::pair<std::string_view, Comparator>, 7> kComparators = {
    {{"=", Comparator::kEqual},
     {"<>", Comparator::kNotEqual},
     {"!=", Comparator::kNotEqual},
     {"<", Comparator::kLess},
     {"<=", Comparator::kLessOrEqual},
     {">", Comparator::kGreater},
     {">=", Comparator::kGreaterOrEqual}}};

// Source: the IN operator's page of the PartiQL reference.
constexpr size_t kMostInOperands = 100;

void Negate(Condition& condition) {
  Condition no;
  no.kind = Condition::Kind::kNot;
  no.children.push_back(std::move(condition));
  condition = std::move(no);
}

}  // namespace

bool Parser::ParseOr(Condition& condition) {
  if (!ParseAnd(condition)) return false;
  if (!AtKeyword("OR")) return true;
  Condition any;
  any.kind = Condition::Kind::kOr;
  any.children.push_back(std::move(condition));
  while (TakeKeyword("OR")) {
    if (!ParseAnd(any.children.emplace_back())) return false;
  }
  condition = std::move(any);
  return true;
}

bool Parser::ParseAnd(Condition& condition) {
  if (!ParseNot(condition)) return false;
  if (!AtKeyword("AND")) return true;
  Condition all;
  all.children.push_back(std::move(condition));
  while (TakeKeyword("AND")) {
    if (!ParseNot(all.children.emplace_back())) return false;
  }
  condition = std::move(all);
  return true;
}

bool Parser::ParseNot(Condition& condition) {
  if (!TakeKeyword("NOT")) return ParsePredicate(condition);
  const bool good = Enter() && ParseNot(condition);
  Leave();
  if (good) Negate(condition);
  return good;
}

bool Parser::ParsePredicate(Condition& condition) {
  if (TakeSymbol("(")) {
    const bool good = Enter() && ParseOr(condition) && ExpectSymbol(")");
    Leave();
    return good;
  }
  if (Peek().kind == Token::Kind::kWord && AtSymbol("(", 1) && !AtCall("size"))
    return ParseFunction(condition);
  if (!ParseOperand(condition.operands.emplace_back())) return false;
  if (TakeKeyword("IS")) {
    Operand operand = std::move(condition.operands[0]);
    condition.operands.clear();
    return ParseIs(condition, std::move(operand));
  }
  const bool negated = TakeKeyword("NOT");
  if (TakeKeyword("IN")) {
    if (!ParseIn(condition)) return false;
  } else if (TakeKeyword("BETWEEN")) {
    if (!ParseBetween(condition)) return false;
  } else if (negated) {
    return Unexpected();
  } else {
    condition.kind = Condition::Kind::kCompare;
    for (const auto& [text, comparator] : kComparators) {
      if (!TakeSymbol(text)) continue;
      condition.comparator = comparator;
      return ParseOperand(condition.operands.emplace_back());
    }
    return Unexpected();
  }
  if (negated) Negate(condition);
  return true;
}

bool Parser::ParseFunction(Condition& condition) {
  const std::string function = Peek().text;
  if (TakeCall("begins_with")) {
    condition.kind = Condition::Kind::kBeginsWith;
  } else if (TakeCall("contains")) {
    condition.kind = Condition::Kind::kContains;
  } else if (TakeCall("attribute_type")) {
    condition.kind = Condition::Kind::kAttributeType;
  } else if (AtCall("exists")) {
    return Fail(Invalid("EXISTS is only supported as a statement of ExecuteTransaction"));
  } else {
    return Fail(Invalid("Unsupported function: " + function));
  }
  Operand& path = condition.operands.emplace_back();
  if (!ParsePath(path.path) || !ExpectSymbol(",")) return false;
  Operand operand;
  if (!ParseOperand(operand) || !ExpectSymbol(")")) return false;
  if (condition.kind == Condition::Kind::kAttributeType) {
    const bool names_type = operand.kind == Operand::Kind::kValue &&
                            operand.value->Is(Type::kString) && TypeFromName(operand.value->Text());
    if (!names_type) return Fail(Invalid("Invalid attribute type name found"));
  }
  condition.operands.push_back(std::move(operand));
  return true;
}

bool Parser::ParseIs(Condition& condition, Operand operand) {
  if (operand.kind != Operand::Kind::kPath) return Unexpected();
  const bool negated = TakeKeyword("NOT");
  condition.operands.push_back(std::move(operand));
  if (TakeKeyword("MISSING")) {
    condition.kind =
        negated ? Condition::Kind::kAttributeExists : Condition::Kind::kAttributeNotExists;
    return true;
  }
  // Observed: an attribute that is missing is not NULL.
  if (!TakeKeyword("NULL")) return Unexpected();
  condition.kind = Condition::Kind::kAttributeType;
  Operand type;
  type.kind = Operand::Kind::kValue;
  type.value = Keep(Value::String("NULL"));
  condition.operands.push_back(std::move(type));
  if (negated) Negate(condition);
  return true;
}

// IN [a, b] and IN (a, b).
bool Parser::ParseIn(Condition& condition) {
  condition.kind = Condition::Kind::kIn;
  const bool is_list = TakeSymbol("[");
  if (!is_list && !ExpectSymbol("(")) return false;
  do {
    if (!ParseOperand(condition.operands.emplace_back())) return false;
  } while (TakeSymbol(","));
  if (condition.operands.size() - 1 > kMostInOperands) {
    return Fail(
        Invalid("Too many values for the IN operator: at most " + std::to_string(kMostInOperands)));
  }
  return ExpectSymbol(is_list ? "]" : ")");
}

bool Parser::ParseBetween(Condition& condition) {
  condition.kind = Condition::Kind::kBetween;
  return ParseOperand(condition.operands.emplace_back()) && ExpectKeyword("AND") &&
         ParseOperand(condition.operands.emplace_back());
}

bool Parser::ParseOperand(Operand& operand) {
  if (AtCall("size")) return ParseSize(operand);
  if (AtValue()) {
    operand.kind = Operand::Kind::kValue;
    return ParseValue(operand.value);
  }
  return ParsePath(operand.path);
}

bool Parser::ParseSize(Operand& operand) {
  TakeCall("size");
  operand.kind = Operand::Kind::kSize;
  return ParsePath(operand.path) && ExpectSymbol(")");
}

}  // namespace fractus::dynamo::partiql
