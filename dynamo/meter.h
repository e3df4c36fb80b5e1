// Capacity that a table or index has, and how much of it is left.
#pragma once

#include <mutex>

#include "emulator/core/clock.h"

namespace fractus::dynamo {

// Refills by the second; what is not used stays for five minutes.
// Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
//
// Thread-safe.
class Bucket {
 public:
  explicit Bucket(double units_per_second) : rate_(units_per_second), left_(units_per_second) {}

  // Whether anything is left. What a request takes is known when it is done, so that it may take
  // more than there is; later requests wait for that.
  bool HasAny(Time now);
  void Take(double units, Time now);

 private:
  void Refill(Time now);

  const double rate_;
  std::mutex mutex_;
  double left_;
  Time filled_ = Time::min();
};

struct Meter {
  Meter(double reads_per_second, double writes_per_second)
      : reads(reads_per_second), writes(writes_per_second) {}

  Bucket reads, writes;
};

}  // namespace fractus::dynamo
