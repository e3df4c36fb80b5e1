#include <algorithm>

#include "emulator/services/secretsmanager/secretsmanager.h"

namespace fractus::secretsmanager {
namespace {

constexpr long long kDefaultLength = 32;
constexpr long long kLongest = 4096;
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

std::string Without(std::string_view characters, std::string_view excluded) {
  std::string rest;
  for (const char c : characters) {
    if (excluded.find(c) == std::string_view::npos) rest += c;
  }
  return rest;
}

}  // namespace

// Observed: the wordings of the refusals are not confirmed.
Result<json> SecretsManager::GetRandomPassword(const Request& request) {
  const auto length = request.Integer("PasswordLength", kDefaultLength);
  if (length < 1 || length > kLongest) {
    return InvalidParameter(
        "PasswordLength must be between 1 and 4096.");
  }
  const auto excluded = request.Text("ExcludeCharacters");
  std::vector<std::string> types;
  const auto add = [&](std::string_view flag, std::string_view characters) {
    if (!request.Flag(flag, false)) types.push_back(Without(characters, excluded));
  };
  add("ExcludeLowercase", kLower);
  add("ExcludeUppercase", kUpper);
  add("ExcludeNumbers", kDigits);
  add("ExcludePunctuation", kPunctuation);
  const bool require_each = request.Flag("RequireEachIncludedType", true);
  std::string all;
  for (const auto& type : types) {
    if (type.empty() && require_each) {
      return InvalidParameter(
          "You can't exclude all characters of a type that the password must include.");
    }
    all += type;
  }
  // A space belongs to no type that could be required.
  if (request.Flag("IncludeSpace", false) && excluded.find(' ') == std::string::npos) all += ' ';
  if (all.empty())
    return InvalidParameter("You can't exclude all types of characters from the password.");
  if (require_each && static_cast<size_t>(length) < types.size()) {
    return InvalidParameter("Password length is too short based on the required types.");
  }
  std::string password;
  if (require_each) {
    for (const auto& type : types) password += ids_.Text(1, type);
  }
  password += ids_.Text(static_cast<size_t>(length) - password.size(), all);
  // The required characters must not always stand in front.
  for (size_t i = password.size(); i > 1; --i) std::swap(password[i - 1], password[ids_.Number(i)]);
  return json{{"RandomPassword", std::move(password)}};
}

}  // namespace fractus::secretsmanager
