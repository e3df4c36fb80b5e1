// What comes with a request to the hosted pages: queries, forms, cookies and credentials, taken
// apart without trusting them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/core/http_message.h"

namespace fractus::cognito::hosted {

// The fields of a query or a form.
class Parameters {
 public:
  static constexpr size_t kLongest = 64 * 1024;
  static constexpr size_t kMost = 200;

  Parameters() = default;
  // Nothing for text that is too long, has too many fields or one of them twice (RFC 6749, 3.1), or
  // decodes to control characters or bytes that are not UTF-8.
  static std::optional<Parameters> Parse(std::string_view text);

  // "" where it is absent.
  std::string Get(std::string_view name) const;
  bool Has(std::string_view name) const;
  void Set(std::string_view name, std::string value);
  void Remove(std::string_view name);
  // Encoded again: "a=1&b=2".
  std::string Encode() const;

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// The first cookie of that name; nothing when there is none.
std::optional<std::string> FindCookie(const HttpHeaders& headers, std::string_view name);

struct BasicCredentials {
  std::string id;
  std::string secret;
};
// "Authorization: Basic ...", RFC 6749, 2.3.1; nothing for every other text.
std::optional<BasicCredentials> ReadBasic(std::string_view authorization);
// The token of "Authorization: Bearer ..."; nothing for every other text.
std::optional<std::string> ReadBearer(std::string_view authorization);

// "openid email" as a list, each once and in order; nothing for names outside RFC 6749's alphabet.
std::optional<std::vector<std::string>> ReadScopes(std::string_view text);

// A proof key, RFC 7636: 43 to 128 unreserved characters.
bool IsProofKey(std::string_view text);
// BASE64URL(SHA256(verifier)) == challenge.
bool MatchesProofKey(std::string_view verifier, std::string_view challenge);

// The URI with these added to its query, or to its fragment; what it has already stays.
std::string WithQuery(std::string_view uri, const Parameters& parameters);
std::string WithFragment(std::string_view uri, const Parameters& parameters);

}  // namespace fractus::cognito::hosted
