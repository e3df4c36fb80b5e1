// What requests cost in capacity units, and how answers tell it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dynamo/store.h"

namespace fractus::dynamo {

enum class Consistency { kEventual, kStrong };

// One unit reads 4 KB strongly consistent; an eventually consistent read takes half.
// Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
double ReadUnits(size_t bytes, Consistency consistency);
double WriteUnits(size_t bytes);

struct Capacity {
  double table = 0;
  std::vector<IndexUse> indexes;

  void Add(const PlannedWrite& write);
};

// Whether the request wants to know: "TOTAL" or "INDEXES".
bool WantsCapacity(const std::optional<std::string>& return_consumed_capacity);
// Appends the ConsumedCapacity structure. `detail` is "TOTAL" or "INDEXES".
void WriteCapacity(std::string& out, const Table& table, const Capacity& capacity,
                   const std::string& detail);

}  // namespace fractus::dynamo
