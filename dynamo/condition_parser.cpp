// Parses condition, filter and key condition expressions.
#include <array>

#include "dynamo/expression_parser.h"
#include "dynamo/value_json.h"

namespace fractus::dynamo {
namespace {

struct Function {
  std::string_view name;
  Condition::Kind kind;
  size_t operands;
};

constexpr std::array<Function, 5> kFunctions = {
    {{"attribute_exists", Condition::Kind::kAttributeExists, 1},
     {"attribute_not_exists", Condition::Kind::kAttributeNotExists, 1},
     {"attribute_type", Condition::Kind::kAttributeType, 2},
     {"begins_with", Condition::Kind::kBeginsWith, 2},
     {"contains", Condition::Kind::kContains, 2}}};

constexpr std::array<std::pair<std::string_view, Comparator>, 6> kComparators = {
    {{"=", Comparator::kEqual},
     {"<>", Comparator::kNotEqual},
     {"<", Comparator::kLess},
     {"<=", Comparator::kLessOrEqual},
     {">", Comparator::kGreater},
     {">=", Comparator::kGreaterOrEqual}}};

// Source: DynamoDB's quotas page ("IN ... up to 100 values").
constexpr size_t kMostInOperands = 100;

bool IsOrdered(Type type) {
  return type == Type::kString || type == Type::kNumber || type == Type::kBinary;
}

class ConditionParser : ExpressionParser {
 public:
  ConditionParser(std::string_view text, std::string_view label, Placeholders& placeholders)
      : ExpressionParser(text, label, placeholders) {}

  Result<Condition> Parse() {
    Condition condition;
    if (CheckText() && ParseOr(condition)) ExpectEnd();
    if (failed()) return Error();
    return condition;
  }

 private:
  bool ParseOr(Condition& condition) {
    return ParseChain(condition, "OR", Condition::Kind::kOr, &ConditionParser::ParseAnd);
  }
  bool ParseAnd(Condition& condition) {
    return ParseChain(condition, "AND", Condition::Kind::kAnd, &ConditionParser::ParseNot);
  }

  bool ParseChain(Condition& condition, std::string_view keyword, Condition::Kind kind,
                  bool (ConditionParser::*part)(Condition&)) {
    if (!(this->*part)(condition)) return false;
    if (!AtKeyword(keyword)) return true;
    Condition chain;
    chain.kind = kind;
    chain.children.push_back(std::move(condition));
    while (TakeKeyword(keyword)) {
      CountOperator();
      if (!(this->*part)(chain.children.emplace_back())) return false;
    }
    condition = std::move(chain);
    return true;
  }

  bool ParseNot(Condition& condition) {
    if (!TakeKeyword("NOT")) return ParsePrimary(condition);
    CountOperator();
    if (!Enter()) return false;
    condition.kind = Condition::Kind::kNot;
    const bool good = ParseNot(condition.children.emplace_back());
    Leave();
    return good;
  }

  // A parenthesis opens an operand when a comparison follows the one that closes it.
  bool OpensOperand() const {
    size_t ahead = 0;
    int open = 0;
    do {
      if (Peek(ahead).kind == Token::Kind::kEnd) return false;
      if (AtSymbol("(", ahead)) ++open;
      if (AtSymbol(")", ahead)) --open;
      ++ahead;
    } while (open > 0);
    if (AtKeyword("BETWEEN", ahead) || AtKeyword("IN", ahead)) return true;
    for (const auto& [text, comparator] : kComparators) {
      if (AtSymbol(text, ahead)) return true;
    }
    return false;
  }

  bool ParsePrimary(Condition& condition) {
    if (!AtSymbol("(") || OpensOperand()) return ParseComparison(condition);
    Take();
    const bool doubled = AtSymbol("(") && !OpensOperand();
    const size_t inner_begin = position();
    if (!Enter()) return false;
    const bool good = ParseOr(condition);
    Leave();
    if (!good) return false;
    // "((a = b))": the inner pair closes right before the outer one.
    if (doubled && closed_ == position() && opened_ == inner_begin) {
      Report(Finding::kRedundantParentheses, "The expression has redundant parentheses;");
    }
    if (!Expect(")")) return false;
    opened_ = inner_begin - 1;
    closed_ = position();
    return true;
  }

