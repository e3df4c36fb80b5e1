// The errors that DynamoDB answers most often, with AWS's texts.
#pragma once

#include <string>
#include <utility>

#include "emulator/core/api_error.h"

namespace fractus::dynamo {

inline ApiError Invalid(std::string message) { return {"ValidationException", std::move(message)}; }

// "One or more parameter values were invalid: " and the reason.
inline ApiError InvalidParameter(const std::string& reason) {
  return Invalid("One or more parameter values were invalid: " + reason);
}

// The data plane's wording; the control plane names the table.
inline ApiError TableNotFound() {
  return {"ResourceNotFoundException", "Requested resource not found"};
}

inline ApiError TableNotFound(const std::string& table_name) {
  return {"ResourceNotFoundException",
          "Requested resource not found: Table: " + table_name + " not found"};
}

inline constexpr char kConditionFailed[] = "ConditionalCheckFailedException";

// The single writes' refusal of an item that a transaction is working on.
inline ApiError TransactionConflict() {
  return {"TransactionConflictException", "Transaction is ongoing for the item"};
}

inline ApiError KeyMismatch() {
  return Invalid("The provided key element does not match the schema");
}

}  // namespace fractus::dynamo
