#include "dynamo/resource_policy.h"

#include <fmt/format.h>

#include "dynamo/errors.h"
#include "dynamo/item_request.h"
#include "dynamo/operations.h"
#include "dynamo/table_life.h"

// Differs from AWS: resource policies are kept with the table and given back, and nobody is refused
// by them.
namespace fractus::dynamo {
namespace {

// Source: DynamoDB's quotas page.
constexpr size_t kLongestPolicy = 20 * 1024;
constexpr char kNoPolicy[] = "NO_POLICY";

Result<TablePtr> FindResource(Store& store, const Request& request) {
  const std::string arn = request.Text("ResourceArn");
  if (!arn.starts_with("arn:") || arn.find(":table/") == std::string::npos)
    return Invalid("Invalid Request: Invalid ResourceArn: " + arn);
  if (arn.find("/stream/") != std::string::npos) {
    return ApiError{"NotImplemented", "The emulator does not have resource policies of streams.",
                    501};
  }
  TablePtr table = FindSettled(store, request.context, arn);
  if (!table) {
    return ApiError{"ResourceNotFoundException",
                    "Requested resource not found: ResourcArn: " + arn + " not found"};
  }
  return table;
}

ApiError PolicyNotFound(const std::string& arn) {
  return {"PolicyNotFoundException",
          "Resource-based policy not found for the provided ResourceArn: " + arn};
}

std::optional<ApiError> CheckPolicy(const std::string& policy) {
  const json document = json::parse(policy, nullptr, false);
  if (!document.is_object() || !document.contains("Statement"))
    return Invalid("Invalid policy document: the policy is not valid JSON or has no Statement");
  if (policy.size() > kLongestPolicy)
    return Invalid(
        fmt::format("Invalid policy document: it is larger than {} bytes", kLongestPolicy));
  return std::nullopt;
}

// The revision that the request expects against the one there is.
std::optional<ApiError> CheckRevision(const Request& request, const json& kept) {
  const std::string expected = request.Text("ExpectedRevisionId");
  if (expected.empty()) return std::nullopt;
  const std::string current = kept.value("RevisionId", kNoPolicy);
  if (expected == current) return std::nullopt;
  if (current == kNoPolicy) return PolicyNotFound(request.Text("ResourceArn"));
  return ApiError{"PolicyNotFoundException",
                  "The revision ID of the policy does not match the expected one"};
}

}  // namespace

Result<json> KeepPolicy(const std::string& policy, IdSource& ids) {
  if (auto error = CheckPolicy(policy)) return *error;
  return json{{"Policy", policy}, {"RevisionId", "17" + ids.Digits(11)}};
}

Result<json> PutResourcePolicy(Store& store, IdSource& ids, const Request& request) {
  const auto table = FindResource(store, request);
  if (!table) return table.error();
  const std::string policy = request.Text("Policy");
  const json kept = (*table)->definition().value("ResourcePolicy", json::object());
  if (auto error = CheckRevision(request, kept)) return *error;
  if (kept.value("Policy", "") == policy) return json{{"RevisionId", kept.at("RevisionId")}};
  const auto next = KeepPolicy(policy, ids);
  if (!next) return next.error();
  store.ChangeTable(*table, [&](json& definition) { definition["ResourcePolicy"] = *next; });
  return json{{"RevisionId", next->at("RevisionId")}};
}

Result<json> GetResourcePolicy(Store& store, const Request& request) {
  const auto table = FindResource(store, request);
  if (!table) return table.error();
  const json& definition = (*table)->definition();
  if (!definition.contains("ResourcePolicy")) return PolicyNotFound(request.Text("ResourceArn"));
  return definition.at("ResourcePolicy");
}

Result<json> DeleteResourcePolicy(Store& store, const Request& request) {
  const auto table = FindResource(store, request);
  if (!table) return table.error();
  const json kept = (*table)->definition().value("ResourcePolicy", json::object());
  if (auto error = CheckRevision(request, kept)) return *error;
  // Deleting what is not there succeeds without a revision.
  if (kept.empty()) return json::object();
  store.ChangeTable(*table, [](json& definition) { definition.erase("ResourcePolicy"); });
  return json{{"RevisionId", kept.at("RevisionId")}};
}

}  // namespace fractus::dynamo
