// From a Swagger 2.0 or OpenAPI 3 description to the parts of an API's document.
#pragma once

#include <string_view>

#include "gateway/api_store.h"

namespace fractus::gateway {

enum class ImportMode { kOverwrite, kMerge };

// Reads the description (JSON or YAML) into the document. Resources and authorizers that were there
// before keep their ids. With kOverwrite all that the description does not mention goes away. Fails
// with BadRequestException; the document may then be half changed. Texts of things that are
// accepted but not emulated are added to `warnings`. Source:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
Result<json> ImportDescription(json& document, IdSource& ids, std::string_view text,
                               ImportMode mode, json& warnings);

}  // namespace fractus::gateway
