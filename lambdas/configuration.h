// Checks and takes over the settings of a function that CreateFunction and
// UpdateFunctionConfiguration share.
#pragma once

#include <optional>

#include "emulator/core/api_error.h"
#include "emulator/core/request.h"
#include "lambdas/function_name.h"

namespace fractus::lambdas {

// What a new function has where the request says nothing.
json DefaultConfiguration(const FunctionId& id);

// Members of `request` that are settings, into `configuration`; fails for values AWS refuses and
// for settings that are not emulated, which the message names.
std::optional<ApiError> ApplySettings(const Request& request, json& configuration);

}  // namespace fractus::lambdas
