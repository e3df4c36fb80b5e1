// The listener as an HTTP proxy: which requests are for others, and handing them on.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string>

#include "emulator/core/http_message.h"

namespace fractus::http {

struct Destination {
  std::string host, port;
};

// "host:443" of a CONNECT request.
Destination ConnectDestination(const HttpRequest& request);

// A request in absolute form ("GET http://host/path") loses it: path and Host become those of the
// URL. Returns where it must be handed to when that is not the emulator itself.
std::optional<Destination> TakeAbsoluteForm(HttpRequest& request);

// The request as it is sent to the destination, asking for the connection to be closed after the
// answer.
std::string SerializeForwarded(const HttpRequest& request);

enum class Established { kSay, kKeepSilent };

// Connects, sends `first_bytes` and carries bytes both ways until both sides ended. Answers 502
// when it cannot connect.
boost::asio::awaitable<void> Tunnel(boost::asio::ip::tcp::socket& client, Destination destination,
                                    std::string first_bytes, Established established);

}  // namespace fractus::http
