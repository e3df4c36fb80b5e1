#include "emulator/http/session.h"

#include "emulator/core/log.h"
#include "emulator/http/byte_stream.h"
#include "emulator/http/proxy.h"
#include "emulator/http/request_reader.h"

namespace fractus::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr unsigned char kTlsHandshake = 0x16;
constexpr auto kAnswerTaken = std::chrono::seconds(60);
constexpr std::string_view kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";

// What a plain connection turns into when it was meant for the proxy.
struct Handover {
  enum class Kind { kNone, kConnect, kForward } kind = Kind::kNone;
  Destination destination;
  // kConnect: what the client sent after its request. kForward: the request for the destination.
  std::string bytes;
};

class Session {
 public:
  Session(tcp::socket socket, FrontDoor& front_door, CertificateAuthority& authority,
          Foreign foreign)
      : socket_(std::move(socket)),
        front_door_(front_door),
        authority_(authority),
        foreign_(foreign),
        watchdog_(std::make_shared<Watchdog>(socket_)) {
    error_code error;
    const auto peer = socket_.remote_endpoint(error);
    if (!error) peer_ip_ = peer.address().to_string();
    socket_.non_blocking(true, error);
    watchdog_->Start();
  }
  ~Session() {
    watchdog_->Stop();
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  asio::awaitable<void> Serve();

 private:
  asio::awaitable<Handover> ServeHttp(ByteStream& stream, Scheme scheme);
  asio::awaitable<void> ServeTls(std::string first_bytes);
  asio::awaitable<void> ServeConnect(std::string first_bytes);

  tcp::socket socket_;
  FrontDoor& front_door_;
  CertificateAuthority& authority_;
  const Foreign foreign_;
  const std::shared_ptr<Watchdog> watchdog_;
  std::string peer_ip_ = "127.0.0.1";
};

asio::awaitable<Handover> Session::ServeHttp(ByteStream& stream, Scheme scheme) {
  RequestReader reader(stream, *watchdog_);
  ResponseWriter writer(stream);
  Handover handover;
  while (true) {
    ReadResult& read = *co_await reader.Read();
    if (read.outcome == ReadOutcome::kEnd) co_return handover;
    if (read.outcome == ReadOutcome::kRefused) {
      watchdog_->ExpectWithin(kAnswerTaken);
      co_await writer.Write(read.refusal, read.framing, false);
      co_return handover;
    }
    HttpRequest& request = read.request;
    if (scheme == Scheme::kHttp && request.method == "CONNECT") {
      handover.kind = Handover::Kind::kConnect;
      handover.destination = ConnectDestination(request);
      handover.bytes = reader.TakeRest();
      co_return handover;
    }
    if (scheme == Scheme::kHttp) {
      if (auto destination = TakeAbsoluteForm(request)) {
        handover.kind = Handover::Kind::kForward;
        handover.destination = *std::move(destination);
        handover.bytes = SerializeForwarded(request);
        co_return handover;
      }
    }
    request.scheme = scheme;
    request.peer_ip = peer_ip_;
    const bool head_only = request.method == "HEAD";
    HttpResponse response;
    if (!request.path.starts_with('/')) {
      response = ListenerRefusal(400, "The request's path must start with a slash.");
    } else if (auto at_once = front_door_.HandleInline(request)) {
      response = *std::move(at_once);
    } else {
      response = co_await front_door_.Handle(std::move(request));
    }
    watchdog_->ExpectWithin(kAnswerTaken);
    const bool written = co_await writer.Write(response, read.framing, head_only);
    if (!written || !read.framing.keep_alive) co_return handover;
  }
}

asio::awaitable<void> Session::ServeTls(std::string first_bytes) {
  TlsStream stream(socket_, authority_);
  watchdog_->ExpectWithin(kAnswerTaken);
  if (!co_await stream.Handshake(std::move(first_bytes))) co_return;
  co_await ServeHttp(stream, Scheme::kHttps);
  watchdog_->ExpectWithin(std::chrono::seconds(5));
  co_await stream.Shutdown();
}

asio::awaitable<void> Session::ServeConnect(std::string first_bytes) {
  PlainStream stream(socket_);
  const std::array<asio::const_buffer, 2> established = {asio::buffer(kEstablished),
                                                         asio::const_buffer()};
  watchdog_->ExpectWithin(kAnswerTaken);
  if (!co_await stream.Write(established)) co_return;
  std::optional<unsigned char> first;
  if (!first_bytes.empty()) {
    first = static_cast<unsigned char>(first_bytes[0]);
  } else {
    first = co_await PeekByte(socket_);
  }
  if (first == kTlsHandshake) {
    co_await ServeTls(std::move(first_bytes));
  } else if (first) {
    co_await ServeHttp(stream, Scheme::kHttp);
  }
}

asio::awaitable<void> Session::Serve() {
  watchdog_->ExpectWithin(kAnswerTaken);
  const auto first = co_await PeekByte(socket_);
  if (!first) co_return;
  if (*first == kTlsHandshake) {
    co_await ServeTls("");
    co_return;
  }
  PlainStream stream(socket_);
  Handover handover = co_await ServeHttp(stream, Scheme::kHttp);
  if (handover.kind == Handover::Kind::kNone) co_return;
  const bool connect = handover.kind == Handover::Kind::kConnect;
  if (connect && IsAwsHost(HostName(handover.destination.host))) {
    co_await ServeConnect(std::move(handover.bytes));
    co_return;
  }
  if (foreign_ == Foreign::kRefused) {
    const HttpResponse refusal = ListenerRefusal(
        403, handover.destination.host +
                 " is not an AWS host and fractus runs with --offline: no connection is made.");
    const Framing last{.keep_alive = false};
    ResponseWriter writer(stream);
    co_await writer.Write(refusal, last, false);
    co_return;
  }
  watchdog_->ExpectNothing();
  co_await Tunnel(socket_, std::move(handover.destination), std::move(handover.bytes),
                  connect ? Established::kSay : Established::kKeepSilent);
}

}  // namespace

asio::awaitable<void> ServeConnection(tcp::socket socket, FrontDoor& front_door,
                                      CertificateAuthority& authority, Foreign foreign) {
  try {
    Session session(std::move(socket), front_door, authority, foreign);
    co_await session.Serve();
  } catch (const std::exception& failure) {
    Log(LogLevel::kError, "a connection ended by an unexpected failure: {}", failure.what());
  }
}

}  // namespace fractus::http
