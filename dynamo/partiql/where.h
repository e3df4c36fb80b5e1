// What a WHERE clause says about the keys of a table.
#pragma once

#include <vector>

#include "dynamo/condition.h"
#include "dynamo/key_condition.h"
#include "dynamo/table.h"
#include "emulator/core/api_error.h"

namespace fractus::dynamo::partiql {

// The key that the clause gives by equality; AWS's ValidationException when an attribute of it is
// missing.
Result<Item> KeyOf(const Condition* where, const KeySchema& keys);
bool GivesKey(const Condition* where, const KeySchema& keys);

// The partitions that the clause names, by =, IN or OR, and what it says of the sort key. Empty
// when the whole table must be read.
Result<std::vector<KeyCondition>> KeyConditionsOf(const Condition* where, const KeySchema& keys);

}  // namespace fractus::dynamo::partiql
