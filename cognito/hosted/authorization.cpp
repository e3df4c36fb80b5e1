#include "cognito/hosted/authorization.h"

#include <algorithm>

#include "cognito/issue_tokens.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito::hosted {
namespace {

using storage::MakeKey;

constexpr char kHostedAuth[] = "TokenGeneration_HostedAuth";

std::vector<std::string> Texts(const Client& client, const char* member) {
  const auto found = client.description.find(member);
  if (found == client.description.end() || !found->is_array()) return {};
  return found->get<std::vector<std::string>>();
}

bool Contains(const std::vector<std::string>& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

HttpResponse ToErrorPage(const Visit& visit, const char* error) {
  Parameters query;
  query.Set("error", error);
  query.Set("client_id", visit.query.Get("client_id"));
  HttpResponse response = RedirectTo(visit, "/error", query);
  response.log_reason = error;
  return response;
}

// The redirect URI to answer to; nothing when it is not registered.
std::optional<std::string> RedirectUri(const Visit& visit, const Client& client) {
  const std::string wanted = visit.query.Has("redirect_uri")
                                 ? visit.query.Get("redirect_uri")
                                 : client.description.value("DefaultRedirectURI", std::string());
  if (wanted.empty() || !Contains(Texts(client, "CallbackURLs"), wanted)) return std::nullopt;
  return wanted;
}

// Takes scope and nothing else of the query.
const char* ReadScope(Desk& desk, const Visit& visit, Authorization& authorization) {
  const auto& [pool, client] = authorization.app;
  const auto allowed = AllowedScopes(*client);
  const auto wanted = ReadScopes(visit.query.Get("scope"));
  if (!wanted) return "invalid_scope";
  // A client that names none gets all it may have.
  authorization.scopes = wanted->empty() ? allowed : *wanted;
  for (const auto& scope : authorization.scopes) {
    if (!Contains(allowed, scope) || !IsKnownScope(desk.parts, *pool, scope)) {
      return "invalid_scope";
    }
  }
  return nullptr;
}

// Takes the challenge of PKCE.
const char* ReadChallenge(const Visit& visit, Authorization& authorization) {
  const bool given = visit.query.Has("code_challenge");
  if (given != visit.query.Has("code_challenge_method")) return "invalid_request";
  if (!given) return nullptr;
  authorization.code_challenge = visit.query.Get("code_challenge");
  const bool good = visit.query.Get("code_challenge_method") == "S256" &&
                    IsProofKey(authorization.code_challenge);
  return good ? nullptr : "invalid_request";
}

// Tokens in the fragment, which only the browser sees.
Answer AnswerTokens(Desk& desk, const Visit& visit, const Authorization& authorization, User user,
                    Time auth_time) {
  TokenWish wish;
  wish.style = TokenStyle::kHostedUi;
  wish.scopes = authorization.scopes;
  wish.auth_time = auth_time;
  wish.source = kHostedAuth;
  wish.nonce = authorization.nonce;
  const auto tokens = co_await StartSession(desk.parts, authorization.app, visit.request.context,
                                            std::move(user), std::move(wish));
  if (!tokens) co_return TellClient(authorization, "invalid_request", tokens.error().message);
  Parameters reply;
  if (tokens->contains("IdToken")) reply.Set("id_token", tokens->at("IdToken").get<std::string>());
  reply.Set("access_token", tokens->at("AccessToken").get<std::string>());
  reply.Set("token_type", "Bearer");
  reply.Set("expires_in", std::to_string(tokens->at("ExpiresIn").get<long long>()));
  if (!authorization.state.empty()) reply.Set("state", authorization.state);
  co_return Redirect(WithFragment(authorization.redirect_uri, reply));
}

}  // namespace

bool IsStandardScope(std::string_view scope) {
  for (const char* name :
       {"openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"}) {
    if (scope == name) return true;
  }
  return false;
}

bool IsKnownScope(Parts& parts, const Pool& pool, const std::string& scope) {
  if (IsStandardScope(scope)) return true;
  const size_t slash = scope.rfind('/');
  if (slash == std::string::npos) return false;
  const auto server =
      parts.store.room().GetJson(MakeKey({"resource-server", pool.id, scope.substr(0, slash)}));
  if (!server) return false;
  const std::string name = scope.substr(slash + 1);
  for (const json& entry : server->value("Scopes", json::array())) {
    if (entry.value("ScopeName", std::string()) == name) return true;
  }
  return false;
}

bool AllowsFlow(const Client& client, std::string_view flow) {
  return client.description.value("AllowedOAuthFlowsUserPoolClient", false) &&
         Contains(Texts(client, "AllowedOAuthFlows"), flow);
}

std::vector<std::string> AllowedScopes(const Client& client) {
  return Texts(client, "AllowedOAuthScopes");
}

std::optional<App> FindApp(Desk& desk, const Visit& visit, std::string_view client_id) {
  ClientRef client = desk.parts.store.FindClient(client_id);
  if (!client || (visit.pool && visit.pool->id != client->pool_id)) return std::nullopt;
  PoolRef pool = desk.parts.store.FindPool(client->pool_id);
  if (!pool) return std::nullopt;
  return App{std::move(pool), std::move(client)};
}

std::variant<Authorization, HttpResponse> ReadAuthorization(Desk& desk, const Visit& visit) {
  if (!visit.query.Has("client_id")) {
    return ErrorPage(400, "Required String parameter 'client_id' is not present");
  }
  Authorization authorization;
  auto app = FindApp(desk, visit, visit.query.Get("client_id"));
  // Observed: how AWS names an unknown client on its error page is not known.
  if (!app) return ToErrorPage(visit, "invalid_client");
  authorization.app = *std::move(app);
  const Client& client = *authorization.app.client;
  auto redirect_uri = RedirectUri(visit, client);
  if (!redirect_uri) return ToErrorPage(visit, "redirect_mismatch");
  authorization.redirect_uri = *std::move(redirect_uri);
  authorization.state = visit.query.Get("state");
  authorization.nonce = visit.query.Get("nonce");
  authorization.prompt = visit.query.Get("prompt");

  const std::string type = visit.query.Get("response_type");
  if (type != "code" && type != "token") {
    return TellClient(authorization, "invalid_request", "response_type must be code or token");
  }
  authorization.response =
      type == "code" ? Authorization::Response::kCode : Authorization::Response::kToken;
  if (!AllowsFlow(client, type == "code" ? "code" : "implicit")) {
    return TellClient(authorization, "unauthorized_client");
  }
  if (const char* error = ReadChallenge(visit, authorization)) {
    return TellClient(authorization, error,
                      "code_challenge needs code_challenge_method S256 and 43 to 128 characters");
  }
  if (const char* error = ReadScope(desk, visit, authorization)) {
    return TellClient(authorization, error);
  }
  return authorization;
}

HttpResponse TellClient(const Authorization& authorization, const char* error,
                        const std::string& description) {
  Parameters reply;
  reply.Set("error", error);
  if (!description.empty()) reply.Set("error_description", description);
  if (!authorization.state.empty()) reply.Set("state", authorization.state);
  HttpResponse response = Redirect(WithQuery(authorization.redirect_uri, reply));
  response.log_reason = error;
  return response;
}

Answer Finish(Desk& desk, const Visit& visit, const Authorization& authorization, User user,
              Time auth_time) {
  if (authorization.response == Authorization::Response::kToken) {
    co_return co_await AnswerTokens(desk, visit, authorization, std::move(user), auth_time);
  }
  CodeGrant grant;
  grant.client_id = authorization.app.client->id;
  grant.pool_id = authorization.app.pool->id;
  grant.username = user.username;
  grant.sub = user.sub;
  grant.auth_time = auth_time;
  grant.redirect_uri = authorization.redirect_uri;
  grant.scopes = authorization.scopes;
  grant.nonce = authorization.nonce;
  grant.code_challenge = authorization.code_challenge;
  Parameters reply;
  reply.Set("code", IssueCode(desk.parts, grant, visit.now()));
  if (!authorization.state.empty()) reply.Set("state", authorization.state);
  co_return Redirect(WithQuery(authorization.redirect_uri, reply));
}

Answer SignInBrowser(Desk& desk, const Visit& visit, const Authorization& authorization,
                     User user) {
  // A new cookie each time: one that somebody else has set is worth nothing.
  const std::string old = Cookie(visit, kSessionCookie);
  if (!old.empty()) CloseBrowserSession(desk.parts, old);
  BrowserSession session;
  session.pool_id = authorization.app.pool->id;
  session.username = user.username;
  session.sub = user.sub;
  session.auth_time = visit.now();
  const std::string cookie = OpenBrowserSession(desk.parts, session, visit.now());
  HttpResponse response = co_await Finish(desk, visit, authorization, std::move(user), visit.now());
  SetCookie(visit, response, kSessionCookie, cookie);
  ClearCookie(visit, response, kPendingCookie);
  co_return response;
}

std::optional<SignedIn> FindSignedIn(Desk& desk, const Visit& visit, const Pool& pool) {
  const std::string cookie = Cookie(visit, kSessionCookie);
  const auto session =
      cookie.empty() ? std::nullopt : FindBrowserSession(desk.parts, cookie, visit.now());
  if (!session || session->pool_id != pool.id) return std::nullopt;
  auto user = desk.parts.store.ReadUser(pool, pool.Fold(session->username));
  if (!user || user->sub != session->sub || !user->enabled) return std::nullopt;
  return SignedIn{*std::move(user), session->auth_time};
}

}  // namespace fractus::cognito::hosted
