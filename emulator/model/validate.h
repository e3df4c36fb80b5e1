// Is an input well formed by its shape: required members, lengths, ranges and patterns, in AWS's
// own wording.
#pragma once

#include <optional>
#include <string>

#include "emulator/core/json.h"
#include "emulator/model/service_model.h"

namespace fractus::model {

// "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must
// not be null", with all findings (at most 10) joined by "; " as AWS does; nothing when the input
// is well formed. Enum values are not checked here: the installed model is a floor, newer clients
// know newer values.
std::optional<std::string> Validate(const Shape& shape, const json& input);

}  // namespace fractus::model
