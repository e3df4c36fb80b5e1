// API Gateway's patch operations, from the difference of two sets of properties.
#pragma once

#include <string>
#include <string_view>

#include "emulator/services/cloudformation/resources/resource_type.h"

namespace fractus::cloudformation {

json Patch(std::string op, std::string path, const json& value = nullptr);
// A name inside a JSON pointer.
std::string Pointer(const std::string& name);
// "replace" for a value, "remove" for one that the new properties lack, nothing when they agree.
void PatchScalar(json& patches, const json& before, const json& after, std::string_view name,
                 std::string path);
// Members of a map of texts below `path`.
void PatchMap(json& patches, const json& before, const json& after, const std::string& path);

// The ARN of a REST API, as its tags want it.
std::string ApiArn(const Scene& scene, const std::string& id);

ResourceType StageType();

}  // namespace fractus::cloudformation
