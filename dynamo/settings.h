// How closely tables imitate what is slow or scarce in the service. All of it is off by default.
#pragma once

#include "emulator/core/clock.h"

namespace fractus::dynamo {

struct Settings {
  // How long tables and indexes stay CREATING, UPDATING and DELETING.
  Duration table_delay{0};
};

}  // namespace fractus::dynamo
