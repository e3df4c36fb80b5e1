#include "cognito/errors.h"
#include "cognito/operations.h"

namespace fractus::cognito {
namespace {

using storage::MakeKey;

std::string KeyOf(const Pool& pool, const std::string& identifier) {
  return MakeKey({"resource-server", pool.id, identifier});
}

ApiError NoSuchServer(const Pool& pool, const std::string& identifier) {
  return ResourceNotFound("Resource server " + identifier + " does not exist in user pool " +
                          pool.id + ".");
}

json Describe(const Pool& pool, const Request& request) {
  json server = {{"UserPoolId", pool.id},
                 {"Identifier", request.Text("Identifier")},
                 {"Name", request.Text("Name")}};
  if (request.Has("Scopes")) server["Scopes"] = request.Array("Scopes");
  return server;
}

enum class Expect { kNew, kExisting };

Result<json> Put(Parts& parts, const Request& request, Expect expect) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const std::string identifier = request.Text("Identifier"), key = KeyOf(**pool, identifier);
  const bool exists = parts.store.room().Get(key).has_value();
  if (exists && expect == Expect::kNew) {
    return InvalidParameter(identifier + " already exists in user pool " + (*pool)->id + ".");
  }
  if (!exists && expect == Expect::kExisting) return NoSuchServer(**pool, identifier);
  const json server = Describe(**pool, request);
  parts.store.room().PutJson(key, server);
  return json{{"ResourceServer", server}};
}

}  // namespace

Result<json> CreateResourceServer(Parts& parts, const Request& request) {
  return Put(parts, request, Expect::kNew);
}

Result<json> UpdateResourceServer(Parts& parts, const Request& request) {
  return Put(parts, request, Expect::kExisting);
}

Result<json> DescribeResourceServer(Parts& parts, const Request& request) {
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const std::string identifier = request.Text("Identifier");
  const auto server = parts.store.room().GetJson(KeyOf(**pool, identifier));
  if (!server) return NoSuchServer(**pool, identifier);
  return json{{"ResourceServer", *server}};
}

Result<json> DeleteResourceServer(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const std::string identifier = request.Text("Identifier"), key = KeyOf(**pool, identifier);
  if (!parts.store.room().Get(key)) return NoSuchServer(**pool, identifier);
  parts.store.room().Delete(key);
  return json::object();
}

Result<json> ListResourceServers(Parts& parts, const Request& request) {
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const auto page =
      parts.store.ReadPage(MakeKey({"resource-server", (*pool)->id}), request.Text("NextToken"),
                           PageSize(request, "MaxResults"));
  if (!page) return BadPageToken();
  json output = {{"ResourceServers", json::array()}};
  for (const auto& row : page->rows) {
    if (auto server = parts.store.room().GetJson(row.key)) {
      output["ResourceServers"].push_back(*std::move(server));
    }
  }
  if (page->next) output["NextToken"] = *page->next;
  return output;
}

}  // namespace fractus::cognito
