// A TLS server on loopback with a CA of its own, which stands for the emulator's listener in tests.
#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace fractus::lambdas {

// Answers every request with `body`; its certificate is for any name a client asks for.
class TlsServer {
 public:
  TlsServer(std::string body, const std::string& ca_file);
  ~TlsServer();

  // "127.0.0.1:port".
  std::string endpoint() const;
  // "name asked for in TLS | request line" of each request.
  std::vector<std::string> Requests();

 private:
  struct Keys;

  void Serve(int connection);

  const std::string body_;
  int listener_ = -1;
  int port_ = 0;
  Keys* keys_;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace fractus::lambdas
