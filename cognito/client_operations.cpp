#include <algorithm>

#include "cognito/client_secrets.h"
#include "cognito/errors.h"
#include "cognito/operations.h"

namespace fractus::cognito {
namespace {

using storage::MakeKey;

constexpr std::string_view kIdAlphabet = "0123456789abcdefghijklmnopqrstuv";
constexpr const char* kCopied[] = {"ReadAttributes",
                                   "WriteAttributes",
                                   "ExplicitAuthFlows",
                                   "SupportedIdentityProviders",
                                   "CallbackURLs",
                                   "LogoutURLs",
                                   "DefaultRedirectURI",
                                   "AllowedOAuthFlows",
                                   "AllowedOAuthScopes",
                                   "AnalyticsConfiguration",
                                   "AccessTokenValidity",
                                   "IdTokenValidity",
                                   "PreventUserExistenceErrors",
                                   "RefreshTokenRotation"};

// All members that creating and updating share, with AWS's defaults for those left out.
json DescribeSettings(const json& input) {
  json description = json::object();
  for (const char* member : kCopied) {
    if (input.contains(member) && !input.at(member).is_null())
      description[member] = input.at(member);
  }
  const auto days = input.value("RefreshTokenValidity", 0LL);
  description["RefreshTokenValidity"] = days == 0 ? 30 : days;
  description["TokenValidityUnits"] = input.value("TokenValidityUnits", json::object());
  description["AllowedOAuthFlowsUserPoolClient"] =
      input.value("AllowedOAuthFlowsUserPoolClient", false);
  description["EnableTokenRevocation"] = input.value("EnableTokenRevocation", true);
  description["EnablePropagateAdditionalUserContextData"] =
      input.value("EnablePropagateAdditionalUserContextData", false);
  description["AuthSessionValidity"] = input.value("AuthSessionValidity", 3);
  return description;
}

// A scope of a resource server: "<identifier>/<scope>".
bool HasScope(Parts& parts, const Pool& pool, const std::string& scope) {
  const size_t slash = scope.rfind('/');
  if (slash == std::string::npos) return false;
  const auto server =
      parts.store.room().GetJson(MakeKey({"resource-server", pool.id, scope.substr(0, slash)}));
  if (!server) return false;
  for (const json& entry : server->value("Scopes", json::array())) {
    if (entry.at("ScopeName") == scope.substr(slash + 1)) return true;
  }
  return false;
}

std::optional<ApiError> CheckFlows(const Client& client) {
  const json flows = client.description.value("ExplicitAuthFlows", json::array());
  bool newer = false, older = false;
  for (const json& flow : flows) {
    (flow.get<std::string>().starts_with("ALLOW_") ? newer : older) = true;
  }
  if (newer && older) {
    return InvalidParameter(
        "ExplicitAuthFlows with the prefix ALLOW_ cannot be combined with those without it.");
  }
  if (client.rotates() && client.Allows("ALLOW_REFRESH_TOKEN_AUTH")) {
    return InvalidParameter(
        "Refresh token rotation cannot be enabled together with ALLOW_REFRESH_TOKEN_AUTH.");
  }
  return std::nullopt;
}

bool Contains(const json& list, const json& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// Plain HTTP is only for this machine; other schemes open apps.
bool IsSafeUrl(std::string_view url) {
  constexpr std::string_view kPlain = "http://";
  if (!url.starts_with(kPlain)) return true;
  std::string_view host = url.substr(kPlain.size());
  host = host.substr(0, host.find_first_of(":/?#"));
  return host == "localhost" || host == "127.0.0.1";
}

std::optional<ApiError> CheckUrls(const json& description) {
  for (const char* member : {"CallbackURLs", "LogoutURLs"}) {
    for (const json& url : description.value(member, json::array())) {
      const auto text = url.get<std::string>();
      if (!IsSafeUrl(text)) return InvalidParameter(text + " cannot use the HTTP protocol.");
    }
  }
  const json callbacks = description.value("CallbackURLs", json::array());
  const json preferred = description.value("DefaultRedirectURI", json());
  if (preferred.is_null() || Contains(callbacks, preferred)) return std::nullopt;
  // Observed: the sentence is a guess.
  return InvalidParameter("DefaultRedirectURI must be one of the CallbackURLs.");
}

std::optional<ApiError> CheckOAuthFlows(const Client& client) {
  const json& description = client.description;
  const json flows = description.value("AllowedOAuthFlows", json::array());
  const bool redirects = Contains(flows, "code") || Contains(flows, "implicit");
  const auto refuse = [](const char* message) {
    return ApiError{"InvalidOAuthFlowException", message};
  };
  if (redirects && description.value("CallbackURLs", json::array()).empty()) {
    return refuse("CallbackUrls can not be empty when code flow or implicit flow is selected");
  }
  if (!Contains(flows, "client_credentials")) return std::nullopt;
  if (redirects) {
    return refuse(
        "client_credentials flow can not be selected along with code flow or implicit flow.");
  }
  if (!client.secret().empty()) return std::nullopt;
  return refuse(
      "client_credentials flow can not be selected if client does not have a client secret.");
}

std::optional<ApiError> CheckSettings(Parts& parts, const Pool& pool, const Client& client) {
  using namespace std::chrono_literals;
  const json& description = client.description;
  if (auto error = CheckFlows(client)) return error;
  for (const json& scope : description.value("AllowedOAuthScopes", json::array())) {
    const auto name = scope.get<std::string>();
    const bool known = name == "phone" || name == "email" || name == "openid" ||
                       name == "profile" || name == "aws.cognito.signin.user.admin";
    if (!known && !HasScope(parts, pool, name)) {
      return ApiError{"ScopeDoesNotExistException", "Invalid scope requested: " + name};
    }
  }
  if (description.at("AllowedOAuthFlowsUserPoolClient") == true &&
      (!description.contains("AllowedOAuthFlows") || !description.contains("AllowedOAuthScopes"))) {
    return InvalidParameter(
        "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to "
        "use OAuth flows.");
  }
  if (auto error = CheckUrls(description)) return error;
  if (auto error = CheckOAuthFlows(client)) return error;
  // Source:
  // https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html
  const bool access_fits = client.access_validity() >= 5min && client.access_validity() <= 24h;
  const bool id_fits = client.id_validity() >= 5min && client.id_validity() <= 24h;
  const bool refresh_fits =
      client.refresh_validity() >= 60min && client.refresh_validity() <= std::chrono::days(3650);
  if (!access_fits || !id_fits || !refresh_fits) {
    return InvalidParameter("Invalid range for token validity.");
  }
  for (const char* member : {"ReadAttributes", "WriteAttributes"}) {
    for (const json& name : description.value(member, json::array())) {
      if (!pool.FindAttribute(name.get<std::string>())) {
        return InvalidParameter(std::string("Invalid ") +
                                (member == std::string_view("ReadAttributes") ? "read" : "write") +
                                " attributes specified while creating a client");
      }
    }
  }
  for (const json& provider : description.value("SupportedIdentityProviders", json::array())) {
    const auto name = provider.get<std::string>();
    if (name == "COGNITO" || parts.store.room().Get(MakeKey({"provider", pool.id, name}))) continue;
    return InvalidParameter("The provider " + name + " does not exist for User Pool " + pool.id);
  }
  return std::nullopt;
}

// Differs from AWS: a client named "_custom_id_:<id>" gets that id.
std::string ChooseId(const std::string& name, IdSource& ids) {
  constexpr std::string_view kPrefix = "_custom_id_:";
  if (name.starts_with(kPrefix) && name.size() > kPrefix.size()) return name.substr(kPrefix.size());
  return ids.Text(26, kIdAlphabet);
}

}  // namespace

Result<json> CreateUserPoolClient(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  Client client{.id = "", .pool_id = (*pool)->id, .description = DescribeSettings(request.input)};
  if (request.Flag("GenerateSecret", false)) {
    client.description["ClientSecret"] = MakeClientSecret(parts.ids);
  }
  if (auto error = CheckSettings(parts, **pool, client)) return *std::move(error);
  client.id = ChooseId(request.Text("ClientName"), parts.ids);
  if (parts.store.FindClient(client.id)) {
    return InvalidParameter("User pool client " + client.id + " already exists.");
  }
  client.description["UserPoolId"] = client.pool_id;
  client.description["ClientName"] = request.Text("ClientName");
  client.description["ClientId"] = client.id;
  client.description["CreationDate"] = EpochSeconds(request.context.now);
  client.description["LastModifiedDate"] = EpochSeconds(request.context.now);
  parts.store.Save(client);
  return json{{"UserPoolClient", client.description}};
}

Result<json> DescribeUserPoolClient(Parts& parts, const Request& request) {
  const auto app = RequirePoolClient(parts, request);
  if (!app) return app.error();
  return json{{"UserPoolClient", app->client->description}};
}

// As on AWS, a setting that the request leaves out goes back to its default.
Result<json> UpdateUserPoolClient(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto app = RequirePoolClient(parts, request);
  if (!app) return app.error();
  Client client = *app->client;
  client.description = DescribeSettings(request.input);
  for (const char* member :
       {"UserPoolId", "ClientName", "ClientId", "ClientSecret", "CreationDate"}) {
    if (app->client->description.contains(member)) {
      client.description[member] = app->client->description.at(member);
    }
  }
  if (auto error = CheckSettings(parts, *app->pool, client)) return *std::move(error);
  if (request.Has("ClientName")) client.description["ClientName"] = request.Text("ClientName");
  client.description["LastModifiedDate"] = EpochSeconds(request.context.now);
  parts.store.Save(client);
  return json{{"UserPoolClient", client.description}};
}

Result<json> DeleteUserPoolClient(Parts& parts, const Request& request) {
  const auto lock = parts.store.Lock(request.Text("UserPoolId"));
  const auto app = RequirePoolClient(parts, request);
  if (!app) return app.error();
  parts.store.Remove(*app->client);
  return json::object();
}

Result<json> ListUserPoolClients(Parts& parts, const Request& request) {
  const auto pool = RequirePool(parts, request);
  if (!pool) return pool.error();
  const auto page =
      parts.store.ReadPage(MakeKey({"pool-client", (*pool)->id}), request.Text("NextToken"),
                           PageSize(request, "MaxResults"));
  if (!page) return BadPageToken();
  json output = {{"UserPoolClients", json::array()}};
  for (const auto& row : page->rows) {
    const auto client = parts.store.FindClient(row.value);
    if (!client) continue;
    output["UserPoolClients"].push_back({{"ClientId", client->id},
                                         {"UserPoolId", client->pool_id},
                                         {"ClientName", client->description.at("ClientName")}});
  }
  if (page->next) output["NextToken"] = *page->next;
  return output;
}

}  // namespace fractus::cognito
