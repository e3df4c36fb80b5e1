// The parameters that were there before expressions, turned into the same conditions and updates.
#pragma once

#include "dynamo/condition.h"
#include "dynamo/fields.h"
#include "dynamo/update.h"
#include "emulator/core/api_error.h"

namespace fractus::dynamo {

// Expected. The condition refers to values in `entries`.
Result<Condition> ExpectedCondition(const LegacyEntries& entries,
                                    const std::optional<std::string>& conditional_operator);
// KeyConditions, QueryFilter, ScanFilter.
Result<Condition> FilterCondition(const LegacyEntries& entries,
                                  const std::optional<std::string>& conditional_operator);
// AttributeUpdates.
Result<Update> AttributeUpdates(const LegacyEntries& entries);

// ConditionalOperator without conditions, or with only one.
std::optional<ApiError> CheckConditionalOperator(const Fields& fields,
                                                 const std::optional<LegacyEntries>& conditions);

// Constraints of the service model on the entries at `member`.
void CheckLegacy(Constraints& constraints, const std::optional<LegacyEntries>& entries,
                 const std::string& member);

}  // namespace fractus::dynamo