  bool ParseComparison(Condition& condition) {
    Term first;
    // A word that only the grammar uses cannot begin an operand.
    for (const char* keyword : {"AND", "OR", "NOT", "BETWEEN", "IN"}) {
      if (AtKeyword(keyword)) return SyntaxError();
    }
    if (!ParseOperand(first)) return false;
    for (const auto& [text, comparator] : kComparators) {
      if (TakeSymbol(text)) return FinishCompare(condition, std::move(first), comparator);
    }
    if (TakeKeyword("BETWEEN")) return FinishBetween(condition, std::move(first));
    if (TakeKeyword("IN")) return FinishIn(condition, std::move(first));
    if (first.kind != Term::Kind::kCall) return SyntaxError();
    MakeFunction(condition, std::move(first));
    return true;
  }

  bool FinishCompare(Condition& condition, Term first, Comparator comparator) {
    CountOperator();
    Term second;
    if (!ParseOperand(second)) return false;
    condition.kind = Condition::Kind::kCompare;
    condition.comparator = comparator;
    condition.operands.push_back(MakeOperand(std::move(first)));
    condition.operands.push_back(MakeOperand(std::move(second)));
    const std::string name(ComparatorText(comparator));
    if (comparator != Comparator::kEqual && comparator != Comparator::kNotEqual) {
      for (const auto& operand : condition.operands) CheckOrdered(name, operand);
    }
    CheckDistinct(name, condition.operands);
    return true;
  }

  bool FinishBetween(Condition& condition, Term first) {
    CountOperator();
    Term low, high;
    if (!ParseOperand(low)) return false;
    if (!TakeKeyword("AND")) return SyntaxError();
    if (!ParseOperand(high)) return false;
    condition.kind = Condition::Kind::kBetween;
    for (Term* term : {&first, &low, &high})
      condition.operands.push_back(MakeOperand(std::move(*term)));
    for (const auto& operand : condition.operands) CheckOrdered("BETWEEN", operand);
    CheckDistinct("BETWEEN", condition.operands);
    const Operand &lower = condition.operands[1], &upper = condition.operands[2];
    if (lower.kind != Operand::Kind::kValue || upper.kind != Operand::Kind::kValue) return true;
    const std::string bounds =
        "lower bound operand: AttributeValue: " + PrintedValue(*lower.value) +
        ", upper bound operand: AttributeValue: " + PrintedValue(*upper.value);
    if (lower.value->type() != upper.value->type()) {
      Report(Finding::kOperandType,
             "The BETWEEN operator requires same data type for lower and upper bounds; " + bounds);
    } else if (IsAbove(*lower.value, *upper.value)) {
      Report(
          Finding::kOperandType,
          "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; " +
              bounds);
    }
    return true;
  }

  bool FinishIn(Condition& condition, Term first) {
    CountOperator();
    condition.kind = Condition::Kind::kIn;
    condition.operands.push_back(MakeOperand(std::move(first)));
    if (!Expect("(")) return false;
    do {
      Term term;
      if (!ParseOperand(term)) return false;
      condition.operands.push_back(MakeOperand(std::move(term)));
    } while (TakeSymbol(","));
    if (!Expect(")")) return false;
    if (condition.operands.size() - 1 > kMostInOperands) {
      Report(Finding::kOperandCount,
             "Incorrect number of operands for operator or function; operator or function: IN, "
             "number of operands: " +
                 std::to_string(condition.operands.size()));
    }
    CheckDistinct("IN", condition.operands);
    return true;
  }

  void ReportMisuse(const std::string& function) {
    Report(
        Finding::kMisusedFunction,
        "The function is not allowed to be used this way in an expression; function: " + function);
  }

  // Names that are no function, or one of update expressions.
  bool CheckFunction(const std::string& function) {
    if (function == "size") return true;
    for (const auto& known : kFunctions) {
      if (known.name == function) return true;
    }
    if (function == "if_not_exists" || function == "list_append") {
      Report(Finding::kMisusedFunction,
             "The function is not allowed in a condition expression; function: " + function);
    } else {
      Report(Finding::kUnknownFunction, "Invalid function name; function: " + function);
    }
    return false;
  }

