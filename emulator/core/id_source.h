// The one source of randomness: ids, codes, tokens and keys all come from here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace fractus {

// Thread-safe. Without a seed the bytes are the kernel's cryptographic random bytes; with a seed
// (tests, `--seed`) the same calls in the same order give the same bytes.
class IdSource {
 public:
  explicit IdSource(std::optional<uint64_t> seed = std::nullopt);

  std::string Bytes(size_t count);
  uint64_t Number(uint64_t below);
  // Characters drawn from `alphabet`.
  std::string Text(size_t length, std::string_view alphabet);
  // "8b1a9953-c461-4296-8e3f-..." version 4.
  std::string Uuid();
  std::string Hex(size_t length);
  // a-z0-9, as in API ids.
  std::string LowerAlnum(size_t length);
  // A-Z0-9, as in the suffix of CloudFormation's physical ids.
  std::string UpperAlnum(size_t length);
  // 0-9, as in verification codes.
  std::string Digits(size_t length);
  bool seeded() const { return seeded_; }

 private:
  void Fill(void* data, size_t size);

  const bool seeded_;
  std::mutex mutex_;
  std::mt19937_64 generator_;
};

}  // namespace fractus
