// DynamoDB's expression language: text in, conditions, updates and paths out. Pure functions, fit
// for fuzzing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dynamo/condition.h"
#include "dynamo/document_path.h"
#include "dynamo/update.h"
#include "emulator/core/api_error.h"

namespace fractus::dynamo {

// Sorted by placeholder ("#n").
using ExpressionNames = std::vector<std::pair<std::string, std::string>>;

// ExpressionAttributeNames and -Values, and which of them the request's expressions have used.
// Outlives what is parsed with it.
class Placeholders {
 public:
  // Null: the request has none.
  Placeholders(const ExpressionNames* names, const Map* values);

  // Null when it is not defined.
  const std::string* Name(std::string_view placeholder);
  const Value* FindValue(std::string_view placeholder);
  // Call after all expressions are parsed.
  std::optional<ApiError> FindUnused() const;

 private:
  const ExpressionNames* names_;
  const Map* values_;
  std::vector<bool> used_names_, used_values_;
};

// `label` is the request's member, as messages name it: "ConditionExpression", "FilterExpression",
// "KeyConditionExpression".
Result<Condition> ParseCondition(std::string_view text, std::string_view label,
                                 Placeholders& placeholders);
Result<Update> ParseUpdate(std::string_view text, Placeholders& placeholders);
Result<std::vector<Path>> ParseProjection(std::string_view text, Placeholders& placeholders);

}  // namespace fractus::dynamo
