#include "emulator/http/certificate_authority.h"

#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace fractus::http {
namespace {

namespace fs = std::filesystem;

// A moved clock may show handlers any year: the certificates are valid in all that are likely.
constexpr char kNotBefore[] = "20000101000000Z";
constexpr char kNotAfter[] = "20491231235959Z";
constexpr size_t kMostContexts = 1000;

constexpr char kNameConstraints[] =
    "critical,permitted;DNS:amazonaws.com,permitted;DNS:amazonaws.com.cn,permitted;DNS:"
    "amazoncognito.com,permitted;DNS:api.aws,"
    "permitted;DNS:on.aws,permitted;DNS:localhost,permitted;DNS:localstack.cloud,permitted;DNS:"
    "floci.io,permitted;DNS:docker.internal,"
    "permitted;IP:127.0.0.0/255.0.0.0,"
    "permitted;IP:0:0:0:0:0:0:0:1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";

[[noreturn]] void Fail(const std::string& what) {
  char text[256] = "";
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  throw std::runtime_error(what + " (" + text + ")");
}

void AddExtension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  if (!extension) Fail("Cannot make a certificate extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void SetName(X509_NAME* name, const char* field, const std::string& text) {
  X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(text.data()),
                             static_cast<int>(text.size()), -1, 0);
}

X509* NewCertificate(EVP_PKEY* key) {
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  unsigned char serial[16];
  RAND_bytes(serial, sizeof serial);
  serial[0] &= 0x7f;
  BIGNUM* number = BN_bin2bn(serial, sizeof serial, nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
  ASN1_TIME_set_string(X509_getm_notBefore(certificate), kNotBefore);
  ASN1_TIME_set_string(X509_getm_notAfter(certificate), kNotAfter);
  X509_set_pubkey(certificate, key);
  return certificate;
}

std::string ReadFile(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Whole or not at all, and never readable by others while it is written.
void WriteFile(const fs::path& file, const std::string& text, mode_t mode) {
  const fs::path draft = file.string() + ".new";
  fs::remove(draft);
  const int descriptor = open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor < 0 ||
      write(descriptor, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    if (descriptor >= 0) close(descriptor);
    throw std::runtime_error("Cannot write " + file.string() + "; check the folder's permissions.");
  }
  close(descriptor);
  fs::rename(draft, file);
}

std::string ToPem(const auto& write) {
  BIO* memory = BIO_new(BIO_s_mem());
  write(memory);
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  std::string pem(data, static_cast<size_t>(size));
  BIO_free(memory);
  return pem;
}

int ChooseHttp11(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                 unsigned in_size, void*) {
  static const unsigned char kProtocols[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kProtocols, sizeof kProtocols - 1, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

int ChooseCertificate(SSL* ssl, int*, void* authority) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (!name) return SSL_TLSEXT_ERR_OK;
  SSL_set_SSL_CTX(ssl, static_cast<CertificateAuthority*>(authority)->ContextFor(name).get());
  return SSL_TLSEXT_ERR_OK;
}

std::string SystemRoots() {
  for (const char* file : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                           "/etc/ssl/cert.pem"}) {
    if (fs::exists(file)) return ReadFile(file);
  }
  return {};
}

}  // namespace

void CertificateAuthority::Deleter::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
void CertificateAuthority::Deleter::operator()(X509* certificate) const { X509_free(certificate); }

fs::path StateFolder() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state)
    return fs::path(state) / "fractus";
  const char* home = std::getenv("HOME");
  return fs::path(home && *home ? home : "/tmp") / ".local/state/fractus";
}

CertificateAuthority::CertificateAuthority(fs::path folder) : folder_(std::move(folder)) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error)
    throw std::runtime_error("Cannot make the folder " + folder_.string() +
                             " for the local certificate authority: " + error.message() + ".");
  chmod(folder_.c_str(), 0700);
  const int lock = open((folder_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0)
    throw std::runtime_error("Cannot write into " + folder_.string() + "; check its permissions.");
  flock(lock, LOCK_EX);
  try {
    if (!fs::exists(folder_ / "ca.pem") || !fs::exists(folder_ / "ca-key.pem") ||
        !fs::exists(folder_ / "ca-bundle.pem"))
      Create();
    Load();
  } catch (...) {
    close(lock);
    throw;
  }
  close(lock);
  leaf_key_.reset(EVP_EC_gen("P-256"));
}

CertificateAuthority::~CertificateAuthority() = default;

