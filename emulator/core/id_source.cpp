#include "emulator/core/id_source.h"

#include <sys/random.h>

#include <array>
#include <cstring>
#include <stdexcept>

#include "emulator/core/encoding.h"

namespace fractus {

IdSource::IdSource(std::optional<uint64_t> seed)
    : seeded_(seed.has_value()), generator_(seed.value_or(0)) {}

namespace {

void FillFromKernel(void* data, size_t size) {
  auto* bytes = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = getrandom(bytes, size, 0);
    if (got < 0) throw std::runtime_error("the kernel gives no random bytes");
    bytes += got;
    size -= static_cast<size_t>(got);
  }
}

// Random bytes of the kernel, fetched many at a time; what is given out is wiped.
class Reserve {
 public:
  void Take(char* into, size_t size) {
    if (size > bytes_.size()) return FillFromKernel(into, size);
    if (size > left_) {
      FillFromKernel(bytes_.data(), bytes_.size());
      left_ = bytes_.size();
    }
    left_ -= size;
    std::memcpy(into, bytes_.data() + left_, size);
    explicit_bzero(bytes_.data() + left_, size);
  }

 private:
  std::array<char, 1024> bytes_;
  size_t left_ = 0;
};

}  // namespace

void IdSource::Fill(void* data, size_t size) {
  auto* bytes = static_cast<char*>(data);
  if (!seeded_) {
    // Differs between threads, and between a process and what it forks: nothing that forks draws
    // ids.
    thread_local Reserve reserve;
    return reserve.Take(bytes, size);
  }
  const std::lock_guard lock(mutex_);
  while (size > 0) {
    const uint64_t word = generator_();
    const size_t part = std::min(size, sizeof word);
    std::memcpy(bytes, &word, part);
    bytes += part;
    size -= part;
  }
}

std::string IdSource::Bytes(size_t count) {
  std::string bytes(count, '\0');
  Fill(bytes.data(), count);
  return bytes;
}

uint64_t IdSource::Number(uint64_t below) {
  // Rejects the top of the range, so that every number is equally likely.
  const uint64_t limit = UINT64_MAX - UINT64_MAX % below;
  uint64_t number = 0;
  do {
    Fill(&number, sizeof number);
  } while (number >= limit);
  return number % below;
}

std::string IdSource::Text(size_t length, std::string_view alphabet) {
  std::string text(length, '\0');
  const unsigned limit = 256 - 256 % static_cast<unsigned>(alphabet.size());
  size_t filled = 0;
  while (filled < length) {
    for (const char byte : Bytes(length - filled)) {
      const auto value = static_cast<unsigned char>(byte);
      if (value < limit) text[filled++] = alphabet[value % alphabet.size()];
    }
  }
  return text;
}

std::string IdSource::Uuid() {
  unsigned char bytes[16];
  Fill(bytes, sizeof bytes);
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  std::string text(36, '-');
  size_t at = 0;
  for (size_t i = 0; i < sizeof bytes; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++at;
    text[at++] = "0123456789abcdef"[bytes[i] >> 4];
    text[at++] = "0123456789abcdef"[bytes[i] & 15];
  }
  return text;
}

std::string IdSource::Hex(size_t length) {
  return HexEncode(Bytes((length + 1) / 2)).substr(0, length);
}
std::string IdSource::LowerAlnum(size_t length) {
  return Text(length, "abcdefghijklmnopqrstuvwxyz0123456789");
}
std::string IdSource::UpperAlnum(size_t length) {
  return Text(length, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
}
std::string IdSource::Digits(size_t length) { return Text(length, "0123456789"); }

}  // namespace fractus
