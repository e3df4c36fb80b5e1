#include <algorithm>

#include "cognito/hosted/token_endpoint.h"
#include "cognito/issue_tokens.h"
#include "cognito/tokens.h"

namespace fractus::cognito::hosted {
namespace {

HttpResponse Refuse(int status, const char* error, const std::string& description) {
  HttpResponse response = RefuseJson(status, error, description);
  // The description is one of ours: nothing of the request is in it.
  response.headers.Add("WWW-Authenticate", std::string("Bearer error=\"") + error +
                                               "\", error_description=\"" + description + "\"");
  return response;
}

}  // namespace

HttpResponse TellUserInfo(Desk& desk, const Visit& visit) {
  const auto token = ReadBearer(visit.request.http.headers.Get("Authorization"));
  if (!token) return Refuse(400, "invalid_request", "Bad OAuth2 request at UserInfo Endpoint");
  const auto caller = FindCaller(desk.parts, *token, visit.now());
  if (!caller || (visit.pool && visit.pool->id != caller->pool->id)) {
    return Refuse(401, "invalid_token",
                  "Access token is expired, disabled, or deleted, or the user has globally signed "
                  "out.");
  }
  const auto& scopes = caller->scopes;
  if (std::find(scopes.begin(), scopes.end(), "openid") == scopes.end()) {
    return Refuse(401, "invalid_token", "Access token does not contain openid scope");
  }
  const auto readable = caller->client->readable();
  nlohmann::ordered_json body;
  body["sub"] = caller->user.sub;
  // Also true and false are texts here, as on AWS.
  for (const auto& [name, value] : caller->user.attributes) {
    const bool may_read =
        !readable || std::find(readable->begin(), readable->end(), name) != readable->end();
    if (may_read && ScopesShow(scopes, name)) body[name] = value;
  }
  body["username"] = caller->user.username;
  return AnswerJson(body);
}

}  // namespace fractus::cognito::hosted
