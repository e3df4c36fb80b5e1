// Any text as a PartiQL statement; what parses is evaluated.
#include <algorithm>
#include <string_view>

#include "dynamo/partiql/statement.h"
#include "dynamo/partiql/where.h"
#include "tests/fuzz/sample.h"

using namespace fractus::dynamo;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Item item = SampleItem();
  static const KeySchema keys = {{{"a", Type::kNumber}}, {{"b", Type::kString}}};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<Value> parameters;
  for (auto marks = std::count(text.begin(), text.end(), '?'); marks > 0; --marks)
    parameters.push_back(item[parameters.size() % item.size()].value);
  const auto statement = partiql::Parse(text, parameters);
  if (!statement) return 0;
  if (statement->where) {
    Holds(*statement->where, &item);
    Holds(*statement->where, nullptr);
    (void)partiql::KeyOf(&*statement->where, keys);
    (void)partiql::KeyConditionsOf(&*statement->where, keys);
  }
  if (const auto updated = Apply(statement->update, item)) ExpectStorable(*updated);
  ExpectStorable(statement->item);
  return 0;
}
