#include "emulator/http/session.h"

#include <fmt/format.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <charconv>

#include "emulator/core/log.h"

namespace fractus::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kIdle = std::chrono::seconds(120);
// From the first byte of a request to its last: a slow client does not hold memory for ever.
constexpr auto kRequestArrives = std::chrono::seconds(60);
constexpr uint32_t kMostHeaderBytes = 64 * 1024;
// The largest request any service takes is a function's code: 50 MB zipped, base64 in JSON.
constexpr uint64_t kMostBodyBytes = 80ull << 20;

constexpr auto kToken = asio::use_awaitable;

void AppendResponseHead(const HttpResponse& response, bool keep_alive, unsigned version,
                        std::string& out) {
  const std::string_view reason = beast::http::obsolete_reason(
      beast::http::int_to_status(static_cast<unsigned>(response.status)));
  fmt::format_to(std::back_inserter(out), "HTTP/1.{} {} {}\r\n", version == 10 ? 0 : 1,
                 response.status, reason.empty() ? "Unknown" : reason);
  for (const auto& [name, value] : response.headers) {
    out += name;
    out += ": ";
    // A line break in a value would let data write headers.
    for (const char c : value) out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
    out += "\r\n";
  }
  if (response.status != 204 && response.status != 304 && response.status >= 200) {
    char digits[24];
    out += "Content-Length: ";
    out.append(digits, std::to_chars(digits, digits + sizeof digits, response.body.size()).ptr);
    out += "\r\n";
  }
  if (!keep_alive)
    out += "Connection: close\r\n";
  else if (version == 10)
    out += "Connection: keep-alive\r\n";
  out += "\r\n";
}

HttpRequest ToRequest(beast::http::request<beast::http::string_body>&& message, Scheme scheme,
                      const std::string& peer_ip) {
  HttpRequest request;
  request.method = message.method_string();
  const std::string_view target = message.target();
  const size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
  request.headers.Reserve(16);
  for (const auto& field : message) {
    request.headers.Add(std::string(field.name_string()), std::string(field.value()));
    if (field.name() == beast::http::field::host) request.host = std::string(field.value());
  }
  request.body = std::move(message.body());
  request.scheme = scheme;
  request.peer_ip = peer_ip;
  return request;
}

HttpResponse Refusal(int status, std::string message) {
  HttpResponse response;
  response.status = status;
  response.headers.Add("Content-Type", "application/json");
  response.body = json{{"message", std::move(message)}}.dump();
  return response;
}

template <class Stream>
asio::awaitable<bool> Write(Stream& stream, const HttpResponse& response, bool keep_alive,
                            unsigned version, bool head_only) {
  std::string head;
  head.reserve(512);
  AppendResponseHead(response, keep_alive, version, head);
  error_code error;
  const bool with_body = !head_only && response.status != 204 && response.status != 304;
  // Small answers go out in one piece.
  if (with_body && response.body.size() <= 16 * 1024) {
    head += response.body;
    co_await asio::async_write(stream, asio::buffer(head), asio::redirect_error(kToken, error));
  } else {
    const std::array<asio::const_buffer, 2> parts = {
        asio::buffer(head), with_body ? asio::buffer(response.body) : asio::const_buffer()};
    co_await asio::async_write(stream, parts, asio::redirect_error(kToken, error));
  }
  co_return !error;
}

// Why reading stopped, for the caller that may take the connection over as a proxy.
struct ProxyRequest {
  enum class Kind { kNone, kConnect, kForward } kind = Kind::kNone;
  std::string host, port;
  // kForward: the request, rewritten for the origin server. Both: bytes that were read beyond it.
  std::string bytes;
};

std::pair<std::string, std::string> HostAndPort(std::string_view text,
                                                std::string_view default_port) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || text.ends_with(']'))
    return {std::string(text), std::string(default_port)};
  return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

// "http://host/path" in the request line: what a client sends to a proxy. Ours are served, others
// are handed to the caller.
std::optional<ProxyRequest> TakeAbsoluteForm(
    beast::http::request<beast::http::string_body>& message) {
  const std::string target(message.target());
  if (!target.starts_with("http://")) return std::nullopt;
  const size_t slash = target.find('/', 7);
  const std::string authority = target.substr(7, slash == std::string::npos ? slash : slash - 7);
  const std::string path = slash == std::string::npos ? "/" : target.substr(slash);
  message.target(path);
  message.set(beast::http::field::host, authority);
  const std::string name = HostName(authority);
  if (IsAwsHost(name) || name == "localhost" || name.ends_with(".localhost") ||
      name.starts_with("127.") || name.ends_with("localstack.cloud"))
    return std::nullopt;
  ProxyRequest proxy;
  proxy.kind = ProxyRequest::Kind::kForward;
  std::tie(proxy.host, proxy.port) = HostAndPort(authority, "80");
  message.erase("Proxy-Connection");
  message.erase("Proxy-Authorization");
  message.set(beast::http::field::connection, "close");
  proxy.bytes = fmt::format("{} {} HTTP/1.1\r\n", std::string_view(message.method_string()), path);
  for (const auto& field : message)
    proxy.bytes += fmt::format("{}: {}\r\n", std::string_view(field.name_string()),
                               std::string_view(field.value()));
  proxy.bytes += "\r\n" + message.body();
  return proxy;
}

