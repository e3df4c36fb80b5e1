#include "emulator/http/plain_request.h"

#include <array>
#include <optional>
#include <span>

#include "emulator/core/byte_scan.h"
#include "emulator/core/http_token.h"

namespace fractus::http {
namespace {

constexpr std::string_view kVersion = "HTTP/1.1\r\n";
// Who sends more has Beast count them.
constexpr size_t kMostFields = 48;
// More digits than any body that fits into the first buffer.
constexpr size_t kMostDigits = 9;

// Takes what it reads from the beginning of the text.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  // Up to and without `end`, which is taken too; nothing when `end` is not the first character that
  // `is_part` refuses.
  template <class IsPart>
  std::optional<std::string_view> Until(char end, IsPart is_part) {
    size_t size = 0;
    while (size < text_.size() && is_part(text_[size])) ++size;
    if (size == text_.size() || text_[size] != end) return std::nullopt;
    const auto taken = text_.substr(0, size);
    text_.remove_prefix(size + 1);
    return taken;
  }

  // A field's value, without the blanks around it, and its line break.
  std::optional<std::string_view> Value() {
    const size_t end = FindControl(text_);
    auto value = text_.substr(0, end);
    text_.remove_prefix(end);
    if (!Take("\r\n")) return std::nullopt;
    while (value.starts_with(' ')) value.remove_prefix(1);
    while (value.ends_with(' ')) value.remove_suffix(1);
    return value;
  }

  bool Take(std::string_view what) {
    if (!text_.starts_with(what)) return false;
    text_.remove_prefix(what.size());
    return true;
  }

  std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
};

std::optional<size_t> ReadLength(std::string_view digits) {
  if (digits.empty() || digits.size() > kMostDigits) return std::nullopt;
  size_t length = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    length = length * 10 + static_cast<size_t>(c - '0');
  }
  return length;
}

// Fields that say how the connection or the body goes on.
bool SteersTheConnection(std::string_view name) {
  switch (name.size()) {
    case 6:
      return EqualsIgnoreCase(name, "Expect");
    case 7:
      return EqualsIgnoreCase(name, "Upgrade");
    case 16:
      return EqualsIgnoreCase(name, "Proxy-Connection");
    case 17:
      return EqualsIgnoreCase(name, "Transfer-Encoding");
    default:
      return false;
  }
}

}  // namespace

size_t ReadPlainRequest(std::string_view bytes, HttpRequest& request) {
  Reader reader(bytes);
  const auto method = reader.Until(' ', [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!method || method->empty()) return 0;
  const auto target = reader.Until(' ', [](char c) { return c > ' ' && c < 0x7f; });
  if (!target || target->empty() || !reader.Take(kVersion)) return 0;

  std::optional<size_t> length;
  const char* const first_field = reader.rest().data();
  std::array<HttpHeaders::Place, kMostFields> places;
  size_t count = 0;
  const auto offset = [first_field](std::string_view part) {
    return static_cast<uint32_t>(part.data() - first_field);
  };
  while (!reader.Take("\r\n")) {
    if (count == kMostFields) return 0;
    const auto name = reader.Until(':', IsTokenCharacter);
    if (!name || name->empty() || SteersTheConnection(*name)) return 0;
    const auto value = reader.Value();
    if (!value) return 0;
    if (name->size() == 14 && EqualsIgnoreCase(*name, "Content-Length")) {
      if (length || !(length = ReadLength(*value))) return 0;
    } else if (name->size() == 10 && EqualsIgnoreCase(*name, "Connection")) {
      if (!EqualsIgnoreCase(*value, "keep-alive")) return 0;
    } else if (name->size() == 4 && EqualsIgnoreCase(*name, "Host")) {
      request.host = *value;
    }
    places[count++] = {offset(*name), static_cast<uint32_t>(name->size()), offset(*value),
                       static_cast<uint32_t>(value->size())};
  }
  const std::string_view fields(first_field, offset(reader.rest()) - 2);
  if (reader.rest().size() < length.value_or(0)) return 0;

  request.headers.Assign(fields, std::span(places).first(count));
  request.method = *method;
  const size_t mark = target->find('?');
  request.path = target->substr(0, mark);
  if (mark != std::string_view::npos) request.query = target->substr(mark + 1);
  request.body = reader.rest().substr(0, length.value_or(0));
  return bytes.size() - reader.rest().size() + length.value_or(0);
}

}  // namespace fractus::http
