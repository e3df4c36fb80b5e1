// The parser of PartiQL statements: recursive descent, one function per rule of the grammar.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dynamo/partiql/lexer.h"
#include "dynamo/partiql/statement.h"

namespace fractus::dynamo::partiql {

// Functions that parse return false once something is wrong; the first finding is the error.
class Parser {
 public:
  Parser(std::string_view text, const std::vector<Value>& parameters);
  Result<Statement> Parse();

 private:
  // Statements: parser.cpp.
  bool ParseStatement();
  bool ParseSelect();
  bool ParseOrderBy();
  bool ParseInsert();
  bool ParseUpdate();
  bool ParseDelete();
  bool ParseExists();
  bool ParseTable();
  bool ParseWhere();
  bool ParseSet();
  bool ParseRemove();
  bool ParseReturning();
  // The right-hand side of SET.
  bool ParseSum(SetTerm& term);
  bool ParseSumPart(SetTerm& term);
  bool ParseListAppend(SetTerm& term);
  // set_add and set_delete: an action of its own.
  bool ParseSetFunction(UpdateAction& action);

  // Conditions: parse_condition.cpp.
  bool ParseOr(Condition& condition);
  bool ParseAnd(Condition& condition);
  bool ParseNot(Condition& condition);
  bool ParsePredicate(Condition& condition);
  bool ParseFunction(Condition& condition);
  bool ParseIs(Condition& condition, Operand operand);
  bool ParseIn(Condition& condition);
  bool ParseBetween(Condition& condition);
  bool ParseOperand(Operand& operand);
  bool ParseSize(Operand& operand);

  // Paths and values: parse_value.cpp.
  bool ParseName(std::string& name);
  bool ParsePath(Path& path);
  bool AtValue() const;
  bool ParseValue(Value& value);
  // A value that conditions and updates refer to.
  bool ParseValue(const Value*& value);
  bool ParseNumber(Value& value);
  bool ParseList(Value& value);
  bool ParseMap(Value& value);
  bool ParseSet(Value& value);
  const Value* Keep(Value value);

  const Token& Peek(size_t ahead = 0) const;
  Token Take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  bool AtSymbol(std::string_view symbol, size_t ahead = 0) const;
  bool TakeSymbol(std::string_view symbol);
  bool AtKeyword(std::string_view keyword, size_t ahead = 0) const;
  bool TakeKeyword(std::string_view keyword);
  // A function's name and its parenthesis.
  bool AtCall(std::string_view function) const;
  bool TakeCall(std::string_view function);
  bool ExpectSymbol(std::string_view symbol);
  bool ExpectKeyword(std::string_view keyword);

  // Always false: `return SyntaxError("...");`
  bool SyntaxError(const std::string& detail);
  bool Fail(ApiError error);
  // "Unexpected keyword" or "Unexpected term", whichever is next.
  bool Unexpected();
  bool Enter();
  void Leave() { --depth_; }

  std::string_view text_;
  const std::vector<Value>& parameters_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  size_t next_parameter_ = 0;
  int depth_ = 0;
  int sum_count_ = 0;
  Statement statement_;
  std::optional<ApiError> error_;
};

}  // namespace fractus::dynamo::partiql
