// Identity providers are kept and described. Differs from AWS: nobody can sign in through one.
#include "cognito/errors.h"
#include "cognito/operations.h"

namespace fractus::cognito {
namespace {

using storage::MakeKey;

std::string KeyOf(const Pool& pool, const std::string& name) {
  return MakeKey({"provider", pool.id, name});
}

ApiError NoSuchProvider(const std::string& name) {
  return ResourceNotFound("Identity provider " + name + " does not exist.");
}

void CopySettings(const Request& request, json& provider) {
  for (const char* member : {"ProviderDetails", "AttributeMapping", "IdpIdentifiers"}) {
    if (request.Has(member)) provider[member] = request.input.at(member);
  }
  provider["LastModifiedDate"] = EpochSeconds(request.context.now);
}

// What a kind of provider cannot do without.
std::optional<ApiError> CheckDetails(const json& provider) {
  const std::string type = provider.at("ProviderType").get<std::string>();
  const json details = provider.value("ProviderDetails", json::object());
  const auto require = [&](const char* detail) -> std::optional<ApiError> {
    if (details.contains(detail)) return std::nullopt;
    return InvalidParameter(std::string("Provider details must include ") + detail +
                            " for the provider type " + type + ".");
  };
  if (type == "SAML") {
    if (details.contains("MetadataURL") || details.contains("MetadataFile")) return std::nullopt;
    return require("MetadataURL");
  }
  return require("client_id");
}

}  // namespace

Result<json> CreateIdentityProvider(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const std::string name = request.Text("ProviderName");
  if (parts.store.room().Get(KeyOf(**pool, name))) {
    return ApiError{"DuplicateProviderException",
                    "A provider named " + name + " already exists in this user pool."};
  }
  json provider = {{"UserPoolId", (*pool)->id},
                   {"ProviderName", name},
                   {"ProviderType", request.Text("ProviderType")},
                   {"AttributeMapping", {{"username", "sub"}}},
                   {"IdpIdentifiers", json::array()},
                   {"CreationDate", EpochSeconds(request.context.now)}};
  CopySettings(request, provider);
  if (auto error = CheckDetails(provider)) return *std::move(error);
  parts.store.room().PutJson(KeyOf(**pool, name), provider);
  return json{{"IdentityProvider", provider}};
}

Result<json> DescribeIdentityProvider(Parts& parts, const Request& request) {
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const std::string name = request.Text("ProviderName");
  const auto provider = parts.store.room().GetJson(KeyOf(**pool, name));
  if (!provider) return NoSuchProvider(name);
  return json{{"IdentityProvider", *provider}};
}

Result<json> UpdateIdentityProvider(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const std::string name = request.Text("ProviderName");
  auto provider = parts.store.room().GetJson(KeyOf(**pool, name));
  if (!provider) return NoSuchProvider(name);
  CopySettings(request, *provider);
  if (auto error = CheckDetails(*provider)) return *std::move(error);
  parts.store.room().PutJson(KeyOf(**pool, name), *provider);
  return json{{"IdentityProvider", *provider}};
}

Result<json> DeleteIdentityProvider(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const std::string name = request.Text("ProviderName");
  if (!parts.store.room().Get(KeyOf(**pool, name))) return NoSuchProvider(name);
  parts.store.room().Delete(KeyOf(**pool, name));
  return json::object();
}

Result<json> ListIdentityProviders(Parts& parts, const Request& request) {
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const auto page =
      parts.store.ReadPage(MakeKey({"provider", (*pool)->id}), request.Text("NextToken"),
                           PageSize(request, "MaxResults"));
  if (!page) return BadPageToken();
  json output = {{"Providers", json::array()}};
  for (const auto& row : page->rows) {
    const auto provider = parts.store.room().GetJson(row.key);
    if (!provider) continue;
    json entry = json::object();
    for (const char* member :
         {"ProviderName", "ProviderType", "LastModifiedDate", "CreationDate"}) {
      entry[member] = provider->at(member);
    }
    output["Providers"].push_back(std::move(entry));
  }
  if (page->next) output["NextToken"] = *page->next;
  return output;
}

Result<json> GetIdentityProviderByIdentifier(Parts& parts, const Request& request) {
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const std::string identifier = request.Text("IdpIdentifier");
  for (const json& provider : parts.store.room().ListJson(MakeKey({"provider", (*pool)->id}))) {
    const json& identifiers = provider.at("IdpIdentifiers");
    if (std::find(identifiers.begin(), identifiers.end(), identifier) != identifiers.end()) {
      return json{{"IdentityProvider", provider}};
    }
  }
  return NoSuchProvider(identifier);
}

}  // namespace fractus::cognito
