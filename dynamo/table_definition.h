// Checks what CreateTable and UpdateTable are given, and brings it into the form that is kept.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dynamo/table.h"
#include "emulator/core/api_error.h"
#include "emulator/core/json.h"

namespace fractus::dynamo {

// Enum values of the definition's members, which the service model's validation leaves open.
std::optional<ApiError> CheckEnums(const json& input);

// Members that name a feature that is not emulated. Never ignored, so that nobody relies on what is
// not there.
std::optional<ApiError> CheckEmulated(const json& input);

// StreamSpecification of a new table, or of one that has a stream or not.
std::optional<ApiError> CheckStream(const json& input, const json* definition);
// Takes over a StreamSpecification that was checked; a disabled one is not kept.
void SetStream(json& definition, const json& input);

// Whether the attributes of a key are among these AttributeDefinitions.
std::optional<ApiError> CheckDefined(const json& schema, const json& attributes);

// Keys, attribute definitions, indexes, billing mode and throughput of a whole table.
std::optional<ApiError> CheckDefinition(const json& input);

// Attribute definitions that no key uses any more go with the index that used them.
void DropUnusedAttributes(json& definition);

}  // namespace fractus::dynamo
