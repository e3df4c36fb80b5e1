// gzip, as requests and answers of AWS APIs may be packed.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/http_message.h"

namespace fractus::protocol {

std::string Gzip(std::string_view bytes);
// Nothing for what is not gzip, and for what would grow beyond `most` bytes.
std::optional<std::string> Gunzip(std::string_view bytes, size_t most);

// Whether Content-Encoding says that the body is packed.
bool IsPacked(const HttpRequest& request);
// Whether Accept-Encoding takes gzip.
bool TakesGzip(const HttpRequest& request);

}  // namespace fractus::protocol
