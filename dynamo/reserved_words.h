// The words that an expression may not use as attribute names.
#pragma once

#include <string_view>

namespace fractus::dynamo {

// Case does not matter.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
bool IsReservedWord(std::string_view name);

}  // namespace fractus::dynamo
