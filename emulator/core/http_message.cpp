#include "emulator/core/http_message.h"

#include <algorithm>

#include "emulator/core/byte_scan.h"

namespace fractus {
namespace {

constexpr char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  // Most are written alike.
  return a == b ||
         (a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                             [](char x, char y) { return Lower(x) == Lower(y); }));
}

std::string ToLower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
  return lower;
}

std::optional<std::string_view> HttpHeaders::Find(std::string_view name) const {
  // Most names differ in their length or their last letter already.
  const char last = name.empty() ? '\0' : Lower(name.back());
  for (const Place& place : places_) {
    if (place.name_size != name.size()) continue;
    const std::string_view key = Name(place);
    if (key.empty() || Lower(key.back()) != last) continue;
    if (EqualsIgnoreCase(key, name)) return Value(place);
  }
  return std::nullopt;
}

void HttpHeaders::Add(std::string_view name, std::string_view value) {
  const size_t begin = wire_.size();
  // The name or the value may be one of ours, which move when the text grows.
  std::string grown;
  if (begin + name.size() + value.size() + 4 > wire_.capacity()) {
    grown.reserve(2 * begin + name.size() + value.size() + 64);
    grown = wire_;
    grown.swap(wire_);
  }
  wire_.append(name).append(": ").append(value).append("\r\n");
  const size_t at = begin + name.size() + 2;
  for (size_t i = at + FindControl(value); i < at + value.size(); ++i) {
    if (wire_[i] == '\r' || wire_[i] == '\n' || wire_[i] == '\0') wire_[i] = ' ';
  }
  places_.push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(name.size()),
                     static_cast<uint32_t>(at), static_cast<uint32_t>(value.size())});
}

void HttpHeaders::Set(std::string_view name, std::string_view value) {
  HttpHeaders others;
  others.Reserve(size() + 1, wire_.size() + name.size() + value.size() + 4);
  for (const auto& [key, text] : *this) {
    if (!EqualsIgnoreCase(key, name)) others.Add(key, text);
  }
  others.Add(name, value);
  *this = std::move(others);
}

void HttpHeaders::Remove(std::string_view name) {
  if (!Find(name)) return;
  HttpHeaders others;
  others.Reserve(size(), wire_.size());
  for (const auto& [key, text] : *this) {
    if (!EqualsIgnoreCase(key, name)) others.Add(key, text);
  }
  *this = std::move(others);
}

void HttpHeaders::Assign(std::string_view wire, std::span<const Place> places) {
  wire_ = wire;
  places_.assign(places.begin(), places.end());
}

void HttpHeaders::Clear() {
  wire_.clear();
  places_.clear();
}

void HttpRequest::Clear() {
  for (std::string* text : {&method, &path, &query, &body, &host}) text->clear();
  headers.Clear();
  scheme = Scheme::kHttp;
  peer_ip = "127.0.0.1";
}

void HttpHeaders::Reserve(size_t count, size_t bytes) {
  places_.reserve(count);
  wire_.reserve(bytes);
}

}  // namespace fractus
