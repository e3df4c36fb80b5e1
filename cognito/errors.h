// The refusals of Cognito user pools, with AWS's own wording.
#pragma once

#include <string>
#include <string_view>

#include "emulator/core/api_error.h"

namespace fractus::cognito {

ApiError InvalidParameter(std::string message);
ApiError NotAuthorized(std::string message);
ApiError ResourceNotFound(std::string message);
ApiError PoolNotFound(std::string_view pool_id);
ApiError ClientNotFound(std::string_view client_id);
// "User does not exist."
ApiError UserNotFound();
ApiError GroupNotFound();
// "Incorrect username or password."
ApiError WrongPassword();
ApiError CodeMismatch();
ApiError CodeExpired();
// What AWS does and this emulator does not: fails by name with 501.
ApiError NotEmulated(std::string message);

}  // namespace fractus::cognito
