#include "lambdas/runtime/python/output.h"

#include <charconv>
#include <utility>

namespace fractus::lambdas::python {
namespace {

// AWS cuts log events there.
constexpr size_t kLongestLine = 256 * 1024;
// libmpdec says so on standard error for every further interpreter that imports decimal.
constexpr std::string_view kNoise =
    "mpd_setminalloc: ignoring request to set MPD_MINALLOC a second time";

}  // namespace

LineCutter::LineCutter(std::string token, OutputSink sink)
    : mark_("\x01" + std::move(token) + " "), sink_(std::move(sink)) {}

void LineCutter::Feed(std::string_view bytes) {
  std::string joined;
  if (!header_.empty()) {
    joined = std::exchange(header_, {}).append(bytes);
    bytes = joined;
  }
  while (!bytes.empty()) {
    if (marked_left_ > 0) {
      const auto part = bytes.substr(0, marked_left_);
      marked_ += part;
      marked_left_ -= part.size();
      bytes.remove_prefix(part.size());
      if (marked_left_ == 0) Emit(std::exchange(marked_, {}));
      continue;
    }
    const auto at = bytes.find('\x01');
    if (at == std::string_view::npos) return Lines(bytes);
    const auto rest = bytes.substr(at);
    const auto start = rest.substr(0, mark_.size());
    if (start != std::string_view(mark_).substr(0, start.size())) {
      // Somebody else's byte 1.
      Lines(bytes.substr(0, at + 1));
      bytes.remove_prefix(at + 1);
      continue;
    }
    Lines(bytes.substr(0, at));
    const auto line_break = rest.find('\n');
    if (start.size() < mark_.size() || line_break == std::string_view::npos) {
      header_ = rest;
      if (header_.size() > mark_.size() + 20) Lines(std::exchange(header_, {}));
      return;
    }
    Flush();
    std::from_chars(rest.data() + mark_.size(), rest.data() + line_break, marked_left_);
    bytes = rest.substr(line_break + 1);
  }
}

void LineCutter::Lines(std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) {
      pending_ += text;
      if (pending_.size() >= kLongestLine) Emit(std::exchange(pending_, {}));
      return;
    }
    auto line = text.substr(0, end);
    if (pending_.empty()) {
      Emit(line);
    } else {
      Emit(std::exchange(pending_, {}).append(line));
    }
    text.remove_prefix(end + 1);
  }
}

void LineCutter::Emit(std::string_view line) {
  while (line.ends_with('\r') || line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with(kNoise)) {
    after_noise_ = true;
    return;
  }
  if (std::exchange(after_noise_, false) && line.empty()) return;
  while (line.size() > kLongestLine) {
    const auto part = line.substr(0, kLongestLine);
    line.remove_prefix(kLongestLine);
    Emit(part);
  }
  if (holding_) {
    held_.emplace_back(line);
  } else if (sink_) {
    sink_(line);
  }
}

void LineCutter::Flush() {
  if (!pending_.empty()) Emit(std::exchange(pending_, {}));
}

void LineCutter::Hold() { holding_ = true; }

void LineCutter::Release() {
  holding_ = false;
  for (const auto& line : std::exchange(held_, {})) {
    if (sink_) sink_(line);
  }
}

void LineCutter::Drop() {
  held_.clear();
  pending_.clear();
}

}  // namespace fractus::lambdas::python
