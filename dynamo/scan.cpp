#include <limits>

#include "dynamo/errors.h"
#include "dynamo/legacy.h"
#include "dynamo/operations.h"
#include "dynamo/page.h"

namespace fractus::dynamo {
namespace {

std::optional<ApiError> CheckSegments(const Fields& fields) {
  if (fields.segment && !fields.total_segments) {
    return Invalid(
        "The TotalSegments parameter is required but was not present in the request when Segment "
        "parameter is present");
  }
  if (fields.total_segments && !fields.segment) {
    return Invalid(
        "The Segment parameter is required but was not present in the request when parameter "
        "TotalSegments is present");
  }
  if (fields.segment && *fields.segment >= *fields.total_segments) {
    return Invalid(
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
        "Segment: " +
        std::to_string(*fields.segment) +
        " is not less than TotalSegments: " + std::to_string(*fields.total_segments));
  }
  return std::nullopt;
}

// A segment is a range of hashes where the table is in their order. Elsewhere its items are among
// all others, and every segment passes them all.
void PlanSegment(const Fields& fields, uint16_t index_number, PagePlan& plan) {
  if (!fields.segment) return;
  if (plan.table->scan_order() != ScanOrder::kHash) {
    plan.segment = fields.segment;
    plan.total_segments = fields.total_segments;
    return;
  }
  const auto segment = static_cast<uint64_t>(*fields.segment);
  const auto total = static_cast<uint64_t>(*fields.total_segments);
  const uint64_t width = std::numeric_limits<uint64_t>::max() / total;
  plan.range.begin = plan.table->HashBound(index_number, segment * width);
  if (segment + 1 < total)
    plan.range.end = plan.table->HashBound(index_number, (segment + 1) * width);
}

bool StartsInSegment(const PagePlan& plan) {
  const std::string& start = *plan.start_key;
  if (start < plan.range.begin || start >= plan.range.end) return false;
  if (!plan.segment) return true;
  const KeySchema& keys = plan.index ? plan.index->keys : plan.table->keys();
  return SegmentOf(plan.table->PartitionOf(start, keys), *plan.total_segments) == *plan.segment;
}

std::optional<ApiError> CheckStartSegment(const Fields& fields, const PagePlan& plan) {
  if (!fields.segment || !plan.start_key || StartsInSegment(plan)) return std::nullopt;
  return Invalid(
      "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
      "ExclusiveStartKey with correct Segment. "
      "TotalSegments: " +
      std::to_string(*fields.total_segments) + " Segment: " + std::to_string(*fields.segment));
}

}  // namespace

Result<std::string> Scan(Store& store, const RequestContext& context, std::string_view body) {
  auto fields = ReadFields(body, FieldSet::kScan);
  if (!fields) return fields.error();
  Constraints constraints;
  CheckPageFields(constraints, *fields, fields->scan_filter, "scanFilter");
  constraints.AtLeast(fields->segment, "segment", 0);
  constraints.AtMost(fields->segment, "segment", 999999);
  constraints.AtLeast(fields->total_segments, "totalSegments", 1);
  constraints.AtMost(fields->total_segments, "totalSegments", 1000000);
  if (auto error = constraints.Error()) return *error;

  const Given projection{"ProjectionExpression", fields->projection.has_value()};
  const Given filter{"FilterExpression", fields->filter.has_value()};
  if (auto error = CheckMixing({{"AttributesToGet", fields->attributes_to_get.has_value()},
                                {"ScanFilter", fields->scan_filter.has_value()},
                                {"ConditionalOperator", fields->conditional_operator.has_value()}},
                               {projection, filter})) {
    return *error;
  }
  if (auto error = CheckPlaceholders(*fields, {filter}, {projection})) return *error;
  if (auto error = CheckSegments(*fields)) return *error;
  if (fields->start_key && !fields->start_key->problem.empty()) {
    return Invalid("The provided starting key is invalid: " + fields->start_key->problem);
  }
  if (auto error = CheckConditionalOperator(*fields, fields->scan_filter)) return *error;
  if (auto error = CheckSelect(*fields)) return *error;
  Placeholders placeholders(fields->names ? &*fields->names : nullptr,
                            fields->values ? &fields->values->map : nullptr);
  PagePlan plan;
  if (fields->filter || fields->scan_filter) {
    auto condition = fields->filter
                         ? ParseCondition(*fields->filter, "FilterExpression", placeholders)
                         : FilterCondition(*fields->scan_filter, fields->conditional_operator);
    if (!condition) return condition.error();
    plan.filter = *std::move(condition);
  }
  auto wanted = ReadWanted(*fields, placeholders);
  if (!wanted) return wanted.error();
  plan.wanted = *std::move(wanted);
  if (auto error = placeholders.FindUnused()) return *error;

  plan.table = FindTable(store, context, *fields->table_name);
  if (!plan.table) return TableNotFound();
  if (auto error = PlanIndex(*fields, context.now, plan)) return *error;
  if (auto error = PlanSelection(*fields, plan)) return *error;
  const uint16_t index_number = plan.index ? plan.index->number : 0;
  plan.range = RangeOf(*plan.table, index_number);
  PlanSegment(*fields, index_number, plan);
  if (auto error = PlanStart(*fields, plan)) return *error;
  if (auto error = CheckStartSegment(*fields, plan)) return *error;
  if (auto error = CheckReadCapacity(*plan.table, plan.index, context.now)) return *error;
  return ReadPage(store, plan, fields->return_consumed_capacity);
}

}  // namespace fractus::dynamo
