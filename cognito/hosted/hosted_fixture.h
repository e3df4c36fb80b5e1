// What the tests of the hosted UI share: a pool with a domain, a client, and a browser that keeps
// cookies.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <map>
#include <regex>

#include "cognito/cognito_fixture.h"
#include "cognito/hosted/hosted_ui.h"

namespace fractus::cognito::hosted {

class HostedTest : public CognitoTest {
 protected:
  static constexpr char kHost[] = "shop.auth.us-east-1.amazoncognito.com";
  static constexpr char kCallback[] = "http://localhost";

  HostedTest() : hosted_ui_(std::make_unique<HostedUi>(*cognito_, blocking_pool_)) {
    pool_id_ = MakeEmailPool();
    client_ = MakeOAuthClient();
    Do("CreateUserPoolDomain", {{"UserPoolId", pool_id_}, {"Domain", "shop"}});
  }
  ~HostedTest() override {
    // Its threads still touch io_ when an answer is there already.
    blocking_pool_.Stop();
    hosted_ui_.reset();
  }

  std::string MakeOAuthClient(json more = json::object()) {
    json input = {{"AllowedOAuthFlowsUserPoolClient", true},
                  {"AllowedOAuthFlows", {"code", "implicit"}},
                  {"AllowedOAuthScopes", {"openid", "email"}},
                  {"CallbackURLs", {kCallback, "https://example.com/cb?x=1"}},
                  {"LogoutURLs", {"http://localhost/bye"}}};
    input.update(more);
    return MakeClient(pool_id_, std::move(input));
  }

  // The query of an authorization request, with these changed or, where null, left out.
  std::string Query(const json& changes = json::object()) {
    json fields = {{"client_id", client_},
                   {"response_type", "code"},
                   {"redirect_uri", kCallback},
                   {"state", "s&1"}};
    fields.update(changes);
    Parameters query;
    for (const auto& [name, value] : fields.items()) {
      if (!value.is_null()) query.Set(name, value.get<std::string>());
    }
    return query.Encode();
  }

  HttpResponse Send(const std::string& method, const std::string& path, const std::string& query,
                    const std::string& body = "", std::vector<HttpHeaders::Field> headers = {}) {
    ports::EndpointRequest request;
    request.id = domain_;
    request.path = path;
    request.context.now = clock_.Now();
    request.context.base_url = std::string("https://") + kHost;
    request.http.method = method;
    request.http.path = path;
    request.http.query = query;
    request.http.body = body;
    request.http.host = kHost;
    request.http.scheme = Scheme::kHttps;
    if (!body.empty()) {
      request.http.headers.Add("Content-Type", "application/x-www-form-urlencoded");
    }
    std::string cookies;
    for (const auto& [name, value] : cookies_) cookies += name + "=" + value + "; ";
    if (!cookies.empty()) request.http.headers.Add("Cookie", cookies);
    for (auto& [name, value] : headers) request.http.headers.Add(name, value);
    auto answer =
        boost::asio::co_spawn(io_, hosted_ui_->Serve(std::move(request)), boost::asio::use_future);
    io_.restart();
    io_.run();
    HttpResponse response = answer.get();
    KeepCookies(response);
    return response;
  }

  HttpResponse Get(const std::string& path, const std::string& query) {
    return Send("GET", path, query);
  }

  // Sends a form of the page as a browser would: with its hidden field.
  HttpResponse Submit(const std::string& path, const std::string& query, Parameters form) {
    form.Set("_csrf", CsrfOf(Get(path, query)));
    return Send("POST", path, query, form.Encode());
  }

  HttpResponse LogIn(const std::string& query, const std::string& password = kPassword) {
    Parameters form;
    form.Set("username", "jane@example.com");
    form.Set("password", password);
    return Submit("/login", query, form);
  }

  // Somebody who may sign in.
  std::string MakeJane() {
    return MakeUser(pool_id_, client_, "jane@example.com", {{{"Name", "name"}, {"Value", "Jane"}}});
  }

  static std::string CsrfOf(const HttpResponse& page) {
    std::smatch match;
    static const std::regex field("name=\"_csrf\" value=\"([^\"]+)\"");
    return std::regex_search(page.body, match, field) ? match[1].str() : "";
  }

  static std::string Location(const HttpResponse& response) {
    return std::string(response.headers.Get("Location"));
  }

  // A parameter of the redirect's query or fragment.
  static std::string Told(const HttpResponse& response, const std::string& name) {
    const std::string location = Location(response);
    const auto told = Parameters::Parse(location.substr(location.find_first_of("?#") + 1));
    return told ? told->Get(name) : "";
  }

  HttpResponse Token(const json& fields, std::vector<HttpHeaders::Field> headers = {}) {
    Parameters form;
    for (const auto& [name, value] : fields.items()) form.Set(name, value.get<std::string>());
    return Send("POST", "/oauth2/token", "", form.Encode(), std::move(headers));
  }
  json Tokens(const json& fields) {
    const HttpResponse response = Token(fields);
    EXPECT_EQ(response.status, 200) << response.body;
    return json::parse(response.body);
  }
  static std::string ErrorOf(const HttpResponse& response) {
    const json body = json::parse(response.body, nullptr, false);
    return body.is_object() ? body.value("error", std::string()) : response.body;
  }
  json CodeFields(const std::string& code) {
    return {{"grant_type", "authorization_code"},
            {"client_id", client_},
            {"redirect_uri", kCallback},
            {"code", code}};
  }

  void KeepCookies(const HttpResponse& response) {
    for (const auto& [name, value] : response.headers) {
      if (name != "Set-Cookie") continue;
      const size_t equals = value.find('='), end = value.find(';');
      const std::string cookie(value.substr(0, equals));
      if (value.find("Max-Age=0") != std::string::npos) {
        cookies_.erase(cookie);
      } else {
        cookies_[cookie] = value.substr(equals + 1, end - equals - 1);
      }
    }
  }

  boost::asio::io_context io_;
  std::unique_ptr<HostedUi> hosted_ui_;
  std::string domain_ = "shop";
  std::string pool_id_;
  std::string client_;
  std::map<std::string, std::string> cookies_;
};

}  // namespace fractus::cognito::hosted
