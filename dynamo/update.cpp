#include "dynamo/update.h"

#include <algorithm>

#include "dynamo/errors.h"

namespace fractus::dynamo {
namespace {

constexpr char kNoAttribute[] =
    "The provided expression refers to an attribute that does not exist in the item";
constexpr char kInvalidPath[] =
    "The document path provided in the update expression is invalid for update";
constexpr char kWrongType[] = "An operand in the update expression has an incorrect data type";

Result<Value> Evaluate(const SetTerm& term, const Item& item) {
  switch (term.kind) {
    case SetTerm::Kind::kValue:
      return *term.value;
    case SetTerm::Kind::kPath: {
      const Value* value = Find(item, term.path);
      if (!value) return Invalid(kNoAttribute);
      return *value;
    }
    case SetTerm::Kind::kIfNotExists: {
      if (const Value* value = Find(item, term.path)) return *value;
      return Evaluate(term.arguments[0], item);
    }
    default:
      break;
  }
  auto left = Evaluate(term.arguments[0], item);
  if (!left) return left;
  auto right = Evaluate(term.arguments[1], item);
  if (!right) return right;
  if (term.kind == SetTerm::Kind::kListAppend) {
    if (!left->Is(Type::kList) || !right->Is(Type::kList)) return Invalid(kWrongType);
    List& elements = left->Members();
    for (auto& element : right->Members()) elements.push_back(std::move(element));
    return left;
  }
  if (!left->Is(Type::kNumber) || !right->Is(Type::kNumber)) return Invalid(kWrongType);
  const auto number = term.kind == SetTerm::Kind::kPlus
                          ? Number::Add(left->AsNumber(), right->AsNumber())
                          : Number::Subtract(left->AsNumber(), right->AsNumber());
  if (!number) return number.error();
  return Value::Of(*number);
}

// The container of the path's last step; null when there is none.
Value* FindParent(Item& item, const Path& path) {
  Path parent(path.begin(), path.end() - 1);
  return const_cast<Value*>(Find(static_cast<const Item&>(item), parent));
}

bool FitsIn(const Value* parent, const PathStep& last) {
  return parent && parent->Is(last.is_index ? Type::kList : Type::kMap);
}

// Writes the value at the path; false when the container is missing or of another type.
bool Assign(Item& item, const Path& path, Value value) {
  const PathStep& last = path.back();
  if (path.size() == 1) {
    Set(item, last.name, std::move(value));
    return true;
  }
  Value* parent = FindParent(item, path);
  if (!FitsIn(parent, last)) return false;
  if (!last.is_index) {
    Set(parent->Attributes(), last.name, std::move(value));
  } else if (last.index < parent->Members().size()) {
    parent->Members()[last.index] = std::move(value);
  } else {
    // Beyond the end is at the end.
    parent->Members().push_back(std::move(value));
  }
  return true;
}

bool Remove(Item& item, const Path& path) {
  const PathStep& last = path.back();
  if (path.size() == 1) {
    Erase(item, last.name);
    return true;
  }
  Value* parent = FindParent(item, path);
  if (!FitsIn(parent, last)) return false;
  if (!last.is_index) {
    Erase(parent->Attributes(), last.name);
  } else if (last.index < parent->Members().size()) {
    parent->Members().erase(parent->Members().begin() + static_cast<ptrdiff_t>(last.index));
  }
  return true;
}

template <class Element>
std::vector<Element> Union(const std::vector<Element>& a, const std::vector<Element>& b) {
  std::vector<Element> all;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
  return all;
}

template <class Element>
std::vector<Element> Difference(const std::vector<Element>& a, const std::vector<Element>& b) {
  std::vector<Element> rest;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(rest));
  return rest;
}

// What ADD makes of the present value (null when there is none).
Result<Value> Added(const Value* present, const Value& added) {
  if (!present) return added;
  if (present->type() != added.type()) return Invalid(kWrongType);
  if (added.Is(Type::kNumber)) {
    const auto sum = Number::Add(present->AsNumber(), added.AsNumber());
    if (!sum) return sum.error();
    return Value::Of(*sum);
  }
  if (added.Is(Type::kNumberSet)) return Value::SetOf(Union(present->Numbers(), added.Numbers()));
  if (!added.IsSet()) return Invalid(kWrongType);
  return Value::SetOf(added.type(), Union(present->Elements(), added.Elements()));
}

// What DELETE leaves of a set; nothing when no element is left.
Result<std::optional<Value>> Deleted(const Value& present, const Value& deleted) {
  if (present.type() != deleted.type() || !deleted.IsSet()) return Invalid(kWrongType);
  std::optional<Value> rest;
  if (deleted.Is(Type::kNumberSet)) {
    auto numbers = Difference(present.Numbers(), deleted.Numbers());
    if (!numbers.empty()) rest = Value::SetOf(std::move(numbers));
  } else {
    auto elements = Difference(present.Elements(), deleted.Elements());
    if (!elements.empty()) rest = Value::SetOf(deleted.type(), std::move(elements));
  }
  return rest;
}

}  // namespace

std::vector<Path> Update::Targets() const {
  std::vector<Path> targets;
  for (const auto& action : actions) targets.push_back(action.path);
  return targets;
}

Result<Item> Apply(const Update& update, Item item) {
  struct Write {
    const UpdateAction* action;
    // Nothing: the path is removed.
    std::optional<Value> value;
  };
  std::vector<Write> writes, removals;
  for (const auto& action : update.actions) {
    switch (action.kind) {
      case UpdateAction::Kind::kSet: {
        auto value = Evaluate(action.term, item);
        if (!value) return value.error();
        writes.push_back({&action, *std::move(value)});
        break;
      }
      case UpdateAction::Kind::kRemove:
        removals.push_back({&action, std::nullopt});
        break;
      case UpdateAction::Kind::kAdd: {
        auto value = Added(Find(item, action.path), *action.value);
        if (!value) return value.error();
        writes.push_back({&action, *std::move(value)});
        break;
      }
      case UpdateAction::Kind::kDelete: {
        const Value* present = Find(item, action.path);
        if (!present) {
          if (action.path.size() > 1 &&
              !FitsIn(FindParent(item, action.path), action.path.back())) {
            return Invalid(kInvalidPath);
          }
          break;
        }
        auto rest = Deleted(*present, *action.value);
        if (!rest) return rest.error();
        (rest->has_value() ? writes : removals).push_back({&action, *std::move(rest)});
        break;
      }
    }
  }
  // Elements beyond the end of a list are appended in the order of their indexes; removals go from
  // the last to the first so that indexes keep their meaning.
  const auto by_path = [](const Write& a, const Write& b) {
    return a.action->path < b.action->path;
  };
  std::stable_sort(writes.begin(), writes.end(), by_path);
  std::stable_sort(removals.begin(), removals.end(),
                   [&](const auto& a, const auto& b) { return by_path(b, a); });
  for (auto& write : writes) {
    if (!Assign(item, write.action->path, *std::move(write.value))) return Invalid(kInvalidPath);
  }
  for (const auto& removal : removals) {
    if (!Remove(item, removal.action->path)) return Invalid(kInvalidPath);
  }
  return item;
}

}  // namespace fractus::dynamo