template <class Stream>
asio::awaitable<ProxyRequest> ServeHttp(Stream& stream, beast::tcp_stream& lowest, Scheme scheme,
                                        FrontDoor& front_door, std::string peer_ip) {
  beast::flat_buffer buffer;
  ProxyRequest proxy;
  while (true) {
    beast::http::request_parser<beast::http::string_body> parser;
    parser.header_limit(kMostHeaderBytes);
    parser.body_limit(kMostBodyBytes);
    error_code error;
    lowest.expires_after(kIdle);
    co_await beast::http::async_read_header(stream, buffer, parser,
                                            asio::redirect_error(kToken, error));
    if (error == beast::http::error::end_of_stream || error == asio::error::eof ||
        error == beast::error::timeout)
      co_return proxy;
    if (!error && scheme == Scheme::kHttp && parser.get().method() == beast::http::verb::connect) {
      proxy.kind = ProxyRequest::Kind::kConnect;
      std::tie(proxy.host, proxy.port) =
          HostAndPort(std::string_view(parser.get().target()), "443");
      proxy.bytes.assign(static_cast<const char*>(buffer.data().data()), buffer.data().size());
      co_return proxy;
    }
    if (!error && !parser.is_done()) {
      lowest.expires_after(kRequestArrives);
      if (beast::iequals(parser.get()[beast::http::field::expect], "100-continue")) {
        static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
        co_await asio::async_write(stream, asio::buffer(kContinue),
                                   asio::redirect_error(kToken, error));
      }
      if (!error)
        co_await beast::http::async_read(stream, buffer, parser,
                                         asio::redirect_error(kToken, error));
    }
    if (error) {
      // A client that went away gets nothing; one that sent nonsense is told so.
      HttpResponse refusal;
      if (error == beast::http::error::body_limit)
        refusal = Refusal(413, "The request is larger than any AWS service takes.");
      else if (error == beast::http::error::header_limit)
        refusal = Refusal(431, "The request's header fields are larger than 64 KB.");
      else if (error.category() == make_error_code(beast::http::error::bad_method).category())
        refusal = Refusal(400, "This is not an HTTP request: " + error.message() + ".");
      else
        co_return proxy;
      lowest.expires_after(kIdle);
      co_await Write(stream, refusal, false, 11, false);
      co_return proxy;
    }
    auto message = parser.release();
    if (scheme == Scheme::kHttp) {
      if (auto forward = TakeAbsoluteForm(message)) co_return *std::move(forward);
    }
    const bool keep_alive = message.keep_alive();
    const unsigned version = message.version();
    const bool head_only = message.method() == beast::http::verb::head;
    lowest.expires_never();
    HttpRequest request = ToRequest(std::move(message), scheme, peer_ip);
    HttpResponse response;
    if (!request.path.starts_with('/')) {
      response = Refusal(400, "The request's path must start with a slash.");
    } else if (auto at_once = front_door.HandleInline(request)) {
      response = *std::move(at_once);
    } else {
      response = co_await front_door.Handle(std::move(request));
    }
    lowest.expires_after(kIdle);
    const bool written = co_await Write(stream, response, keep_alive, version, head_only);
    if (!written || !keep_alive) co_return proxy;
  }
}

asio::awaitable<void> ServeTls(beast::tcp_stream& stream, std::string first_bytes,
                               FrontDoor& front_door, CertificateAuthority& authority,
                               std::string peer_ip) {
  const auto shared = authority.ContextFor("localhost");
  // Asio's wrapper frees what it is given: it gets a reference of its own.
  SSL_CTX_up_ref(shared.get());
  asio::ssl::context context(shared.get());
  asio::ssl::stream<beast::tcp_stream&> tls(stream, context);
  error_code error;
  stream.expires_after(kRequestArrives);
  if (first_bytes.empty()) {
    co_await tls.async_handshake(asio::ssl::stream_base::server,
                                 asio::redirect_error(kToken, error));
  } else {
    co_await tls.async_handshake(asio::ssl::stream_base::server, asio::buffer(first_bytes),
                                 asio::redirect_error(kToken, error));
  }
  if (error) {
    Log(LogLevel::kDebug, "TLS handshake with {} failed: {}", peer_ip, error.message());
    co_return;
  }
  co_await ServeHttp(tls, stream, Scheme::kHttps, front_door, peer_ip);
  stream.expires_after(std::chrono::seconds(2));
  co_await tls.async_shutdown(asio::redirect_error(kToken, error));
}

