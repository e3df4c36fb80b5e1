// One client's connection: bytes to HttpRequest, HttpResponse to bytes.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "emulator/http/certificate_authority.h"
#include "emulator/http/front_door.h"
#include "emulator/http/listener.h"

namespace fractus::http {

// Serves the connection until either side ends it. Does not throw.
boost::asio::awaitable<void> ServeConnection(boost::asio::ip::tcp::socket socket,
                                             FrontDoor& front_door, CertificateAuthority& authority,
                                             Foreign foreign);

}  // namespace fractus::http
