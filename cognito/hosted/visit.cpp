#include "cognito/hosted/visit.h"

#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito::hosted {
namespace {

// Of a cookie that we have set; anything else is none.
bool IsToken(std::string_view text) { return text.size() == 36 || text.size() == 43; }

std::string CookieTail(const Visit& visit) {
  const std::string path = visit.base.empty() ? "/" : visit.base;
  return "; Path=" + path + "; HttpOnly; SameSite=Lax" + (visit.secure() ? "; Secure" : "");
}

void Refuse(HttpResponse& response, const char* error, const std::string& description) {
  response.log_reason = std::string(error) + (description.empty() ? "" : ": ") + description;
}

}  // namespace

boost::asio::awaitable<Result<json>> Call(Desk& desk, const Visit& visit, std::string operation,
                                          json input) {
  Request request;
  request.context = visit.request.context;
  request.input = std::move(input);
  const auto& entry = desk.operations.at(operation);
  if (const auto* plain = std::get_if<service::Operation>(&entry)) co_return (*plain)(request);
  const auto& waiting = std::get<service::AsyncOperation>(entry);
  co_return co_await waiting(std::move(request));
}

HttpResponse Redirect(std::string_view uri) {
  std::string location;
  for (const char c : uri) {
    const bool plain = c > 0x20 && static_cast<unsigned char>(c) < 0x7f;
    location += plain ? std::string(1, c) : PercentEncode(std::string_view(&c, 1));
  }
  HttpResponse response;
  response.status = 302;
  response.headers.Add("Location", std::move(location));
  response.headers.Add("Cache-Control", "no-store");
  response.headers.Add("Referrer-Policy", "no-referrer");
  return response;
}

HttpResponse RedirectTo(const Visit& visit, std::string_view path, const Parameters& query) {
  return Redirect(WithQuery(visit.base + std::string(path), query));
}

HttpResponse AnswerJson(const nlohmann::ordered_json& body) {
  HttpResponse response;
  response.headers.Add("Content-Type", "application/json;charset=UTF-8");
  response.headers.Add("Cache-Control", "no-store");
  response.headers.Add("Pragma", "no-cache");
  response.headers.Add("X-Content-Type-Options", "nosniff");
  // Pages of any origin exchange their codes here; nothing of it hangs on cookies.
  response.headers.Add("Access-Control-Allow-Origin", "*");
  response.body = body.dump();
  return response;
}

HttpResponse RefuseJson(int status, const char* error, const std::string& description) {
  nlohmann::ordered_json body;
  body["error"] = error;
  if (!description.empty()) body["error_description"] = description;
  HttpResponse response = AnswerJson(body);
  response.status = status;
  Refuse(response, error, description);
  return response;
}

void SetCookie(const Visit& visit, HttpResponse& response, std::string_view name,
               std::string_view value) {
  response.headers.Add("Set-Cookie",
                       std::string(name) + "=" + std::string(value) + CookieTail(visit));
}

void ClearCookie(const Visit& visit, HttpResponse& response, std::string_view name) {
  response.headers.Add("Set-Cookie", std::string(name) + "=; Max-Age=0" + CookieTail(visit));
}

std::string Cookie(const Visit& visit, std::string_view name) {
  const auto value = FindCookie(visit.request.http.headers, name);
  return value && IsToken(*value) ? *value : "";
}

HttpResponse ErrorPage(int status, const std::string& message) {
  HttpResponse response = http::Render(
      {.title = "This page cannot be shown",
       .content = "<h1>This page cannot be shown</h1>\n<p class=\"notice bad\" role=\"alert\">" +
                  http::EscapeHtml(message) + "</p>\n",
       .layout = http::Layout::kCard,
       .form_target = ""},
      status);
  response.log_reason = message;
  return response;
}

bool IsFromOurForm(const Visit& visit) {
  const std::string origin(visit.request.http.headers.Get("Origin"));
  if (!origin.empty() && origin != visit.request.context.base_url) return false;
  const std::string cookie = Cookie(visit, kCsrfCookie);
  return !cookie.empty() && auth::EqualsInConstantTime(cookie, visit.form.Get("_csrf"));
}

std::string CsrfToken(Desk& desk, const Visit& visit) {
  std::string token = Cookie(visit, kCsrfCookie);
  return token.empty() ? desk.parts.ids.Uuid() : token;
}

}  // namespace fractus::cognito::hosted
