#include "gateway/execute/json_text.h"

#include "emulator/core/json_escape.h"

namespace fractus::gateway::execute {
namespace {

// Length of the well-formed UTF-8 sequence that starts at `at`; 0 when there is none.
size_t SequenceLength(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto continues = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(at);
  const unsigned second = byte(at + 1);
  if (first >= 0xC2 && first <= 0xDF) return continues(at + 1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (first == 0xE0 && second < 0xA0) return 0;
    if (first == 0xED && second > 0x9F) return 0;
    return continues(at + 1) && continues(at + 2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (first == 0xF0 && second < 0x90) return 0;
    if (first == 0xF4 && second > 0x8F) return 0;
    return continues(at + 1) && continues(at + 2) && continues(at + 3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

void AppendQuoted(std::string& out, std::string_view text) {
  out += '"';
  size_t done = 0;
  for (size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
      ++at;
      continue;
    }
    if (c >= 0x80) {
      if (const size_t length = SequenceLength(text, at)) {
        at += length;
        continue;
      }
    }
    out.append(text, done, at - done);
    if (c >= 0x80) {
      out += "\xEF\xBF\xBD";
    } else {
      AppendJsonEscape(out, text[at]);
    }
    done = ++at;
  }
  out.append(text, done);
  out += '"';
}

void AppendName(std::string& out, std::string_view name) {
  if (!out.empty() && out.back() != '{' && out.back() != '[' && out.back() != ',') out += ',';
  AppendQuoted(out, name);
  out += ':';
}

void AppendMember(std::string& out, std::string_view name, std::string_view value) {
  AppendName(out, name);
  AppendQuoted(out, value);
}

}  // namespace fractus::gateway::execute
