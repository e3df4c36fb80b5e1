#include "cognito/issuer.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fractus::cognito {
namespace {

namespace asio = boost::asio;
using storage::MakeKey;

HttpResponse Answer(int status, const std::string& body) {
  HttpResponse response;
  response.status = status;
  response.headers.Add("Content-Type", "application/json");
  if (status == 200) {
    response.headers.Add("Cache-Control", "public, max-age=86400");
    response.headers.Add("Access-Control-Allow-Origin", "*");
  }
  response.body = body;
  return response;
}

HttpResponse Fail(int status, const char* code, const std::string& message) {
  return Answer(status, json{{"code", code}, {"message", message}}.dump());
}

// Source: documents served by AWS, as quoted in public repositories. Without a domain AWS names
// paths below the issuer.
std::string Configuration(Parts& parts, const Pool& pool) {
  const json domains =
      parts.store.room().GetJson(MakeKey({"pool-domain", pool.id})).value_or(json::object());
  std::string base = pool.Issuer();
  if (domains.contains("CustomDomain")) {
    base = "https://" + domains.at("CustomDomain").get<std::string>();
  } else if (domains.contains("Domain")) {
    base = "https://" + domains.at("Domain").get<std::string>() + ".auth." + pool.region +
           ".amazoncognito.com";
  }
  return json{
      {"authorization_endpoint", base + "/oauth2/authorize"},
      {"end_session_endpoint", base + "/logout"},
      {"id_token_signing_alg_values_supported", {"RS256"}},
      {"issuer", pool.Issuer()},
      {"jwks_uri", pool.Issuer() + "/.well-known/jwks.json"},
      {"response_types_supported", {"code", "token"}},
      {"revocation_endpoint", base + "/oauth2/revoke"},
      {"scopes_supported", {"openid", "email", "phone", "profile"}},
      {"subject_types_supported", {"public"}},
      {"token_endpoint", base + "/oauth2/token"},
      {"token_endpoint_auth_methods_supported", {"client_secret_basic", "client_secret_post"}},
      {"userinfo_endpoint", base + "/oauth2/userInfo"}}
      .dump();
}

// Resumes the coroutine on its own executor when the ring has the pool's keys.
asio::awaitable<void> WaitForKeys(KeyRing& ring, std::string pool_id) {
  const auto executor = co_await asio::this_coro::executor;
  auto start = [&ring, &pool_id, &executor](auto handler) {
    const auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    const auto resume = [shared, executor] { asio::post(executor, [shared] { (*shared)(); }); };
    if (ring.GetOrCall(pool_id, resume)) resume();
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(start, asio::use_awaitable);
}

}  // namespace

asio::awaitable<HttpResponse> Issuer::Serve(ports::EndpointRequest request) {
  const PoolRef pool = parts_.store.FindPool(request.id);
  if (!pool) {
    co_return Fail(404, "ResourceNotFoundException",
                   "User pool " + request.id + " does not exist.");
  }
  if (request.path == "/.well-known/openid-configuration") {
    co_return Answer(200, Configuration(parts_, *pool));
  }
  if (request.path != "/.well-known/jwks.json") {
    co_return Fail(404, "NotFound", "There is nothing under " + request.path + ".");
  }
  const auto nothing = [] {};
  if (!parts_.keys.GetOrCall(pool->id, nothing)) co_await WaitForKeys(parts_.keys, pool->id);
  const auto keys = parts_.keys.Get(pool->id);
  if (!keys)
    co_return Fail(404, "ResourceNotFoundException",
                   "User pool " + request.id + " does not exist.");
  const std::string body = keys->Jwks().dump();
  co_return Answer(200, body);
}

}  // namespace fractus::cognito
