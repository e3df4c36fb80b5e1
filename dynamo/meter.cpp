#include "dynamo/meter.h"

#include <algorithm>

namespace fractus::dynamo {

constexpr double kBurstSeconds = 300;

void Bucket::Refill(Time now) {
  if (filled_ == Time::min() || now < filled_) filled_ = now;
  const std::chrono::duration<double> passed = now - filled_;
  left_ = std::min(left_ + passed.count() * rate_, rate_ * kBurstSeconds);
  filled_ = now;
}

bool Bucket::HasAny(Time now) {
  const std::lock_guard lock(mutex_);
  Refill(now);
  return left_ > 0;
}

void Bucket::Take(double units, Time now) {
  const std::lock_guard lock(mutex_);
  Refill(now);
  left_ -= units;
}

}  // namespace fractus::dynamo
