#include "emulator/http/proxy.h"

#include <fmt/format.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "emulator/http/route.h"

namespace fractus::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::string_view kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";

Destination Parse(std::string_view authority, std::string_view default_port) {
  const size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.ends_with(']'))
    return {std::string(authority), std::string(default_port)};
  std::string_view host = authority.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return {std::string(host), std::string(authority.substr(colon + 1))};
}

asio::awaitable<void> Pump(tcp::socket& from, tcp::socket& to) {
  std::string buffer(16 * 1024, '\0');
  error_code error;
  while (!error) {
    const size_t size = co_await from.async_read_some(
        asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
    if (size == 0) break;
    error_code write_error;
    co_await asio::async_write(to, asio::buffer(buffer, size),
                               asio::redirect_error(asio::use_awaitable, write_error));
    if (write_error) break;
  }
  to.shutdown(tcp::socket::shutdown_send, error);
}

}  // namespace

Destination ConnectDestination(const HttpRequest& request) { return Parse(request.path, "443"); }

std::optional<Destination> TakeAbsoluteForm(HttpRequest& request) {
  constexpr std::string_view kScheme = "http://";
  if (!request.path.starts_with(kScheme)) return std::nullopt;
  const size_t slash = request.path.find('/', kScheme.size());
  const std::string authority = request.path.substr(
      kScheme.size(), slash == std::string::npos ? slash : slash - kScheme.size());
  request.path = slash == std::string::npos ? "/" : request.path.substr(slash);
  request.host = authority;
  request.headers.Set("Host", authority);
  if (IsTrustedHost(HostName(authority)) && HostName(authority).find('.') != std::string::npos) {
    const std::string name = HostName(authority);
    if (IsAwsHost(name) || name.ends_with(".localhost") || name.ends_with("localstack.cloud") ||
        name.starts_with("127."))
      return std::nullopt;
  }
  if (HostName(authority) == "localhost") return std::nullopt;
  return Parse(authority, "80");
}

std::string SerializeForwarded(const HttpRequest& request) {
  std::string bytes = fmt::format("{} {}{}{} HTTP/1.1\r\n", request.method, request.path,
                                  request.query.empty() ? "" : "?", request.query);
  for (const auto& [name, value] : request.headers) {
    if (EqualsIgnoreCase(name, "Connection") || EqualsIgnoreCase(name, "Transfer-Encoding") ||
        EqualsIgnoreCase(name, "Content-Length") || ToLower(name).starts_with("proxy-")) {
      continue;
    }
    bytes += fmt::format("{}: {}\r\n", name, value);
  }
  if (!request.body.empty()) bytes += fmt::format("Content-Length: {}\r\n", request.body.size());
  return bytes + "Connection: close\r\n\r\n" + request.body;
}

asio::awaitable<void> Tunnel(tcp::socket& client, Destination destination, std::string first_bytes,
                             Established established) {
  using namespace asio::experimental::awaitable_operators;
  error_code error;
  const auto executor = co_await asio::this_coro::executor;
  tcp::resolver resolver(executor);
  tcp::socket server(executor);
  const auto endpoints = co_await resolver.async_resolve(
      destination.host, destination.port, asio::redirect_error(asio::use_awaitable, error));
  if (!error)
    co_await asio::async_connect(server, endpoints,
                                 asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    const std::string answer = fmt::format(
        "HTTP/1.1 502 Bad Gateway\r\nX-Fractus-Reason: cannot reach {}:{}\r\nContent-Length: "
        "0\r\nConnection: close\r\n\r\n",
        destination.host, destination.port);
    co_await asio::async_write(client, asio::buffer(answer),
                               asio::redirect_error(asio::use_awaitable, error));
    co_return;
  }
  if (established == Established::kSay)
    co_await asio::async_write(client, asio::buffer(kEstablished),
                               asio::redirect_error(asio::use_awaitable, error));
  if (!first_bytes.empty())
    co_await asio::async_write(server, asio::buffer(first_bytes),
                               asio::redirect_error(asio::use_awaitable, error));
  co_await (Pump(client, server) && Pump(server, client));
}

}  // namespace fractus::http
