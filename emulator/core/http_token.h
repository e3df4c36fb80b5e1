// Which characters names of HTTP header fields are made of.
#pragma once

#include <array>
#include <string_view>

namespace fractus {

// Source: RFC 9110, 5.6.2 (tchar).
inline constexpr std::array<bool, 256> kTokenCharacters = [] {
  std::array<bool, 256> is_token{};
  for (unsigned c = '0'; c <= '9'; ++c) is_token[c] = true;
  for (unsigned c = 'a'; c <= 'z'; ++c) is_token[c] = is_token[c - 32] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    is_token[static_cast<unsigned char>(c)] = true;
  return is_token;
}();

constexpr bool IsTokenCharacter(char c) { return kTokenCharacters[static_cast<unsigned char>(c)]; }

}  // namespace fractus
