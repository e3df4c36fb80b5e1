#include <optional>

#include "cognito/errors.h"
#include "cognito/operations.h"
#include "cognito/pool_description.h"
#include "cognito/schema.h"
#include "emulator/core/arn.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito {
namespace {

using storage::MakeKey;

constexpr std::string_view kAlnum =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

// What only CreateUserPool can set.
constexpr const char* kFixed[] = {"UsernameAttributes",
                                  "AliasAttributes",
                                  "UsernameConfiguration",
                                  "SchemaAttributes",
                                  "Id",
                                  "Name",
                                  "Arn",
                                  "CreationDate"};

// Differs from AWS: the tag `_custom_id_` (or what other emulators call it) names the pool.
Result<std::string> ChooseId(const Request& request, IdSource& ids) {
  const json& tags = request.Object("UserPoolTags");
  for (const char* tag : {"_custom_id_", "floci:override-id", "ms-custom-id"}) {
    const std::string value = tags.value(tag, std::string());
    if (value.empty()) continue;
    const std::string prefix = request.context.region + "_";
    const std::string name = value.starts_with(prefix) ? value.substr(prefix.size()) : value;
    if (name.empty() || name.find_first_not_of(kAlnum) != std::string::npos || name.size() > 40) {
      return InvalidParameter("The tag " + std::string(tag) +
                              " must be letters and digits only; it becomes " + prefix +
                              "<value>.");
    }
    return prefix + name;
  }
  return request.context.region + "_" + ids.Text(9, kAlnum);
}

json Describe(Parts& parts, const Pool& pool) {
  json description = pool.description;
  description["EstimatedNumberOfUsers"] = parts.store.CountUsers(pool.id);
  if (const auto domains = parts.store.room().GetJson(MakeKey({"pool-domain", pool.id}))) {
    description.update(*domains);
  }
  return description;
}

// The pool of an ARN in the caller's account, for the tag operations.
Result<PoolRef> PoolOfArn(Parts& parts, const Request& request) {
  const auto arn = Arn::Parse(request.Text("ResourceArn"));
  if (!arn || arn->service != "cognito-idp" || !arn->resource.starts_with("userpool/")) {
    return InvalidParameter("Invalid resource ARN.");
  }
  const std::string id = arn->resource.substr(std::string_view("userpool/").size());
  PoolRef pool = parts.store.FindPool(id);
  if (!pool || pool->account != request.context.account) return PoolNotFound(id);
  return pool;
}

}  // namespace

Result<json> CreateUserPool(Parts& parts, const Request& request) {
  if (!request.Array("UsernameAttributes").empty() && !request.Array("AliasAttributes").empty()) {
    return InvalidParameter(
        "Only one of the aliasAttributes or usernameAttributes can be set in a user pool.");
  }
  auto schema = BuildSchema(request.Array("Schema"));
  if (!schema) return schema.error();
  auto description = DescribeSettings(request.input);
  if (!description) return description.error();
  auto id = ChooseId(request, parts.ids);
  if (!id) return id.error();

  const auto lock = parts.store.Lock(*id);
  if (parts.store.FindPool(*id)) return InvalidParameter("User pool " + *id + " already exists.");
  Pool pool{.id = *id,
            .account = request.context.account,
            .region = request.context.region,
            .description = *std::move(description)};
  for (const char* member : {"UsernameAttributes", "AliasAttributes", "UsernameConfiguration"}) {
    if (request.Has(member)) pool.description[member] = request.input.at(member);
  }
  pool.description["SchemaAttributes"] = *std::move(schema);
  pool.description["Id"] = pool.id;
  pool.description["Name"] = request.Text("PoolName");
  pool.description["Arn"] = pool.Arn();
  pool.description["CreationDate"] = EpochSeconds(request.context.now);
  pool.description["LastModifiedDate"] = EpochSeconds(request.context.now);
  parts.keys.AddPool(pool.id);
  parts.store.Save(pool);
  return json{{"UserPool", Describe(parts, pool)}};
}

Result<json> DescribeUserPool(Parts& parts, const Request& request) {
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  return json{{"UserPool", Describe(parts, **pool)}};
}

