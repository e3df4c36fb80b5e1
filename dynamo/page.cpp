#include "dynamo/page.h"

#include <fmt/format.h>

#include <algorithm>

#include "dynamo/errors.h"
#include "dynamo/item_codec.h"
#include "dynamo/key_codec.h"
#include "dynamo/legacy.h"

namespace fractus::dynamo {
namespace {

const KeySchema& KeysOf(const PagePlan& plan) {
  return plan.index ? plan.index->keys : plan.table->keys();
}

// The attributes of LastEvaluatedKey and ExclusiveStartKey: the index's keys, and the table's.
std::vector<const KeyAttribute*> StartAttributes(const PagePlan& plan) {
  std::vector<const KeyAttribute*> attributes;
  for (const KeySchema* schema : {&KeysOf(plan), &plan.table->keys()}) {
    for (const auto* part : {&schema->partition, &schema->sort}) {
      for (const auto& attribute : *part) {
        const auto is_same = [&](const KeyAttribute* known) {
          return known->name == attribute.name;
        };
        if (std::none_of(attributes.begin(), attributes.end(), is_same))
          attributes.push_back(&attribute);
      }
    }
  }
  return attributes;
}

// What the page sees of the writes.
SightPtr SightOf(const Store& store, const PagePlan& plan) {
  if (plan.consistency == Consistency::kStrong) return nullptr;
  Duration lag = store.settings().stale_reads;
  if (plan.index && plan.index->kind == IndexKind::kGlobal)
    lag = std::max(lag, store.settings().index_delay);
  return store.SightAt(plan.now, lag);
}

// A cursor over the plan's range, in its direction.
class RangeCursor {
 public:
  RangeCursor(const Store& store, const PagePlan& plan)
      : plan_(plan),
        sight_(SightOf(store, plan)),
        lock_(sight_ ? std::unique_lock(sight_->mutex) : std::unique_lock<std::mutex>()),
        cursor_(sight_ ? sight_->cursor : own_.emplace(store.MakeCursor())) {
    const auto& range = plan.range;
    if (plan.direction == Direction::kForward) {
      cursor_.Seek(plan.start_key && *plan.start_key > range.begin ? *plan.start_key : range.begin);
      if (plan.start_key && cursor_.Valid() && cursor_.Key() == *plan.start_key) cursor_.Next();
    } else {
      const std::string& from =
          plan.start_key && *plan.start_key < range.end ? *plan.start_key : range.end;
      cursor_.SeekBackward(from);
      if (cursor_.Valid() && cursor_.Key() >= from) cursor_.Previous();
    }
    SkipOtherSegments();
  }

  bool Valid() const {
    if (!cursor_.Valid()) return false;
    return plan_.direction == Direction::kForward ? cursor_.Key() < plan_.range.end
                                                  : cursor_.Key() >= plan_.range.begin;
  }

  void Next() {
    Step();
    SkipOtherSegments();
  }

  std::string_view Row() const { return cursor_.Value(); }

 private:
  void Step() { plan_.direction == Direction::kForward ? cursor_.Next() : cursor_.Previous(); }

  void SkipOtherSegments() {
    if (!plan_.segment) return;
    while (Valid() && SegmentOf(plan_.table->PartitionOf(cursor_.Key(), KeysOf(plan_)),
                                *plan_.total_segments) != *plan_.segment) {
      Step();
    }
  }

