// The emulator's own endpoints: health, information, and the clock.
#pragma once

#include <string>
#include <vector>

#include "emulator/core/clock.h"
#include "emulator/ports/http_endpoint.h"

namespace fractus::http {

// /_fractus/health and /_localstack/health, /_localstack/info, /_localstack/init, /_fractus/clock.
class InternalPages : public ports::HttpEndpoint {
 public:
  InternalPages(std::vector<std::string> services, std::string version, Clock& clock)
      : services_(std::move(services)), version_(std::move(version)), clock_(clock) {}

  boost::asio::awaitable<HttpResponse> Serve(ports::EndpointRequest request) override;

 private:
  HttpResponse Health() const;
  HttpResponse ShowOrMoveClock(const HttpRequest& request);

  const std::vector<std::string> services_;
  const std::string version_;
  Clock& clock_;
};

}  // namespace fractus::http
