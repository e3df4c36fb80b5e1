// The local certificate authority: mints the TLS certificate for whichever name a client asks for.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

using EVP_PKEY = struct evp_pkey_st;
using X509 = struct x509_st;
using SSL_CTX = struct ssl_ctx_st;

namespace fractus::http {

// Where the user's authority lives: $XDG_STATE_HOME/fractus, else ~/.local/state/fractus.
std::filesystem::path StateFolder();

// The authority of one user, made once and kept: a P-256 key (0600) and a certificate that may only
// vouch for AWS's and local names, so that trusting it is safe. Files in the folder:
//   ca.pem         the certificate
//   ca-key.pem     its key
//   ca-bundle.pem  the system's roots and this certificate, for clients that take one file for all
// Thread-safe.
class CertificateAuthority {
 public:
  // Makes the files when they are missing; a second process waits for the first. Throws
  // std::runtime_error with a sentence for the user when the folder cannot be written or the files
  // are damaged.
  explicit CertificateAuthority(std::filesystem::path folder);
  ~CertificateAuthority();

  std::string certificate_file() const { return (folder_ / "ca.pem").string(); }
  std::string bundle_file() const { return (folder_ / "ca-bundle.pem").string(); }

  // A server context that shows a certificate for this name, chosen anew by the name the client
  // sends in its hello. Kept for the next connection.
  std::shared_ptr<SSL_CTX> ContextFor(const std::string& server_name);

 private:
  struct Deleter {
    void operator()(EVP_PKEY* key) const;
    void operator()(X509* certificate) const;
  };
  using Key = std::unique_ptr<EVP_PKEY, Deleter>;
  using Certificate = std::unique_ptr<X509, Deleter>;

  void Load();
  void Create();
  Certificate Mint(const std::string& server_name) const;

  const std::filesystem::path folder_;
  Key key_, leaf_key_;
  Certificate certificate_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<SSL_CTX>> contexts_;
};

}  // namespace fractus::http
