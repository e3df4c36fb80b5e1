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

// Throttling, for tables that have a meter. What the request takes is charged when it is known; a
// write whose condition fails takes what the item as it is takes.
// Differs from AWS: PartiQL's SELECT, batches of reads and transactions of reads are not throttled,
// and a throttled batch of writes fails as a whole.
std::optional<ApiError> CheckWriteCapacity(const Table& table, Time now);
void TakeWriteCapacity(const PlannedWrite& write, Time now);
// `index` is null for the table; local indexes take from the table.
std::optional<ApiError> CheckReadCapacity(const Table& table, const Index* index, Time now);
void TakeReadCapacity(const Table& table, const Index* index, double units, Time now);

// Whether the request wants to know: "TOTAL" or "INDEXES".
bool WantsCapacity(const std::optional<std::string>& return_consumed_capacity);
// Appends the ConsumedCapacity structure. `detail` is "TOTAL" or "INDEXES". `also` is the member
// that repeats the units in the answers to transactions ("ReadCapacityUnits",
// "WriteCapacityUnits").
void WriteCapacity(std::string& out, const Table& table, const Capacity& capacity,
                   const std::string& detail, std::string_view also = "");

}  // namespace fractus::dynamo
