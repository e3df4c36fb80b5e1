// JSON's strings, byte by byte: where they end, what their escapes mean, and how they are written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fractus::dynamo {

// How many bytes there are before the first quote, backslash or control character.
size_t PlainLength(std::string_view text);

// The four hexadecimal digits after "\\u"; nothing when they are none.
std::optional<uint32_t> FourHex(std::string_view text, size_t at);

void AppendUtf8(std::string& text, uint32_t code);

bool IsAscii(std::string_view text);

// A string with its quotes.
void WriteText(std::string& out, std::string_view text);

}  // namespace fractus::dynamo
