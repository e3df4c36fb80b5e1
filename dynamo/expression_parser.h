// What the parsers of all expressions share: tokens, paths, operands and the choice of the error to
// report.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dynamo/expression.h"

namespace fractus::dynamo {

struct Token {
  enum class Kind { kEnd, kIdentifier, kName, kValue, kInteger, kSymbol, kBad };
  Kind kind = Kind::kEnd;
  std::string_view text;
};

std::vector<Token> Tokenize(std::string_view text);

// An operand before it is known what it is used for.
struct Term {
  enum class Kind { kPath, kValue, kCall, kPlus, kMinus };
  Kind kind = Kind::kPath;
  Path path;
  const Value* value = nullptr;
  // For kCall.
  std::string function;
  std::vector<Term> arguments;
};

// An expression can be wrong in several ways; the service looks for them one after the other. A
// syntax error comes before all.
enum class Finding {
  kRedundantParentheses,
  kUnknownFunction,
  kMisusedFunction,
  kReservedWord,
  kUndefined,
  kSection,
  kOperandCount,
  kOperandType,
  kDistinct,
  kOverlap,
};

// The service allows this many operators and functions in an expression.
constexpr int kMostOperators = 300;

class ExpressionParser {
 protected:
  ExpressionParser(std::string_view text, std::string_view label, Placeholders& placeholders);

  // An empty or too long expression.
  bool CheckText();
  const Token& Peek(size_t ahead = 0) const;
  std::string_view Take() { return tokens_[at_++].text; }
  bool AtSymbol(std::string_view symbol, size_t ahead = 0) const;
  bool TakeSymbol(std::string_view symbol);
  // Keywords are words in any case.
  bool AtKeyword(std::string_view keyword, size_t ahead = 0) const;
  bool TakeKeyword(std::string_view keyword);
  // Always false: `return SyntaxError();`
  bool SyntaxError();
  bool Expect(std::string_view symbol) { return TakeSymbol(symbol) || SyntaxError(); }
  bool ExpectEnd() { return Peek().kind == Token::Kind::kEnd || SyntaxError(); }

  bool ParsePath(Path& path);
  // A path, a :value or a call, also in parentheses.
  bool ParseOperand(Term& term);
  bool AtCall() const;
  // name(argument, ...)
  bool ParseCall(Term& term);

  void Report(Finding finding, std::string message);
  void CountOperator();
  // False when the expression is nested too deep to go on.
  bool Enter();
  void Leave() { --depth_; }

  void CheckCount(const Term& call, size_t wanted);
  void ReportOperandType(std::string_view operation, Type type);
  bool failed() const { return syntax_error_.has_value() || finding_message_.has_value(); }
  ApiError Error() const;

  size_t position() const { return at_; }

 private:
  ApiError Labelled(const std::string& message) const;

  std::string_view text_;
  std::string label_;
  Placeholders& placeholders_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  int operators_ = 0;
  int depth_ = 0;
  std::optional<std::string> syntax_error_;
  Finding finding_ = Finding::kOverlap;
  std::optional<std::string> finding_message_;
};

}  // namespace fractus::dynamo
