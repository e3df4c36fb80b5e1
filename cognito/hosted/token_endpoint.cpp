#include "cognito/hosted/token_endpoint.h"

#include <algorithm>

#include "cognito/hosted/authorization.h"
#include "cognito/hosted/client_credentials.h"
#include "cognito/hosted/grants.h"
#include "cognito/issue_tokens.h"

namespace fractus::cognito::hosted {
namespace {

HttpResponse AnswerTokens(const json& result) {
  nlohmann::ordered_json body;
  for (const auto& [member, name] : {std::pair{"IdToken", "id_token"},
                                     {"AccessToken", "access_token"},
                                     {"RefreshToken", "refresh_token"},
                                     {"ExpiresIn", "expires_in"},
                                     {"TokenType", "token_type"}}) {
    if (result.contains(member)) body[name] = result.at(member);
  }
  return AnswerJson(body);
}

// The customer's trigger has the last word.
HttpResponse RefuseByTrigger(const ApiError& error) {
  return RefuseJson(400, "invalid_grant", error.message);
}

Answer ExchangeCode(Desk& desk, const Visit& visit, App app) {
  if (!AllowsFlow(*app.client, "code")) co_return RefuseJson(400, "unauthorized_client");
  if (!visit.form.Has("code") || !visit.form.Has("redirect_uri")) {
    co_return RefuseJson(400, "invalid_request", "code and redirect_uri are required");
  }
  const auto grant = RedeemCode(desk.parts, visit.form.Get("code"), visit.now());
  if (!grant || grant->client_id != app.client->id) co_return RefuseJson(400, "invalid_grant");
  // Observed: a code for another redirect URI is refused as unauthorized_client, which surprises
  // people.
  if (grant->redirect_uri != visit.form.Get("redirect_uri")) {
    co_return RefuseJson(400, "unauthorized_client");
  }
  const std::string verifier = visit.form.Get("code_verifier");
  const bool proven = grant->code_challenge.empty()
                          ? verifier.empty()
                          : MatchesProofKey(verifier, grant->code_challenge);
  if (!proven) co_return RefuseJson(400, "invalid_grant");
  const auto user = desk.parts.store.ReadUser(*app.pool, app.pool->Fold(grant->username));
  if (!user || user->sub != grant->sub || !user->enabled)
    co_return RefuseJson(400, "invalid_grant");
  TokenWish wish;
  wish.style = TokenStyle::kHostedUi;
  wish.scopes = grant->scopes;
  wish.auth_time = grant->auth_time;
  wish.source = "TokenGeneration_HostedAuth";
  wish.nonce = grant->nonce;
  const auto tokens =
      co_await StartSession(desk.parts, app, visit.request.context, *user, std::move(wish));
  co_return tokens ? AnswerTokens(*tokens) : RefuseByTrigger(tokens.error());
}

Answer Refresh(Desk& desk, const Visit& visit, App app) {
  const bool allowed = AllowsFlow(*app.client, "code") || AllowsFlow(*app.client, "implicit");
  if (!allowed) co_return RefuseJson(400, "unauthorized_client");
  if (!visit.form.Has("refresh_token")) {
    co_return RefuseJson(400, "invalid_request", "refresh_token is required");
  }
  const auto session =
      FindRefreshSession(desk.parts, *app.client, visit.form.Get("refresh_token"), visit.now());
  if (!session) co_return RefuseJson(400, "invalid_grant");
  const auto user = desk.parts.store.ReadUser(*app.pool, app.pool->Fold(session->username));
  if (!user || !user->enabled) co_return RefuseJson(400, "invalid_grant");
  const auto tokens = co_await ContinueSession(desk.parts, app, visit.request.context, *user,
                                               *session, visit.form.Get("refresh_token"), json());
  co_return tokens ? AnswerTokens(*tokens) : RefuseByTrigger(tokens.error());
}

Answer GrantToClient(Desk& desk, const Visit& visit, App app) {
  if (!AllowsFlow(*app.client, "client_credentials") || app.client->secret().empty()) {
    co_return RefuseJson(400, "unauthorized_client");
  }
  auto scopes = ReadScopes(visit.form.Get("scope"));
  if (!scopes) co_return RefuseJson(400, "invalid_scope");
  const auto allowed = AllowedScopes(*app.client);
  if (scopes->empty()) scopes = allowed;
  for (const auto& scope : *scopes) {
    const bool good = std::find(allowed.begin(), allowed.end(), scope) != allowed.end() &&
                      !IsStandardScope(scope) && IsKnownScope(desk.parts, *app.pool, scope);
    // Observed: the code of this refusal is from memory.
    if (!good) co_return RefuseJson(400, "invalid_scope");
  }
  const auto token =
      co_await IssueClientToken(desk.parts, app, visit.request.context, *scopes, json());
  if (!token) co_return RefuseByTrigger(token.error());
  nlohmann::ordered_json body;
  body["access_token"] = *token;
  body["expires_in"] =
      std::chrono::duration_cast<std::chrono::seconds>(app.client->access_validity()).count();
  body["token_type"] = "Bearer";
  co_return AnswerJson(body);
}

}  // namespace

Answer IssueTokens(Desk& desk, const Visit& visit) {
  const std::string type(visit.request.http.headers.Get("Content-Type"));
  if (!ToLower(type).starts_with("application/x-www-form-urlencoded")) {
    co_return RefuseJson(400, "invalid_request", "Content-Type must be a form");
  }
  const auto client = AuthenticateClient(desk, visit);
  if (const auto* refusal = std::get_if<HttpResponse>(&client)) co_return *refusal;
  const App& app = std::get<App>(client);
  const std::string grant = visit.form.Get("grant_type");
  if (grant == "authorization_code") co_return co_await ExchangeCode(desk, visit, app);
  if (grant == "refresh_token") co_return co_await Refresh(desk, visit, app);
  if (grant == "client_credentials") co_return co_await GrantToClient(desk, visit, app);
  co_return RefuseJson(400, grant.empty() ? "invalid_request" : "unsupported_grant_type");
}

HttpResponse RevokeByForm(Desk& desk, const Visit& visit) {
  if (!visit.form.Has("token")) {
    return RefuseJson(400, "invalid_request", "token is required");
  }
  const auto client = AuthenticateClient(desk, visit);
  if (const auto* refusal = std::get_if<HttpResponse>(&client)) return *refusal;
  const App& app = std::get<App>(client);
  if (!app.client->revocable()) {
    return RefuseJson(400, "invalid_request", "Token revocation is not enabled for this client.");
  }
  const auto error = EndSession(desk.parts, *app.client, visit.form.Get("token"));
  if (!error) {
    HttpResponse revoked;
    revoked.headers.Add("Cache-Control", "no-store");
    revoked.headers.Add("Access-Control-Allow-Origin", "*");
    return revoked;
  }
  const bool other = error->code == "UnsupportedTokenTypeException";
  return RefuseJson(400, other ? "unsupported_token_type" : "invalid_request", error->message);
}

}  // namespace fractus::cognito::hosted
