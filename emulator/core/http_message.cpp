#include "emulator/core/http_message.h"

#include <algorithm>

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
  for (const auto& [key, value] : fields_) {
    if (key.size() != name.size() || key.empty() || Lower(key.back()) != last) continue;
    if (EqualsIgnoreCase(key, name)) return value;
  }
  return std::nullopt;
}

void HttpHeaders::Set(std::string_view name, std::string value) {
  Remove(name);
  Add(std::string(name), std::move(value));
}

void HttpHeaders::Remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& field) { return EqualsIgnoreCase(field.first, name); });
}

}  // namespace fractus
