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

  // A transaction pays each unit twice.
  void Add(const PlannedWrite& write, double times = 1);
};

// Whether the request wants to know: "TOTAL" or "INDEXES".
bool WantsCapacity(const std::optional<std::string>& return_consumed_capacity);
// Appends the ConsumedCapacity structure. `detail` is "TOTAL" or "INDEXES". `also` is the member
// that repeats the units in the answers to transactions ("ReadCapacityUnits",
// "WriteCapacityUnits").
void WriteCapacity(std::string& out, const Table& table, const Capacity& capacity,
                   const std::string& detail, std::string_view also = "");

}  // namespace fractus::dynamo
