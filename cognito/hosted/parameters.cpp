#include "cognito/hosted/parameters.h"

#include <algorithm>

#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito::hosted {
namespace {

bool IsText(std::string_view text) {
  return IsValidUtf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

// The rest of "Scheme rest"; schemes compare without case.
std::optional<std::string_view> AfterScheme(std::string_view text, std::string_view scheme) {
  if (text.size() <= scheme.size() || text[scheme.size()] != ' ') return std::nullopt;
  if (!EqualsIgnoreCase(text.substr(0, scheme.size()), scheme)) return std::nullopt;
  text.remove_prefix(scheme.size() + 1);
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<Parameters> Parameters::Parse(std::string_view text) {
  if (text.size() > kLongest ||
      std::count(text.begin(), text.end(), '&') >= static_cast<std::ptrdiff_t>(kMost)) {
    return std::nullopt;
  }
  Parameters parameters;
  for (auto& [name, value] : ParseQuery(text)) {
    if (!IsText(name) || !IsText(value) || parameters.Has(name)) return std::nullopt;
    parameters.fields_.emplace_back(std::move(name), std::move(value));
  }
  return parameters;
}

std::string Parameters::Get(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (key == name) return value;
  }
  return "";
}

bool Parameters::Has(std::string_view name) const {
  return std::any_of(fields_.begin(), fields_.end(),
                     [&](const auto& field) { return field.first == name; });
}

void Parameters::Set(std::string_view name, std::string value) {
  Remove(name);
  fields_.emplace_back(name, std::move(value));
}

void Parameters::Remove(std::string_view name) {
  std::erase_if(fields_, [&](const auto& field) { return field.first == name; });
}

std::string Parameters::Encode() const {
  std::string text;
  for (const auto& [name, value] : fields_) {
    text += (text.empty() ? "" : "&") + PercentEncode(name) + "=" + PercentEncode(value);
  }
  return text;
}

std::optional<std::string> FindCookie(const HttpHeaders& headers, std::string_view name) {
  for (const auto& [header, value] : headers) {
    if (!EqualsIgnoreCase(header, "Cookie")) continue;
    for (const auto& pair : Split(value, ';')) {
      const size_t equals = pair.find('=');
      if (equals == std::string::npos) continue;
      const std::string_view text = pair;
      if (Trim(text.substr(0, equals)) == name) return std::string(Trim(text.substr(equals + 1)));
    }
  }
  return std::nullopt;
}

std::optional<BasicCredentials> ReadBasic(std::string_view authorization) {
  const auto encoded = AfterScheme(authorization, "Basic");
  if (!encoded || encoded->size() > 4096) return std::nullopt;
  const auto decoded = Base64Decode(*encoded);
  const size_t colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos || !IsText(*decoded)) return std::nullopt;
  return BasicCredentials{PercentDecode(decoded->substr(0, colon)),
                          PercentDecode(decoded->substr(colon + 1))};
}

std::optional<std::string> ReadBearer(std::string_view authorization) {
  const auto token = AfterScheme(authorization, "Bearer");
  if (!token || token->empty()) return std::nullopt;
  return std::string(*token);
}

std::optional<std::vector<std::string>> ReadScopes(std::string_view text) {
  std::vector<std::string> scopes;
  for (auto& scope : Split(text, ' ')) {
    const bool good = std::all_of(scope.begin(), scope.end(), [](char c) {
      return c > 0x20 && c < 0x7f && c != '"' && c != '\\';
    });
    if (!good) return std::nullopt;
    if (scope.empty() || std::find(scopes.begin(), scopes.end(), scope) != scopes.end()) continue;
    scopes.push_back(std::move(scope));
  }
  return scopes;
}

bool IsProofKey(std::string_view text) {
  return text.size() >= 43 && text.size() <= 128 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '.' || c == '_' || c == '~';
         });
}

bool MatchesProofKey(std::string_view verifier, std::string_view challenge) {
  return IsProofKey(verifier) &&
         auth::EqualsInConstantTime(Base64UrlEncode(auth::Sha256(verifier)), challenge);
}

std::string WithQuery(std::string_view uri, const Parameters& parameters) {
  const size_t hash = uri.find('#');
  const std::string_view fragment = hash == std::string_view::npos ? "" : uri.substr(hash);
  const std::string_view front = uri.substr(0, hash);
  const char* joint = front.find('?') == std::string_view::npos      ? "?"
                      : front.ends_with('?') || front.ends_with('&') ? ""
                                                                     : "&";
  return std::string(front) + joint + parameters.Encode() + std::string(fragment);
}

std::string WithFragment(std::string_view uri, const Parameters& parameters) {
  return std::string(uri) + (uri.find('#') == std::string_view::npos ? "#" : "&") +
         parameters.Encode();
}

}  // namespace fractus::cognito::hosted
