// Deletes what time has ended: expired items, old stream records, forgotten request tokens.
#pragma once

#include "dynamo/store.h"
#include "emulator/core/clock.h"

namespace fractus::dynamo {

constexpr auto kReaperRound = std::chrono::minutes(1);

// Deletes the items whose time to live has passed at `now`, as the service does: those that expired
// more than five years ago are left alone.
void DeleteExpiredItems(Store& store, Time now);

// One round of all of it; when the next is due comes back.
//
// Differs from AWS: an expired item is deleted within a minute of the emulator's clock, and at once
// when the clock is moved, where AWS takes up to days.
Time Reap(Store& store, Time now);

}  // namespace fractus::dynamo
