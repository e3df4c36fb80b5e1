#include "lambdas/runtime/testing/tls_server.h"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

namespace fractus::lambdas {
namespace {

X509* Certificate(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  static long serial = 1;
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509* by = issuer != nullptr ? issuer : certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(by));
  X509V3_CTX context;
  X509V3_set_ctx(&context, by, certificate, nullptr, nullptr, 0);
  const auto add = [&](int kind, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  };
  if (issuer == nullptr) {
    add(NID_basic_constraints, "critical,CA:TRUE");
    add(NID_key_usage, "critical,keyCertSign,cRLSign");
  } else {
    add(NID_subject_alt_name, "DNS:" + name);
  }
  X509_sign(certificate, issuer_key, EVP_sha256());
  return certificate;
}

}  // namespace

struct TlsServer::Keys {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* ca = Certificate("Test CA", key, nullptr, key);
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());

  ~Keys() {
    SSL_CTX_free(context);
    X509_free(ca);
    EVP_PKEY_free(key);
  }

  static int ForName(SSL* ssl, void* given) {
    auto* keys = static_cast<Keys*>(given);
    const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    X509* leaf = Certificate(name != nullptr ? name : "localhost", keys->key, keys->ca, keys->key);
    SSL_use_certificate(ssl, leaf);
    SSL_use_PrivateKey(ssl, keys->key);
    X509_free(leaf);
    return 1;
  }
};

TlsServer::TlsServer(std::string body, const std::string& ca_file)
    : body_(std::move(body)), keys_(new Keys) {
  SSL_CTX_set_cert_cb(keys_->context, &Keys::ForName, keys_);
  FILE* file = fopen(ca_file.c_str(), "w");
  PEM_write_X509(file, keys_->ca);
  fclose(file);
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
  listen(listener_, 16);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] {
    int connection;
    while ((connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0) {
      Serve(connection);
      close(connection);
    }
  });
}

TlsServer::~TlsServer() {
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
  delete keys_;
}

std::string TlsServer::endpoint() const { return "127.0.0.1:" + std::to_string(port_); }

std::vector<std::string> TlsServer::Requests() {
  const std::lock_guard lock(mutex_);
  return std::exchange(requests_, {});
}

void TlsServer::Serve(int connection) {
  SSL* ssl = SSL_new(keys_->context);
  SSL_set_fd(ssl, connection);
  std::string request;
  char buffer[4096];
  if (SSL_accept(ssl) == 1) {
    int count;
    while (request.find("\r\n\r\n") == std::string::npos &&
           (count = SSL_read(ssl, buffer, sizeof buffer)) > 0) {
      request.append(buffer, static_cast<size_t>(count));
    }
    const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(std::string(name != nullptr ? name : "") + " | " +
                          request.substr(0, request.find('\r')));
    }
    const std::string answer =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: "
        "close\r\nContent-Length: " +
        std::to_string(body_.size()) + "\r\n\r\n" + body_;
    SSL_write(ssl, answer.data(), static_cast<int>(answer.size()));
    SSL_shutdown(ssl);
  }
  SSL_free(ssl);
}

}  // namespace fractus::lambdas
