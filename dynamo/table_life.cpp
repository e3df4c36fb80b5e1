#include "dynamo/table_life.h"

#include <algorithm>

#include "dynamo/item_request.h"
#include "dynamo/table_definition.h"

namespace fractus::dynamo {
namespace {

// In the order in which they win.
constexpr std::pair<const char*, const char*> kMarks[] = {
    {"DeletingUntil", "DELETING"}, {"CreatingUntil", "CREATING"}, {"UpdatingUntil", "UPDATING"}};

const char* MarkOf(Work work) {
  return work == Work::kDeleting   ? "DeletingUntil"
         : work == Work::kCreating ? "CreatingUntil"
                                   : "UpdatingUntil";
}

Time EndOf(const json& mark) { return Time(Duration(mark.get<int64_t>())); }

void TakeOffEnded(json& subject, Time now) {
  for (const auto& [mark, status] : kMarks) {
    if (subject.contains(mark) && EndOf(subject.at(mark)) <= now) subject.erase(mark);
  }
}

bool IsDeleted(const json& subject, Time now) {
  return subject.contains("DeletingUntil") && EndOf(subject.at("DeletingUntil")) <= now;
}

TablePtr Settled(Store& store, const TablePtr& table, Time now) {
  const auto next = NextSettling(table->definition());
  if (!next || *next > now) return table;
  if (IsDeleted(table->definition(), now)) {
    store.RemoveTable(table);
    return nullptr;
  }
  return store.ChangeTable(table, [&](json& definition) { Settle(definition, now); });
}

}  // namespace

void Mark(json& subject, Work work, Time until) {
  subject[MarkOf(work)] = until.time_since_epoch().count();
}

std::string StatusAt(const json& subject, Time now) {
  for (const auto& [mark, status] : kMarks) {
    if (subject.contains(mark) && EndOf(subject.at(mark)) > now) return status;
  }
  return "ACTIVE";
}

void Settle(json& definition, Time now) {
  TakeOffEnded(definition, now);
  if (!definition.contains("GlobalSecondaryIndexes")) return;
  json kept = json::array();
  for (auto& index : definition.at("GlobalSecondaryIndexes")) {
    if (IsDeleted(index, now)) continue;
    TakeOffEnded(index, now);
    kept.push_back(std::move(index));
  }
  if (kept.empty()) {
    definition.erase("GlobalSecondaryIndexes");
  } else {
    definition["GlobalSecondaryIndexes"] = std::move(kept);
  }
  DropUnusedAttributes(definition);
}

std::optional<Time> NextSettling(const json& definition) {
  std::optional<Time> next;
  const auto look_at = [&](const json& subject) {
    for (const auto& [mark, status] : kMarks) {
      if (!subject.contains(mark)) continue;
      next = std::min(next.value_or(Time::max()), EndOf(subject.at(mark)));
    }
  };
  look_at(definition);
  if (const auto indexes = definition.find("GlobalSecondaryIndexes"); indexes != definition.end())
    std::for_each(indexes->begin(), indexes->end(), look_at);
  return next;
}

TablePtr FindSettled(Store& store, const RequestContext& context, const std::string& name_or_arn) {
  const TableAddress address = AddressOf(context, name_or_arn);
  const TablePtr table = store.FindTable(address.account, address.region, address.name);
  return table ? Settled(store, table, context.now) : nullptr;
}

std::vector<TablePtr> ListSettled(Store& store, const RequestContext& context) {
  std::vector<TablePtr> tables;
  for (const auto& table : store.Tables(context.account, context.region)) {
    if (auto settled = Settled(store, table, context.now)) tables.push_back(std::move(settled));
  }
  return tables;
}

std::optional<ApiError> CheckAtRest(const Table& table, Time now) {
  const auto busy = [](const std::string& subject, const std::string& status) {
    return ApiError{"ResourceInUseException",
                    "Attempt to change a resource which is still in use: " + subject +
                        (status == "CREATING"   ? "created: "
                         : status == "DELETING" ? "deleted: "
                                                : "updated: ")};
  };
  const json& definition = table.definition();
  std::optional<ApiError> error;
  if (const auto status = StatusAt(definition, now); status != "ACTIVE") {
    error = busy("Table is being ", status);
  } else {
    for (const auto& index : definition.value("GlobalSecondaryIndexes", json::array())) {
      if (const auto of_index = StatusAt(index, now); of_index != "ACTIVE")
        error = busy("Index is being ", of_index);
    }
  }
  if (error) error->message += table.name();
  return error;
}

}  // namespace fractus::dynamo
