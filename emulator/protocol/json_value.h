// JSON documents to trees of meaning by shape, and back: blobs, timestamps and numbers.
#pragma once

#include <string>

#include "emulator/core/api_error.h"
#include "emulator/model/service_model.h"

namespace fractus::protocol {

// Members go by their wire names in a document and by the model's names in a tree.
Result<json> DecodeJson(const model::Shape& shape, const json& document);
// Takes the tree apart: it is large and not needed afterwards.
json EncodeJson(const model::Shape& shape, json tree);

// Text (from a query string, a header or a form) to a tree value of a scalar shape.
Result<json> DecodeText(const model::Shape& shape, model::TimestampFormat format,
                        const std::string& text);
// A scalar tree value as text; timestamps in `format`, kDefault meaning ISO 8601.
std::string EncodeText(const model::Shape& shape, model::TimestampFormat format, const json& value);

// Accepts a number of seconds or ISO 8601 text.
Result<json> DecodeTimestamp(const json& value);

}  // namespace fractus::protocol
