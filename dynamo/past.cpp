#include "dynamo/past.h"

#include <algorithm>

namespace fractus::dynamo {

void Past::Forget(Time now) const {
  // A clock that was set back makes all of it the future.
  if (!moments_.empty() && moments_.back().until > now) moments_.clear();
  while (!moments_.empty() && moments_.front().until <= now - longest_) moments_.pop_front();
}

void Past::Keep(Time now) {
  if (longest_ == Duration(0)) return;
  constexpr int kGrains = 16;
  const std::lock_guard lock(mutex_);
  Forget(now);
  if (moments_.empty() || moments_.back().until + longest_ / kGrains <= now)
    moments_.push_back({now, std::make_shared<Sight>(room_.MakeCursor())});
}

SightPtr Past::At(Time now, Duration lag) const {
  if (lag == Duration(0)) return nullptr;
  const std::lock_guard lock(mutex_);
  while (!moments_.empty() && moments_.front().until <= now - longest_) moments_.pop_front();
  const auto found = std::find_if(moments_.begin(), moments_.end(),
                                  [&](const Moment& moment) { return moment.until > now - lag; });
  return found == moments_.end() ? nullptr : found->sight;
}

}  // namespace fractus::dynamo
