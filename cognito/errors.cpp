#include "cognito/errors.h"

#include <utility>

namespace fractus::cognito {

ApiError InvalidParameter(std::string message) {
  return {"InvalidParameterException", std::move(message)};
}

ApiError NotAuthorized(std::string message) {
  return {"NotAuthorizedException", std::move(message)};
}

ApiError ResourceNotFound(std::string message) {
  return {"ResourceNotFoundException", std::move(message)};
}

ApiError PoolNotFound(std::string_view pool_id) {
  return ResourceNotFound("User pool " + std::string(pool_id) + " does not exist.");
}

ApiError ClientNotFound(std::string_view client_id) {
  return ResourceNotFound("User pool client " + std::string(client_id) + " does not exist.");
}

ApiError UserNotFound() { return {"UserNotFoundException", "User does not exist."}; }

ApiError GroupNotFound() { return ResourceNotFound("Group not found."); }

ApiError WrongPassword() { return NotAuthorized("Incorrect username or password."); }

ApiError CodeMismatch() {
  return {"CodeMismatchException", "Invalid verification code provided, please try again."};
}

ApiError CodeExpired() {
  return {"ExpiredCodeException", "Invalid code provided, please request a code again."};
}

ApiError NotEmulated(std::string message) { return {"NotImplemented", std::move(message), 501}; }

}  // namespace fractus::cognito
