#include "lambdas/operations.h"

namespace fractus::lambdas {
namespace {

constexpr size_t kMostTags = 50;

// Only a function's own ARN can carry tags.
Result<FunctionReference> TaggedFunction(const Request& request) {
  auto reference = ParseReference(request.Text("Resource"), "", request.context);
  if (!reference || reference->qualifier.empty()) return reference;
  return ApiError{"InvalidParameterValueException",
                  "Tags on function aliases and versions are not supported. Please specify a "
                  "function ARN."};
}

}  // namespace

Result<json> ListTags(const Control& control, const Request& request) {
  const auto reference = TaggedFunction(request);
  if (!reference) return reference.error();
  const auto function = control.store.Get(*reference);
  if (!function) return function.error();
  json output = json::object();
  output["Tags"] = (*function)->tags;
  return output;
}

Result<json> TagResource(const Control& control, const Request& request) {
  const auto reference = TaggedFunction(request);
  if (!reference) return reference.error();
  if (request.Object("Tags").empty()) {
    return ApiError{"InvalidParameterValueException",
                    "An error occurred and the request cannot be processed."};
  }
  const auto after =
      control.store.Change(*reference, [&](Function& function) -> std::optional<ApiError> {
        for (const auto& [key, value] : request.Object("Tags").items())
          function.tags[key] = value.get<std::string>();
        if (function.tags.size() > kMostTags) {
          return ApiError{"InvalidParameterValueException",
                          "The number of tags exceeds the limit of 50."};
        }
        return std::nullopt;
      });
  if (!after) return after.error();
  return json::object();
}

Result<json> UntagResource(const Control& control, const Request& request) {
  const auto reference = TaggedFunction(request);
  if (!reference) return reference.error();
  const auto after =
      control.store.Change(*reference, [&](Function& function) -> std::optional<ApiError> {
        for (const json& key : request.Array("TagKeys"))
          function.tags.erase(key.get<std::string>());
        return std::nullopt;
      });
  if (!after) return after.error();
  return json::object();
}

}  // namespace fractus::lambdas
