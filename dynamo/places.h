// The order in which partitions came: where each of them stands in scans by insertion.
#pragma once

#include <cstdint>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fractus::dynamo {

// Of one table and its indexes. A partition is named by its index's number and its encoded parts;
// it keeps its place when its last item is deleted. Thread-safe.
class Places {
 public:
  // Of a partition that was never written; after all others.
  static constexpr uint64_t kNowhere = ~uint64_t{0};

  uint64_t Find(std::string_view partition) const;
  // Gives the next place to a partition that has none.
  uint64_t Take(std::string_view partition);
  // What an earlier Take gave, from before a start.
  void Restore(std::string_view partition, uint64_t place);

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, uint64_t, Hash, std::equal_to<>> places_;
  uint64_t next_ = 0;
};

}  // namespace fractus::dynamo
