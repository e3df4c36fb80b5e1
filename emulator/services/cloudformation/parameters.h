// A template's parameters: what a request gives, checked against what the template declares.
#pragma once

#include <string>

#include "emulator/core/api_error.h"

namespace fractus::cloudformation {

// The texts of all declared parameters by name: given in `given` (the Parameters member of a
// request), kept from `previous` when UsePreviousValue asks for it, or the default. Fails with
// ValidationError in AWS's wording.
Result<json> ChooseParameters(const json& document, const json& given, const json& previous);

// The same as values for functions: list types become lists.
json ParameterValues(const json& document, const json& texts);

// Outputs' form: [{ParameterKey, ParameterValue}], NoEcho values as "****".
json DescribeParameters(const json& document, const json& texts);

}  // namespace fractus::cloudformation
