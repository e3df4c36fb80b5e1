// Finds the first byte of a kind in a text, sixteen bytes at once.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace fractus {

namespace byte_scan {

using Bytes = unsigned char __attribute__((vector_size(16)));

// Which of the sixteen bytes a comparison chose, as the place of the first; 16 for none.
template <class Chosen>
size_t First(const Chosen& chosen) {
  uint64_t halves[2];
  std::memcpy(halves, &chosen, sizeof halves);
  if constexpr (std::endian::native == std::endian::big) {
    if (halves[0] != 0) return static_cast<size_t>(std::countl_zero(halves[0])) / 8;
    return 8 + static_cast<size_t>(std::countl_zero(halves[1])) / 8;
  }
  if (halves[0] != 0) return static_cast<size_t>(std::countr_zero(halves[0])) / 8;
  return 8 + static_cast<size_t>(std::countr_zero(halves[1])) / 8;
}

}  // namespace byte_scan

// Where the first byte is for which `is_stop` holds, or the size of the text. `is_stop` takes an
// unsigned char or a vector of them: comparisons with constants, joined by |.
template <class IsStop>
size_t FindByte(std::string_view text, IsStop is_stop) {
  const char* bytes = text.data();
  const size_t size = text.size();
  if (size < 16) {
    // Two halves that overlap in the middle.
    if (size >= 8) {
      byte_scan::Bytes both;
      std::memcpy(&both, bytes, 8);
      std::memcpy(reinterpret_cast<char*>(&both) + 8, bytes + size - 8, 8);
      const size_t first = byte_scan::First(is_stop(both));
      return first < 8 ? first : size - 16 + first;
    }
    size_t at = 0;
    while (at < size && !is_stop(static_cast<unsigned char>(bytes[at]))) ++at;
    return at;
  }
  size_t at = 0;
  for (;;) {
    byte_scan::Bytes block;
    std::memcpy(&block, bytes + at, 16);
    const size_t first = byte_scan::First(is_stop(block));
    if (first < 16) return at + first;
    if (at + 16 == size) return size;
    // The last block overlaps the one before it, in which nothing was found.
    at = at + 32 <= size ? at + 16 : size - 16;
  }
}

// Where the first byte is that is not printable ASCII, or the size of the text.
inline size_t FindControl(std::string_view text) {
  return FindByte(text, [](auto byte) { return (byte < 0x20) | (byte > 0x7e); });
}

}  // namespace fractus
