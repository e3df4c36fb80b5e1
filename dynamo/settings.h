// How closely tables imitate what is slow or scarce in the service. All of it is off by default.
#pragma once

#include "emulator/core/clock.h"

namespace fractus::dynamo {

// Whether requests beyond a table's throughput are refused.
enum class CapacityUse { kUnlimited, kEnforced };
// The order in which a Scan sees partitions: that of their keys, the service's, which is none, or
// that in which they were first written.
enum class ScanOrder { kKey, kHash, kInsertion };

struct Settings {
  // How long tables and indexes stay CREATING, UPDATING and DELETING.
  Duration table_delay{0};
  // How far eventually consistent reads lag behind.
  Duration stale_reads{0};
  // How far global secondary indexes lag behind.
  Duration index_delay{0};
  // The tag "fractus:throttling" (on, off) of a table wins over this.
  CapacityUse capacity = CapacityUse::kUnlimited;
  // Of tables that are made from now on; their tag "fractus:scan-order" (key, hash,
  // insertion) wins over this.
  ScanOrder scan_order = ScanOrder::kKey;
};

}  // namespace fractus::dynamo
