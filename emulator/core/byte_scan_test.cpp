#include "emulator/core/byte_scan.h"

#include <gtest/gtest.h>

#include <string>

namespace fractus {
namespace {

// Every length around the blocks, and every place in it.
TEST(ByteScanTest, TheFirstStopIsFoundWhereverItIs) {
  for (size_t size = 0; size <= 67; ++size) {
    const std::string plain(size, 'x');
    EXPECT_EQ(FindControl(plain), size);
    for (size_t at = 0; at < size; ++at) {
      std::string text = plain;
      text[at] = '\n';
      EXPECT_EQ(FindControl(text), at) << size;
      // What comes later does not matter.
      text.back() = '\x7f';
      EXPECT_EQ(FindControl(text), std::min(at, size - 1)) << size;
    }
  }
}

TEST(ByteScanTest, PrintableAsciiIsNoStop) {
  for (int c = 0; c < 256; ++c) {
    const bool is_printable = c >= 0x20 && c <= 0x7e;
    for (const size_t size : {1u, 8u, 16u, 20u})
      EXPECT_EQ(FindControl(std::string(size, static_cast<char>(c))), is_printable ? size : 0) << c;
  }
}

}  // namespace
}  // namespace fractus
