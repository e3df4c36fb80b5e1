// What the fuzz targets evaluate expressions on: one value of every type.
#pragma once

#include <cstdlib>

#include "dynamo/item_codec.h"
#include "dynamo/value.h"
#include "dynamo/value_json.h"
#include "emulator/core/json.h"

namespace fractus::dynamo {

inline Item SampleItem() {
  Item item = {{"a", Value::Of(Number(1))},
               {"b", Value::String("text")},
               {"c", Value::Of(List{Value::Of(Number(1)), Value::Of(List{Value::Null()})})},
               {"d", Value::Of(Map{{"a", Value::Of(Map{{"b", Value::Boolean(true)}})}})},
               {"e", Value::SetOf(Type::kStringSet, {"a", "b"})},
               {"f", Value::SetOf({Number(1), Number(2)})},
               {"g", Value::Binary("bytes")},
               {"h", Value::Boolean(false)},
               {"i", Value::Null()},
               {"j", Value::SetOf(Type::kBinarySet, {"a"})}};
  SortByName(item);
  return item;
}

// Ends the program unless the item is the same after it was stored.
inline void ExpectStorable(const Item& item) {
  std::string row;
  EncodeRow(row, item, BilledSize(item));
  if (!(DecodeRow(row) == item)) std::abort();
  std::string stored, direct;
  WriteRow(stored, row);
  WriteMap(direct, item);
  if (stored != direct) std::abort();
}

}  // namespace fractus::dynamo
