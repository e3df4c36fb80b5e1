#include "cognito/accounts.h"

#include <algorithm>

#include "cognito/errors.h"
#include "cognito/schema.h"

namespace fractus::cognito {
namespace {

// The attribute that a Username stands for in a pool with UsernameAttributes, or why it is none.
Result<std::string> AttributeOf(const Pool& pool, const std::string& username) {
  const bool email = pool.SignsInBy("email"), phone = pool.SignsInBy("phone_number");
  if (email && IsEmailAddress(username)) return std::string("email");
  if (phone && IsPhoneNumber(username)) return std::string("phone_number");
  if (email && phone)
    return InvalidParameter("Username should be either an email or a phone number.");
  return InvalidParameter(email ? "Username should be an email."
                                : "Username should be a phone number.");
}

bool WaitsForProof(const Pool& pool, const std::string& attribute) {
  const json names = pool.description.at("UserAttributeUpdateSettings")
                         .value("AttributesRequireVerificationBeforeUpdate", json::array());
  return std::find(names.begin(), names.end(), attribute) != names.end();
}

bool IsAddress(const std::string& attribute) {
  return attribute == "email" || attribute == "phone_number";
}

}  // namespace

Result<User> MakeUser(Parts& parts, const Pool& pool, const std::string& username,
                      std::vector<Attribute> attributes, Time now) {
  User user;
  user.sub = parts.ids.Uuid();
  user.created = now;
  user.modified = now;
  user.attributes = std::move(attributes);
  if (!pool.SignsInByAttribute()) {
    if (pool.HasAlias("email") && IsEmailAddress(username)) {
      return InvalidParameter(
          "Username cannot be of email format, since user pool is configured for email alias.");
    }
    if (pool.HasAlias("phone_number") && IsPhoneNumber(username)) {
      return InvalidParameter(
          "Username cannot be of phone number format, since user pool is configured for phone "
          "number alias.");
    }
    user.username = pool.Fold(username);
    return user;
  }
  const auto attribute = AttributeOf(pool, username);
  if (!attribute) return attribute.error();
  user.username = user.sub;
  // Observed: the Username wins over an attribute of another value (unsure).
  user.Set(*attribute, username);
  return user;
}

std::optional<ApiError> CheckUnused(Parts& parts, const Pool& pool, const User& user,
                                    const char* message) {
  const auto refuse = [](std::string text) {
    return ApiError{"UsernameExistsException", std::move(text)};
  };
  if (!pool.SignsInByAttribute()) {
    if (parts.store.ReadUser(pool, pool.Fold(user.username))) return refuse(message);
    return std::nullopt;
  }
  for (const char* attribute : {"email", "phone_number"}) {
    const std::string* value = user.Find(attribute);
    if (value && pool.SignsInBy(attribute) && parts.store.AliasOwner(pool, attribute, *value)) {
      return refuse("An account with the given " + std::string(attribute) + " already exists.");
    }
  }
  return std::nullopt;
}

std::optional<ApiError> CheckAliases(Parts& parts, const Pool& pool, const User& user) {
  const std::string folded = pool.Fold(user.username);
  for (const char* attribute : {"email", "phone_number", "preferred_username"}) {
    const std::string* value = user.Find(attribute);
    if (!value) continue;
    const bool proven = pool.SignsInBy(attribute) ||
                        attribute == std::string_view("preferred_username") ||
                        user.IsTrue(std::string(attribute) + "_verified");
    if (!proven) continue;
    const auto owner = parts.store.AliasOwner(pool, attribute, *value);
    if (owner && *owner != folded) {
      return ApiError{"AliasExistsException",
                      "An account with the " + std::string(attribute) + " already exists."};
    }
  }
  return std::nullopt;
}

void ChangeAttributes(User& user, const std::vector<Attribute>& attributes) {
  for (const auto& [name, value] : attributes) {
    if (name == "email" || name == "phone_number") {
      const std::string verified = name + "_verified";
      const std::string* old = user.Find(name);
      if (!old || *old != value) user.Set(verified, "false");
    }
    // A blank value takes the attribute away.
    // Source:
    // https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserAttributes.html
    if (value.empty()) {
      user.Remove(name);
    } else {
      user.Set(name, value);
    }
  }
  // The list's own *_verified entries win, wherever they stand in it.
  for (const auto& [name, value] : attributes) {
    if (name.ends_with("_verified")) user.Set(name, value);
  }
}

std::vector<Outgoing> UpdateAttributes(Parts& parts, const TriggerScene& scene, User& user,
                                       const std::vector<Attribute>& attributes,
                                       const json& client_metadata) {
  const Pool& pool = *scene.pool;
  const auto vouched = [&](const std::string& name) {
    return std::any_of(attributes.begin(), attributes.end(), [&](const Attribute& entry) {
      return entry.name == name + "_verified" && entry.value == "true";
    });
  };
  std::vector<Attribute> at_once;
  std::vector<Outgoing> messages;
  for (const auto& [name, value] : attributes) {
    const std::string* old = user.Find(name);
    const bool proves = IsAddress(name) && !value.empty() && pool.AutoVerifies(name) &&
                        !vouched(name) &&
                        (!old || *old != value || !user.IsTrue(name + "_verified"));
    const bool waits = proves && WaitsForProof(pool, name);
    if (!waits) at_once.push_back({name, value});
    if (!proves) continue;
    const std::string code = MakeCode(parts, user, name, name, scene.context.now);
    if (waits) user.codes[name].pending = value;
    User addressee = user;
    addressee.Set(name, value);
    messages.push_back(Outgoing{scene, std::move(addressee), name, code,
                                "CustomMessage_UpdateUserAttribute", client_metadata});
  }
  ChangeAttributes(user, at_once);
  return messages;
}

}  // namespace fractus::cognito
