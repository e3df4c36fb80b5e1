#include "gateway/patch.h"

#include <algorithm>

#include "emulator/core/encoding.h"
#include "gateway/api_store.h"

namespace fractus::gateway {
namespace {

std::string Unescape(std::string_view part) {
  std::string text;
  for (size_t i = 0; i < part.size(); ++i) {
    if (part[i] == '~' && i + 1 < part.size() && (part[i + 1] == '0' || part[i + 1] == '1')) {
      text += part[++i] == '1' ? '/' : '~';
    } else {
      text += part[i];
    }
  }
  return text;
}

std::string TextOf(const json& operation, const char* member) {
  const auto found = operation.find(member);
  return found != operation.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

bool PatchOperation::Is(std::initializer_list<std::string_view> expected) const {
  return std::equal(parts.begin(), parts.end(), expected.begin(), expected.end());
}

std::vector<PatchOperation> PatchOperations(const Request& request) {
  std::vector<PatchOperation> operations;
  for (const json& source : request.Array("patchOperations")) {
    PatchOperation operation;
    operation.op = TextOf(source, "op");
    operation.path = TextOf(source, "path");
    operation.value = TextOf(source, "value");
    operation.from = TextOf(source, "from");
    std::string_view path = operation.path;
    if (path.starts_with('/')) path.remove_prefix(1);
    for (const std::string& part : Split(path, '/')) operation.parts.push_back(Unescape(part));
    operations.push_back(std::move(operation));
  }
  return operations;
}

bool PatchFlag(const std::string& value) { return EqualsIgnoreCase(value, "true"); }

ApiError InvalidPatchPath(const PatchOperation& operation) {
  return BadRequest("Invalid patch path " + operation.path);
}

}  // namespace fractus::gateway
