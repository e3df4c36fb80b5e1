// Paths into an item: a.b[3].
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dynamo/value.h"

namespace fractus::dynamo {

struct PathStep {
  // A member's name, or empty for a list index.
  std::string name;
  size_t index = 0;
  bool is_index = false;

  friend auto operator<=>(const PathStep&, const PathStep&) = default;
};

// Never empty; the first step is a name.
using Path = std::vector<PathStep>;

Path PathTo(std::string attribute);
// "[a, b, [3]]", as AWS's messages print it.
std::string PrintedPath(const Path& path);
// "a.b[3]"
std::string PathText(const Path& path);

// The value at the path, or null.
const Value* Find(const Item& item, const Path& path);

// Why two of the paths cannot be in one expression, without the leading "Invalid ...Expression: ".
std::optional<std::string> FindOverlap(const std::vector<const Path*>& paths);

// The parts of the item that the paths name. Elements of a list move together.
Item Project(const Item& item, const std::vector<Path>& paths);

}  // namespace fractus::dynamo
