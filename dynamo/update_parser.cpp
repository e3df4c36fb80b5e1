// Parses update and projection expressions.
#include <array>

#include "dynamo/expression_parser.h"

namespace fractus::dynamo {
namespace {

class ProjectionParser : ExpressionParser {
 public:
  ProjectionParser(std::string_view text, Placeholders& placeholders)
      : ExpressionParser(text, "ProjectionExpression", placeholders) {}

  Result<std::vector<Path>> Parse() {
    std::vector<Path> paths;
    bool good = CheckText();
    while (good) {
      good = ParsePath(paths.emplace_back());
      if (!good || !TakeSymbol(",")) break;
    }
    if (good && ExpectEnd()) {
      std::vector<const Path*> all;
      for (const auto& path : paths) all.push_back(&path);
      if (auto overlap = FindOverlap(all)) Report(Finding::kOverlap, *std::move(overlap));
    }
    if (failed()) return Error();
    return paths;
  }
};

class UpdateParser : ExpressionParser {
 public:
  UpdateParser(std::string_view text, Placeholders& placeholders)
      : ExpressionParser(text, "UpdateExpression", placeholders) {}

  Result<Update> Parse() {
    Update update;
    if (CheckText() && ParseSections(update)) {
      std::vector<const Path*> targets;
      for (const auto& action : update.actions) targets.push_back(&action.path);
      if (auto overlap = FindOverlap(targets)) Report(Finding::kOverlap, *std::move(overlap));
    }
    if (failed()) return Error();
    return update;
  }

 private:
  struct Section {
    std::string_view keyword;
    UpdateAction::Kind kind;
    bool seen = false;
  };

  bool ParseSections(Update& update) {
    std::array<Section, 4> sections = {{{"SET", UpdateAction::Kind::kSet},
                                        {"REMOVE", UpdateAction::Kind::kRemove},
                                        {"ADD", UpdateAction::Kind::kAdd},
                                        {"DELETE", UpdateAction::Kind::kDelete}}};
    do {
      Section* section = nullptr;
      for (auto& candidate : sections) {
        if (TakeKeyword(candidate.keyword)) {
          section = &candidate;
          break;
        }
      }
      if (!section) return SyntaxError();
      if (std::exchange(section->seen, true)) {
        Report(Finding::kSection, "The \"" + std::string(section->keyword) +
                                      "\" section can only be used once in an update expression;");
      }
      do {
        if (!ParseAction(section->kind, update.actions.emplace_back())) return false;
      } while (TakeSymbol(","));
    } while (Peek().kind != Token::Kind::kEnd);
    return true;
  }

  bool ParseAction(UpdateAction::Kind kind, UpdateAction& action) {
    CountOperator();
    action.kind = kind;
    if (!ParsePath(action.path)) return false;
    switch (kind) {
      case UpdateAction::Kind::kRemove:
        return true;
      case UpdateAction::Kind::kSet: {
        Term term;
        if (!Expect("=") || !ParseSetValue(term)) return false;
        action.term = MakeSetTerm(std::move(term));
        return true;
      }
      default:
        break;
    }
    if (Peek().kind != Token::Kind::kValue) return SyntaxError();
    Term term;
    if (!ParseOperand(term)) return false;
    action.value = term.value;
    const bool is_add = kind == UpdateAction::Kind::kAdd;
    if (!action.value->IsSet() && !(is_add && action.value->Is(Type::kNumber))) {
      const std::string name = is_add ? "ADD" : "DELETE";
      Report(Finding::kOperandType,
             "Incorrect operand type for operator or function; operator: " + name +
                 ", operand type: " + std::string(LongTypeName(action.value->type())) +
                 ", typeSet: ALLOWED_FOR_" + name + "_OPERAND");
    }
    return true;
  }

