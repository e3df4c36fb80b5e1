// The answers that API Gateway itself gives, and how an API changes them.
#pragma once

#include <map>
#include <string>

#include "emulator/core/json.h"

namespace fractus::gateway {

// Response type → AWS's default status, empty for the two DEFAULT types.
const std::map<std::string, std::string>& GatewayResponseTypes();

// A GatewayResponse with the given statusCode, responseParameters and responseTemplates, the rest
// as AWS's default.
json NewGatewayResponse(const std::string& type, const json& given);

}  // namespace fractus::gateway
