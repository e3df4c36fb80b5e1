// The patch operations of UpdateRestApi, UpdateStage and the other Update operations.
#pragma once

#include <string>
#include <vector>

#include "emulator/core/api_error.h"
#include "emulator/core/request.h"

namespace fractus::gateway {

struct PatchOperation {
  // "add", "remove", "replace", "copy", "move", "test".
  std::string op;
  // As sent: "/binaryMediaTypes/image~1png".
  std::string path;
  // The parts of the path with "~1" and "~0" undone: "binaryMediaTypes", "image/png".
  std::vector<std::string> parts;
  std::string value;
  std::string from;

  bool Is(std::initializer_list<std::string_view> expected) const;
};

std::vector<PatchOperation> PatchOperations(const Request& request);

// "true" in any case; everything else is false, as AWS takes it.
bool PatchFlag(const std::string& value);

ApiError InvalidPatchPath(const PatchOperation& operation);

}  // namespace fractus::gateway
