#include "dynamo/expression_parser.h"

#include <algorithm>
#include <charconv>

#include "dynamo/errors.h"
#include "dynamo/reserved_words.h"
#include "emulator/core/encoding.h"
#include "emulator/core/http_message.h"

namespace fractus::dynamo {
namespace {

// Source: DynamoDB's quotas page ("maximum length of any expression string is 4 KB").
constexpr size_t kLongestExpression = 4096;
constexpr int kDeepestExpression = 300;

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWord(char c) { return IsLetter(c) || IsDigit(c) || c == '_'; }
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

size_t LengthOfCharacter(std::string_view text, size_t at) {
  size_t length = 1;
  while (at + length < text.size() && (text[at + length] & 0xc0) == 0x80) ++length;
  return length;
}

Token NextToken(std::string_view text, size_t at) {
  const char c = text[at];
  size_t end = at + 1;
  const auto word = [&] {
    while (end < text.size() && IsWord(text[end])) ++end;
  };
  Token::Kind kind = Token::Kind::kBad;
  if (IsLetter(c)) {
    word();
    kind = Token::Kind::kIdentifier;
  } else if (IsDigit(c)) {
    while (end < text.size() && IsDigit(text[end])) ++end;
    kind = Token::Kind::kInteger;
  } else if ((c == '#' || c == ':') && end < text.size() && IsWord(text[end])) {
    word();
    kind = c == '#' ? Token::Kind::kName : Token::Kind::kValue;
  } else if (std::string_view("=<>+-.,()[]").find(c) != std::string_view::npos) {
    const std::string_view two = text.substr(at, 2);
    if (two == "<>" || two == "<=" || two == ">=") ++end;
    kind = Token::Kind::kSymbol;
  } else {
    end = at + LengthOfCharacter(text, at);
  }
  return {kind, text.substr(at, end - at)};
}

}  // namespace

std::vector<Token> Tokenize(std::string_view text) {
  std::vector<Token> tokens;
  // Enough for most expressions.
  tokens.reserve(16);
  for (size_t at = 0; at < text.size();) {
    if (IsBlank(text[at])) {
      ++at;
      continue;
    }
    tokens.push_back(NextToken(text, at));
    at += tokens.back().text.size();
  }
  tokens.push_back({Token::Kind::kEnd, text.substr(text.size())});
  return tokens;
}

Placeholders::Placeholders(const ExpressionNames* names, const Map* values)
    : names_(names),
      values_(values),
      used_names_(names ? names->size() : 0),
      used_values_(values ? values->size() : 0) {}

const std::string* Placeholders::Name(std::string_view placeholder) {
  if (!names_) return nullptr;
  const auto found =
      std::lower_bound(names_->begin(), names_->end(), placeholder,
                       [](const auto& entry, std::string_view name) { return entry.first < name; });
  if (found == names_->end() || found->first != placeholder) return nullptr;
  used_names_[static_cast<size_t>(found - names_->begin())] = true;
  return &found->second;
}

const Value* Placeholders::FindValue(std::string_view placeholder) {
  if (!values_) return nullptr;
  const auto found = std::lower_bound(
      values_->begin(), values_->end(), placeholder,
      [](const Attribute& entry, std::string_view name) { return entry.name < name; });
  if (found == values_->end() || found->name != placeholder) return nullptr;
  used_values_[static_cast<size_t>(found - values_->begin())] = true;
  return &found->value;
}

std::optional<ApiError> Placeholders::FindUnused() const {
  const auto unused = [](const auto& used, const auto& entry_name) {
    std::vector<std::string> names;
    for (size_t i = 0; i < used.size(); ++i) {
      if (!used[i]) names.push_back(entry_name(i));
    }
    return names;
  };
  const auto names = unused(used_names_, [&](size_t i) { return (*names_)[i].first; });
  if (!names.empty()) {
    return Invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {" +
                   Join(names, ", ") + "}");
  }
  const auto values = unused(used_values_, [&](size_t i) { return (*values_)[i].name; });
  if (!values.empty()) {
    return Invalid("Value provided in ExpressionAttributeValues unused in expressions: keys: {" +
                   Join(values, ", ") + "}");
  }
  return std::nullopt;
}

ExpressionParser::ExpressionParser(std::string_view text, std::string_view label,
                                   Placeholders& placeholders)
    : text_(text), label_(label), placeholders_(placeholders) {}

bool ExpressionParser::CheckText() {
  if (text_.empty()) {
    syntax_error_ = "The expression can not be empty;";
  } else if (text_.size() > kLongestExpression) {
    // Observed: errors that users report tell the size of conditions and filters alone.
    const bool tells = label_ != "UpdateExpression" && label_ != "ProjectionExpression";
    syntax_error_ = "Expression size has exceeded the maximum allowed size;" +
                    (tells ? " expression size: " + std::to_string(text_.size()) : "");
  }
  if (syntax_error_) return false;
  tokens_ = Tokenize(text_);
  return true;
}

const Token& ExpressionParser::Peek(size_t ahead) const {
  return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

bool ExpressionParser::AtSymbol(std::string_view symbol, size_t ahead) const {
  return Peek(ahead).kind == Token::Kind::kSymbol && Peek(ahead).text == symbol;
}

bool ExpressionParser::TakeSymbol(std::string_view symbol) {
  if (!AtSymbol(symbol)) return false;
  ++at_;
  return true;
}

bool ExpressionParser::AtKeyword(std::string_view keyword, size_t ahead) const {
  return Peek(ahead).kind == Token::Kind::kIdentifier &&
         EqualsIgnoreCase(Peek(ahead).text, keyword);
}

bool ExpressionParser::TakeKeyword(std::string_view keyword) {
  if (!AtKeyword(keyword)) return false;
  ++at_;
  return true;
}

// "near" shows the text from the token before to the token after.
bool ExpressionParser::SyntaxError() {
  if (syntax_error_) return false;
  const Token& bad = Peek();
  const size_t place = std::min(at_, tokens_.size() - 1);
  const Token& before = tokens_[place > 0 ? place - 1 : 0];
  const Token& after = tokens_[std::min(place + 1, tokens_.size() - 1)];
  const char* begin = before.text.data();
  const char* end = bad.kind == Token::Kind::kEnd     ? before.text.data() + before.text.size()
                    : after.kind == Token::Kind::kEnd ? bad.text.data() + bad.text.size()
                                                      : after.text.data() + after.text.size();
  const std::string token = bad.kind == Token::Kind::kEnd ? "<EOF>" : std::string(bad.text);
  syntax_error_ =
      "Syntax error; token: \"" + token + "\", near: \"" + std::string(begin, end) + "\"";
  return false;
}

bool ExpressionParser::ParsePath(Path& path) {
  for (bool more = true; more;) {
    PathStep step;
    const Token token = Peek();
    if (token.kind == Token::Kind::kIdentifier) {
      if (IsReservedWord(token.text)) {
        Report(Finding::kReservedWord, "Attribute name is a reserved keyword; reserved keyword: " +
                                           std::string(token.text));
      }
      step.name = Take();
    } else if (token.kind == Token::Kind::kName) {
      const std::string* name = placeholders_.Name(Take());
      if (name) {
        step.name = *name;
      } else {
        Report(Finding::kUndefined,
               "An expression attribute name used in the document path is not defined; attribute "
               "name: " +
                   std::string(token.text));
      }
    } else {
      return SyntaxError();
    }
    path.push_back(std::move(step));
    while (TakeSymbol("[")) {
      PathStep element;
      element.is_index = true;
      const Token index = Peek();
      if (index.kind != Token::Kind::kInteger) return SyntaxError();
      Take();
      const auto parsed =
          std::from_chars(index.text.data(), index.text.data() + index.text.size(), element.index);
      if (parsed.ec != std::errc() || element.index > INT32_MAX) {
        Report(Finding::kOperandType, "List index is not within the allowable range; index: [" +
                                          std::string(index.text) + "]");
      }
      path.push_back(std::move(element));
      if (!Expect("]")) return false;
    }
    more = TakeSymbol(".");
  }
  // Source: DynamoDB's quotas page: a document path has at most 32 elements.
  if (path.size() > 32) {
    Report(Finding::kOperandType,
           "The document path has too many nesting elements; nesting levels: " +
               std::to_string(path.size()));
  }
  return true;
}

bool ExpressionParser::AtCall() const {
  return Peek().kind == Token::Kind::kIdentifier && AtSymbol("(", 1);
}

bool ExpressionParser::ParseCall(Term& term) {
  CountOperator();
  term.kind = Term::Kind::kCall;
  term.function = Take();
  Take();
  do {
    if (!ParseOperand(term.arguments.emplace_back())) return false;
  } while (TakeSymbol(","));
  return Expect(")");
}

bool ExpressionParser::ParseOperand(Term& term) {
  if (!Enter()) return false;
  bool good = true;
  if (TakeSymbol("(")) {
    good = ParseOperand(term) && Expect(")");
  } else if (Peek().kind == Token::Kind::kValue) {
    const std::string_view placeholder = Take();
    term.kind = Term::Kind::kValue;
    term.value = placeholders_.FindValue(placeholder);
    if (!term.value) {
      // Goes on with any value, so that other findings can come first.
      static const Value kNoValue;
      term.value = &kNoValue;
      Report(Finding::kUndefined,
             "An expression attribute value used in expression is not defined; attribute value: " +
                 std::string(placeholder));
    }
  } else if (AtCall()) {
    good = ParseCall(term);
  } else {
    term.kind = Term::Kind::kPath;
    good = ParsePath(term.path);
  }
  Leave();
  return good;
}

void ExpressionParser::Report(Finding finding, std::string message) {
  if (finding_message_ && finding_ <= finding) return;
  finding_ = finding;
  finding_message_ = std::move(message);
}

void ExpressionParser::CountOperator() {
  if (++operators_ <= kMostOperators || syntax_error_) return;
  // Observed: not confirmed; the limit itself is on the quotas page.
  Report(Finding::kOverlap, "The expression contains too many operators; operator count: " +
                                std::to_string(operators_));
}

bool ExpressionParser::Enter() {
  if (++depth_ <= kDeepestExpression) return true;
  if (!syntax_error_) syntax_error_ = "The expression is nested too deep;";
  return false;
}

void ExpressionParser::CheckCount(const Term& call, size_t wanted) {
  if (call.arguments.size() == wanted) return;
  Report(Finding::kOperandCount,
         "Incorrect number of operands for operator or function; operator or function: " +
             call.function + ", number of operands: " + std::to_string(call.arguments.size()));
}

void ExpressionParser::ReportOperandType(std::string_view operation, Type type) {
  Report(Finding::kOperandType,
         "Incorrect operand type for operator or function; operator or function: " +
             std::string(operation) + ", operand type: " + std::string(TypeName(type)));
}

ApiError ExpressionParser::Error() const {
  return Labelled(syntax_error_ ? *syntax_error_ : *finding_message_);
}

ApiError ExpressionParser::Labelled(const std::string& message) const {
  return Invalid("Invalid " + label_ + ": " + message);
}

}  // namespace fractus::dynamo
