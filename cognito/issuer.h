// The public documents of a user pool: its keys and its OpenID configuration.
#pragma once

#include "cognito/parts.h"
#include "emulator/ports/http_endpoint.h"

namespace fractus::cognito {

// EndpointRequest.id is the pool's id; path is "/.well-known/jwks.json" or
// "/.well-known/openid-configuration". Keys that are still being made are waited for without
// blocking the thread.
class Issuer : public ports::HttpEndpoint {
 public:
  explicit Issuer(Parts& parts) : parts_(parts) {}

  boost::asio::awaitable<HttpResponse> Serve(ports::EndpointRequest request) override;

 private:
  Parts& parts_;
};

}  // namespace fractus::cognito