asio::awaitable<void> Pump(tcp::socket& from, tcp::socket& to) {
  std::string buffer(16 * 1024, '\0');
  error_code error;
  while (!error) {
    const size_t size =
        co_await from.async_read_some(asio::buffer(buffer), asio::redirect_error(kToken, error));
    if (size > 0) {
      error_code write_error;
      co_await asio::async_write(to, asio::buffer(buffer, size),
                                 asio::redirect_error(kToken, write_error));
      if (write_error) error = write_error;
    }
  }
  error_code ignored;
  to.shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> Tunnel(tcp::socket& client, ProxyRequest proxy) {
  using namespace asio::experimental::awaitable_operators;
  error_code error;
  auto executor = co_await asio::this_coro::executor;
  tcp::resolver resolver(executor);
  const auto endpoints =
      co_await resolver.async_resolve(proxy.host, proxy.port, asio::redirect_error(kToken, error));
  tcp::socket server(executor);
  if (!error) co_await asio::async_connect(server, endpoints, asio::redirect_error(kToken, error));
  if (error) {
    const std::string answer = fmt::format(
        "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nX-Fractus-Reason: cannot reach "
        "{}:{}\r\nConnection: close\r\n\r\n",
        proxy.host, proxy.port);
    co_await asio::async_write(client, asio::buffer(answer), asio::redirect_error(kToken, error));
    co_return;
  }
  if (proxy.kind == ProxyRequest::Kind::kConnect) {
    static constexpr std::string_view kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";
    co_await asio::async_write(client, asio::buffer(kEstablished),
                               asio::redirect_error(kToken, error));
  }
  if (!proxy.bytes.empty())
    co_await asio::async_write(server, asio::buffer(proxy.bytes),
                               asio::redirect_error(kToken, error));
  co_await (Pump(client, server) && Pump(server, client));
}

// The first byte without taking it; nothing when the client went away.
asio::awaitable<std::optional<unsigned char>> PeekByte(beast::tcp_stream& stream) {
  error_code error;
  auto& socket = stream.socket();
  co_await socket.async_wait(tcp::socket::wait_read, asio::redirect_error(kToken, error));
  unsigned char byte = 0;
  if (error || socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error) != 1)
    co_return std::nullopt;
  co_return byte;
}

constexpr unsigned char kTlsHandshake = 0x16;

asio::awaitable<void> ServeSniffed(beast::tcp_stream& stream, FrontDoor& front_door,
                                   CertificateAuthority& authority, Foreign foreign,
                                   std::string peer_ip) {
  const auto first = co_await PeekByte(stream);
  if (!first) co_return;
  if (*first == kTlsHandshake) {
    co_await ServeTls(stream, "", front_door, authority, peer_ip);
    co_return;
  }
  ProxyRequest proxy = co_await ServeHttp(stream, stream, Scheme::kHttp, front_door, peer_ip);
  if (proxy.kind == ProxyRequest::Kind::kNone) co_return;

  if (proxy.kind == ProxyRequest::Kind::kConnect && IsAwsHost(HostName(proxy.host))) {
    static constexpr std::string_view kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";
    error_code error;
    stream.expires_after(kRequestArrives);
    co_await asio::async_write(stream, asio::buffer(kEstablished),
                               asio::redirect_error(kToken, error));
    if (error) co_return;
    unsigned char inside = kTlsHandshake;
    if (!proxy.bytes.empty()) {
      inside = static_cast<unsigned char>(proxy.bytes[0]);
    } else if (const auto peeked = co_await PeekByte(stream)) {
      inside = *peeked;
    }
    if (inside == kTlsHandshake) {
      co_await ServeTls(stream, std::move(proxy.bytes), front_door, authority, peer_ip);
    } else {
      co_await ServeHttp(stream, stream, Scheme::kHttp, front_door, peer_ip);
    }
    co_return;
  }
  if (foreign == Foreign::kRefused) {
    const HttpResponse refusal = Refusal(
        403,
        proxy.host + " is not an AWS host and fractus runs with --offline: no connection is made.");
    co_await Write(stream, refusal, false, 11, false);
    co_return;
  }
  stream.expires_never();
  co_await Tunnel(stream.socket(), std::move(proxy));
}

}  // namespace

asio::awaitable<void> ServeConnection(tcp::socket socket, FrontDoor& front_door,
                                      CertificateAuthority& authority, Foreign foreign) {
  error_code error;
  const auto peer = socket.remote_endpoint(error);
  if (error) co_return;
  beast::tcp_stream stream(std::move(socket));
  try {
    co_await ServeSniffed(stream, front_door, authority, foreign, peer.address().to_string());
  } catch (const std::exception& failure) {
    Log(LogLevel::kError, "a connection ended by an unexpected failure: {}", failure.what());
  }
  stream.socket().shutdown(tcp::socket::shutdown_both, error);
}

}  // namespace fractus::http
