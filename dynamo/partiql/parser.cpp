#include "dynamo/partiql/parser.h"

#include <algorithm>

#include "dynamo/errors.h"
#include "emulator/core/http_message.h"

namespace fractus::dynamo::partiql {
namespace {

// Far beyond what 8,192 characters are used for, and far from the end of the stack.
constexpr int kDeepestNesting = 100;
// The tree of a long sum is as deep as the sum is long.
constexpr int kMostSums = 300;

}  // namespace

Parser::Parser(std::string_view text, const std::vector<Value>& parameters)
    : text_(text), parameters_(parameters), tokens_(Tokenize(text)) {
  // Observed: the grammar's semicolon after the last statement.
  const size_t count = tokens_.size();
  if (count > 1 && tokens_[count - 2].kind == Token::Kind::kSymbol &&
      tokens_[count - 2].text == ";") {
    tokens_.erase(tokens_.end() - 2);
  }
}

Result<Statement> Parser::Parse() {
  if (ParseStatement() && Peek().kind != Token::Kind::kEnd) Unexpected();
  if (error_) return *error_;
  const auto is_parameter = [](const Token& token) {
    return token.kind == Token::Kind::kParameter;
  };
  const auto wanted = std::count_if(tokens_.begin(), tokens_.end(), is_parameter);
  if (static_cast<size_t>(wanted) != parameters_.size())
    return Invalid("Number of parameters in request and statement don't match.");
  return std::move(statement_);
}

bool Parser::ParseStatement() {
  using Kind = Statement::Kind;
  if (TakeKeyword("SELECT")) return ParseSelect();
  if (TakeKeyword("INSERT")) {
    statement_.kind = Kind::kInsert;
    return ParseInsert();
  }
  if (TakeKeyword("UPDATE")) {
    statement_.kind = Kind::kUpdate;
    return ParseUpdate();
  }
  if (TakeKeyword("DELETE")) {
    statement_.kind = Kind::kDelete;
    return ParseDelete();
  }
  if (TakeCall("EXISTS")) return ParseExists();
  return SyntaxError("Expected data manipulation");
}

bool Parser::ParseSelect() {
  if (!TakeSymbol("*")) {
    statement_.columns.emplace();
    do {
      if (!ParsePath(statement_.columns->emplace_back())) return false;
    } while (TakeSymbol(","));
  }
  if (!ExpectKeyword("FROM") || !ParseTable()) return false;
  const Token& next = Peek();
  for (const char* clause : {"GROUP", "HAVING", "LIMIT", "OFFSET"}) {
    if (AtKeyword(clause))
      return Fail(
          Invalid("Unsupported clause: " + std::string(clause) + " at " + PlaceOf(text_, next)));
  }
  // "FROM some-table", or an alias.
  if (next.kind != Token::Kind::kEnd && !AtKeyword("WHERE") && !AtKeyword("ORDER") &&
      !AtSymbol(")"))
    return SyntaxError("Unexpected from source");
  if (AtKeyword("WHERE") && !ParseWhere()) return false;
  for (const char* clause : {"GROUP", "HAVING", "LIMIT", "OFFSET"}) {
    if (AtKeyword(clause))
      return Fail(
          Invalid("Unsupported clause: " + std::string(clause) + " at " + PlaceOf(text_, Peek())));
  }
  return !TakeKeyword("ORDER") || ParseOrderBy();
}

bool Parser::ParseOrderBy() {
  if (!ExpectKeyword("BY")) return false;
  do {
    Path path;
    if (!ParsePath(path)) return false;
    Order& order = statement_.order_by.emplace_back();
    order.attribute = PathText(path);
    order.descending = TakeKeyword("DESC");
    if (!order.descending) TakeKeyword("ASC");
  } while (TakeSymbol(","));
  return true;
}

bool Parser::ParseInsert() {
  if (!ExpectKeyword("INTO") || !ParseTable() || !ExpectKeyword("VALUE")) return false;
  Value value;
  if (!ParseValue(value)) return false;
  if (!value.Is(Type::kMap)) return SyntaxError("Expected a tuple to insert");
  statement_.item = std::move(value.Attributes());
  return true;
}

bool Parser::ParseUpdate() {
  if (!ParseTable()) return false;
  if (!AtKeyword("SET") && !AtKeyword("REMOVE")) return SyntaxError("Expected SET or REMOVE");
  for (;;) {
    if (TakeKeyword("SET")) {
      if (!ParseSet()) return false;
    } else if (TakeKeyword("REMOVE")) {
      if (!ParseRemove()) return false;
    } else {
      break;
    }
  }
  std::vector<const Path*> targets;
  for (const auto& action : statement_.update.actions) targets.push_back(&action.path);
  if (const auto overlap = FindOverlap(targets)) return Fail(Invalid(*overlap));
  return ParseWhere() && ParseReturning();
}

bool Parser::ParseDelete() {
  return ExpectKeyword("FROM") && ParseTable() && ParseWhere() && ParseReturning();
}

bool Parser::ParseExists() {
  if (!ExpectKeyword("SELECT") || !ParseSelect() || !ExpectSymbol(")")) return false;
  statement_.kind = Statement::Kind::kExists;
  return true;
}

bool Parser::ParseTable() {
  if (!ParseName(statement_.table)) return false;
  return !TakeSymbol(".") || ParseName(statement_.index.emplace());
}

bool Parser::ParseWhere() {
  if (!TakeKeyword("WHERE")) return Peek().kind == Token::Kind::kEnd || Unexpected();
  return ParseOr(statement_.where.emplace());
}

bool Parser::ParseSet() {
  do {
    UpdateAction& action = statement_.update.actions.emplace_back();
    if (!ParsePath(action.path) || !ExpectSymbol("=")) return false;
    const bool is_set_function = AtCall("set_add") || AtCall("set_delete");
    if (!(is_set_function ? ParseSetFunction(action) : ParseSum(action.term))) return false;
  } while (TakeSymbol(","));
  return true;
}

bool Parser::ParseRemove() {
  do {
    UpdateAction& action = statement_.update.actions.emplace_back();
    action.kind = UpdateAction::Kind::kRemove;
    if (!ParsePath(action.path)) return false;
  } while (TakeSymbol(","));
  return true;
}

bool Parser::ParseReturning() {
  if (!TakeKeyword("RETURNING")) return true;
  const bool all = TakeKeyword("ALL");
  if (!all && !TakeKeyword("MODIFIED")) return SyntaxError("Expected returning mapping");
  const bool old = TakeKeyword("OLD");
  if (!old && !TakeKeyword("NEW")) return SyntaxError("Expected returning mapping");
  if (!ExpectSymbol("*")) return false;
  statement_.returning = all ? (old ? Returning::kAllOld : Returning::kAllNew)
                             : (old ? Returning::kModifiedOld : Returning::kModifiedNew);
  if (statement_.kind == Statement::Kind::kDelete && statement_.returning != Returning::kAllOld)
    return Fail(Invalid("Only ALL OLD * is supported in the RETURNING clause of DELETE"));
  return true;
}

bool Parser::ParseSum(SetTerm& term) {
  if (!ParseSumPart(term)) return false;
  while (AtSymbol("+") || AtSymbol("-")) {
    if (++sum_count_ > kMostSums) return SyntaxError("Expression is nested too deep");
    SetTerm sum;
    sum.kind = Take().text == "+" ? SetTerm::Kind::kPlus : SetTerm::Kind::kMinus;
    sum.arguments.push_back(std::move(term));
    if (!ParseSumPart(sum.arguments.emplace_back())) return false;
    term = std::move(sum);
  }
  return true;
}

bool Parser::ParseSumPart(SetTerm& term) {
  if (TakeSymbol("(")) {
    const bool good = Enter() && ParseSum(term) && ExpectSymbol(")");
    Leave();
    return good;
  }
  if (TakeCall("list_append")) return ParseListAppend(term);
  if (AtValue()) {
    term.kind = SetTerm::Kind::kValue;
    return ParseValue(term.value);
  }
  if (Peek().kind == Token::Kind::kWord && AtSymbol("(", 1))
    return Fail(Invalid("Unsupported function: " + Peek().text));
  return ParsePath(term.path);
}

bool Parser::ParseListAppend(SetTerm& term) {
  term.kind = SetTerm::Kind::kListAppend;
  const bool good = Enter() && ParseSum(term.arguments.emplace_back()) && ExpectSymbol(",") &&
                    ParseSum(term.arguments.emplace_back()) && ExpectSymbol(")");
  Leave();
  return good;
}

bool Parser::ParseSetFunction(UpdateAction& action) {
  const bool adds = TakeCall("set_add");
  const std::string function = adds ? "set_add" : "set_delete";
  if (!adds) TakeCall(function);
  action.kind = adds ? UpdateAction::Kind::kAdd : UpdateAction::Kind::kDelete;
  Path path;
  if (!ParsePath(path) || !ExpectSymbol(",") || !ParseValue(action.value) || !ExpectSymbol(")"))
    return false;
  // Differs from AWS: PartiQL's set_add and set_delete take only the attribute that is set as their
  // first operand; the error of other uses has a text of our own.
  if (path != action.path)
    return Fail(Invalid("The first operand of " + function + " must be the attribute that is set"));
  if (!action.value->IsSet())
    return Fail(Invalid("The second operand of " + function + " must be a set"));
  return true;
}

const Token& Parser::Peek(size_t ahead) const {
  return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

bool Parser::AtSymbol(std::string_view symbol, size_t ahead) const {
  return Peek(ahead).kind == Token::Kind::kSymbol && Peek(ahead).text == symbol;
}

bool Parser::TakeSymbol(std::string_view symbol) {
  if (!AtSymbol(symbol)) return false;
  ++at_;
  return true;
}

bool Parser::AtKeyword(std::string_view keyword, size_t ahead) const {
  return Peek(ahead).kind == Token::Kind::kWord && EqualsIgnoreCase(Peek(ahead).text, keyword);
}

bool Parser::TakeKeyword(std::string_view keyword) {
  if (!AtKeyword(keyword)) return false;
  ++at_;
  return true;
}

bool Parser::AtCall(std::string_view function) const {
  return AtKeyword(function) && AtSymbol("(", 1);
}

bool Parser::TakeCall(std::string_view function) {
  if (!AtCall(function)) return false;
  at_ += 2;
  return true;
}

bool Parser::ExpectSymbol(std::string_view symbol) { return TakeSymbol(symbol) || Unexpected(); }

bool Parser::ExpectKeyword(std::string_view keyword) {
  return TakeKeyword(keyword) || Unexpected();
}

bool Parser::SyntaxError(const std::string& detail) {
  return Fail(Invalid("Statement wasn't well formed, can't be processed: " + detail));
}

bool Parser::Fail(ApiError error) {
  if (!error_) error_ = std::move(error);
  return false;
}

// Observed: "Unexpected keyword" is the service's; for other tokens it has several texts.
bool Parser::Unexpected() {
  const Token& next = Peek();
  if (next.kind == Token::Kind::kWord && IsKeyword(next.text))
    return SyntaxError("Unexpected keyword");
  return SyntaxError("Unexpected term");
}

bool Parser::Enter() {
  return ++depth_ <= kDeepestNesting || SyntaxError("Expression is nested too deep");
}

Result<Statement> Parse(std::string_view text, const std::vector<Value>& parameters) {
  return Parser(text, parameters).Parse();
}

}  // namespace fractus::dynamo::partiql
