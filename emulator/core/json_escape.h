// How JSON writes a character that may not stand in a string as it is.
#pragma once

#include <string>

namespace fractus {

// For quotes, backslashes and control characters: "\n", "\u001f".
void AppendJsonEscape(std::string& out, char c);

}  // namespace fractus
