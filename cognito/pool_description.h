// The UserPool structure: what DescribeUserPool answers for what CreateUserPool or UpdateUserPool
// was given.
#pragma once

#include "cognito/records.h"
#include "emulator/core/api_error.h"

namespace fractus::cognito {

// All members that CreateUserPool and UpdateUserPool share, with AWS's defaults for those left out.
Result<json> DescribeSettings(const json& input);

}  // namespace fractus::cognito