  Operand MakeOperand(Term term) {
    Operand operand;
    if (term.kind == Term::Kind::kPath) {
      operand.path = std::move(term.path);
      return operand;
    }
    if (term.kind == Term::Kind::kValue) {
      operand.kind = Operand::Kind::kValue;
      operand.value = term.value;
      return operand;
    }
    operand.kind = Operand::Kind::kSize;
    if (!CheckFunction(term.function)) return operand;
    if (term.function != "size") {
      ReportMisuse(term.function);
      return operand;
    }
    CheckCount(term, 1);
    Term& argument = term.arguments[0];
    if (argument.kind == Term::Kind::kCall) {
      if (CheckFunction(argument.function)) ReportMisuse(argument.function);
    } else if (argument.kind == Term::Kind::kValue) {
      const Type type = argument.value->type();
      if (type == Type::kNumber || type == Type::kBoolean || type == Type::kNull)
        ReportOperandType("size", type);
      operand.value = argument.value;
    } else {
      operand.path = std::move(argument.path);
    }
    return operand;
  }

  void MakeFunction(Condition& condition, Term call) {
    if (!CheckFunction(call.function)) return;
    if (call.function == "size") return ReportMisuse(call.function);
    const Function* function = &kFunctions[0];
    while (function->name != call.function) ++function;
    CheckCount(call, function->operands);
    condition.kind = function->kind;
    for (auto& argument : call.arguments)
      condition.operands.push_back(MakeOperand(std::move(argument)));
    if (condition.operands.size() != function->operands) return;
    const Operand& first = condition.operands[0];
    switch (function->kind) {
      case Condition::Kind::kAttributeExists:
      case Condition::Kind::kAttributeNotExists:
        RequirePath(call.function, first);
        break;
      case Condition::Kind::kAttributeType:
        RequirePath(call.function, first);
        CheckAttributeType(condition.operands[1]);
        break;
      case Condition::Kind::kBeginsWith:
        for (const auto& operand : condition.operands) {
          if (operand.kind == Operand::Kind::kSize) ReportOperandType(call.function, Type::kNumber);
          if (operand.kind != Operand::Kind::kValue) continue;
          if (!operand.value->Is(Type::kString) && !operand.value->Is(Type::kBinary)) {
            ReportOperandType(call.function, operand.value->type());
          }
        }
        break;
      case Condition::Kind::kContains:
        if (first.kind == Operand::Kind::kValue) {
          const Type type = first.value->type();
          const bool can_contain = type == Type::kString || type == Type::kBinary ||
                                   type == Type::kList || first.value->IsSet();
          if (!can_contain) ReportOperandType(call.function, type);
        }
        break;
      default:
        break;
    }
    if (function->operands == 2) CheckDistinct(call.function, condition.operands);
  }

  void RequirePath(const std::string& function, const Operand& operand) {
    if (operand.kind == Operand::Kind::kPath) return;
    Report(Finding::kOperandType,
           "Operator or function requires a document path; operator or function: " + function);
  }

  void CheckAttributeType(const Operand& operand) {
    if (operand.kind != Operand::Kind::kValue) return;
    if (!operand.value->Is(Type::kString))
      return ReportOperandType("attribute_type", operand.value->type());
    if (TypeFromName(operand.value->Text())) return;
    Report(Finding::kOperandType,
           "Invalid attribute type name found; type: " + operand.value->Text() +
               ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
  }

  void CheckOrdered(std::string_view operation, const Operand& operand) {
    if (operand.kind == Operand::Kind::kValue && !IsOrdered(operand.value->type())) {
      ReportOperandType(operation, operand.value->type());
    }
  }

  void CheckDistinct(const std::string& operation, const std::vector<Operand>& operands) {
    const Operand& first = operands[0];
    if (first.kind != Operand::Kind::kPath) return;
    for (size_t i = 1; i < operands.size(); ++i) {
      if (operands[i].kind != Operand::Kind::kPath || operands[i].path != first.path) continue;
      Report(Finding::kDistinct,
             "The first operand must be distinct from the remaining operands for this operator or "
             "function; operator: " +
                 operation + ", first operand: " + PrintedPath(first.path));
    }
  }

  // Where the last pair of parentheses around a condition opened and what follows it.
  size_t opened_ = SIZE_MAX;
  size_t closed_ = SIZE_MAX;
};

}  // namespace

Result<Condition> ParseCondition(std::string_view text, std::string_view label,
                                 Placeholders& placeholders) {
  return ConditionParser(text, label, placeholders).Parse();
}

}  // namespace fractus::dynamo
