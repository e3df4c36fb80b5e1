#include "dynamo/partiql/lexer.h"

#include <algorithm>
#include <array>

namespace fractus::dynamo::partiql {
namespace {

// SQL-92's reserved words, upper case and sorted, without those that name parts of a date and
// without functions.
// Observed: which of them the service refuses as bare names is known only for some.
constexpr auto kKeywords = std::to_array<std::string_view>(
    {"ABSOLUTE",   "ACTION",   "ADD",       "ALL",       "ALLOCATE",   "ALTER",     "AND",
     "ANY",        "ARE",      "AS",        "ASC",       "ASSERTION",  "AT",        "BAG",
     "BEGIN",      "BETWEEN",  "BOTH",      "BY",        "CASCADE",    "CASCADED",  "CASE",
     "CAST",       "CHECK",    "CLOSE",     "COLLATE",   "COLUMN",     "COMMIT",    "CONNECT",
     "CONSTRAINT", "CONTINUE", "CREATE",    "CROSS",     "CURRENT",    "CURSOR",    "DATE",
     "DEALLOCATE", "DECLARE",  "DEFAULT",   "DELETE",    "DESC",       "DESCRIBE",  "DISTINCT",
     "DROP",       "ELSE",     "END",       "ESCAPE",    "EXCEPT",     "EXEC",      "EXECUTE",
     "EXISTS",     "EXTERNAL", "FALSE",     "FETCH",     "FOR",        "FOREIGN",   "FROM",
     "FULL",       "GET",      "GLOBAL",    "GO",        "GOTO",       "GRANT",     "GROUP",
     "HAVING",     "IDENTITY", "IMMEDIATE", "IN",        "INDEX",      "INITIALLY", "INNER",
     "INPUT",      "INSERT",   "INTERSECT", "INTO",      "IS",         "ISOLATION", "JOIN",
     "KEY",        "LEADING",  "LEFT",      "LEVEL",     "LIKE",       "LIMIT",     "LOCAL",
     "MATCH",      "MISSING",  "NATIONAL",  "NATURAL",   "NOT",        "NULL",      "OF",
     "ON",         "OPEN",     "OPTION",    "OR",        "ORDER",      "OUTER",     "OUTPUT",
     "PARTIAL",    "PRESERVE", "PRIMARY",   "PRIOR",     "PRIVILEGES", "PUBLIC",    "REMOVE",
     "RESTRICT",   "REVOKE",   "RIGHT",     "ROLLBACK",  "ROWS",       "SELECT",    "SET",
     "TABLE",      "THEN",     "TIME",      "TIMESTAMP", "TO",         "TRAILING",  "TRANSACTION",
     "TRUE",       "UNION",    "UNIQUE",    "UPDATE",    "USER",       "USING",     "VALUE",
     "VALUES",     "VIEW",     "WHEN",      "WHERE",     "WITH",       "WORK"});

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Token Next() {
    while (SkipBlank() || SkipComment()) {
    }
    Token token;
    token.at = at_;
    if (at_ < text_.size()) Read(token);
    token.length = at_ - token.at;
    return token;
  }

 private:
  char Char(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  bool SkipBlank() {
    const size_t before = at_;
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
    return at_ > before;
  }

  // To the end of its line, or to the end it names; one that never ends is none.
  bool SkipComment() {
    const bool is_line = text_.substr(at_).starts_with("--");
    if (!is_line && !text_.substr(at_).starts_with("/*")) return false;
    const size_t end = is_line ? text_.find('\n', at_) : text_.find("*/", at_ + 2);
    if (end == std::string_view::npos && !is_line) return false;
    at_ = is_line ? std::min(end, text_.size()) : end + 2;
    return true;
  }

  void Read(Token& token) {
    const char c = Char();
    if (c == '\'') return ReadQuoted(token, Token::Kind::kText);
    if (c == '"') return ReadQuoted(token, Token::Kind::kQuotedName);
    if (IsDigit(c) || (c == '.' && IsDigit(Char(1)))) return ReadNumber(token);
    if (IsLetter(c)) {
      while (IsLetter(Char()) || IsDigit(Char())) ++at_;
      token.kind = Token::Kind::kWord;
    } else if (c == '?') {
      ++at_;
      token.kind = Token::Kind::kParameter;
    } else {
      token.kind = ReadSymbol() ? Token::Kind::kSymbol : Token::Kind::kBad;
    }
    token.text = text_.substr(token.at, at_ - token.at);
  }

  bool ReadSymbol() {
    for (const std::string_view symbol : {"<<", ">>", "<=", ">=", "<>", "!="}) {
      if (text_.substr(at_).starts_with(symbol)) {
        at_ += symbol.size();
        return true;
      }
    }
    return std::string_view("=<>+-*.,:;()[]{}").find(text_[at_++]) != std::string_view::npos;
  }

  // A quote within is written twice.
  void ReadQuoted(Token& token, Token::Kind kind) {
    const char quote = text_[at_++];
    token.kind = Token::Kind::kBad;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == quote) {
        if (Char() != quote) {
          token.kind = kind;
          return;
        }
        ++at_;
      }
      token.text += c;
    }
  }

  void ReadNumber(Token& token) {
    token.kind = Token::Kind::kNumber;
    while (IsDigit(Char()) || Char() == '.') ++at_;
    if (Char() == 'e' || Char() == 'E') {
      const size_t sign = Char(1) == '+' || Char(1) == '-' ? 1 : 0;
      if (IsDigit(Char(1 + sign))) {
        at_ += 1 + sign;
        while (IsDigit(Char())) ++at_;
      }
    }
    token.text = text_.substr(token.at, at_ - token.at);
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::vector<Token> Tokenize(std::string_view statement) {
  Lexer lexer(statement);
  std::vector<Token> tokens;
  do {
    tokens.push_back(lexer.Next());
  } while (tokens.back().kind != Token::Kind::kEnd);
  return tokens;
}

bool IsKeyword(std::string_view word) {
  static_assert(std::is_sorted(kKeywords.begin(), kKeywords.end()));
  std::string upper(word);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return std::binary_search(kKeywords.begin(), kKeywords.end(), upper);
}

std::string PlaceOf(std::string_view statement, const Token& token) {
  const std::string_view before = statement.substr(0, token.at);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t line_begin = before.rfind('\n') + 1;
  return "[" + std::to_string(line) + ":" + std::to_string(token.at - line_begin + 1) + ":" +
         std::to_string(token.length) + "]";
}

}  // namespace fractus::dynamo::partiql
