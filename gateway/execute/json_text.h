// Writing JSON text without building a tree, for the events of the hot path.
#pragma once

#include <string>
#include <string_view>

namespace fractus::gateway::execute {

// Appends the text in quotes and escaped. Bytes that are no UTF-8 become U+FFFD, as AWS replaces
// them.
void AppendQuoted(std::string& out, std::string_view text);

// Appends `"name":` and, where something was written before, the comma that goes first.
void AppendName(std::string& out, std::string_view name);

// Appends `"name":"value"`.
void AppendMember(std::string& out, std::string_view name, std::string_view value);

}  // namespace fractus::gateway::execute
