// Tags of resources: services list them as [{Key, Value}] and are kept as one object {key: value}.
#pragma once

#include "emulator/core/json.h"

namespace fractus::service {

// Later entries win, as a client that tags twice expects.
inline void AddTags(json& tags, const json& list) {
  if (!tags.is_object()) tags = json::object();
  for (const auto& tag : list) tags[tag.at("Key").get<std::string>()] = tag.value("Value", "");
}

inline void RemoveTags(json& tags, const json& keys) {
  if (!tags.is_object()) return;
  for (const auto& key : keys) tags.erase(key.get<std::string>());
}

// Sorted by key.
inline json ListTags(const json& tags) {
  json list = json::array();
  if (!tags.is_object()) return list;
  for (const auto& [key, value] : tags.items()) list.push_back({{"Key", key}, {"Value", value}});
  return list;
}

}  // namespace fractus::service
