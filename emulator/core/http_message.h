// HTTP requests and responses as values, free of sockets and of Beast.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fractus {

// Header fields in the order and spelling of the wire; names compare without case.
class HttpHeaders {
 public:
  using Field = std::pair<std::string, std::string>;

  // The first field of that name; nothing when there is none.
  std::optional<std::string_view> Find(std::string_view name) const;
  // The first field of that name, or an empty text.
  std::string_view Get(std::string_view name) const { return Find(name).value_or(""); }
  void Add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  // Replaces all fields of that name by one.
  void Set(std::string_view name, std::string value);
  void Remove(std::string_view name);
  void Reserve(size_t count) { fields_.reserve(count); }

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  size_t size() const { return fields_.size(); }

 private:
  std::vector<Field> fields_;
};

enum class Scheme { kHttp, kHttps };

struct HttpRequest {
  std::string method;
  // The path as sent, still percent-encoded, without the query; starts with '/'.
  std::string path;
  // The query as sent, without the '?'.
  std::string query;
  HttpHeaders headers;
  std::string body;
  // The connection the client believes it uses: kHttps through TLS, whether direct or through the
  // proxy.
  Scheme scheme = Scheme::kHttp;
  // The Host header as sent, with the port if there is one.
  std::string host;
  std::string peer_ip = "127.0.0.1";
};

struct HttpResponse {
  int status = 200;
  HttpHeaders headers;
  std::string body;
  // For the request log alone, never sent: why a request was refused.
  std::string log_reason;
};

bool EqualsIgnoreCase(std::string_view a, std::string_view b);
std::string ToLower(std::string_view text);

}  // namespace fractus
