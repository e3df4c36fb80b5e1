// Conditions on an item: what condition, filter and key condition expressions (and their legacy
// forms) become.
#pragma once

#include <vector>

#include "dynamo/document_path.h"
#include "dynamo/value.h"

namespace fractus::dynamo {

struct Operand {
  enum class Kind {
    kPath,
    kValue,
    // size(path) or size(:value)
    kSize,
  };
  Kind kind = Kind::kPath;
  Path path;
  // For kValue, and for kSize of a value; belongs to the request.
  const Value* value = nullptr;
};

enum class Comparator { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
std::string_view ComparatorText(Comparator comparator);

struct Condition {
  enum class Kind {
    kAnd,
    kOr,
    kNot,
    kCompare,
    kBetween,
    kIn,
    kAttributeExists,
    kAttributeNotExists,
    kAttributeType,
    kBeginsWith,
    kContains,
  };
  Kind kind = Kind::kAnd;
  Comparator comparator = Comparator::kEqual;
  std::vector<Operand> operands;
  std::vector<Condition> children;
};

// A null item has no attributes.
bool Holds(const Condition& condition, const Item* item);

}  // namespace fractus::dynamo
