// JSON's strings, byte by byte: where they end, what their escapes mean, and how they are written.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace fractus::dynamo {

// How many bytes there are before the first quote, backslash or control character.
size_t PlainLength(std::string_view text);

// The four hexadecimal digits after "\\u"; nothing when they are none.
std::optional<uint32_t> FourHex(std::string_view text, size_t at);

void AppendUtf8(std::string& text, uint32_t code);

bool IsAscii(std::string_view text);

// A string with its quotes.
void WriteText(std::string& out, std::string_view text);

// Writes many small parts to the end of a text, which holds them when this ends: cheaper than a
// call of the text for each.
class TextAppender {
 public:
  // `expected` bytes are a guess; more is found.
  TextAppender(std::string& out, size_t expected) : out_(out), size_(out.size()) {
    out_.resize(size_ + expected);
  }
  ~TextAppender() { out_.resize(size_); }
  TextAppender(const TextAppender&) = delete;
  TextAppender& operator=(const TextAppender&) = delete;

  void Put(char c) {
    Room(1);
    out_[size_++] = c;
  }
  void Put(std::string_view text) {
    Room(text.size());
    std::memcpy(out_.data() + size_, text.data(), text.size());
    size_ += text.size();
  }
  // As WriteText.
  void PutText(std::string_view text);

 private:
  void Room(size_t more) {
    if (out_.size() - size_ < more) out_.resize(size_ + more + kStep);
  }

  // The text's own memory grows faster.
  static constexpr size_t kStep = 256;

  std::string& out_;
  // Of what is written; `out_` is longer.
  size_t size_;
};

}  // namespace fractus::dynamo
