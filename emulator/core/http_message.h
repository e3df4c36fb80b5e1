// HTTP requests and responses as values, free of sockets and of Beast.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fractus {

// Header fields in the order and spelling of the wire; names compare without case. What a call
// returns lives until the fields change.
class HttpHeaders {
 public:
  using Field = std::pair<std::string, std::string>;
  using FieldView = std::pair<std::string_view, std::string_view>;
  class Iterator;
  // Where a field's name and value are.
  struct Place {
    uint32_t name, name_size, value, value_size;
  };

  // The first field of that name; nothing when there is none.
  std::optional<std::string_view> Find(std::string_view name) const;
  // The first field of that name, or an empty text.
  std::string_view Get(std::string_view name) const { return Find(name).value_or(""); }
  // A line break or NUL in the value becomes a blank: data may not write fields of its own.
  void Add(std::string_view name, std::string_view value);
  // Replaces all fields of that name by one.
  void Set(std::string_view name, std::string_view value);
  void Remove(std::string_view name);
  // Replaces all by what was received: `wire` holds "Name: value\r\n" for every field, as sent.
  void Assign(std::string_view wire, std::span<const Place> places);
  // Keeps the memory.
  void Clear();
  // Makes room for so many fields, of so many bytes together.
  void Reserve(size_t count, size_t bytes);

  Iterator begin() const;
  Iterator end() const;
  size_t size() const { return places_.size(); }
  // "Name: value\r\n" for every field; of received ones the blanks may be others.
  std::string_view wire() const { return wire_; }

 private:
  std::string_view Name(const Place& place) const {
    return {wire_.data() + place.name, place.name_size};
  }
  std::string_view Value(const Place& place) const {
    return {wire_.data() + place.value, place.value_size};
  }

  std::string wire_;
  std::vector<Place> places_;
};

class HttpHeaders::Iterator {
 public:
  using value_type = FieldView;
  using difference_type = std::ptrdiff_t;
  using reference = FieldView;
  using pointer = void;
  using iterator_category = std::input_iterator_tag;

  Iterator(const HttpHeaders& headers, size_t at) : headers_(&headers), at_(at) {}
  FieldView operator*() const {
    const Place& place = headers_->places_[at_];
    return {headers_->Name(place), headers_->Value(place)};
  }
  Iterator& operator++() {
    ++at_;
    return *this;
  }
  bool operator==(const Iterator& other) const { return at_ == other.at_; }

 private:
  const HttpHeaders* headers_;
  size_t at_;
};

inline HttpHeaders::Iterator HttpHeaders::begin() const { return {*this, 0}; }
inline HttpHeaders::Iterator HttpHeaders::end() const { return {*this, places_.size()}; }

enum class Scheme { kHttp, kHttps };

struct HttpRequest {
  // As if new, but keeps the memory of its texts.
  void Clear();

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
