// Any text as a condition, an update and a projection; what parses is evaluated.
#include "dynamo/expression.h"

#include <string_view>

#include "tests/fuzz/sample.h"

using namespace fractus::dynamo;

namespace {

const ExpressionNames& Names() {
  static const ExpressionNames names = {{"#a", "a"}, {"#b", "b"}, {"#c", "c"}, {"#d", "d"}};
  return names;
}

// :a to :j.
const Map& Values() {
  static const Map values = [] {
    Map named = SampleItem();
    for (auto& attribute : named) attribute.name.insert(0, ":");
    SortByName(named);
    return named;
  }();
  return values;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Item item = SampleItem();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Placeholders placeholders(&Names(), &Values());
  if (const auto condition = ParseCondition(text, "ConditionExpression", placeholders)) {
    Holds(*condition, &item);
    Holds(*condition, nullptr);
  }
  if (const auto update = ParseUpdate(text, placeholders)) {
    if (const auto updated = Apply(*update, item)) ExpectStorable(*updated);
    (void)Apply(*update, {});
  }
  if (const auto paths = ParseProjection(text, placeholders)) ExpectStorable(Project(item, *paths));
  return 0;
}
