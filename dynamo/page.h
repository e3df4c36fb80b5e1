// One page of a Query or Scan: what both do once they know the range of keys.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "dynamo/capacity.h"
#include "dynamo/item_request.h"
#include "dynamo/key_condition.h"

namespace fractus::dynamo {

// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
constexpr size_t kLargestPage = 1024 * 1024;

enum class Direction { kForward, kBackward };

struct PagePlan {
  TablePtr table;
  // Null: the table itself.
  const Index* index = nullptr;
  KeyRange range;
  // The range is that of one item of the table, whose key is range.begin.
  bool is_one_item = false;
  Direction direction = Direction::kForward;
  // The page begins after this key of the store.
  std::optional<std::string> start_key;
  std::optional<int64_t> limit;
  std::optional<Condition> filter;
  Wanted wanted;
  bool count_only = false;
  // The index's entries do not hold all that is wanted: read the items themselves.
  bool from_table = false;
  // Of a parallel scan whose segment is not a range.
  std::optional<int64_t> segment, total_segments;
  Consistency consistency = Consistency::kEventual;
  Time now;
};

// What was read of a page so far.
struct PageRows {
  int64_t count = 0;
  int64_t scanned = 0;
  size_t bytes = 0;
  double fetch_units = 0;
  // The page ended before its range did; `last_row` is the last that was looked at.
  bool is_cut = false;
  std::string last_row;
};

// Adds the rows of the plan's range to the page until that is full, and hands over those that the
// filter lets through.
void ReadRows(const Store& store, const PagePlan& plan, PageRows& page,
              const std::function<void(std::string_view)>& take);
// LastEvaluatedKey of a page that is cut.
Item LastKey(const PagePlan& plan, const PageRows& page);
// What the page costs, taken from the table and the index.
Capacity TakeCapacity(const PagePlan& plan, const PageRows& page);

std::string ReadPage(const Store& store, const PagePlan& plan,
                     const std::optional<std::string>& return_consumed_capacity);

// Members that Query and Scan have in common; `legacy_filter` is QueryFilter or ScanFilter.
void CheckPageFields(Constraints& constraints, const Fields& fields,
                     const std::optional<LegacyEntries>& legacy_filter,
                     const std::string& legacy_member);
// IndexName, ConsistentRead and Select against the table, and what they make of the plan.
std::optional<ApiError> PlanSelection(const Fields& fields, PagePlan& plan);
// Finds IndexName in the table.
std::optional<ApiError> PlanIndex(const Fields& fields, Time now, PagePlan& plan);
// Select against the other members, before the table is known.
std::optional<ApiError> CheckSelect(const Fields& fields);
// ExclusiveStartKey.
std::optional<ApiError> PlanStart(const Fields& fields, PagePlan& plan);
// The segment that a partition (as encoded) belongs to.
int64_t SegmentOf(std::string_view partition, int64_t total_segments);

}  // namespace fractus::dynamo
