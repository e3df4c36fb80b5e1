// Reading a template: from text to a checked JSON tree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/api_error.h"

namespace fractus::cloudformation {

ApiError ValidationError(std::string message);
// The same, of what a function in the template was given.
ApiError TemplateError(std::string message);

// Parses JSON or YAML. Fails with ValidationError "Template format error: YAML not well-formed.
// (line 3, column 5)".
Result<json> ParseTemplate(std::string_view text);

// Checks the sections' form, names and types of members; says nothing about references. Also what a
// transform has made is checked with it. Source: recorded cloudformation/api/test_validations,
// test_template_engine.
std::optional<ApiError> CheckForm(const json& document);

// The names in Transform, which may be a text, a list, or objects with a Name.
Result<std::vector<std::string>> Transforms(const json& document);

// A section as an object; empty when it is absent.
const json& Section(const json& document, std::string_view name);

bool IsScalar(const json& value);
// A scalar as CloudFormation prints it into texts: true, 5, 1.0. Objects and lists become JSON
// text.
std::string ScalarText(const json& value);

}  // namespace fractus::cloudformation
