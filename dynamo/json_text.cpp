#include "dynamo/json_text.h"

#include <charconv>
#include <cstring>

#include "emulator/core/byte_scan.h"
#include "emulator/core/json_escape.h"

namespace fractus::dynamo {

bool IsAscii(std::string_view text) {
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    if (word & 0x8080808080808080u) return false;
  }
  for (; at < text.size(); ++at) {
    if (text[at] & 0x80) return false;
  }
  return true;
}

void AppendUtf8(std::string& text, uint32_t code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xc0 | (code >> 6));
    text += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    text += static_cast<char>(0xe0 | (code >> 12));
    text += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    text += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    text += static_cast<char>(0xf0 | (code >> 18));
    text += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
    text += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    text += static_cast<char>(0x80 | (code & 0x3f));
  }
}

std::optional<uint32_t> FourHex(std::string_view text, size_t at) {
  if (at + 4 > text.size()) return std::nullopt;
  uint32_t code = 0;
  const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + 4, code, 16);
  if (error != std::errc() || end != text.data() + at + 4) return std::nullopt;
  return code;
}

size_t PlainLength(std::string_view text) {
  return FindByte(text, [](auto byte) { return (byte == '"') | (byte == '\\') | (byte < 0x20); });
}

void WriteText(std::string& out, std::string_view text) {
  out += '"';
  for (;;) {
    const size_t plain = PlainLength(text);
    out.append(text, 0, plain);
    if (plain == text.size()) break;
    AppendJsonEscape(out, text[plain]);
    text.remove_prefix(plain + 1);
  }
  out += '"';
}

void TextAppender::PutText(std::string_view text) {
  const size_t plain = PlainLength(text);
  if (plain < text.size()) {
    std::string escaped;
    WriteText(escaped, text);
    return Put(escaped);
  }
  Room(text.size() + 2);
  char* const begin = out_.data() + size_;
  begin[0] = '"';
  std::memcpy(begin + 1, text.data(), text.size());
  begin[text.size() + 1] = '"';
  size_ += text.size() + 2;
}

}  // namespace fractus::dynamo
