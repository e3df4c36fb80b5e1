// A table as answers describe it.
#pragma once

#include <string_view>

#include "dynamo/store.h"
#include "emulator/core/json.h"

namespace fractus::dynamo {

// What the answer is for: each shows its own members.
enum class DescriptionOf { kCreated, kPresent, kUpdated, kDeleted };

// A TableDescription. Counts the table's items for kPresent.
json DescribeAs(Store& store, const Table& table, DescriptionOf what);

}  // namespace fractus::dynamo
