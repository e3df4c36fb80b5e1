#include "gateway/execute/proxy_response.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "emulator/core/encoding.h"
#include "emulator/core/http_token.h"

namespace fractus::gateway::execute {
namespace {

ApiError Malformed(std::string why) {
  return {"Malformed", "malformed Lambda proxy response: " + std::move(why)};
}

// Headers that a function may not set are sent under another name.
// Source:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
bool IsRemapped(std::string_view name) {
  static constexpr std::array<std::string_view, 14> kRemapped = {
      "Authorization", "Connection", "Content-Length",     "Content-MD5",     "Date",
      "Expect",        "Host",       "Max-Forwards",       "Server",          "Trailer",
      "Upgrade",       "User-Agent", "Proxy-Authenticate", "WWW-Authenticate"};
  return std::any_of(kRemapped.begin(), kRemapped.end(), [&](std::string_view remapped) {
    return remapped.size() == name.size() && EqualsIgnoreCase(remapped, name);
  });
}

bool IsToken(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), IsTokenCharacter);
}

Result<std::string> ScalarText(const json& value) {
  std::string text;
  if (value.is_string()) {
    text = value.get<std::string>();
  } else if (value.is_number() || value.is_boolean()) {
    text = value.dump();
  } else {
    return Malformed("a header value is neither text nor number nor boolean");
  }
  // What would break out of the header line is refused rather than sent.
  if (text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
    return Malformed("a header value contains a line break");
  }
  return text;
}

Result<int> StatusCode(const json& answer) {
  const auto found = answer.find("statusCode");
  if (found == answer.end() || found->is_null()) return 200;
  int status = 0;
  if (found->is_number()) {
    const double number = found->get<double>();
    status = number > 0 && number < 1000 ? static_cast<int>(number) : 0;
  } else if (found->is_string()) {
    const auto& text = found->get_ref<const std::string&>();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
    if (error != std::errc() || end != text.data() + text.size()) status = 0;
  }
  if (status < 200 || status > 599) {
    return Malformed("statusCode " + found->dump() + " is no HTTP status");
  }
  return status;
}

// Adds one header under the name that AWS sends it with.
Result<bool> AddHeader(HttpResponse& response, const std::string& name, const json& value) {
  if (!IsToken(name)) return Malformed("'" + name + "' is no header name");
  auto text = ScalarText(value);
  if (!text) return text.error();
  if (EqualsIgnoreCase(name, "Transfer-Encoding") || EqualsIgnoreCase(name, "TE")) return false;
  response.headers.Add(IsRemapped(name) ? "x-amzn-Remapped-" + name : name, *std::move(text));
  return true;
}

// multiValueHeaders first, then those of headers that they do not hold already.
Result<bool> AddHeaders(const json& answer, HttpResponse& response) {
  static const json kNone = json::object();
  const auto part = [&](const char* name) -> const json& {
    const auto found = answer.find(name);
    return found == answer.end() || found->is_null() ? kNone : *found;
  };
  const json& single = part("headers");
  const json& multi = part("multiValueHeaders");
  if (!single.is_object() || !multi.is_object()) {
    return Malformed("headers and multiValueHeaders must be objects");
  }
  for (const auto& [name, values] : multi.items()) {
    if (!values.is_array()) return Malformed("multiValueHeaders." + name + " is no list");
    for (const json& value : values) {
      if (auto added = AddHeader(response, name, value); !added) return added;
    }
    for (const auto& [other, value] : single.items()) {
      if (!EqualsIgnoreCase(other, name)) continue;
      if (std::find(values.begin(), values.end(), value) != values.end()) continue;
      if (auto added = AddHeader(response, name, value); !added) return added;
    }
  }
  for (const auto& [name, value] : single.items()) {
    const bool is_multi =
        std::any_of(multi.items().begin(), multi.items().end(),
                    [&, &n = name](const auto& entry) { return EqualsIgnoreCase(entry.key(), n); });
    if (is_multi || value.is_null()) continue;
    if (auto added = AddHeader(response, name, value); !added) return added;
  }
  return true;
}

// Whether the client asked for a type that the API treats as binary.
bool WantsBinary(const Exchange& exchange) {
  if (exchange.stage->binary_media_types.empty()) return false;
  return exchange.stage->IsBinary(exchange.request.http.headers.Get("Accept"));
}

}  // namespace

Result<HttpResponse> FromProxyAnswer(const Exchange& exchange, const std::string& payload) {
  json answer = json::parse(payload, nullptr, false);
  if (!answer.is_object()) return Malformed("the answer is no JSON object");
  for (const auto& [name, value] : answer.items()) {
    if (name != "statusCode" && name != "headers" && name != "multiValueHeaders" &&
        name != "body" && name != "isBase64Encoded") {
      return Malformed("unknown member '" + name + "'");
    }
  }
  HttpResponse response;
  const auto status = StatusCode(answer);
  if (!status) return status.error();
  response.status = *status;
  response.headers.Reserve(8, 512);
  if (auto added = AddHeaders(answer, response); !added) return added.error();
  if (!response.headers.Find("Content-Type")) {
    response.headers.Add("Content-Type", "application/json");
  }
  const auto body = answer.find("body");
  if (body != answer.end() && !body->is_null()) {
    if (!body->is_string()) return Malformed("body is no text; use json.dumps or JSON.stringify");
    response.body = std::move(body->get_ref<std::string&>());
  }
  const auto encoded = answer.find("isBase64Encoded");
  if (encoded != answer.end() && *encoded == true && WantsBinary(exchange)) {
    auto bytes = Base64Decode(response.body);
    if (!bytes) return Malformed("isBase64Encoded is true but body is no base64");
    response.body = *std::move(bytes);
  }
  return response;
}

}  // namespace fractus::gateway::execute
