// A zip archive of one file, for function code written in the template.
#pragma once

#include <string>
#include <string_view>

namespace fractus::cloudformation {

// Not compressed. The same input gives the same bytes.
std::string ZipOfOneFile(std::string_view name, std::string_view content);

}  // namespace fractus::cloudformation
