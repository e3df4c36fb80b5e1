#include "emulator/http/listener.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "emulator/core/log.h"
#include "emulator/http/session.h"

namespace fractus::http {

namespace asio = boost::asio;
using asio::ip::tcp;

Listener::Listener(FrontDoor& front_door, CertificateAuthority& authority,
                   ListenerSettings settings)
    : front_door_(front_door), authority_(authority), settings_(std::move(settings)) {
  for (unsigned i = 0; i < std::max(1u, settings_.threads); ++i)
    contexts_.push_back(std::make_unique<asio::io_context>(1));
  boost::system::error_code error;
  const auto address =
      asio::ip::make_address(settings_.host == "localhost" ? "127.0.0.1" : settings_.host, error);
  if (error)
    throw std::runtime_error(fmt::format(
        "--host {} is not an IP address; use 127.0.0.1, or 0.0.0.0 to serve other machines.",
        settings_.host));
  acceptor_ = std::make_unique<tcp::acceptor>(*contexts_.front());
  const tcp::endpoint endpoint(address, settings_.port);
  acceptor_->open(endpoint.protocol());
  acceptor_->set_option(tcp::acceptor::reuse_address(true));
  acceptor_->bind(endpoint, error);
  if (!error) acceptor_->listen(1024, error);
  if (error == asio::error::address_in_use) {
    throw std::runtime_error(fmt::format(
        "Port {} on {} is taken by another program; stop it or choose another with --port.",
        settings_.port, settings_.host));
  }
  if (error)
    throw std::runtime_error(fmt::format("Cannot listen on {}:{}: {}.", settings_.host,
                                         settings_.port, error.message()));
  port_ = acceptor_->local_endpoint().port();
}

Listener::~Listener() { Stop(); }

void Listener::Start() {
  asio::co_spawn(*contexts_.front(), Accept(), asio::detached);
  for (auto& context : contexts_) {
    threads_.emplace_back([&context] {
      const auto keep_running = asio::make_work_guard(*context);
      context->run();
    });
  }
}

void Listener::Stop() {
  for (auto& context : contexts_) context->stop();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  threads_.clear();
}

asio::awaitable<void> Listener::Accept() {
  size_t next = 0;
  while (true) {
    asio::io_context& context = *contexts_[next++ % contexts_.size()];
    tcp::socket socket(context);
    boost::system::error_code error;
    co_await acceptor_->async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::no_descriptors)
      Log(LogLevel::kWarning, "no file descriptors left for a new connection; raise 'ulimit -n'");
    if (error) continue;
    socket.set_option(tcp::no_delay(true), error);
    asio::co_spawn(context,
                   ServeConnection(std::move(socket), front_door_, authority_, settings_.foreign),
                   asio::detached);
  }
}

}  // namespace fractus::http
