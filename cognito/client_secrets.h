// The secrets by which app clients prove that they are themselves.
#pragma once

#include <string>

#include "emulator/core/id_source.h"

namespace fractus::cognito {

// 51 letters and digits, as AWS's.
std::string MakeClientSecret(IdSource& ids);

}  // namespace fractus::cognito
