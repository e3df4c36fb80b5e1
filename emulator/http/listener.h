// The one listener: plain HTTP, TLS and HTTP proxy on the same port, told apart by the first bytes.
#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "emulator/http/certificate_authority.h"
#include "emulator/http/front_door.h"

namespace fractus::http {

enum class Foreign { kTunnelled, kRefused };

struct ListenerSettings {
  std::string host = "127.0.0.1";
  // 0: any free port, see port().
  uint16_t port = 4566;
  // Two per processor: one that has to let go of it keeps only its own connections waiting.
  unsigned threads = std::clamp(2 * std::thread::hardware_concurrency(), 4u, 16u);
  // What the proxy does with hosts that are not AWS's.
  Foreign foreign = Foreign::kTunnelled;
};

class Listener {
 public:
  // Binds at once. Throws std::runtime_error with a sentence for the user when the address is taken
  // or not ours.
  Listener(FrontDoor& front_door, CertificateAuthority& authority, ListenerSettings settings);
  ~Listener();

  uint16_t port() const { return port_; }
  // Starts accepting on own threads and returns.
  void Start();
  // Ends all connections and joins the threads.
  void Stop();
  // For coroutines that wait beside the connections.
  boost::asio::any_io_executor executor() { return contexts_.front()->get_executor(); }

 private:
  boost::asio::awaitable<void> Accept();

  FrontDoor& front_door_;
  CertificateAuthority& authority_;
  const ListenerSettings settings_;
  std::vector<std::unique_ptr<boost::asio::io_context>> contexts_;
  std::unique_ptr<boost::asio::ip::tcp::acceptor> acceptor_;
  std::vector<std::thread> threads_;
  uint16_t port_ = 0;
};

}  // namespace fractus::http
