// A connection's bytes, plain or through TLS, with a deadline instead of a timer for every
// operation.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "emulator/http/certificate_authority.h"

namespace fractus::http {

// Closes a socket that missed its deadline. One timer per connection that is only looked at when it
// fires, so that moving the deadline costs an assignment. All calls on the connection's thread.
class Watchdog : public std::enable_shared_from_this<Watchdog> {
 public:
  explicit Watchdog(boost::asio::ip::tcp::socket& socket)
      : socket_(&socket), timer_(socket.get_executor()) {}

  // Before anything else; the watchdog keeps itself alive until Stop.
  void Start();
  void ExpectWithin(std::chrono::seconds limit) { deadline_ = Now() + limit; }
  // The other side owes nothing: a handler runs.
  void ExpectNothing() { deadline_ = std::chrono::nanoseconds::max(); }
  // The socket is about to go.
  void Stop();

 private:
  void Look();
  // Since the machine started; exact to some milliseconds, and so cheap that every request asks.
  static std::chrono::nanoseconds Now();

  boost::asio::ip::tcp::socket* socket_;
  boost::asio::steady_timer timer_;
  std::chrono::nanoseconds deadline_ = std::chrono::nanoseconds::max();
};

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // How many bytes came; 0 when the other side ended or the connection broke.
  virtual boost::asio::awaitable<size_t> Read(boost::asio::mutable_buffer into) = 0;
  // False when the connection broke.
  virtual boost::asio::awaitable<bool> Write(std::array<boost::asio::const_buffer, 2> parts) = 0;
};

class PlainStream : public ByteStream {
 public:
  // The socket must be non-blocking.
  explicit PlainStream(boost::asio::ip::tcp::socket& socket) : socket_(socket) {}
  boost::asio::awaitable<size_t> Read(boost::asio::mutable_buffer into) override;
  boost::asio::awaitable<bool> Write(std::array<boost::asio::const_buffer, 2> parts) override;

 private:
  boost::asio::ip::tcp::socket& socket_;
};

class TlsStream : public ByteStream {
 public:
  TlsStream(boost::asio::ip::tcp::socket& socket, CertificateAuthority& authority);
  ~TlsStream() override;
  // `first_bytes` were read from the socket already. False for a client that does not speak TLS or
  // does not trust us.
  boost::asio::awaitable<bool> Handshake(std::string first_bytes);
  boost::asio::awaitable<void> Shutdown();
  boost::asio::awaitable<size_t> Read(boost::asio::mutable_buffer into) override;
  boost::asio::awaitable<bool> Write(std::array<boost::asio::const_buffer, 2> parts) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The next byte without taking it; nothing when the client went away.
boost::asio::awaitable<std::optional<unsigned char>> PeekByte(boost::asio::ip::tcp::socket& socket);

}  // namespace fractus::http
