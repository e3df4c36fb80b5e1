// A pool's attribute schema: the standard attributes, custom ones, and what a user's attributes
// must satisfy.
#pragma once

#include <optional>
#include <vector>

#include "cognito/records.h"
#include "emulator/core/api_error.h"

namespace fractus::cognito {

// SchemaAttributes of a new pool: the standard attributes changed by, and followed by, the input's
// Schema.
Result<json> BuildSchema(const json& schema);
// The entry of a custom attribute as DescribeUserPool shows it ("custom:..." or "dev:custom:...").
Result<json> CustomAttribute(const json& input);

// Refuses an attribute whose name the schema has already.
std::optional<ApiError> CheckNewName(const json& schema, const json& attribute);

// [{"Name", "Value"}] as attributes; a repeated name keeps its last value.
std::vector<Attribute> ReadAttributes(const json& list);

// Names known to the schema, values within its limits, e-mail addresses and phone numbers well
// formed.
std::optional<ApiError> CheckValues(const Pool& pool, const std::vector<Attribute>& attributes);
// Every required attribute of the pool is there.
std::optional<ApiError> CheckRequired(const Pool& pool, const User& user);
// A client may only write what its WriteAttributes name, and never the *_verified attributes.
std::optional<ApiError> CheckWritable(const Client& client,
                                      const std::vector<Attribute>& attributes);
// Refuses to change attributes that are not mutable, and to take required ones away.
std::optional<ApiError> CheckMutable(const Pool& pool, const User& user,
                                     const std::vector<Attribute>& attributes);

bool IsEmailAddress(std::string_view text);
// E.164: '+' and up to 15 digits.
bool IsPhoneNumber(std::string_view text);

}  // namespace fractus::cognito
