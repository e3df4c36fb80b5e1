// Digests and message authentication over OpenSSL.
#pragma once

#include <string>
#include <string_view>

namespace fractus::auth {

// 32 raw bytes.
std::string Sha256(std::string_view bytes);
std::string HmacSha256(std::string_view key, std::string_view bytes);
// 16 raw bytes, for content checks, not for security.
std::string Md5(std::string_view bytes);
// Takes the same time whether the texts differ early or late.
bool EqualsInConstantTime(std::string_view a, std::string_view b);

}  // namespace fractus::auth
