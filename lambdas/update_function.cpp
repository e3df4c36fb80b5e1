#include "lambdas/configuration.h"
#include "lambdas/operations.h"

namespace fractus::lambdas {
namespace {

// Only $LATEST can be changed.
Result<FunctionReference> ReferenceToLatest(const Request& request) {
  auto reference = ReferenceOf(request);
  if (!reference) return reference;
  if (!reference->qualifier.empty() && reference->qualifier != kLatest) {
    return ApiError{"InvalidParameterValueException",
                    "This operation is permitted on Lambda functions only. Aliases and versions do "
                    "not support this operation. Please specify either a function name or an "
                    "unqualified function ARN."};
  }
  reference->qualifier.clear();
  return reference;
}

void Touch(json& configuration, const Control& control, const Request& request) {
  configuration["LastModified"] = FormatLastModified(request.context.now);
  configuration["RevisionId"] = control.ids.Uuid();
}

}  // namespace

Result<json> UpdateFunctionCode(const Control& control, const Request& request) {
  const auto reference = ReferenceToLatest(request);
  if (!reference) return reference.error();
  const auto before = control.store.Get(*reference);
  if (!before) return before.error();
  // Looked at before the archive is unpacked, and again when nobody else can change the function.
  const auto check = [&](const Function& function) {
    return CheckRevision(request,
                         function.latest->configuration.at("RevisionId").get<std::string>());
  };
  if (auto error = check(**before)) return *std::move(error);
  auto code = TakeCode(control, reference->id, request.input);
  if (!code) return code.error();

  std::shared_ptr<const FunctionVersion> shown;
  const auto change = [&](Function& function) -> std::optional<ApiError> {
    if (auto error = check(function)) return error;
    json configuration = function.latest->configuration;
    configuration["CodeSha256"] = (*code)->sha256();
    configuration["CodeSize"] = (*code)->size();
    if (!request.Array("Architectures").empty()) {
      configuration["Architectures"] = request.Array("Architectures");
    }
    Touch(configuration, control, request);
    function.latest = FunctionVersion::Make(kLatest, std::move(configuration), *code);
    shown = function.latest;
    if (request.Flag("Publish", false)) shown = Publish(function, request, control.ids);
    return std::nullopt;
  };
  if (request.Flag("DryRun", false)) {
    (*code)->Discard();
    Function copy = **before;
    if (auto error = change(copy)) return *std::move(error);
    return Configuration(copy, *shown, "");
  }
  const auto after = control.store.Change(*reference, change);
  if (!after) {
    (*code)->Discard();
    return after.error();
  }
  control.pool.RetireOlder(reference->id, *(*after)->latest);
  return Configuration(**after, *shown, shown->version == kLatest ? "" : shown->version);
}

Result<json> UpdateFunctionConfiguration(const Control& control, const Request& request) {
  const auto reference = ReferenceToLatest(request);
  if (!reference) return reference.error();
  const auto after =
      control.store.Change(*reference, [&](Function& function) -> std::optional<ApiError> {
        json configuration = function.latest->configuration;
        if (auto error = CheckRevision(request, configuration.at("RevisionId").get<std::string>()))
          return error;
        if (auto error = ApplySettings(request, configuration)) return error;
        Touch(configuration, control, request);
        function.latest =
            FunctionVersion::Make(kLatest, std::move(configuration), function.latest->code);
        return std::nullopt;
      });
  if (!after) return after.error();
  control.pool.RetireOlder(reference->id, *(*after)->latest);
  return Configuration(**after, *(*after)->latest, "");
}

}  // namespace fractus::lambdas
