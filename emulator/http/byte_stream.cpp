#include "emulator/http/byte_stream.h"

#include <time.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "emulator/core/log.h"

namespace fractus::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

std::chrono::nanoseconds Watchdog::Now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

void Watchdog::Start() { Look(); }

void Watchdog::Stop() {
  socket_ = nullptr;
  timer_.cancel();
}

void Watchdog::Look() {
  // A deadline that is set later is never nearer than the shortest limit: looking this often is
  // enough.
  constexpr auto kLook = std::chrono::seconds(5);
  timer_.expires_after(kLook);
  timer_.async_wait([self = shared_from_this()](error_code) {
    if (!self->socket_) return;
    if (Now() >= self->deadline_) {
      error_code ignored;
      self->socket_->close(ignored);
      return;
    }
    self->Look();
  });
}

asio::awaitable<size_t> PlainStream::Read(asio::mutable_buffer into) {
  error_code error;
  const size_t size =
      co_await socket_.async_read_some(into, asio::redirect_error(asio::use_awaitable, error));
  co_return error ? 0 : size;
}

asio::awaitable<bool> PlainStream::Write(std::array<asio::const_buffer, 2> parts) {
  error_code error;
  // Most answers fit into the socket's buffer: no need to go through the event loop for them.
  size_t sent =
      parts[1].size() == 0 ? socket_.send(parts[0], 0, error) : socket_.send(parts, 0, error);
  if (error == asio::error::would_block) {
    error = {};
    sent = 0;
  }
  const size_t first = std::min(sent, parts[0].size());
  parts[0] += first;
  parts[1] += sent - first;
  if (!error && parts[0].size() + parts[1].size() > 0) {
    co_await asio::async_write(socket_, parts, asio::redirect_error(asio::use_awaitable, error));
  }
  co_return !error;
}

struct TlsStream::State {
  State(tcp::socket& socket, std::shared_ptr<SSL_CTX> first_context)
      : context(Owned(first_context.get())), stream(socket, context) {}

  // Asio's wrapper frees what it is given: it gets a reference of its own.
  static SSL_CTX* Owned(SSL_CTX* context) {
    SSL_CTX_up_ref(context);
    return context;
  }

  asio::ssl::context context;
  asio::ssl::stream<tcp::socket&> stream;
};

TlsStream::TlsStream(tcp::socket& socket, CertificateAuthority& authority)
    : state_(std::make_unique<State>(socket, authority.ContextFor("localhost"))) {}
TlsStream::~TlsStream() = default;

asio::awaitable<bool> TlsStream::Handshake(std::string first_bytes) {
  error_code error;
  co_await state_->stream.async_handshake(asio::ssl::stream_base::server, asio::buffer(first_bytes),
                                          asio::redirect_error(asio::use_awaitable, error));
  if (error) Log(LogLevel::kDebug, "a TLS handshake failed: {}", error.message());
  co_return !error;
}

asio::awaitable<void> TlsStream::Shutdown() {
  error_code error;
  co_await state_->stream.async_shutdown(asio::redirect_error(asio::use_awaitable, error));
}

asio::awaitable<size_t> TlsStream::Read(asio::mutable_buffer into) {
  error_code error;
  const size_t size = co_await state_->stream.async_read_some(
      into, asio::redirect_error(asio::use_awaitable, error));
  co_return error ? 0 : size;
}

asio::awaitable<bool> TlsStream::Write(std::array<asio::const_buffer, 2> parts) {
  error_code error;
  co_await asio::async_write(state_->stream, parts,
                             asio::redirect_error(asio::use_awaitable, error));
  co_return !error;
}

asio::awaitable<std::optional<unsigned char>> PeekByte(tcp::socket& socket) {
  error_code error;
  co_await socket.async_wait(tcp::socket::wait_read,
                             asio::redirect_error(asio::use_awaitable, error));
  unsigned char byte = 0;
  if (error || socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error) != 1)
    co_return std::nullopt;
  co_return byte;
}

}  // namespace fractus::http
