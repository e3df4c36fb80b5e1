#include <fmt/format.h>

#include "lambdas/operations.h"

namespace fractus::lambdas {
namespace {

// What reservations must leave for the functions that have none.
constexpr int kLeastUnreserved = 100;

Result<FunctionReference> WholeFunction(const Request& request) {
  auto reference = ReferenceOf(request);
  if (!reference || reference->qualifier.empty()) return reference;
  return ApiError{"InvalidParameterValueException",
                  "This operation is permitted on Lambda functions only. Aliases and versions do "
                  "not support this operation. Please specify either a function name or an "
                  "unqualified function ARN."};
}

}  // namespace

Result<json> PutFunctionConcurrency(const Control& control, const Request& request) {
  auto reference = WholeFunction(request);
  if (!reference) return reference.error();
  const auto wanted = static_cast<int>(request.Integer("ReservedConcurrentExecutions", 0));
  // Observed: this operation reports the function with its version.
  FunctionReference reported = *reference;
  reported.qualifier = kLatest;
  const auto after =
      control.store.Change(reported, [&](Function& function) -> std::optional<ApiError> {
        int reserved = wanted;
        for (const auto& other : control.store.List(function.id.account, function.id.region)) {
          if (other->id != function.id) reserved += other->reserved_concurrency.value_or(0);
        }
        if (EnvironmentPool::kAccountConcurrency - reserved < kLeastUnreserved) {
          return ApiError{"InvalidParameterValueException",
                          fmt::format("Specified ReservedConcurrentExecutions for function "
                                      "decreases account's UnreservedConcurrentExecution below its "
                                      "minimum value of [{}].",
                                      kLeastUnreserved)};
        }
        function.reserved_concurrency = wanted;
        return std::nullopt;
      });
  if (!after) return after.error();
  json output = json::object();
  output["ReservedConcurrentExecutions"] = wanted;
  return output;
}

Result<json> GetFunctionConcurrency(const Control& control, const Request& request) {
  const auto reference = WholeFunction(request);
  if (!reference) return reference.error();
  const auto function = control.store.Get(*reference);
  if (!function) return function.error();
  json output = json::object();
  if (const auto reserved = (*function)->reserved_concurrency) {
    output["ReservedConcurrentExecutions"] = *reserved;
  }
  return output;
}

Result<json> DeleteFunctionConcurrency(const Control& control, const Request& request) {
  const auto reference = WholeFunction(request);
  if (!reference) return reference.error();
  const auto after =
      control.store.Change(*reference, [](Function& function) -> std::optional<ApiError> {
        function.reserved_concurrency.reset();
        return std::nullopt;
      });
  if (!after) return after.error();
  return json::object();
}

}  // namespace fractus::lambdas
