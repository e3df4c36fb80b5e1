#include "gateway/execute/access_log_format.h"

#include <cctype>

namespace fractus::gateway::execute {
namespace {

constexpr std::string_view kStart = "$context.";

bool IsNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
}

}  // namespace

AccessLogFormat::AccessLogFormat(std::string_view format) {
  std::string text;
  while (!format.empty()) {
    if (!format.starts_with(kStart)) {
      text += format.front();
      format.remove_prefix(1);
      continue;
    }
    size_t end = kStart.size();
    while (end < format.size() &&
           (IsNameCharacter(format[end]) ||
            (format[end] == '.' && end + 1 < format.size() && IsNameCharacter(format[end + 1])))) {
      ++end;
    }
    if (!text.empty()) pieces_.push_back({std::move(text), false});
    text.clear();
    pieces_.push_back({std::string(format.substr(kStart.size(), end - kStart.size())), true});
    format.remove_prefix(end);
  }
  if (!text.empty()) pieces_.push_back({std::move(text), false});
}

std::string AccessLogFormat::Line(
    const std::function<std::optional<std::string>(std::string_view name)>& value) const {
  std::string line;
  for (const Piece& piece : pieces_) {
    line += piece.is_variable ? value(piece.text).value_or("-") : piece.text;
  }
  return line;
}

}  // namespace fractus::gateway::execute
