// Mapping expressions ("method.request.header.X") and the part of mapping templates that is
// emulated.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/api_error.h"
#include "gateway/execute/exchange.h"

namespace fractus::gateway::execute {

// The value of "'static text'", "method.request.{header,querystring,path}.X",
// "method.request.body", "context.X" or "stageVariables.X"; nothing when the request has no such
// thing.
std::optional<std::string> MappedValue(const Exchange& exchange, std::string_view expression);

// The request's parameter of that name in path, query or headers, in this order.
std::optional<std::string> RequestParameter(const Exchange& exchange, std::string_view name);

// Expands $context.X, $stageVariables.X, $input.body, $input.json('$'), $input.params('X').
// Differs from AWS: VTL directives (#set, #if, #foreach …), $util and JSONPath fail with a sentence
// that names them.
Result<std::string> ExpandTemplate(const Exchange& exchange, std::string_view text,
                                   std::string_view body);

}  // namespace fractus::gateway::execute
