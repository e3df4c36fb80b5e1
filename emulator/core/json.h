// The one JSON type of the project. In a request or an output, blobs are json::binary and
// timestamps are numbers of seconds since 1970; the protocol layer gives both their wire form.
#pragma once

#include <nlohmann/json.hpp>

namespace fractus {

using json = nlohmann::json;

}  // namespace fractus