  // operand, operand + operand, operand - operand; also in parentheses.
  bool ParseSetValue(Term& term) {
    if (AtSymbol("(") && !ClosesBeforeOperator()) {
      Take();
      if (!Enter()) return false;
      const bool good = ParseSetValue(term) && Expect(")");
      Leave();
      return good;
    }
    Term first;
    if (!ParseOperand(first)) return false;
    if (!AtSymbol("+") && !AtSymbol("-")) {
      term = std::move(first);
      return true;
    }
    CountOperator();
    term.kind = Take() == "+" ? Term::Kind::kPlus : Term::Kind::kMinus;
    term.arguments.push_back(std::move(first));
    return ParseOperand(term.arguments.emplace_back());
  }

  // "(a) + b" against "(a + b)".
  bool ClosesBeforeOperator() const {
    size_t ahead = 0;
    int open = 0;
    do {
      if (Peek(ahead).kind == Token::Kind::kEnd) return false;
      if (AtSymbol("(", ahead)) ++open;
      if (AtSymbol(")", ahead)) --open;
      ++ahead;
    } while (open > 0);
    return AtSymbol("+", ahead) || AtSymbol("-", ahead);
  }

  SetTerm MakeSetTerm(Term term) {
    SetTerm made;
    switch (term.kind) {
      case Term::Kind::kPath:
        made.path = std::move(term.path);
        return made;
      case Term::Kind::kValue:
        made.kind = SetTerm::Kind::kValue;
        made.value = term.value;
        return made;
      case Term::Kind::kPlus:
      case Term::Kind::kMinus:
        made.kind = term.kind == Term::Kind::kPlus ? SetTerm::Kind::kPlus : SetTerm::Kind::kMinus;
        for (auto& argument : term.arguments) {
          CheckType(made.kind == SetTerm::Kind::kPlus ? "+" : "-", argument, Type::kNumber);
          made.arguments.push_back(MakeSetTerm(std::move(argument)));
        }
        return made;
      case Term::Kind::kCall:
        break;
    }
    MakeCall(made, std::move(term));
    return made;
  }

  void MakeCall(SetTerm& made, Term term) {
    if (term.function == "list_append") {
      made.kind = SetTerm::Kind::kListAppend;
      CheckCount(term, 2);
      for (auto& argument : term.arguments) {
        CheckType("list_append", argument, Type::kList);
        made.arguments.push_back(MakeSetTerm(std::move(argument)));
      }
      return;
    }
    if (term.function == "if_not_exists") {
      made.kind = SetTerm::Kind::kIfNotExists;
      CheckCount(term, 2);
      if (term.arguments[0].kind != Term::Kind::kPath) {
        Report(
            Finding::kOperandType,
            "Operator or function requires a document path; operator or function: if_not_exists");
      }
      made.path = std::move(term.arguments[0].path);
      if (term.arguments.size() > 1)
        made.arguments.push_back(MakeSetTerm(std::move(term.arguments[1])));
      return;
    }
    for (const char* known : {"attribute_exists", "attribute_not_exists", "attribute_type",
                              "begins_with", "contains", "size"}) {
      if (term.function != known) continue;
      Report(Finding::kMisusedFunction,
             "The function is not allowed in an update expression; function: " + term.function);
      return;
    }
    Report(Finding::kUnknownFunction, "Invalid function name; function: " + term.function);
  }

  // What is known of a term's type before the item is.
  void CheckType(std::string_view operation, const Term& term, Type wanted) {
    if (term.kind == Term::Kind::kValue && !term.value->Is(wanted))
      ReportOperandType(operation, term.value->type());
    if (term.kind == Term::Kind::kCall && term.function == "list_append" && wanted != Type::kList) {
      ReportOperandType(operation, Type::kList);
    }
  }
};

}  // namespace

Result<Update> ParseUpdate(std::string_view text, Placeholders& placeholders) {
  return UpdateParser(text, placeholders).Parse();
}

Result<std::vector<Path>> ParseProjection(std::string_view text, Placeholders& placeholders) {
  return ProjectionParser(text, placeholders).Parse();
}

}  // namespace fractus::dynamo
