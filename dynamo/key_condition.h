// What a Query asks of the keys, and the range of the store that answers it.
#pragma once

#include <string>
#include <vector>

#include "dynamo/condition.h"
#include "dynamo/table.h"
#include "emulator/core/api_error.h"

namespace fractus::dynamo {

struct KeyCondition {
  enum class Sort {
    kAny,
    kEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kBetween,
    kBeginsWith
  };
  std::vector<const Value*> partition;
  // Values of leading sort attributes that are given by equality, when the index has several.
  std::vector<const Value*> leading_sort;
  Sort sort = Sort::kAny;
  // The operand; for kBetween the bounds.
  const Value* low = nullptr;
  const Value* high = nullptr;
};

// Where the condition comes from: their texts differ.
enum class KeyConditionForm { kExpression, kLegacy };

// AWS's ValidationException for a condition that does not fit the keys.
Result<KeyCondition> MakeKeyCondition(const Condition& condition, const KeySchema& keys,
                                      KeyConditionForm form);

// Keys of the store in [begin, end).
struct KeyRange {
  std::string begin, end;
};

KeyRange RangeOf(const Table& table, uint16_t index_number, const KeyCondition& condition);
// All keys of the table or index.
KeyRange RangeOf(const Table& table, uint16_t index_number);

}  // namespace fractus::dynamo
