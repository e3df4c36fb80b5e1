// One request to the hosted pages, taken apart, and the answers all pages share.
#pragma once

#include <string>
#include <string_view>

#include "cognito/hosted/parameters.h"
#include "cognito/parts.h"
#include "emulator/http/page.h"
#include "emulator/ports/http_endpoint.h"
#include "emulator/service/operation_table.h"

namespace fractus::cognito::hosted {

using Answer = boost::asio::awaitable<HttpResponse>;

// What the pages work with.
struct Desk {
  Parts& parts;
  // The room's own operations: pages do what the API does.
  service::OperationTable operations;
};

struct Visit {
  ports::EndpointRequest request;
  // The pool whose domain the Host names; nullptr under /_aws/cognito-idp, where the client tells.
  PoolRef pool;
  // Before every path of ours: "" or "/_aws/cognito-idp".
  std::string base;
  // Without its last slash.
  std::string path;
  Parameters query;
  Parameters form;

  Time now() const { return request.context.now; }
  bool secure() const { return request.http.scheme == Scheme::kHttps; }
};

inline constexpr char kSessionCookie[] = "cognito";
inline constexpr char kCsrfCookie[] = "XSRF-TOKEN";
inline constexpr char kPendingCookie[] = "cognito-pending";

// Runs an operation of the room as its API does, with no credentials.
boost::asio::awaitable<Result<json>> Call(Desk& desk, const Visit& visit, std::string operation,
                                          json input);

// 302; bytes that no header may hold are percent-encoded.
HttpResponse Redirect(std::string_view uri);
// To a page of ours, with this query.
HttpResponse RedirectTo(const Visit& visit, std::string_view path, const Parameters& query);
// {"error": ..., "error_description": ...}, as the endpoints for programs refuse.
HttpResponse RefuseJson(int status, const char* error, const std::string& description = "");
HttpResponse AnswerJson(const nlohmann::ordered_json& body);

// For scripts out of reach, on this site only, and not with requests that other sites begin except
// plain links.
void SetCookie(const Visit& visit, HttpResponse& response, std::string_view name,
               std::string_view value);
void ClearCookie(const Visit& visit, HttpResponse& response, std::string_view name);
std::string Cookie(const Visit& visit, std::string_view name);

// The answer to a page's request that shows the page /error.
HttpResponse ErrorPage(int status, const std::string& message);

// What a form's answer must prove: it was made by a page of ours, for this browser. Every page has
// the cookie's value in a hidden field, and browsers that tell the Origin must tell ours.
bool IsFromOurForm(const Visit& visit);
// The value for this browser: its cookie, or a new one that the response then sets.
std::string CsrfToken(Desk& desk, const Visit& visit);

}  // namespace fractus::cognito::hosted
