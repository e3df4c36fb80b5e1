// A door for HTTP that is not an AWS API: deployed APIs, the Cognito issuer, the emulator's own pages.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "emulator/core/http_message.h"
#include "emulator/core/request.h"

namespace fractus::ports {

struct EndpointRequest {
  HttpRequest http;
  RequestContext context;
  // What the front door found in Host or path: the API id, the user pool id, the domain prefix.
  std::string id;
  // The path below the door, still percent-encoded, starting with '/': for an API "/Prod/users/1" whichever URL form was used.
  std::string path;
};

class HttpEndpoint {
 public:
  virtual ~HttpEndpoint() = default;
  // Runs on a network thread and may not block it.
  virtual boost::asio::awaitable<HttpResponse> Serve(EndpointRequest request) = 0;
};

}  // namespace fractus::ports
