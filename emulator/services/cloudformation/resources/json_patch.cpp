#include "emulator/services/cloudformation/resources/json_patch.h"

#include <fmt/format.h>

#include "emulator/services/cloudformation/resources/resource_type.h"

namespace fractus::cloudformation {

json Patch(std::string op, std::string path, const json& value) {
  json operation = {{"op", std::move(op)}, {"path", std::move(path)}};
  if (!value.is_null()) operation["value"] = value.is_string() ? value : json(value.dump());
  return operation;
}

std::string Pointer(const std::string& name) {
  std::string escaped;
  for (const char c : name) {
    if (c == '~') {
      escaped += "~0";
    } else if (c == '/') {
      escaped += "~1";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

void PatchScalar(json& patches, const json& before, const json& after, std::string_view name,
                 std::string path) {
  if (!Differs(before, after, name)) return;
  const json& value = Property(after, name);
  patches.push_back(value.is_null() ? Patch("remove", std::move(path))
                                    : Patch("replace", std::move(path), value));
}

void PatchMap(json& patches, const json& before, const json& after, const std::string& path) {
  if (before.is_object()) {
    for (const auto& [key, value] : before.items()) {
      if (!after.is_object() || !after.contains(key))
        patches.push_back(Patch("remove", path + "/" + Pointer(key)));
    }
  }
  if (!after.is_object()) return;
  for (const auto& [key, value] : after.items()) {
    if (!before.is_object() || Property(before, key) != value) {
      patches.push_back(Patch("replace", path + "/" + Pointer(key), value));
    }
  }
}

std::string ApiArn(const Scene& scene, const std::string& id) {
  return fmt::format("arn:aws:apigateway:{}::/restapis/{}", scene.context.region, id);
}

}  // namespace fractus::cloudformation
