// PartiQL statements as tokens.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fractus::dynamo::partiql {

struct Token {
  enum class Kind {
    kEnd,
    // A name or a keyword.
    kWord,
    // "name"
    kQuotedName,
    // 'text'
    kText,
    kNumber,
    // ?
    kParameter,
    kSymbol,
    // What no statement can hold, such as a quote that is never closed.
    kBad,
  };
  Kind kind = Kind::kEnd;
  // Without quotes, and with doubled quotes made single.
  std::string text;
  // The first byte and the count of bytes in the statement.
  size_t at = 0;
  size_t length = 0;
};

// Ends with a kEnd token.
std::vector<Token> Tokenize(std::string_view statement);

// Words that only the grammar uses: as names they must be quoted.
bool IsKeyword(std::string_view word);

// "[line:column:length]" of a token, as the service points at it.
std::string PlaceOf(std::string_view statement, const Token& token);

}  // namespace fractus::dynamo::partiql
