#include "emulator/services/cloudformation/stack.h"

#include <fmt/format.h>

#include <algorithm>

namespace fractus::cloudformation {
namespace {

using storage::MakeKey;

std::string StackKey(const Stack& stack) {
  return MakeKey({"stack", stack.account, stack.region, stack.id});
}

std::string ChangeSetKey(const RequestContext& context, const ChangeSet& change_set) {
  return MakeKey({"change set", context.account, context.region, change_set.id});
}

void SortByAge(std::vector<Stack>& stacks) {
  std::stable_sort(stacks.begin(), stacks.end(), [](const Stack& a, const Stack& b) {
    return a.creation_time < b.creation_time;
  });
}

}  // namespace

StackStore::StackStore(storage::Database& database) : room_(database.OpenRoom("cloudformation")) {}

std::optional<Stack> StackStore::Find(const RequestContext& context,
                                      std::string_view name_or_id) const {
  if (name_or_id.starts_with("arn:")) {
    const auto found =
        room_.GetJson(MakeKey({"stack", context.account, context.region, name_or_id}));
    if (!found) return std::nullopt;
    return found->get<Stack>();
  }
  for (auto& stack : List(context)) {
    if (stack.name == name_or_id && stack.live()) return std::move(stack);
  }
  return std::nullopt;
}

void StackStore::Put(const Stack& stack) const { room_.PutJson(StackKey(stack), stack); }

std::vector<Stack> StackStore::List(const RequestContext& context) const {
  std::vector<Stack> stacks;
  for (const json& entry : room_.ListJson(MakeKey({"stack", context.account, context.region}))) {
    stacks.push_back(entry.get<Stack>());
  }
  SortByAge(stacks);
  return stacks;
}

std::vector<Stack> StackStore::ListEverywhere() const {
  std::vector<Stack> stacks;
  for (const json& entry : room_.ListJson(MakeKey({"stack"}))) stacks.push_back(entry.get<Stack>());
  SortByAge(stacks);
  return stacks;
}

void StackStore::Forget(const Stack& stack) const {
  storage::Batch batch;
  const std::string events = MakeKey({"event", stack.id});
  room_.DeleteRange(batch, events, storage::PrefixEnd(events));
  room_.Delete(batch, StackKey(stack));
  room_.Write(std::move(batch));
}

void StackStore::AddEvent(Stack& stack, json event) const {
  storage::Batch batch;
  const std::string number = fmt::format("{:010}", stack.event_count++);
  room_.PutJson(batch, MakeKey({"event", stack.id, number}), event);
  room_.PutJson(batch, StackKey(stack), stack);
  room_.Write(std::move(batch));
}

std::vector<json> StackStore::Events(const Stack& stack) const {
  auto events = room_.ListJson(MakeKey({"event", stack.id}));
  std::reverse(events.begin(), events.end());
  return events;
}

void StackStore::Put(const RequestContext& context, const ChangeSet& change_set) const {
  room_.PutJson(ChangeSetKey(context, change_set), change_set);
}

void StackStore::Delete(const RequestContext& context, const ChangeSet& change_set) const {
  room_.Delete(ChangeSetKey(context, change_set));
}

std::optional<ChangeSet> StackStore::FindChangeSet(const RequestContext& context,
                                                   std::string_view name_or_id,
                                                   std::string_view stack_id) const {
  if (name_or_id.starts_with("arn:")) {
    const auto found =
        room_.GetJson(MakeKey({"change set", context.account, context.region, name_or_id}));
    if (!found) return std::nullopt;
    return found->get<ChangeSet>();
  }
  for (auto& change_set : ListChangeSets(context, stack_id)) {
    if (change_set.name == name_or_id) return std::move(change_set);
  }
  return std::nullopt;
}

std::vector<ChangeSet> StackStore::ListChangeSets(const RequestContext& context,
                                                  std::string_view stack_id) const {
  std::vector<ChangeSet> change_sets;
  for (const json& entry :
       room_.ListJson(MakeKey({"change set", context.account, context.region}))) {
    auto change_set = entry.get<ChangeSet>();
    if (change_set.stack_id == stack_id) change_sets.push_back(std::move(change_set));
  }
  std::stable_sort(
      change_sets.begin(), change_sets.end(),
      [](const ChangeSet& a, const ChangeSet& b) { return a.creation_time < b.creation_time; });
  return change_sets;
}

}  // namespace fractus::cloudformation
