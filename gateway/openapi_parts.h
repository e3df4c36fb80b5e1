// Reading parts of an OpenAPI description, whatever their types are.
#pragma once

#include <string>

#include "emulator/core/api_error.h"
#include "emulator/core/json.h"

namespace fractus::gateway::openapi {

// The member, or null when `object` is no object or has no such member.
const json& Member(const json& object, const char* name);
// The member as a text, also when it is a number or a boolean; empty for everything else.
std::string Text(const json& object, const char* name);
std::string Upper(std::string text);
// A map whose values AWS keeps as texts, whatever the description's types.
json TextMap(const json& object);

// The Integration of an x-amazon-apigateway-integration. Fails as PutIntegration does.
Result<json> ReadIntegration(const json& given, const std::string& resource_id);

}  // namespace fractus::gateway::openapi
