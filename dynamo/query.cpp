#include "dynamo/errors.h"
#include "dynamo/legacy.h"
#include "dynamo/operations.h"
#include "dynamo/page.h"

namespace fractus::dynamo {
namespace {

// A key attribute that the filter looks at, if any.
const KeyAttribute* FindKeyAttribute(const Condition& filter, const KeySchema& keys) {
  for (const auto& operand : filter.operands) {
    if (operand.path.empty()) continue;
    if (const auto* attribute = keys.Find(operand.path[0].name)) return attribute;
  }
  for (const auto& child : filter.children) {
    if (const auto* attribute = FindKeyAttribute(child, keys)) return attribute;
  }
  return nullptr;
}

std::optional<ApiError> CheckStartInRange(const Fields& fields, const PagePlan& plan,
                                          const KeyCondition& condition) {
  if (!plan.start_key) return std::nullopt;
  KeyCondition partition_only;
  partition_only.partition = condition.partition;
  const KeyRange partition =
      RangeOf(*plan.table, plan.index ? plan.index->number : 0, partition_only);
  const auto is_within = [&](const KeyRange& range) {
    return *plan.start_key >= range.begin && *plan.start_key < range.end;
  };
  if (!is_within(partition)) {
    return Invalid(
        "The provided starting key is outside query boundaries based on provided conditions");
  }
  if (!is_within(plan.range) && fields.start_key) {
    return Invalid("The provided starting key does not match the range key predicate");
  }
  return std::nullopt;
}

struct QueryConditions {
  Condition keys;
  KeyConditionForm form = KeyConditionForm::kExpression;
  std::optional<Condition> filter;
};

Result<QueryConditions> ReadConditions(const Fields& fields, Placeholders& placeholders) {
  QueryConditions conditions;
  if (fields.filter) {
    auto filter = ParseCondition(*fields.filter, "FilterExpression", placeholders);
    if (!filter) return filter.error();
    conditions.filter = *std::move(filter);
  } else if (fields.query_filter) {
    auto filter = FilterCondition(*fields.query_filter, fields.conditional_operator);
    if (!filter) return filter.error();
    conditions.filter = *std::move(filter);
  }
  if (!fields.key_condition && !fields.key_conditions) {
    return Invalid(
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
        "request.");
  }
  auto keys = fields.key_condition
                  ? ParseCondition(*fields.key_condition, "KeyConditionExpression", placeholders)
                  : FilterCondition(*fields.key_conditions, std::nullopt);
  if (!keys) return keys.error();
  conditions.keys = *std::move(keys);
  if (!fields.key_condition) conditions.form = KeyConditionForm::kLegacy;
  return conditions;
}

Result<PagePlan> MakePlan(TablePtr table, const Fields& fields, const QueryConditions& conditions,
                          const Wanted& wanted, Time now) {
  PagePlan plan;
  plan.table = std::move(table);
  plan.filter = conditions.filter;
  plan.wanted = wanted;
  if (auto error = PlanIndex(fields, now, plan)) return *error;
  const KeySchema& keys = plan.index ? plan.index->keys : plan.table->keys();
  const auto key_condition = MakeKeyCondition(conditions.keys, keys, conditions.form);
  if (!key_condition) return key_condition.error();
  if (plan.filter) {
    if (const auto* attribute = FindKeyAttribute(*plan.filter, keys)) {
      return Invalid(std::string(fields.filter ? "Filter Expression" : "QueryFilter") +
                     " can only contain non-primary key attributes: Primary key attribute: " +
                     attribute->name);
    }
  }
  if (auto error = PlanSelection(fields, plan)) return *error;
  plan.range = RangeOf(*plan.table, plan.index ? plan.index->number : 0, *key_condition);
  plan.is_one_item =
      !plan.index && (keys.sort.empty() || key_condition->sort == KeyCondition::Sort::kEqual);
  plan.direction = fields.scan_index_forward == false ? Direction::kBackward : Direction::kForward;
  if (auto error = PlanStart(fields, plan)) return *error;
  if (auto error = CheckStartInRange(fields, plan, *key_condition)) return *error;
  return plan;
}

}  // namespace

Result<std::string> Query(Store& store, const RequestContext& context, std::string_view body) {
  auto fields = ReadFields(body, FieldSet::kQuery);
  if (!fields) return fields.error();
  Constraints constraints;
  CheckPageFields(constraints, *fields, fields->query_filter, "queryFilter");
  CheckLegacy(constraints, fields->key_conditions, "keyConditions");
  if (auto error = constraints.Error()) return *error;

  const Given projection{"ProjectionExpression", fields->projection.has_value()};
  const Given filter{"FilterExpression", fields->filter.has_value()};
  const Given key_condition{"KeyConditionExpression", fields->key_condition.has_value()};
  if (auto error = CheckMixing({{"AttributesToGet", fields->attributes_to_get.has_value()},
                                {"QueryFilter", fields->query_filter.has_value()},
                                {"ConditionalOperator", fields->conditional_operator.has_value()},
                                {"KeyConditions", fields->key_conditions.has_value()}},
                               {projection, filter, key_condition})) {
    return *error;
  }
  if (auto error = CheckPlaceholders(*fields, {filter, key_condition}, {projection})) return *error;
  if (fields->start_key && !fields->start_key->problem.empty()) {
    return Invalid("The provided starting key is invalid: " + fields->start_key->problem);
  }
  if (auto error = CheckConditionalOperator(*fields, fields->query_filter)) return *error;
  if (auto error = CheckSelect(*fields)) return *error;
  Placeholders placeholders(fields->names ? &*fields->names : nullptr,
                            fields->values ? &fields->values->map : nullptr);
  const auto conditions = ReadConditions(*fields, placeholders);
  if (!conditions) return conditions.error();
  const auto wanted = ReadWanted(*fields, placeholders);
  if (!wanted) return wanted.error();
  if (auto error = placeholders.FindUnused()) return *error;

  TablePtr table = FindTable(store, context, *fields->table_name);
  if (!table) return TableNotFound();
  const auto plan = MakePlan(std::move(table), *fields, *conditions, *wanted, context.now);
  if (!plan) return plan.error();
  if (auto error = CheckReadCapacity(*plan->table, plan->index, context.now)) return *error;
  return ReadPage(store, *plan, fields->return_consumed_capacity);
}

}  // namespace fractus::dynamo
