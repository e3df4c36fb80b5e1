// Resource policies, as they are kept with a table.
#pragma once

#include <string>

#include "emulator/core/api_error.h"
#include "emulator/core/id_source.h"
#include "emulator/core/json.h"

namespace fractus::dynamo {

// {"Policy", "RevisionId"}; refuses what is not a policy document.
Result<json> KeepPolicy(const std::string& policy, IdSource& ids);

}  // namespace fractus::dynamo
