#include "lambdas/payload.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "emulator/core/encoding.h"

namespace fractus::lambdas {
namespace {

// Where the payload stops being JSON: the offset of the offending byte, or the size.
size_t OffendingByte(const std::string& payload) {
  try {
    const json parsed = json::parse(payload);
  } catch (const json::parse_error& error) {
    // Positions count from 1 and name the last byte that was read.
    return std::min(payload.size(), error.byte == 0 ? 0 : error.byte - 1);
  }
  return payload.size();
}

std::string Describe(const std::string& payload, size_t at) {
  constexpr char kExpected[] =
      "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or "
      "'false')";
  if (at >= payload.size()) return "Unexpected end-of-input";
  const auto byte = static_cast<unsigned char>(payload[at]);
  if (byte >= 0x80 && at > 0) return fmt::format("Invalid UTF-8 start byte 0x{:02x}", byte);
  const auto is_letter = [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
  };
  if (is_letter(byte)) {
    size_t begin = at;
    while (begin > 0 && is_letter(static_cast<unsigned char>(payload[begin - 1]))) --begin;
    size_t end = at;
    while (end < payload.size() && is_letter(static_cast<unsigned char>(payload[end]))) ++end;
    return fmt::format(
        "Unrecognized token '{}': was expecting (JSON String, Number, Array, Object or token "
        "'null', 'true' or 'false')",
        payload.substr(begin, end - begin));
  }
  if (byte < 0x20 || byte >= 0x7f) {
    return fmt::format("Unexpected character ((CTRL-CHAR, code {})): {}", byte, kExpected);
  }
  return fmt::format("Unexpected character ('{}' (code {})): {}", static_cast<char>(byte), byte,
                     kExpected);
}

}  // namespace

std::string PayloadOf(const json& input) {
  const auto member = input.find("Payload");
  if (member == input.end()) return "{}";
  std::string payload;
  if (member->is_binary()) {
    payload.assign(member->get_binary().begin(), member->get_binary().end());
  } else if (member->is_string()) {
    payload = member->get<std::string>();
  }
  return payload.empty() ? "{}" : payload;
}

// Observed: AWS's texts are those of its JSON parser; ours match it for the usual mistakes only.
std::optional<ApiError> CheckPayload(const std::string& payload) {
  if (json::accept(payload)) return std::nullopt;
  const size_t at = OffendingByte(payload);
  const auto begin = payload.begin();
  const auto line =
      1 +
      std::count(begin, begin + static_cast<std::ptrdiff_t>(std::min(at, payload.size())), '\n');
  const size_t line_begin = at == 0 ? std::string::npos : payload.rfind('\n', at - 1);
  const size_t column = line_begin == std::string::npos ? at + 1 : at - line_begin;
  return ApiError{
      "InvalidRequestContentException",
      fmt::format("Could not parse request body into json: Could not parse payload into json: {}\n "
                  "at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); "
                  "line: {}, column: {}]",
                  Describe(payload, at), line, column)};
}

}  // namespace fractus::lambdas
