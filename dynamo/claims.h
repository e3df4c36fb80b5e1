// Which items transactions are working on just now.
#pragma once

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fractus::dynamo {

// Thread-safe.
class Claims {
 public:
  // Claims all keys, or none: then the places of those that somebody else holds come back.
  std::vector<size_t> Take(const std::vector<std::string>& keys);
  void Release(const std::vector<std::string>& keys);

  // Costs nothing while no transaction runs.
  bool Holds(std::string_view key) const;

 private:
  std::atomic<size_t> count_{0};
  mutable std::mutex mutex_;
  std::set<std::string, std::less<>> keys_;
};

// Releases its keys at the end of its scope.
class Claim {
 public:
  Claim(Claims& claims, std::vector<std::string> keys)
      : claims_(claims), keys_(std::move(keys)), conflicts_(claims_.Take(keys_)) {}
  ~Claim() {
    if (conflicts_.empty()) claims_.Release(keys_);
  }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

  // When there are any, nothing was claimed.
  const std::vector<size_t>& conflicts() const { return conflicts_; }

 private:
  Claims& claims_;
  const std::vector<std::string> keys_;
  const std::vector<size_t> conflicts_;
};

}  // namespace fractus::dynamo
