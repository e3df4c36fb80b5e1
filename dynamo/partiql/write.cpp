#include "dynamo/partiql/write.h"

#include "dynamo/errors.h"
#include "dynamo/partiql/where.h"
#include "dynamo/value_json.h"
#include "dynamo/write_item.h"

namespace fractus::dynamo::partiql {
namespace {

// Deleting what is not there is a success; what is there must meet the condition.
Condition HoldsOrIsAbsent(const Condition& where, const Table& table) {
  Condition either;
  either.kind = Condition::Kind::kOr;
  Condition& absent = either.children.emplace_back();
  absent.kind = Condition::Kind::kAttributeNotExists;
  absent.operands.emplace_back().path = PathTo(table.keys().partition[0].name);
  either.children.push_back(where);
  return either;
}

std::optional<std::string> Returned(const Statement& statement, const std::optional<Item>& old_item,
                                    const Item& new_item) {
  const auto text = [](const Item& item) {
    std::string out;
    WriteMap(out, item);
    return out;
  };
  const auto targets = statement.update.Targets();
  switch (statement.returning) {
    case Returning::kNothing:
      return std::nullopt;
    case Returning::kAllNew:
      return text(new_item);
    case Returning::kModifiedNew:
      return text(Project(new_item, targets));
    case Returning::kAllOld:
      if (!old_item) return std::nullopt;
      return text(*old_item);
    case Returning::kModifiedOld:
      if (!old_item) return std::nullopt;
      return text(Project(*old_item, targets));
  }
  return std::nullopt;
}

}  // namespace

Result<ItemAction> ActionOf(const Statement& statement, const StatementRequest& request,
                            const Table& table, Item& key) {
  ItemAction action;
  if (request.return_on_failure == "ALL_OLD")
    action.on_failure = ItemAction::OnFailure::kReturnItem;
  if (statement.kind == Statement::Kind::kInsert) {
    action.kind = ItemAction::Kind::kInsert;
    action.item = &statement.item;
    return action;
  }
  auto found = KeyOf(statement.where ? &*statement.where : nullptr, table.keys());
  if (!found) return found.error();
  key = *std::move(found);
  action.item = &key;
  // The condition names the whole key, so that it never holds for an item that is not there.
  action.condition = statement.where;
  action.kind = ItemAction::Kind::kCheck;
  if (statement.kind == Statement::Kind::kUpdate) {
    action.kind = ItemAction::Kind::kUpdate;
    action.update = statement.update;
  } else if (statement.kind == Statement::Kind::kDelete) {
    action.kind = ItemAction::Kind::kDelete;
    action.condition = HoldsOrIsAbsent(*statement.where, table);
  }
  return action;
}

Result<WrittenItem> Write(Store& store, const RequestContext& context, const Statement& statement,
                          const StatementRequest& request) {
  const TablePtr table = FindTable(store, context, statement.table);
  if (!table) return TableNotFound();
  Item key;
  const auto action = ActionOf(statement, request, *table, key);
  if (!action) return action.error();
  std::optional<Item> old_item;
  Item new_item;
  ItemWrite write;
  write.action = &*action;
  write.change = [&](const Table& current, Previous& previous) -> Result<Change> {
    old_item.reset();
    if (previous.exists()) old_item = *previous.item();
    return RunAction(*action, current, previous, new_item);
  };
  auto written = RunWrite(store, context, statement.table, write);
  if (!written) return written.error();
  return WrittenItem{*std::move(written), Returned(statement, old_item, new_item)};
}

}  // namespace fractus::dynamo::partiql
