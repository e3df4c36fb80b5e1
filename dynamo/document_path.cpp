#include "dynamo/document_path.h"

#include <algorithm>
#include <map>

namespace fractus::dynamo {
namespace {

// The paths as a tree: what is asked of one value.
struct Wanted {
  bool whole = false;
  std::map<std::string, Wanted, std::less<>> members;
  std::map<size_t, Wanted> elements;
};

void AddTo(Wanted& wanted, const Path& path, size_t step) {
  if (step == path.size()) {
    wanted.whole = true;
    return;
  }
  AddTo(path[step].is_index ? wanted.elements[path[step].index] : wanted.members[path[step].name],
        path, step + 1);
}

Map ProjectMap(const Map& map, const Wanted& wanted);

std::optional<Value> ProjectValue(const Value& value, const Wanted& wanted) {
  if (wanted.whole) return value;
  if (value.Is(Type::kMap)) {
    Map members = ProjectMap(value.Attributes(), wanted);
    if (members.empty()) return std::nullopt;
    return Value::Of(std::move(members));
  }
  if (value.Is(Type::kList)) {
    List elements;
    for (const auto& [index, inner] : wanted.elements) {
      if (index >= value.Members().size()) break;
      if (auto element = ProjectValue(value.Members()[index], inner))
        elements.push_back(*std::move(element));
    }
    if (elements.empty()) return std::nullopt;
    return Value::Of(std::move(elements));
  }
  return std::nullopt;
}

Map ProjectMap(const Map& map, const Wanted& wanted) {
  Map projected;
  for (const auto& [name, inner] : wanted.members) {
    const Value* value = Find(map, name);
    if (!value) continue;
    if (auto part = ProjectValue(*value, inner)) projected.push_back({name, *std::move(part)});
  }
  return projected;
}

}  // namespace

Path PathTo(std::string attribute) {
  Path path(1);
  path[0].name = std::move(attribute);
  return path;
}

std::string PrintedPath(const Path& path) {
  std::string text = "[";
  for (const auto& step : path) {
    if (text.size() > 1) text += ", ";
    text += step.is_index ? "[" + std::to_string(step.index) + "]" : step.name;
  }
  return text + "]";
}

std::string PathText(const Path& path) {
  std::string text;
  for (const auto& step : path) {
    if (step.is_index) {
      text += "[" + std::to_string(step.index) + "]";
    } else {
      text += (text.empty() ? "" : ".") + step.name;
    }
  }
  return text;
}

const Value* Find(const Item& item, const Path& path) {
  const Value* value = Find(item, path[0].name);
  for (size_t i = 1; value && i < path.size(); ++i) {
    const PathStep& step = path[i];
    if (step.is_index) {
      const bool has = value->Is(Type::kList) && step.index < value->Members().size();
      value = has ? &value->Members()[step.index] : nullptr;
    } else {
      value = value->Is(Type::kMap) ? Find(value->Attributes(), step.name) : nullptr;
    }
  }
  return value;
}

std::optional<std::string> FindOverlap(const std::vector<const Path*>& paths) {
  const auto message = [](const char* relation, const Path& one, const Path& two) {
    return std::string("Two document paths ") + relation +
           " with each other; must remove or rewrite one of these paths; path one: " +
           PrintedPath(one) + ", path two: " + PrintedPath(two);
  };
  for (size_t i = 0; i < paths.size(); ++i) {
    for (size_t j = i + 1; j < paths.size(); ++j) {
      const Path &one = *paths[i], &two = *paths[j];
      const size_t common = std::min(one.size(), two.size());
      size_t same = 0;
      while (same < common && one[same] == two[same]) ++same;
      if (same == common) return message("overlap", one, two);
      if (one[same].is_index != two[same].is_index) return message("conflict", one, two);
    }
  }
  return std::nullopt;
}

Item Project(const Item& item, const std::vector<Path>& paths) {
  Wanted wanted;
  for (const auto& path : paths) AddTo(wanted, path, 0);
  return ProjectMap(item, wanted);
}

}  // namespace fractus::dynamo
