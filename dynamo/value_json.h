// Attribute values in DynamoDB's JSON: {"S": "text"}, {"N": "1"}, ...
#pragma once

#include <string>
#include <string_view>

#include "dynamo/json_reader.h"
#include "dynamo/json_text.h"
#include "dynamo/value.h"

namespace fractus::dynamo {

// Containers may be nested this deep. Source: DynamoDB's quotas page ("Nested attribute depth: up
// to 32 levels").
constexpr int kDeepestNesting = 32;

// Reads one value. Wrong JSON types make the reader fail; a value that is well typed but not
// acceptable (no or two data types, a bad number, an empty set) puts AWS's text into `problem`
// unless that already holds one, since the service looks at values only after it has looked at the
// other parameters.
bool ReadValue(JsonReader& reader, Value& value, std::string& problem, int depth = 1);

// Sets that are checked as those of requests: AWS's text goes to `problem` for one that is empty or
// holds an element twice. `type` is kStringSet or kBinarySet.
Value CheckedSet(Type type, std::vector<std::string> elements, std::string& problem);
Value CheckedSet(std::vector<Number> elements, std::string& problem);

struct ReadMapResult {
  Map map;
  // The first unacceptable value, and its attribute; empty when all are fine.
  std::string problem;
  std::string problem_name;
};

// {"name": {"S": ...}, ...}
bool ReadMap(JsonReader& reader, ReadMapResult& result);

void WriteValue(std::string& out, const Value& value);
void WriteMap(std::string& out, const Map& map);

// "{S:a}": a value as AWS's messages print it.
std::string PrintedValue(const Value& value);

}  // namespace fractus::dynamo
