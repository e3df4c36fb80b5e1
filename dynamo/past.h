// How the items were a moment ago, for reads that lag behind.
#pragma once

#include <deque>
#include <memory>
#include <mutex>

#include "emulator/core/clock.h"
#include "emulator/storage/database.h"

namespace fractus::dynamo {

// The items as they were when the cursor was made. Whoever uses the cursor holds the mutex.
struct Sight {
  explicit Sight(storage::Cursor made) : cursor(std::move(made)) {}

  std::mutex mutex;
  storage::Cursor cursor;
};
using SightPtr = std::shared_ptr<Sight>;

// Thread-safe. Costs nothing when `longest` is zero.
class Past {
 public:
  // No read lags behind by more than `longest`.
  Past(storage::Room room, Duration longest) : room_(room), longest_(longest) {}

  // Call before every write.
  void Keep(Time now);
  // What was written `lag` before `now`; null when that is all that is written. Writes that follow
  // each other closely (a sixteenth of the longest lag) may be seen together.
  SightPtr At(Time now, Duration lag) const;

 private:
  struct Moment {
    // The items were like that until then.
    Time until;
    SightPtr sight;
  };

  void Forget(Time now) const;

  storage::Room room_;
  const Duration longest_;
  mutable std::mutex mutex_;
  // The oldest first.
  mutable std::deque<Moment> moments_;
};

}  // namespace fractus::dynamo
