// A table as answers describe it.
#pragma once

#include <string_view>

#include "dynamo/store.h"
#include "emulator/core/clock.h"
#include "emulator/core/json.h"

namespace fractus::dynamo {

// What the answer is for: each shows its own members.
enum class DescriptionOf { kCreated, kPresent, kUpdated, kDeleted };

// A TableDescription. `definition` is the table's, or the one that the answer is to show; statuses
// are those at `now` (see StatusAt). Counts the table's items for kPresent and kUpdated.
json DescribeAs(Store& store, const Table& table, const json& definition, DescriptionOf what,
                Time now);

}  // namespace fractus::dynamo
