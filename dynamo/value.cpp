#include "dynamo/value.h"

#include <algorithm>
#include <array>

namespace fractus::dynamo {
namespace {

struct TypeNames {
  std::string_view brief, full;
};

constexpr std::array<TypeNames, 11> kNames = {{{"", ""},
                                               {"S", "STRING"},
                                               {"N", "NUMBER"},
                                               {"B", "BINARY"},
                                               {"BOOL", "BOOLEAN"},
                                               {"NULL", "NULL"},
                                               {"SS", "STRING_SET"},
                                               {"NS", "NUMBER_SET"},
                                               {"BS", "BINARY_SET"},
                                               {"L", "LIST"},
                                               {"M", "MAP"}}};

// Up to here a map is sorted by insertion.
constexpr size_t kFewAttributes = 16;

// A list or map takes three bytes and one for each element.
constexpr size_t kContainerOverhead = 3;

struct NameLess {
  bool operator()(const Attribute& attribute, std::string_view name) const {
    return attribute.name < name;
  }
};

}  // namespace

std::string_view TypeName(Type type) { return kNames[static_cast<size_t>(type)].brief; }
std::string_view LongTypeName(Type type) { return kNames[static_cast<size_t>(type)].full; }

std::optional<Type> TypeFromName(std::string_view name) {
  for (size_t i = 1; i < kNames.size(); ++i) {
    if (kNames[i].brief == name) return static_cast<Type>(i);
  }
  return std::nullopt;
}

Value Value::SetOf(Type type, std::vector<std::string> elements) {
  std::sort(elements.begin(), elements.end());
  return Value(type, std::move(elements));
}

Value Value::SetOf(std::vector<Number> elements) {
  std::sort(elements.begin(), elements.end());
  return Value(Type::kNumberSet, std::move(elements));
}

Value Value::Of(List elements) { return Value(Type::kList, std::move(elements)); }
Value Value::Of(Map attributes) { return Value(Type::kMap, std::move(attributes)); }

size_t Value::BilledSize() const {
  size_t size = 0;
  switch (type_) {
    case Type::kString:
    case Type::kBinary:
      return Text().size();
    case Type::kNumber:
      return AsNumber().BilledSize();
    case Type::kBoolean:
    case Type::kNull:
      return 1;
    case Type::kStringSet:
    case Type::kBinarySet:
      for (const auto& element : Elements()) size += element.size();
      return size;
    case Type::kNumberSet:
      for (const auto& element : Numbers()) size += element.BilledSize();
      return size;
    case Type::kList:
      size = kContainerOverhead;
      for (const auto& element : Members()) size += 1 + element.BilledSize();
      return size;
    case Type::kMap:
      size = kContainerOverhead;
      for (const auto& [name, value] : Attributes()) size += 1 + name.size() + value.BilledSize();
      return size;
  }
  return size;
}

bool operator==(const Value& a, const Value& b) { return a.type_ == b.type_ && a.data_ == b.data_; }

const Value* Find(const Map& map, std::string_view name) {
  const auto found = std::lower_bound(map.begin(), map.end(), name, NameLess());
  return found != map.end() && found->name == name ? &found->value : nullptr;
}

Value* Find(Map& map, std::string_view name) {
  return const_cast<Value*>(Find(static_cast<const Map&>(map), name));
}

void Set(Map& map, std::string_view name, Value value) {
  const auto found = std::lower_bound(map.begin(), map.end(), name, NameLess());
  if (found != map.end() && found->name == name) {
    found->value = std::move(value);
  } else {
    map.insert(found, Attribute{std::string(name), std::move(value)});
  }
}

bool Erase(Map& map, std::string_view name) {
  const auto found = std::lower_bound(map.begin(), map.end(), name, NameLess());
  if (found == map.end() || found->name != name) return false;
  map.erase(found);
  return true;
}

void SortByName(Map& map) {
  const auto in_order = [](const Attribute& a, const Attribute& b) { return a.name < b.name; };
  // Most are short, or sorted already; for these a sort's buffer costs more than the sorting.
  if (map.size() <= kFewAttributes) {
    for (auto at = map.begin(); at != map.end(); ++at) {
      const auto place = std::upper_bound(map.begin(), at, *at, in_order);
      if (place == at) continue;
      Attribute moved = std::move(*at);
      std::move_backward(place, at, std::next(at));
      *place = std::move(moved);
    }
  } else if (!std::is_sorted(map.begin(), map.end(), in_order)) {
    std::stable_sort(map.begin(), map.end(), in_order);
  }
  // Backwards, the last of a name is the first.
  const auto same_name = [](const Attribute& a, const Attribute& b) { return a.name == b.name; };
  map.erase(map.begin(), std::unique(map.rbegin(), map.rend(), same_name).base());
}

size_t BilledSize(const Item& item) {
  size_t size = 0;
  for (const auto& [name, value] : item) size += name.size() + value.BilledSize();
  return size;
}

std::optional<std::strong_ordering> Compare(const Value& a, const Value& b) {
  if (a.type() != b.type()) return std::nullopt;
  if (a.Is(Type::kNumber)) return a.AsNumber() <=> b.AsNumber();
  // std::string compares bytes as unsigned, which for UTF-8 is also the order of code points.
  if (a.Is(Type::kString) || a.Is(Type::kBinary)) return a.Text().compare(b.Text()) <=> 0;
  return std::nullopt;
}

bool IsAbove(const Value& a, const Value& b) {
  const auto order = Compare(a, b);
  return order && *order > 0;
}

}  // namespace fractus::dynamo
