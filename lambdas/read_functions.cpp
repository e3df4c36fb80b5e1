#include <algorithm>

#include "lambdas/code_archive.h"
#include "lambdas/operations.h"

namespace fractus::lambdas {
namespace {

constexpr int kMostListed = 50;

struct Found {
  FunctionReference reference;
  std::shared_ptr<const Function> function;
  std::shared_ptr<const FunctionVersion> version;
};

Result<Found> FindVersion(const Control& control, const Request& request) {
  Found found;
  auto reference = ReferenceOf(request);
  if (!reference) return reference.error();
  found.reference = *std::move(reference);
  auto function = control.store.Get(found.reference);
  if (!function) return function.error();
  found.function = *std::move(function);
  found.version = found.function->Find(found.reference.qualifier);
  if (!found.version) return FunctionNotFound(found.reference);
  return found;
}

}  // namespace

Result<FunctionReference> ReferenceOf(const Request& request) {
  return ParseReference(request.Text("FunctionName"), request.Text("Qualifier"), request.context);
}

std::optional<ApiError> CheckRevision(const Request& request, const std::string& current) {
  if (!request.Has("RevisionId") || request.Text("RevisionId") == current) return std::nullopt;
  return ApiError{"PreconditionFailedException",
                  "The Revision Id provided does not match the latest Revision Id. Call the "
                  "GetFunction/GetAlias API to retrieve the latest Revision Id",
                  412};
}

std::string FormatLastModified(Time time) {
  std::string text = FormatIso8601Millis(time);
  text.pop_back();
  return text + "+0000";
}

json Page(json elements, const Request& request, const char* member, int most_items) {
  const size_t count = elements.size();
  // The marker is the number of elements already shown.
  size_t begin = 0;
  const std::string marker = request.Text("Marker");
  if (!marker.empty() && marker.size() < 10 &&
      std::all_of(marker.begin(), marker.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    begin = std::min(count, static_cast<size_t>(std::stoul(marker)));
  }
  const auto most = static_cast<size_t>(
      std::clamp<long long>(request.Integer("MaxItems", most_items), 1, most_items));
  const size_t end = std::min(count, begin + most);
  json output = json::object();
  output[member] = json::array();
  for (size_t i = begin; i < end; ++i) output[member].push_back(std::move(elements[i]));
  if (end < count) output["NextMarker"] = std::to_string(end);
  return output;
}

Result<json> GetFunction(const Control& control, const Request& request) {
  const auto found = FindVersion(control, request);
  if (!found) return found.error();
  json output = json::object();
  output["Configuration"] =
      Configuration(*found->function, *found->version, found->reference.qualifier);
  // Differs from AWS: the location of a function's code is a file of this machine, not a signed
  // URL.
  output["Code"]["RepositoryType"] = "S3";
  output["Code"]["Location"] = found->version->code->Location();
  if (!found->function->tags.empty()) output["Tags"] = found->function->tags;
  if (const auto reserved = found->function->reserved_concurrency) {
    output["Concurrency"]["ReservedConcurrentExecutions"] = *reserved;
  }
  return output;
}

Result<json> GetFunctionConfiguration(const Control& control, const Request& request) {
  const auto found = FindVersion(control, request);
  if (!found) return found.error();
  return Configuration(*found->function, *found->version, found->reference.qualifier);
}

Result<json> ListFunctions(const Control& control, const Request& request) {
  const std::string which = request.Text("FunctionVersion");
  if (!which.empty() && which != "ALL") {
    return ApiError{"ValidationException", "1 validation error detected: Value '" + which +
                                               "' at 'functionVersion' failed to satisfy "
                                               "constraint: Member must satisfy enum value set: "
                                               "[ALL]"};
  }
  json all = json::array();
  for (const auto& function : control.store.List(request.context.account, request.context.region)) {
    if (which.empty()) {
      all.push_back(Configuration(*function, *function->latest, "", WithState::kNo));
      continue;
    }
    all.push_back(Configuration(*function, *function->latest, kLatest, WithState::kNo));
    for (const auto& [number, version] : function->versions) {
      all.push_back(Configuration(*function, *version, number, WithState::kNo));
    }
  }
  return Page(std::move(all), request, "Functions", kMostListed);
}

Result<json> GetAccountSettings(const Control& control, const Request& request) {
  FunctionId anyone;
  anyone.account = request.context.account;
  anyone.region = request.context.region;
  long long functions = 0;
  long long code_bytes = 0;
  for (const auto& function : control.store.List(request.context.account, request.context.region)) {
    ++functions;
    code_bytes += static_cast<long long>(function->latest->code->size());
    for (const auto& [number, version] : function->versions) {
      code_bytes += static_cast<long long>(version->code->size());
    }
  }
  json output = json::object();
  output["AccountLimit"]["TotalCodeSize"] = 80530636800ll;
  output["AccountLimit"]["CodeSizeUnzipped"] = kMostUnzippedBytes;
  output["AccountLimit"]["CodeSizeZipped"] = kMostZippedBytes;
  output["AccountLimit"]["ConcurrentExecutions"] = EnvironmentPool::kAccountConcurrency;
  output["AccountLimit"]["UnreservedConcurrentExecutions"] =
      EnvironmentPool::kAccountConcurrency - control.store.ReservedConcurrency(anyone);
  output["AccountUsage"]["TotalCodeSize"] = code_bytes;
  output["AccountUsage"]["FunctionCount"] = functions;
  return output;
}

}  // namespace fractus::lambdas
