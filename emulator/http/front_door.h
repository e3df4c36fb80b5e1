// The front door: gives a request its context, sends it to the right door and logs the answer.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <optional>
#include <string>

#include "emulator/core/clock.h"
#include "emulator/core/id_source.h"
#include "emulator/http/route.h"
#include "emulator/ports/http_endpoint.h"
#include "emulator/service/dispatcher.h"

namespace fractus::http {

enum class RequestLog { kOff, kOn };

struct FrontDoorSettings {
  std::string region = "us-east-1";
  std::string account = "000000000000";
  RequestLog request_log = RequestLog::kOn;
};

class FrontDoor {
 public:
  FrontDoor(service::Dispatcher& dispatcher, Clock& clock, IdSource& ids,
            FrontDoorSettings settings)
      : dispatcher_(dispatcher), clock_(clock), ids_(ids), settings_(std::move(settings)) {}

  // Who answers behind a door; a door without an endpoint answers 501. While wiring.
  void Open(Door door, ports::HttpEndpoint& endpoint) { endpoints_[door] = &endpoint; }

  // Answers on the calling thread when that is possible without waiting, else nothing: then call
  // Handle.
  std::optional<HttpResponse> HandleInline(const HttpRequest& request);
  // Does not throw.
  boost::asio::awaitable<HttpResponse> Handle(HttpRequest request);

 private:
  RequestContext MakeContext(const HttpRequest& request, const Route& route);

  service::Dispatcher& dispatcher_;
  Clock& clock_;
  IdSource& ids_;
  const FrontDoorSettings settings_;
  std::map<Door, ports::HttpEndpoint*> endpoints_;
};

// Adds the headers by which browsers let pages of this machine call AWS APIs.
void AddCors(std::string_view origin, HttpResponse& response);

}  // namespace fractus::http
