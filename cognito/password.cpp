#include "cognito/password.h"

#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>

#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito {
namespace {

constexpr uint64_t kWork = 4096, kBlock = 8, kLanes = 1;
constexpr size_t kKeyBytes = 32, kSaltBytes = 16;

// Source: the special characters of
// https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html
constexpr std::string_view kSymbols = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kDigits = "0123456789";

std::string Derive(std::string_view password, std::string_view salt, uint64_t work, uint64_t block,
                   uint64_t lanes) {
  std::string key(kKeyBytes, '\0');
  if (EVP_PBE_scrypt(password.data(), password.size(),
                     reinterpret_cast<const unsigned char*>(salt.data()), salt.size(), work, block,
                     lanes, 64u << 20, reinterpret_cast<unsigned char*>(key.data()),
                     key.size()) != 1) {
    throw std::runtime_error("scrypt failed");
  }
  return key;
}

bool Contains(std::string_view text, std::string_view alphabet) {
  return text.find_first_of(alphabet) != std::string_view::npos;
}

}  // namespace

std::optional<ApiError> CheckPolicy(const Pool& pool, std::string_view password) {
  const json& policy = pool.password_policy();
  const auto refuse = [](const std::string& reason) {
    return ApiError{"InvalidPasswordException", "Password did not conform with policy: " + reason};
  };
  const auto characters = static_cast<size_t>(
      std::count_if(password.begin(), password.end(), [](char c) { return (c & 0xc0) != 0x80; }));
  if (characters < policy.value("MinimumLength", size_t{8})) {
    return refuse("Password not long enough");
  }
  // Observed: one reason at a time; the order of the four is from memory.
  if (policy.value("RequireUppercase", false) && !Contains(password, kUpper)) {
    return refuse("Password must have uppercase characters");
  }
  if (policy.value("RequireLowercase", false) && !Contains(password, kLower)) {
    return refuse("Password must have lowercase characters");
  }
  if (policy.value("RequireNumbers", false) && !Contains(password, kDigits)) {
    return refuse("Password must have numeric characters");
  }
  if (policy.value("RequireSymbols", false) && !Contains(password, kSymbols)) {
    return refuse("Password must have symbol characters");
  }
  return std::nullopt;
}

Password MakePassword(const Pool& pool, std::string_view username, std::string_view password,
                      IdSource& ids) {
  const SrpIdentity identity{pool.srp_group(), std::string(username)};
  return {HashPassword(password, ids), MakeSrpVerifier(identity, password, ids.Bytes(kSaltBytes))};
}

Result<Password> ReplacePassword(const Pool& pool, const User& user, std::string_view password,
                                 IdSource& ids) {
  const auto size = pool.password_policy().value("PasswordHistorySize", size_t{0});
  std::vector<std::string> used = user.password.previous;
  if (!user.password.hash.empty()) used.insert(used.begin(), user.password.hash);
  if (used.size() > size) used.resize(size);
  for (const auto& hash : used) {
    if (!MatchesPassword(password, hash)) continue;
    return ApiError{"PasswordHistoryPolicyViolationException",
                    "Password has been used before and may not be used again."};
  }
  Password next = MakePassword(pool, user.username, password, ids);
  next.previous = std::move(used);
  return next;
}

std::string HashPassword(std::string_view password, IdSource& ids) {
  const std::string salt = ids.Bytes(kSaltBytes);
  return "scrypt$" + std::to_string(kWork) + "$" + std::to_string(kBlock) + "$" +
         std::to_string(kLanes) + "$" + Base64UrlEncode(salt) + "$" +
         Base64UrlEncode(Derive(password, salt, kWork, kBlock, kLanes));
}

bool MatchesPassword(std::string_view password, std::string_view hash) {
  const auto parts = Split(hash, '$');
  if (parts.size() != 6) {
    Derive(password, std::string(kSaltBytes, 's'), kWork, kBlock, kLanes);
    return false;
  }
  const auto salt = Base64UrlDecode(parts[4]);
  const auto key = Base64UrlDecode(parts[5]);
  if (!salt || !key) return false;
  return auth::EqualsInConstantTime(*key, Derive(password, *salt, std::stoull(parts[1]),
                                                 std::stoull(parts[2]), std::stoull(parts[3])));
}

std::string MakeTemporaryPassword(const Pool& pool, IdSource& ids) {
  const auto length = std::max(size_t{8}, pool.password_policy().value("MinimumLength", size_t{8}));
  // One of each kind in front, the rest of all; the place of the kinds is no secret worth keeping.
  std::string password =
      ids.Text(1, kUpper) + ids.Text(1, kLower) + ids.Text(1, kDigits) + ids.Text(1, "!@#%*-_+");
  return password + ids.Text(length - password.size(),
                             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
}

}  // namespace fractus::cognito
