// What an unquoted YAML scalar means: YAML 1.1's booleans, numbers and null, anything else is text.
#pragma once

#include <string_view>

#include "emulator/core/json.h"

namespace fractus::yaml {

// Dates and base-60 numbers stay text, as CloudFormation reads them; so do numbers that do not fit
// 64 bits.
json TypedScalar(std::string_view text);

}  // namespace fractus::yaml
