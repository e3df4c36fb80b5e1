// Text encodings of the web: base64, hex, percent, CRC-32.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fractus {

std::string Base64Encode(std::string_view bytes);
// Strict: padding required, no line breaks; nothing for malformed text.
std::optional<std::string> Base64Decode(std::string_view text);
// RFC 4648 §5, without padding, as in JWTs.
std::string Base64UrlEncode(std::string_view bytes);
std::optional<std::string> Base64UrlDecode(std::string_view text);

std::string HexEncode(std::string_view bytes);
std::optional<std::string> HexDecode(std::string_view text);

// RFC 3986: everything but unreserved characters is escaped; '/' stays when asked.
enum class Slash { kEscape, kKeep };
std::string PercentEncode(std::string_view text, Slash slash = Slash::kEscape);
// Malformed escapes stay as they are. '+' is a blank only in queries and forms.
enum class Plus { kKeep, kIsBlank };
std::string PercentDecode(std::string_view text, Plus plus = Plus::kKeep);
// "a=1&b=2" in order, decoded; a name without '=' has an empty value.
std::vector<std::pair<std::string, std::string>> ParseQuery(std::string_view query);

uint32_t Crc32(std::string_view bytes);

bool IsValidUtf8(std::string_view text);

// Without the blanks and tabs at both ends.
std::string_view Trim(std::string_view text);
std::vector<std::string> Split(std::string_view text, char separator);
std::string Join(const std::vector<std::string>& parts, std::string_view separator);

}  // namespace fractus
