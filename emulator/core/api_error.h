// The one error that a client can cause, and how a function returns it.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <utility>

#include "emulator/core/json.h"

namespace fractus {

// What a client is told when its request cannot be carried out.
struct ApiError {
  ApiError() = default;
  // No aggregate: C++20 would make one from a json in parentheses, and a Result<json> could not
  // tell its value from its error.
  ApiError(std::string error_code, std::string error_message, int status = 0,
           json members = json::object())
      : code(std::move(error_code)),
        message(std::move(error_message)),
        http_status(status),
        extra(std::move(members)) {}

  // The code AWS names: the shape's name in the service model, e.g. "ResourceNotFoundException".
  std::string code;
  std::string message;
  // 0 stands for the status that the service model gives this code (400 where it gives none).
  int http_status = 0;
  // Further members of the error's structure, e.g. CancellationReasons or Item.
  json extra = json::object();
};

template <class T>
using Result = boost::system::result<T, ApiError>;

// Taking the value of a failed Result is our mistake, not the client's.
[[noreturn]] void throw_exception_from_error(const ApiError& error, const boost::source_location&);

}  // namespace fractus
