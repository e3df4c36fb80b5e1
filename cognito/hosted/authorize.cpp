#include <algorithm>

#include "cognito/hosted/authorization.h"
#include "cognito/hosted/pages.h"

namespace fractus::cognito::hosted {
namespace {

// The error codes of /error in words.
std::string InWords(const std::string& error) {
  if (error == "redirect_mismatch")
    return "The redirect URI of this request is not among the client's callback URLs, which are "
           "compared character for character (redirect_mismatch).";
  if (error == "invalid_client")
    return "There is no such client in this user pool (invalid_client).";
  return error.empty() ? "An error was encountered with the requested page." : error;
}

}  // namespace

Answer Authorize(Desk& desk, const Visit& visit) {
  const auto read = ReadAuthorization(desk, visit);
  if (const auto* refusal = std::get_if<HttpResponse>(&read)) co_return *refusal;
  const auto& authorization = std::get<Authorization>(read);
  const std::string provider = visit.query.Get("identity_provider");
  if (visit.query.Has("idp_identifier") || (!provider.empty() && provider != "COGNITO")) {
    // Differs from AWS: other identity providers are stored, but nobody is sent to them.
    co_return ErrorPage(501,
                        "Signing in with the identity provider " + provider + " is not emulated.");
  }
  const auto signed_in = FindSignedIn(desk, visit, *authorization.app.pool);
  if (signed_in && authorization.prompt != "login" && authorization.prompt != "select_account") {
    co_return co_await Finish(desk, visit, authorization, signed_in->user, signed_in->auth_time);
  }
  if (authorization.prompt == "none") co_return TellClient(authorization, "login_required");
  co_return RedirectTo(visit, "/login", visit.query);
}

// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
HttpResponse SignOut(Desk& desk, const Visit& visit) {
  const auto app = FindApp(desk, visit, visit.query.Get("client_id"));
  if (!app) return ErrorPage(400, InWords("invalid_client"));
  HttpResponse response;
  if (visit.query.Has("logout_uri")) {
    const std::string uri = visit.query.Get("logout_uri");
    const json allowed = app->client->description.value("LogoutURLs", json::array());
    if (std::find(allowed.begin(), allowed.end(), json(uri)) == allowed.end()) {
      return ErrorPage(400,
                       "The logout URI of this request is not among the client's sign-out "
                       "URLs (redirect_mismatch).");
    }
    Parameters state;
    if (visit.query.Has("state")) state.Set("state", visit.query.Get("state"));
    response = Redirect(state.Encode().empty() ? uri : WithQuery(uri, state));
  } else if (visit.query.Has("redirect_uri") && visit.query.Has("response_type")) {
    response = RedirectTo(visit, "/login", visit.query);
  } else {
    return ErrorPage(400, "Required String parameter 'logout_uri' is not present");
  }
  const std::string cookie = Cookie(visit, kSessionCookie);
  if (!cookie.empty()) CloseBrowserSession(desk.parts, cookie);
  ClearCookie(visit, response, kSessionCookie);
  ClearCookie(visit, response, kPendingCookie);
  return response;
}

HttpResponse ShowError(Desk&, const Visit& visit) {
  return ErrorPage(400, InWords(visit.query.Get("error")));
}

}  // namespace fractus::cognito::hosted
