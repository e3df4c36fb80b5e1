// Tags: kept with the table's definition.
#include "dynamo/errors.h"
#include "dynamo/item_request.h"
#include "dynamo/operations.h"

namespace fractus::dynamo {
namespace {

constexpr size_t kMostTags = 50;

std::optional<ApiError> CheckArn(const std::string& arn) {
  if (arn.starts_with("arn:") && arn.find(":table/") != std::string::npos) return std::nullopt;
  return Invalid("Invalid TableArn: Invalid ResourceArn provided as input " + arn);
}

Result<TablePtr> FindByArn(const Store& store, const RequestContext& context,
                           const std::string& arn) {
  if (auto error = CheckArn(arn)) return *error;
  const TablePtr table = FindTable(store, context, arn);
  if (!table)
    return ApiError{"ResourceNotFoundException",
                    "Requested resource not found: ResourcArn: " + arn + " not found"};
  return table;
}

}  // namespace

Result<json> TagResource(Store& store, const Request& request) {
  if (auto error = CheckArn(request.Text("ResourceArn"))) return *error;
  if (request.Array("Tags").empty())
    return Invalid("Atleast one Tag needs to be provided as Input.");
  const auto table = FindByArn(store, request.context, request.Text("ResourceArn"));
  if (!table) return table.error();
  json tags = (*table)->definition().value("Tags", json::object());
  for (const auto& tag : request.Array("Tags"))
    tags[tag.at("Key").get<std::string>()] = tag.at("Value");
  if (tags.size() > kMostTags) {
    return Invalid(
        "One or more parameter values were invalid: Too many tags: a resource can have at most 50");
  }
  store.ChangeTable(*table, [&](json& definition) { definition["Tags"] = tags; });
  return json::object();
}

Result<json> UntagResource(Store& store, const Request& request) {
  if (auto error = CheckArn(request.Text("ResourceArn"))) return *error;
  if (request.Array("TagKeys").empty())
    return Invalid("Atleast one Tag Key needs to be provided as Input.");
  const auto table = FindByArn(store, request.context, request.Text("ResourceArn"));
  if (!table) return table.error();
  store.ChangeTable(*table, [&](json& definition) {
    for (const auto& key : request.Array("TagKeys"))
      definition["Tags"].erase(key.get<std::string>());
  });
  return json::object();
}

Result<json> ListTagsOfResource(Store& store, const Request& request) {
  const auto table = FindByArn(store, request.context, request.Text("ResourceArn"));
  if (!table) return table.error();
  const json kept = (*table)->definition().value("Tags", json::object());
  json tags = json::array();
  for (const auto& [key, value] : kept.items()) {
    tags.push_back({{"Key", key}, {"Value", value}});
  }
  return json{{"Tags", std::move(tags)}};
}

}  // namespace fractus::dynamo
