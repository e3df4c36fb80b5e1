#include "emulator/core/api_error.h"

namespace fractus {

void throw_exception_from_error(const ApiError& error, const boost::source_location& where) {
  throw std::logic_error("unchecked " + error.code + ": " + error.message + " at " +
                         where.to_string());
}

}  // namespace fractus
