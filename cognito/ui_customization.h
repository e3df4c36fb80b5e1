// How the hosted pages of a client look, where the pool's owner has said so.
#pragma once

#include <optional>
#include <string>

#include "cognito/parts.h"

namespace fractus::cognito {

// The UICustomization structure of that client, or else that of all clients; nothing where none was
// set. Its CSS holds no "<", its ImageUrl is a data: URL.
std::optional<json> FindUiCustomization(Parts& parts, const std::string& pool_id,
                                        const std::string& client_id);

}  // namespace fractus::cognito
