#include "dynamo/claims.h"

namespace fractus::dynamo {

std::vector<size_t> Claims::Take(const std::vector<std::string>& keys) {
  const std::lock_guard lock(mutex_);
  std::vector<size_t> conflicts;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (keys_.contains(keys[i])) conflicts.push_back(i);
  }
  if (conflicts.empty()) keys_.insert(keys.begin(), keys.end());
  count_.store(keys_.size(), std::memory_order_relaxed);
  return conflicts;
}

void Claims::Release(const std::vector<std::string>& keys) {
  const std::lock_guard lock(mutex_);
  for (const auto& key : keys) keys_.erase(key);
  count_.store(keys_.size(), std::memory_order_relaxed);
}

bool Claims::Holds(std::string_view key) const {
  if (count_.load(std::memory_order_relaxed) == 0) return false;
  const std::lock_guard lock(mutex_);
  return keys_.contains(key);
}

}  // namespace fractus::dynamo
