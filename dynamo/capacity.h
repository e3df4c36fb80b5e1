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

// What a read of one item of a table sees.
SightPtr SightOf(const Store& store, Consistency consistency, Time now);

// A transaction pays each unit twice.
inline constexpr double kTransactionPrice = 2;

struct Capacity {
  double table = 0;
  std::vector<IndexUse> indexes;

  void Add(const PlannedWrite& write, double times = 1);
};

// Throttling, for tables that have a meter. What the request takes is charged when it is known; a
// write whose condition fails takes what the item as it is takes. A transaction pays for its
// actions one after the other, and gets it back when one is refused.
std::optional<ApiError> CheckWriteCapacity(const Table& table, Time now);
// Gives back where `times` is negative.
void TakeWriteCapacity(const PlannedWrite& write, double times, Time now);
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
