#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "emulator/core/encoding.h"
#include "lambdas/configuration.h"
#include "lambdas/operations.h"

namespace fractus::lambdas {
namespace {

constexpr size_t kLongestName = 64;

ApiError Invalid(std::string message) {
  return {"InvalidParameterValueException", std::move(message)};
}

// A local folder, or a zip that lies in one.
Result<std::shared_ptr<Code>> TakeLocal(const Control& control, const FunctionId& id,
                                        const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::path(path).is_absolute() || !fs::is_regular_file(path, error)) {
    return Code::FromFolder(path);
  }
  std::ifstream file(path, std::ios::binary);
  const std::string zip((std::istreambuf_iterator<char>(file)), {});
  return Code::FromZip(zip, control.store.CodeFolder(id), control.ids);
}

}  // namespace

Result<std::shared_ptr<Code>> TakeCode(const Control& control, const FunctionId& id,
                                       const json& source) {
  if (const auto zip = source.find("ZipFile"); zip != source.end()) {
    const auto& bytes = zip->get_binary();
    const std::string_view view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return Code::FromZip(view, control.store.CodeFolder(id), control.ids);
  }
  const std::string bucket = source.value("S3Bucket", "");
  if (bucket == "hot-reload") return TakeLocal(control, id, source.value("S3Key", ""));
  if (!bucket.empty()) {
    return Invalid(fmt::format(
        "Code from S3 is not emulated yet (s3://{}/{}). Send a zip, or name a local folder with "
        "S3Bucket hot-reload and its path as S3Key.",
        bucket, source.value("S3Key", "")));
  }
  if (source.contains("ImageUri")) return Invalid("Container images are not emulated.");
  return Invalid("Please provide a source for function code.");
}

Result<json> CreateFunction(const Control& control, const Request& request) {
  auto reference = ReferenceOf(request);
  if (!reference) return reference.error();
  const FunctionId& id = reference->id;
  if (id.name.size() > kLongestName) {
    return Invalid(
        fmt::format("1 validation error detected: Value '{}' at 'functionName' failed "
                    "to satisfy constraint: Member must have length less than or equal "
                    "to {}",
                    id.name, kLongestName));
  }
  if (!request.Has("Runtime") || !request.Has("Handler")) {
    if (request.Text("PackageType", "Zip") == "Zip") {
      return Invalid(
          "Runtime and Handler are mandatory parameters for functions created with deployment "
          "packages.");
    }
  }
  json configuration = DefaultConfiguration(id);
  if (auto error = ApplySettings(request, configuration)) return *std::move(error);
  if (control.store.Find(id)) {
    return ApiError{"ResourceConflictException", "Function already exist: " + id.name, 409};
  }
  auto code = TakeCode(control, id, request.Object("Code"));
  if (!code) return code.error();
  configuration["CodeSha256"] = (*code)->sha256();
  configuration["CodeSize"] = (*code)->size();
  configuration["LastModified"] = FormatLastModified(request.context.now);
  configuration["RevisionId"] = control.ids.Uuid();

  Function function;
  function.id = id;
  function.tags = request.Object("Tags").get<std::map<std::string, std::string>>();
  function.latest = FunctionVersion::Make(kLatest, std::move(configuration), *code);
  auto shown = function.latest;
  if (request.Flag("Publish", false)) shown = Publish(function, request, control.ids);
  auto kept = control.store.Insert(std::move(function));
  if (!kept) return kept.error();
  control.pool.RetireOlder(id, *(*kept)->latest);
  return Configuration(**kept, *shown, "");
}

}  // namespace fractus::lambdas
