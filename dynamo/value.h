// An attribute value and an item, as the operations compute with them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dynamo/number.h"

namespace fractus::dynamo {

// The numbers are those of the stored form (item_codec.h).
enum class Type : uint8_t {
  kString = 1,
  kNumber = 2,
  kBinary = 3,
  kBoolean = 4,
  kNull = 5,
  kStringSet = 6,
  kNumberSet = 7,
  kBinarySet = 8,
  kList = 9,
  kMap = 10,
};

// "S", "NS", ... and "STRING", "NUMBER_SET", ... as AWS's messages use them.
std::string_view TypeName(Type type);
std::string_view LongTypeName(Type type);
// Nothing for a text that names no type.
std::optional<Type> TypeFromName(std::string_view name);

struct Attribute;
class Value;

// Attributes sorted by name, each name once: equal maps are equal element by element.
using Map = std::vector<Attribute>;
using List = std::vector<Value>;
using Item = Map;

// Sets are kept sorted, so that equal sets are equal element by element.
class Value {
 public:
  Value() = default;
  static Value String(std::string text);
  static Value Binary(std::string bytes);
  static Value Of(Number number);
  static Value Boolean(bool flag);
  static Value Null();
  // `type` is kStringSet or kBinarySet. Sorts the elements.
  static Value SetOf(Type type, std::vector<std::string> elements);
  static Value SetOf(std::vector<Number> elements);
  static Value Of(List elements);
  static Value Of(Map attributes);

  Type type() const { return type_; }
  bool Is(Type type) const { return type_ == type; }
  bool IsSet() const { return type_ >= Type::kStringSet && type_ <= Type::kBinarySet; }
  // Each only for a value of the matching type. Text is also for kBinary.
  const std::string& Text() const { return std::get<std::string>(data_); }
  const Number& AsNumber() const { return std::get<Number>(data_); }
  bool Flag() const { return std::get<bool>(data_); }
  // For kStringSet and kBinarySet.
  const std::vector<std::string>& Elements() const {
    return std::get<std::vector<std::string>>(data_);
  }
  const std::vector<Number>& Numbers() const { return std::get<std::vector<Number>>(data_); }
  const List& Members() const { return std::get<List>(data_); }
  List& Members() { return std::get<List>(data_); }
  const Map& Attributes() const { return std::get<Map>(data_); }
  Map& Attributes() { return std::get<Map>(data_); }

  // Bytes that count towards the item's size.
  size_t BilledSize() const;

  friend bool operator==(const Value& a, const Value& b);

 private:
  template <class Data>
  Value(Type type, Data data) : type_(type), data_(std::move(data)) {}

  Type type_ = Type::kNull;
  std::variant<std::monostate, bool, Number, std::string, std::vector<std::string>,
               std::vector<Number>, List, Map>
      data_;
};

struct Attribute {
  std::string name;
  Value value;

  friend bool operator==(const Attribute&, const Attribute&) = default;
};

// Here, where attributes are complete, values can be made and destroyed.
inline Value Value::String(std::string text) { return Value(Type::kString, std::move(text)); }
inline Value Value::Binary(std::string bytes) { return Value(Type::kBinary, std::move(bytes)); }
inline Value Value::Of(Number number) { return Value(Type::kNumber, number); }
inline Value Value::Boolean(bool flag) { return Value(Type::kBoolean, flag); }
inline Value Value::Null() { return Value(); }

// The attribute's value, or null.
const Value* Find(const Map& map, std::string_view name);
Value* Find(Map& map, std::string_view name);
// Replaces or inserts.
void Set(Map& map, std::string_view name, Value value);
// False when there was no such attribute.
bool Erase(Map& map, std::string_view name);
// Brings attributes that arrived in any order into the map's order; of a name given twice the last
// stays.
void SortByName(Map& map);

// The size that DynamoDB charges and limits: names and values.
// Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
size_t BilledSize(const Item& item);

// True when both are of the same such type and `a` is the greater one.
bool IsAbove(const Value& a, const Value& b);
// Orders two values of the same type kString, kNumber or kBinary; nothing for anything else.
std::optional<std::strong_ordering> Compare(const Value& a, const Value& b);

}  // namespace fractus::dynamo