// As on AWS, a setting that the request leaves out goes back to its default; only the tags stay.
Result<json> UpdateUserPool(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto found = RequirePool(parts, request);
  if (!found) return found.error();
  auto description = DescribeSettings(request.input);
  if (!description) return description.error();
  Pool pool = **found;
  for (const char* member : kFixed) {
    if (pool.description.contains(member)) (*description)[member] = pool.description[member];
  }
  if (request.Has("PoolName")) (*description)["Name"] = request.Text("PoolName");
  if (!request.Has("UserPoolTags"))
    (*description)["UserPoolTags"] = pool.description["UserPoolTags"];
  (*description)["LastModifiedDate"] = EpochSeconds(request.context.now);
  pool.description = *std::move(description);
  if (request.Text("MfaConfiguration") == "ON" && !pool.OffersMfa()) {
    return InvalidParameter(
        "Cannot turn MFA functionality ON, once the user pool has been created.");
  }
  parts.store.Save(pool);
  return json::object();
}

Result<json> DeleteUserPool(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  if ((*pool)->description.value("DeletionProtection", std::string()) == "ACTIVE") {
    return InvalidParameter(
        "The user pool cannot be deleted because deletion protection is activated. Deletion "
        "protection must be "
        "inactivated first.");
  }
  if (parts.store.room().Get(MakeKey({"pool-domain", (*pool)->id}))) {
    return InvalidParameter(
        "User pool cannot be deleted. It has a domain configured that should be deleted first.");
  }
  parts.keys.RemovePool((*pool)->id);
  parts.store.Remove(**pool);
  return json::object();
}

Result<json> ListUserPools(Parts& parts, const Request& request) {
  const std::string prefix = MakeKey({"account", request.context.account, request.context.region});
  const auto page =
      parts.store.ReadPage(prefix, request.Text("NextToken"), PageSize(request, "MaxResults"));
  if (!page) return BadPageToken();
  json output = {{"UserPools", json::array()}};
  for (const auto& row : page->rows) {
    const auto pool = parts.store.FindPool(row.value);
    if (!pool) continue;
    json entry = json::object();
    for (const char* member : {"Id", "Name", "LambdaConfig", "LastModifiedDate", "CreationDate"}) {
      entry[member] = pool->description.at(member);
    }
    output["UserPools"].push_back(std::move(entry));
  }
  if (page->next) output["NextToken"] = *page->next;
  return output;
}

Result<json> AddCustomAttributes(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto found = RequirePool(parts, request);
  if (!found) return found.error();
  Pool pool = **found;
  for (const json& input : request.Array("CustomAttributes")) {
    auto entry = CustomAttribute(input);
    if (!entry) return entry.error();
    if (auto error = CheckNewName(pool.description["SchemaAttributes"], *entry)) {
      return *std::move(error);
    }
    pool.description["SchemaAttributes"].push_back(*std::move(entry));
  }
  pool.description["LastModifiedDate"] = EpochSeconds(request.context.now);
  parts.store.Save(pool);
  return json::object();
}

Result<json> TagResource(Parts& parts, const Request& request) {
  const auto found = PoolOfArn(parts, request);
  if (!found) return found.error();
  const auto lock = parts.store.Lock((*found)->id);
  Pool pool = *parts.store.FindPool((*found)->id);
  pool.description["UserPoolTags"].update(request.Object("Tags"));
  parts.store.Save(pool);
  return json::object();
}

Result<json> UntagResource(Parts& parts, const Request& request) {
  const auto found = PoolOfArn(parts, request);
  if (!found) return found.error();
  const auto lock = parts.store.Lock((*found)->id);
  Pool pool = *parts.store.FindPool((*found)->id);
  for (const json& key : request.Array("TagKeys")) {
    pool.description["UserPoolTags"].erase(key.get<std::string>());
  }
  parts.store.Save(pool);
  return json::object();
}

Result<json> ListTagsForResource(Parts& parts, const Request& request) {
  const auto pool = PoolOfArn(parts, request);
  if (!pool) return pool.error();
  return json{{"Tags", (*pool)->description.at("UserPoolTags")}};
}

}  // namespace fractus::cognito