  const PagePlan& plan_;
  // Of a read that lags behind.
  SightPtr sight_;
  std::unique_lock<std::mutex> lock_;
  // Of others.
  std::optional<storage::Cursor> own_;
  storage::Cursor& cursor_;
};

bool IsProjected(const PagePlan& plan, const std::string& attribute) {
  const Index& index = *plan.index;
  return index.projection == Projection::kAll || index.keys.Find(attribute) ||
         plan.table->keys().Find(attribute) ||
         std::find(index.included.begin(), index.included.end(), attribute) != index.included.end();
}

}  // namespace

Item LastKey(const PagePlan& plan, const PageRows& page) {
  const Item item = DecodeRow(page.last_row);
  Item key;
  for (const auto* attribute : StartAttributes(plan))
    Set(key, attribute->name, *Find(item, attribute->name));
  return key;
}

int64_t SegmentOf(std::string_view partition, int64_t total_segments) {
  return static_cast<int64_t>(StableHash(partition) % static_cast<uint64_t>(total_segments));
}

namespace {

// Adds one row to the page; false when there is no room for it.
bool TakeRow(const Store& store, const PagePlan& plan, PageRows& page, std::string_view row,
             const std::function<void(std::string_view)>& take) {
  const size_t size = RowBilledSize(row);
  const bool is_full = (plan.limit && page.scanned >= *plan.limit) ||
                       (page.scanned > 0 && page.bytes + size > kLargestPage);
  if (is_full) {
    page.is_cut = true;
    return false;
  }
  ++page.scanned;
  page.bytes += size;
  // Only the last row of a page that ends early is needed; keeping it is a copy, so do it where the
  // page may end.
  const bool may_end =
      (plan.limit && page.scanned == *plan.limit) || page.bytes + kLargestItem > kLargestPage;
  if (may_end) page.last_row = row;
  thread_local std::string fetched;
  if (plan.from_table) {
    if (!store.ReadRow(plan.table->ItemKey(DecodeRow(row)), fetched)) return true;
    row = fetched;
    page.fetch_units += ReadUnits(RowBilledSize(row), plan.consistency);
  }
  if (plan.filter) {
    const Item item = DecodeRow(row);
    if (!Holds(*plan.filter, &item)) return true;
  }
  ++page.count;
  take(row);
  return true;
}

}  // namespace

void ReadRows(const Store& store, const PagePlan& plan, PageRows& page,
              const std::function<void(std::string_view)>& take) {
  if (plan.is_one_item && !plan.start_key) {
    std::string row;
    if (store.ReadRow(plan.range.begin, row, SightOf(store, plan)))
      TakeRow(store, plan, page, row, take);
  } else {
    for (RangeCursor cursor(store, plan); cursor.Valid(); cursor.Next()) {
      if (!TakeRow(store, plan, page, cursor.Row(), take)) return;
    }
  }
  // A limit is reached without looking further: there may be nothing behind it.
  if (plan.limit && page.scanned == *plan.limit) page.is_cut = true;
}

Capacity TakeCapacity(const PagePlan& plan, const PageRows& page) {
  Capacity capacity;
  const double units = ReadUnits(page.bytes, plan.consistency);
  if (plan.index) {
    capacity.indexes.push_back({plan.index, units});
    capacity.table = page.fetch_units;
  } else {
    capacity.table = units;
  }
  if (capacity.table > 0) TakeReadCapacity(*plan.table, nullptr, capacity.table, plan.now);
  for (const auto& use : capacity.indexes)
    TakeReadCapacity(*plan.table, use.index, use.units, plan.now);
  return capacity;
}

std::string ReadPage(const Store& store, const PagePlan& plan,
                     const std::optional<std::string>& return_consumed_capacity) {
  std::string out;
  ObjectWriter response(out);
  if (!plan.count_only) response.Member("Items") += '[';
  PageRows page;
  ReadRows(store, plan, page, [&](std::string_view row) {
    if (plan.count_only) return;
    if (page.count > 1) out += ',';
    WriteWanted(out, plan.wanted, row);
  });
  if (!plan.count_only) out += ']';
  response.Member("Count") += std::to_string(page.count);
  response.Member("ScannedCount") += std::to_string(page.scanned);
  if (page.is_cut) WriteMap(response.Member("LastEvaluatedKey"), LastKey(plan, page));
  const Capacity capacity = TakeCapacity(plan, page);
  if (WantsCapacity(return_consumed_capacity)) {
    WriteCapacity(response.Member("ConsumedCapacity"), *plan.table, capacity,
                  *return_consumed_capacity);
  }
  response.End();
  return out;
}

void CheckPageFields(Constraints& constraints, const Fields& fields,
                     const std::optional<LegacyEntries>& legacy_filter,
                     const std::string& legacy_member) {
  constraints.TableName(fields.table_name);
  constraints.IndexName(fields.index_name);
  constraints.AtLeast(fields.limit, "limit", 1);
  constraints.Enum(fields.select, "select",
                   "SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES");
  constraints.Enum(fields.return_consumed_capacity, "returnConsumedCapacity",
                   "INDEXES, TOTAL, NONE");
  constraints.Enum(fields.conditional_operator, "conditionalOperator", "OR, AND");
  if (fields.attributes_to_get && fields.attributes_to_get->empty()) {
    constraints.Add(
        "Value '[]' at 'attributesToGet' failed to satisfy constraint: Member must have length "
        "greater than or equal to 1");
  }
  CheckLegacy(constraints, legacy_filter, legacy_member);
}

std::optional<ApiError> CheckSelect(const Fields& fields) {
  if (!fields.select) return std::nullopt;
  const std::string& select = *fields.select;
  if (select == "SPECIFIC_ATTRIBUTES") {
    if (fields.projection || fields.attributes_to_get) return std::nullopt;
    return InvalidParameter(
        "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
        "SPECIFIC_ATTRIBUTES");
  }
  if (fields.attributes_to_get)
    return InvalidParameter("Cannot specify the AttributesToGet when choosing to get " + select);
  if (fields.projection)
    return InvalidParameter("Cannot specify the ProjectionExpression when choosing to get " +
                            select);
  if (select == "ALL_PROJECTED_ATTRIBUTES" && !fields.index_name) {
    return InvalidParameter(
        "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  }
  return std::nullopt;
}

std::optional<ApiError> PlanIndex(const Fields& fields, Time now, PagePlan& plan) {
  plan.now = now;
  if (!fields.index_name) return std::nullopt;
  plan.index = plan.table->FindIndex(*fields.index_name);
  if (!plan.index || plan.index->readable_from == Time::max())
    return Invalid("The table does not have the specified index: " + *fields.index_name);
  if (plan.index->readable_from > now)
    return Invalid("Cannot read from backfilling global secondary index: " + plan.index->name);
  if (plan.index->kind == IndexKind::kGlobal && fields.consistent_read == true) {
    return Invalid("Consistent reads are not supported on global secondary indexes");
  }
  return std::nullopt;
}

std::optional<ApiError> PlanSelection(const Fields& fields, PagePlan& plan) {
  plan.count_only = fields.select == "COUNT";
  plan.limit = fields.limit;
  plan.consistency = fields.consistent_read == true ? Consistency::kStrong : Consistency::kEventual;
  if (!plan.index) return std::nullopt;
  const bool is_global = plan.index->kind == IndexKind::kGlobal;
  if (fields.select == "ALL_ATTRIBUTES" && plan.index->projection != Projection::kAll) {
    if (is_global) {
      return InvalidParameter(
          "Select type ALL_ATTRIBUTES is not supported for global secondary index " +
          plan.index->name + " because its projection type is not ALL");
    }
    plan.from_table = true;
  }
  if (!plan.wanted.paths) return std::nullopt;
  std::string missing;
  for (const auto& path : *plan.wanted.paths) {
    if (!IsProjected(plan, path[0].name)) missing += (missing.empty() ? "" : ", ") + path[0].name;
  }
  if (missing.empty()) return std::nullopt;
  if (is_global) {
    return InvalidParameter("Global secondary index " + plan.index->name + " does not project [" +
                            missing + "]");
  }
  plan.from_table = true;
  return std::nullopt;
}

std::optional<ApiError> PlanStart(const Fields& fields, PagePlan& plan) {
  if (!fields.start_key) return std::nullopt;
  const Item& given = fields.start_key->map;
  const auto attributes = StartAttributes(plan);
  const ApiError mismatch =
      plan.index ? Invalid("The provided starting key is invalid")
                 : Invalid("The provided starting key is invalid: " + KeyMismatch().message);
  if (given.size() != attributes.size()) return mismatch;
  for (const auto* attribute : attributes) {
    const Value* value = Find(given, attribute->name);
    if (!value || value->type() != attribute->type) return mismatch;
  }
  plan.start_key =
      plan.index ? *plan.table->EntryKey(*plan.index, given) : plan.table->ItemKey(given);
  return std::nullopt;
}

}  // namespace fractus::dynamo
