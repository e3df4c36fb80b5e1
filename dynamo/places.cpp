#include "dynamo/places.h"

#include <algorithm>
#include <mutex>

namespace fractus::dynamo {

uint64_t Places::Find(std::string_view partition) const {
  const std::shared_lock lock(mutex_);
  const auto found = places_.find(partition);
  return found == places_.end() ? kNowhere : found->second;
}

uint64_t Places::Take(std::string_view partition) {
  const std::unique_lock lock(mutex_);
  const auto [place, is_new] = places_.try_emplace(std::string(partition), next_);
  if (is_new) ++next_;
  return place->second;
}

void Places::Restore(std::string_view partition, uint64_t place) {
  const std::unique_lock lock(mutex_);
  places_.try_emplace(std::string(partition), place);
  next_ = std::max(next_, place + 1);
}

}  // namespace fractus::dynamo
