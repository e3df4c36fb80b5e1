// The event of an invocation as it came in.
#pragma once

#include <optional>
#include <string>

#include "emulator/core/api_error.h"

namespace fractus::lambdas {

// The member Payload; "{}" when there is none.
std::string PayloadOf(const json& input);

// Why the payload is no JSON, in the words of AWS's parser.
std::optional<ApiError> CheckPayload(const std::string& payload);

}  // namespace fractus::lambdas
