#include <algorithm>

#include "lambdas/operations.h"

namespace fractus::lambdas {

Result<json> DeleteFunction(const Control& control, const Request& request) {
  auto reference = ReferenceOf(request);
  if (!reference) return reference.error();
  const std::string qualifier = std::exchange(reference->qualifier, "");
  // Observed: a function that does not exist is reported without the qualifier, and after these
  // two.
  if (qualifier == kLatest) {
    return ApiError{"InvalidParameterValueException",
                    "$LATEST version cannot be deleted without deleting the function."};
  }
  if (!qualifier.empty()) {
    if (!std::all_of(qualifier.begin(), qualifier.end(),
                     [](char c) { return c >= '0' && c <= '9'; })) {
      return ApiError{"InvalidParameterValueException",
                      "Deletion of aliases is not currently supported."};
    }
    const auto after =
        control.store.Change(*reference, [&](Function& function) -> std::optional<ApiError> {
          for (const auto& [name, alias] : function.aliases) {
            if (alias.at("FunctionVersion") == qualifier) {
              return ApiError{"ResourceConflictException",
                              "Version " + qualifier + " is referenced by alias " + name + ".",
                              409};
            }
          }
          // A version that does not exist is deleted without complaint.
          function.versions.erase(qualifier);
          function.policies.erase(qualifier);
          return std::nullopt;
        });
    if (!after) return after.error();
    return json::object();
  }
  const auto removed = control.store.Remove(reference->id);
  if (!removed) return FunctionNotFound(*reference);
  control.pool.RetireAll(*removed);
  return json::object();
}

}  // namespace fractus::lambdas
