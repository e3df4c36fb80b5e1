#include "dynamo/partiql/select.h"

#include <algorithm>

#include "dynamo/errors.h"
#include "dynamo/item_codec.h"
#include "dynamo/partiql/where.h"
#include "dynamo/value_json.h"
#include "emulator/core/encoding.h"

namespace fractus::dynamo::partiql {
namespace {

const Condition* WhereOf(const Statement& statement) {
  return statement.where ? &*statement.where : nullptr;
}

// "b" for a.b, "b[0]" for a.b[0].
std::string ColumnName(const Path& path) {
  size_t first = path.size() - 1;
  while (path[first].is_index) --first;
  return PathText(Path(path.begin() + static_cast<ptrdiff_t>(first), path.end()));
}

void WriteColumns(std::string& out, const Statement& statement, std::string_view row) {
  if (!statement.columns) return WriteRow(out, row);
  const Item item = DecodeRow(row);
  Item selected;
  for (const auto& path : *statement.columns) {
    if (const Value* value = Find(item, path)) Set(selected, ColumnName(path), *value);
  }
  WriteMap(out, selected);
}

// The direction in which the ranges, and the items of each, are read.
struct Ordering {
  Direction of_partitions = Direction::kForward;
  Direction of_items = Direction::kForward;
};

Result<Ordering> OrderingOf(const Statement& statement, const KeySchema& keys,
                            const std::vector<KeyCondition>& conditions) {
  Ordering ordering;
  if (statement.order_by.empty()) return ordering;
  if (!statement.where)
    return Invalid("Must have WHERE clause in the statement when using ORDER BY clause.");
  if (conditions.empty()) {
    return Invalid(
        "Must have at least one non-optional hash key condition in WHERE clause when using ORDER "
        "BY clause.");
  }
  for (const auto& order : statement.order_by) {
    const auto is_it = [&](const KeyAttribute& key) { return key.name == order.attribute; };
    const Direction direction = order.descending ? Direction::kBackward : Direction::kForward;
    if (std::any_of(keys.partition.begin(), keys.partition.end(), is_it)) {
      ordering.of_partitions = direction;
    } else if (std::any_of(keys.sort.begin(), keys.sort.end(), is_it)) {
      ordering.of_items = direction;
    } else {
      return Invalid("Variable reference " + order.attribute +
                     " in ORDER BY clause must be part of the primary key");
    }
  }
  return ordering;
}

// A token is the key of the store after which the next page begins, and what it is good for.
std::string TokenOf(std::string_view key, const SelectOptions& options) {
  const uint32_t sum = Crc32(options.fingerprint);
  std::string token;
  for (int shift = 24; shift >= 0; shift -= 8) token += static_cast<char>(sum >> shift);
  return Base64Encode(token.append(key));
}

// Observed: the service's text for a foreign token is not known to be always this.
Result<std::string> KeyOfToken(const PagePlan& plan, const SelectOptions& options) {
  const auto bytes = Base64Decode(*options.next_token);
  if (!bytes || bytes->size() < 4) return Invalid("Invalid NextToken");
  std::string key = bytes->substr(4);
  if (TokenOf(key, options) != *options.next_token ||
      !key.starts_with(plan.table->SpacePrefix(plan.index ? plan.index->number : 0))) {
    return Invalid("NextToken does not match request");
  }
  return key;
}

Result<PagePlan> MakePlan(TablePtr table, const Statement& statement,
                          const SelectOptions& options) {
  PagePlan plan;
  plan.table = std::move(table);
  plan.filter = statement.where;
  plan.wanted.paths = statement.columns;
  Fields fields;
  fields.index_name = statement.index;
  fields.limit = options.limit;
  fields.consistent_read = options.consistency == Consistency::kStrong;
  if (auto error = PlanIndex(fields, options.now, plan)) return *error;
  if (auto error = PlanSelection(fields, plan)) return *error;
  return plan;
}

// Reads the ranges one after the other until the page is full.
void ReadRanges(const Store& store, PagePlan& plan, std::vector<KeyRange> ranges,
                const Ordering& ordering, PageRows& page,
                const std::function<void(std::string_view)>& take) {
  std::sort(ranges.begin(), ranges.end(),
            [](const KeyRange& a, const KeyRange& b) { return a.begin < b.begin; });
  if (ordering.of_partitions == Direction::kBackward) std::reverse(ranges.begin(), ranges.end());
  plan.direction = ordering.of_items;
  size_t first = 0;
  if (plan.start_key) {
    const auto holds_start = [&](const KeyRange& range) {
      return *plan.start_key >= range.begin && *plan.start_key < range.end;
    };
    first = static_cast<size_t>(std::find_if(ranges.begin(), ranges.end(), holds_start) -
                                ranges.begin());
  }
  for (size_t i = first; i < ranges.size() && !page.is_cut; ++i) {
    plan.range = ranges[i];
    ReadRows(store, plan, page, take);
    plan.start_key.reset();
  }
}

}  // namespace

Result<std::string> Select(const Store& store, TablePtr table, const Statement& statement,
                           const SelectOptions& options) {
  auto plan = MakePlan(std::move(table), statement, options);
  if (!plan) return plan.error();
  const KeySchema& keys = plan->index ? plan->index->keys : plan->table->keys();
  const uint16_t index_number = plan->index ? plan->index->number : 0;
  const auto conditions = KeyConditionsOf(WhereOf(statement), keys);
  if (!conditions) return conditions.error();
  const auto ordering = OrderingOf(statement, keys, *conditions);
  if (!ordering) return ordering.error();
  if (options.next_token) {
    auto start = KeyOfToken(*plan, options);
    if (!start) return start.error();
    plan->start_key = *std::move(start);
  }
  std::vector<KeyRange> ranges;
  for (const auto& condition : *conditions)
    ranges.push_back(RangeOf(*plan->table, index_number, condition));
  if (ranges.empty()) ranges.push_back(RangeOf(*plan->table, index_number));
  // One item is read as GetItem reads it: there is no next page.
  if (!plan->index && GivesKey(WhereOf(statement), keys)) plan->limit.reset();

  if (auto error = CheckReadCapacity(*plan->table, plan->index, options.now)) return *error;
  std::string out;
  ObjectWriter response(out);
  response.Member("Items") += '[';
  PageRows page;
  ReadRanges(store, *plan, std::move(ranges), *ordering, page, [&](std::string_view row) {
    if (page.count > 1) out += ',';
    WriteColumns(out, statement, row);
  });
  out += ']';
  if (page.is_cut) {
    const Item last = DecodeRow(page.last_row);
    const std::string key =
        plan->index ? *plan->table->EntryKey(*plan->index, last) : plan->table->ItemKey(last);
    WriteText(response.Member("NextToken"), TokenOf(key, options));
    WriteMap(response.Member("LastEvaluatedKey"), LastKey(*plan, page));
  }
  const Capacity capacity = TakeCapacity(*plan, page);
  if (WantsCapacity(options.return_consumed_capacity)) {
    WriteCapacity(response.Member("ConsumedCapacity"), *plan->table, capacity,
                  *options.return_consumed_capacity);
  }
  response.End();
  return out;
}

bool WriteSelected(std::string& out, const Statement& statement, std::string_view row) {
  const Item item = DecodeRow(row);
  if (statement.where && !Holds(*statement.where, &item)) return false;
  WriteColumns(out, statement, row);
  return true;
}

}  // namespace fractus::dynamo::partiql
