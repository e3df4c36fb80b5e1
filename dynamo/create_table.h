// How tables come into being: for CreateTable and for the two ways to restore one.
#pragma once

#include <optional>
#include <string>

#include "dynamo/store.h"
#include "emulator/core/api_error.h"
#include "emulator/core/id_source.h"
#include "emulator/core/json.h"

namespace fractus::dynamo {

// Adds the table, with the rows of `source` if there is one; the answer's TableDescription, or
// nothing when there is a table of that name. GlobalSecondaryIndexes start as the table does.
std::optional<json> AddCreated(Store& store, json definition, Time now,
                               const std::optional<RowSource>& source = std::nullopt);

// Carries out an SSESpecification on the definition: "SseKeyArn" names the key. Refuses the alias
// of a key, since only KMS could tell whose alias it is.
//
// Differs from AWS: items are not encrypted, whatever key the table names.
std::optional<ApiError> Encrypt(const Store& store, IdSource& ids, json& definition,
                                const json& specification);

}  // namespace fractus::dynamo
