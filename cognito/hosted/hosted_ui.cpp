#include "cognito/hosted/hosted_ui.h"

#include <map>

#include "cognito/hosted/pages.h"
#include "cognito/hosted/token_endpoint.h"

namespace fractus::cognito::hosted {
namespace {

using storage::MakeKey;

constexpr char kPathForm[] = "/_aws/cognito-idp";

using Plain = HttpResponse (*)(Desk&, const Visit&);
using Waiting = boost::asio::awaitable<HttpResponse> (*)(Desk&, const Visit&);

// What a path answers, by method. A form of a page is only taken from a page of ours.
struct Entry {
  Plain get = nullptr;
  Waiting get_waiting = nullptr;
  Waiting post_form = nullptr;
  Plain post = nullptr;
  Waiting post_waiting = nullptr;
};

const Entry* FindEntry(const std::string& path) {
  static const std::map<std::string, Entry> kEntries = {
      {"/oauth2/authorize", {.get_waiting = Authorize}},
      {"/login", {.get = ShowLogin, .post_form = LogIn}},
      {"/challenge", {.post_form = AnswerChallenge}},
      {"/signup", {.get = ShowSignUp, .post_form = SignUpByForm}},
      {"/confirm", {.get = ShowConfirm, .post_form = ConfirmByForm}},
      {"/resendcode", {.post_form = ResendCode}},
      {"/confirmuser", {.get_waiting = ConfirmByLink}},
      {"/forgotpassword", {.get = ShowForgotPassword, .post_form = SendResetCode}},
      {"/resetpassword", {.get = ShowResetPassword, .post_form = ResetPassword}},
      {"/confirmforgotpassword", {.get = ShowResetPassword, .post_form = ResetPassword}},
      {"/logout", {.get = SignOut}},
      {"/error", {.get = ShowError}},
      {"/oauth2/token", {.post_waiting = IssueTokens}},
      {"/oauth2/userinfo", {.get = TellUserInfo, .post = TellUserInfo}},
      {"/oauth2/revoke", {.post = RevokeByForm}},
  };
  const auto found = kEntries.find(ToLower(path));
  return found == kEntries.end() ? nullptr : &found->second;
}

bool IsForPrograms(const Entry& entry) { return entry.post || entry.post_waiting; }

// The pool whose domain the Host names.
PoolRef FindPool(Parts& parts, const std::string& domain) {
  const auto stored = parts.store.room().GetJson(MakeKey({"domain", domain}));
  return stored ? parts.store.FindPool(stored->at("UserPoolId").get<std::string>()) : nullptr;
}

std::string WithoutLastSlash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

HttpResponse Refuse(const Entry& entry, int status, const char* error, const std::string& message) {
  return IsForPrograms(entry) ? RefuseJson(status, error, message) : ErrorPage(status, message);
}

HttpResponse AllowOtherOrigins() {
  HttpResponse response;
  response.headers.Add("Access-Control-Allow-Origin", "*");
  response.headers.Add("Access-Control-Allow-Methods", "GET, POST");
  response.headers.Add("Access-Control-Allow-Headers", "Authorization, Content-Type");
  response.headers.Add("Access-Control-Max-Age", "3600");
  return response;
}

boost::asio::awaitable<HttpResponse> Dispatch(Desk& desk, const Entry& entry, const Visit& visit) {
  const std::string& method = visit.request.http.method;
  if (method == "GET" || method == "HEAD") {
    if (entry.get) co_return entry.get(desk, visit);
    if (entry.get_waiting) co_return co_await entry.get_waiting(desk, visit);
  } else if (method == "POST") {
    if (entry.post) co_return entry.post(desk, visit);
    if (entry.post_waiting) co_return co_await entry.post_waiting(desk, visit);
    if (entry.post_form && !IsFromOurForm(visit)) {
      co_return ErrorPage(403,
                          "This form is too old, or comes from another page. Go back, load the "
                          "page again and repeat what you did.");
    }
    if (entry.post_form) co_return co_await entry.post_form(desk, visit);
  } else if (method == "OPTIONS" && IsForPrograms(entry)) {
    co_return AllowOtherOrigins();
  }
  HttpResponse response = Refuse(entry, 405, "invalid_request", "Method not allowed.");
  co_return response;
}

}  // namespace

boost::asio::awaitable<HttpResponse> HostedUi::Serve(ports::EndpointRequest request) {
  co_return co_await pool_.Run(AnswerOnPool(std::move(request)));
}

boost::asio::awaitable<HttpResponse> HostedUi::AnswerOnPool(ports::EndpointRequest request) {
  const Entry* entry = FindEntry(WithoutLastSlash(request.path));
  if (!entry) co_return ErrorPage(404, "There is no such page.");
  Visit visit;
  visit.path = WithoutLastSlash(request.path);
  if (request.id.empty()) {
    visit.base = kPathForm;
  } else if (!(visit.pool = FindPool(desk_.parts, request.id))) {
    co_return Refuse(*entry, 404, "invalid_request",
                     "No user pool has the domain " + request.id + ".");
  }
  auto query = Parameters::Parse(request.http.query);
  const bool has_form = request.http.method == "POST";
  auto form = has_form ? Parameters::Parse(request.http.body) : Parameters();
  visit.request = std::move(request);
  if (!query || !form) {
    co_return Refuse(*entry, 400, "invalid_request",
                     "The parameters are malformed, or one is there twice.");
  }
  visit.query = *std::move(query);
  visit.form = *std::move(form);
  co_return co_await Dispatch(desk_, *entry, visit);
}

}  // namespace fractus::cognito::hosted
