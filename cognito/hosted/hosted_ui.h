// The hosted UI of user pools: pages to sign up and in, and the OAuth 2.0 endpoints behind them.
#pragma once

#include "cognito/cognito.h"
#include "cognito/hosted/visit.h"
#include "emulator/core/blocking_pool.h"
#include "emulator/ports/http_endpoint.h"

namespace fractus::cognito::hosted {

// Serves /login, /challenge (second factors and new passwords), /signup, /confirm, /confirmUser,
// /forgotPassword, /resetPassword, /logout, /error and /oauth2/... of a domain, and the same below
// /_aws/cognito-idp, where client_id alone names the pool. EndpointRequest.id is the domain's prefix
// or empty. Thread-safe; works on the pool.
//
// Differs from AWS: custom domains are kept but not served.
class HostedUi : public ports::HttpEndpoint {
 public:
  HostedUi(Cognito& cognito, BlockingPool& pool)
      : desk_{cognito.parts(), cognito.Operations()}, pool_(pool) {}

  boost::asio::awaitable<HttpResponse> Serve(ports::EndpointRequest request) override;

 private:
  boost::asio::awaitable<HttpResponse> AnswerOnPool(ports::EndpointRequest request);

  Desk desk_;
  BlockingPool& pool_;
};

}  // namespace fractus::cognito::hosted