void CertificateAuthority::Create() {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(NewCertificate(key.get()));
  X509_NAME* name = X509_get_subject_name(certificate.get());
  SetName(name, "O", "Fractus");
  SetName(name, "CN", "Fractus local CA (AWS and local names only)");
  X509_set_issuer_name(certificate.get(), name);
  AddExtension(certificate.get(), certificate.get(), NID_basic_constraints,
               "critical,CA:TRUE,pathlen:0");
  AddExtension(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  AddExtension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash");
  AddExtension(certificate.get(), certificate.get(), NID_name_constraints, kNameConstraints);
  if (!X509_sign(certificate.get(), key.get(), EVP_sha256()))
    Fail("Cannot sign the local certificate authority");
  const std::string pem = ToPem([&](BIO* out) { PEM_write_bio_X509(out, certificate.get()); });
  WriteFile(folder_ / "ca-key.pem", ToPem([&](BIO* out) {
              PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
            }),
            0600);
  WriteFile(folder_ / "ca.pem", pem, 0644);
  WriteFile(folder_ / "ca-bundle.pem", SystemRoots() + "\n" + pem, 0644);
}

void CertificateAuthority::Load() {
  const std::string key_pem = ReadFile(folder_ / "ca-key.pem"), pem = ReadFile(folder_ / "ca.pem");
  BIO* key_bio = BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size()));
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  key_.reset(PEM_read_bio_PrivateKey(key_bio, nullptr, nullptr, nullptr));
  certificate_.reset(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr));
  BIO_free(key_bio);
  BIO_free(bio);
  if (!key_ || !certificate_ || X509_check_private_key(certificate_.get(), key_.get()) != 1) {
    throw std::runtime_error("The local certificate authority in " + folder_.string() +
                             " is damaged; remove that folder and start again.");
  }
}

CertificateAuthority::Certificate CertificateAuthority::Mint(const std::string& server_name) const {
  Certificate leaf(NewCertificate(leaf_key_.get()));
  // A common name holds 64 characters; clients look at the alternative names alone.
  SetName(X509_get_subject_name(leaf.get()), "CN",
          server_name.size() <= 64 ? server_name : "fractus");
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(certificate_.get()));
  AddExtension(leaf.get(), certificate_.get(), NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(leaf.get(), certificate_.get(), NID_key_usage, "critical,digitalSignature");
  AddExtension(leaf.get(), certificate_.get(), NID_ext_key_usage, "serverAuth");
  AddExtension(leaf.get(), certificate_.get(), NID_subject_key_identifier, "hash");
  AddExtension(leaf.get(), certificate_.get(), NID_authority_key_identifier, "keyid");
  const std::string names =
      server_name == "localhost" ? "DNS:localhost,IP:127.0.0.1,IP:::1" : "DNS:" + server_name;
  AddExtension(leaf.get(), certificate_.get(), NID_subject_alt_name, names.c_str());
  if (!X509_sign(leaf.get(), key_.get(), EVP_sha256()))
    Fail("Cannot sign a certificate for " + server_name);
  return leaf;
}

std::shared_ptr<SSL_CTX> CertificateAuthority::ContextFor(const std::string& server_name) {
  // What cannot be a DNS name gets the certificate of localhost: the client refuses it by itself.
  const bool plausible =
      !server_name.empty() && server_name.size() < 254 &&
      server_name.find_first_not_of(
          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") == std::string::npos;
  const std::string name = plausible ? server_name : "localhost";
  const std::lock_guard lock(mutex_);
  if (const auto found = contexts_.find(name); found != contexts_.end()) return found->second;
  // A context in use is kept alive by its connection.
  if (contexts_.size() >= kMostContexts) contexts_.clear();
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  const Certificate leaf = Mint(name);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_use_certificate(context.get(), leaf.get());
  SSL_CTX_use_PrivateKey(context.get(), leaf_key_.get());
  SSL_CTX_set_alpn_select_cb(context.get(), ChooseHttp11, nullptr);
  SSL_CTX_set_tlsext_servername_callback(context.get(), ChooseCertificate);
  SSL_CTX_set_tlsext_servername_arg(context.get(), this);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  static const unsigned char kSessionContext[] = "fractus";
  SSL_CTX_set_session_id_context(context.get(), kSessionContext, sizeof kSessionContext - 1);
  contexts_[name] = context;
  return context;
}

}  // namespace fractus::http
