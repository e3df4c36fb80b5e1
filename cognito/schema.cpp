#include "cognito/schema.h"

#include <algorithm>
#include <charconv>

#include "cognito/errors.h"
#include "emulator/core/encoding.h"

namespace fractus::cognito {
namespace {

json Standard(const char* name, const char* type, const char* shortest, const char* longest) {
  json entry = {{"Name", name},
                {"AttributeDataType", type},
                {"DeveloperOnlyAttribute", false},
                {"Mutable", true},
                {"Required", false}};
  if (type == std::string_view("String")) {
    entry["StringAttributeConstraints"] = {{"MinLength", shortest}, {"MaxLength", longest}};
  } else if (type == std::string_view("Number")) {
    entry["NumberAttributeConstraints"] = {{"MinValue", shortest}};
  }
  return entry;
}

// Source: https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/create-user-pool.html
// (example output)
json StandardAttributes() {
  json list = json::array();
  json sub = Standard("sub", "String", "1", "2048");
  sub["Mutable"] = false;
  sub["Required"] = true;
  list.push_back(std::move(sub));
  const auto text = [&](const char* name) {
    list.push_back(Standard(name, "String", "0", "2048"));
  };
  for (const char* name : {"name", "given_name", "family_name", "middle_name", "nickname",
                           "preferred_username", "profile", "picture", "website", "email"}) {
    text(name);
  }
  list.push_back(Standard("email_verified", "Boolean", "", ""));
  text("gender");
  list.push_back(Standard("birthdate", "String", "10", "10"));
  for (const char* name : {"zoneinfo", "locale", "phone_number"}) text(name);
  list.push_back(Standard("phone_number_verified", "Boolean", "", ""));
  text("address");
  list.push_back(Standard("updated_at", "Number", "0", ""));
  return list;
}

std::optional<long long> Limit(const json& entry, const char* constraints, const char* limit) {
  const auto found = entry.find(constraints);
  if (found == entry.end() || !found->contains(limit)) return std::nullopt;
  const auto text = found->at(limit).get<std::string>();
  long long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// What is wrong with the value, or nothing. Observed: the sentences about lengths are from memory.
std::optional<std::string> Complaint(const json& entry, const std::string& value) {
  const std::string type = entry.at("AttributeDataType").get<std::string>();
  if (type == "String") {
    const auto length =
        std::count_if(value.begin(), value.end(), [](char c) { return (c & 0xc0) != 0x80; });
    const auto shortest = Limit(entry, "StringAttributeConstraints", "MinLength");
    const auto longest = Limit(entry, "StringAttributeConstraints", "MaxLength");
    if (longest && length > *longest) {
      return "String must be no longer than " + std::to_string(*longest) + " characters";
    }
    if (shortest && length < *shortest && !value.empty()) {
      return "String must be at least " + std::to_string(*shortest) + " characters";
    }
  } else if (type == "Number") {
    long long number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size()) return "Not a number";
    const auto smallest = Limit(entry, "NumberAttributeConstraints", "MinValue");
    const auto largest = Limit(entry, "NumberAttributeConstraints", "MaxValue");
    if (smallest && number < *smallest) {
      return "Number must be greater than or equal to " + std::to_string(*smallest);
    }
    if (largest && number > *largest) {
      return "Number must be less than or equal to " + std::to_string(*largest);
    }
  }
  return std::nullopt;
}

ApiError NotConforming(const std::string& complaints) {
  return InvalidParameter("Attributes did not conform to the schema: " + complaints);
}

}  // namespace

std::optional<ApiError> CheckNewName(const json& schema, const json& attribute) {
  const std::string name = attribute.at("Name").get<std::string>();
  for (const json& entry : schema) {
    if (entry.at("Name") != name) continue;
    return InvalidParameter(name + ": Existing attribute already has name " + name + ".");
  }
  return std::nullopt;
}

Result<json> CustomAttribute(const json& input) {
  if (input.value("Required", false)) {
    return InvalidParameter("Required custom attributes are not supported currently.");
  }
  json entry = input;
  const bool developer_only = input.value("DeveloperOnlyAttribute", false);
  const std::string name = input.value("Name", std::string());
  entry["Name"] = name.starts_with("custom:") || name.starts_with("dev:")
                      ? name
                      : (developer_only ? "dev:custom:" : "custom:") + name;
  entry["AttributeDataType"] = input.value("AttributeDataType", std::string("String"));
  entry["DeveloperOnlyAttribute"] = developer_only;
  entry["Mutable"] = input.value("Mutable", false);
  entry["Required"] = false;
  if (entry["AttributeDataType"] == "String" && !entry.contains("StringAttributeConstraints")) {
    entry["StringAttributeConstraints"] = json::object();
  }
  if (entry["AttributeDataType"] == "Number" && !entry.contains("NumberAttributeConstraints")) {
    entry["NumberAttributeConstraints"] = json::object();
  }
  return entry;
}

Result<json> BuildSchema(const json& schema) {
  json list = StandardAttributes();
  for (const json& input : schema) {
    const auto standard = std::find_if(list.begin(), list.end(), [&](const json& entry) {
      return entry.at("Name") == input.value("Name", std::string());
    });
    if (standard == list.end()) {
      auto custom = CustomAttribute(input);
      if (!custom) return custom.error();
      if (auto error = CheckNewName(list, *custom)) return *std::move(error);
      list.push_back(*std::move(custom));
      continue;
    }
    const std::string type = standard->at("AttributeDataType").get<std::string>();
    if (input.value("AttributeDataType", type) != type) {
      return InvalidParameter(
          "You can not change AttributeDataType or set developerOnlyAttribute for standard schema "
          "attribute " +
          standard->at("Name").get<std::string>());
    }
    for (const char* member :
         {"Mutable", "Required", "StringAttributeConstraints", "NumberAttributeConstraints"}) {
      if (!input.contains(member) || input.at(member).is_null()) continue;
      if (input.at(member).is_object()) {
        (*standard)[member].update(input.at(member));
      } else {
        (*standard)[member] = input.at(member);
      }
    }
  }
  return list;
}

std::vector<Attribute> ReadAttributes(const json& list) {
  User holder;
  for (const json& entry : list) {
    holder.Set(entry.at("Name").get<std::string>(), entry.value("Value", std::string()));
  }
  return holder.attributes;
}

std::optional<ApiError> CheckValues(const Pool& pool, const std::vector<Attribute>& attributes) {
  std::string complaints;
  for (const auto& [name, value] : attributes) {
    const json* entry = pool.FindAttribute(name);
    if (!entry) {
      return NotConforming("Type for attribute {" + name + "} could not be determined");
    }
    if (name == "sub") return InvalidParameter("Cannot modify the non-mutable attribute sub");
    if (const auto complaint = Complaint(*entry, value)) {
      complaints += name + ": " + *complaint + "\n";
    }
  }
  if (!complaints.empty()) return NotConforming(complaints);
  for (const auto& [name, value] : attributes) {
    if (value.empty()) continue;
    if (name == "email" && !IsEmailAddress(value)) {
      return InvalidParameter("Invalid email address format.");
    }
    if (name == "phone_number" && !IsPhoneNumber(value)) {
      return InvalidParameter("Invalid phone number format.");
    }
  }
  return std::nullopt;
}

std::optional<ApiError> CheckRequired(const Pool& pool, const User& user) {
  std::string complaints;
  for (const json& entry : pool.description.at("SchemaAttributes")) {
    const std::string name = entry.at("Name").get<std::string>();
    if (!entry.value("Required", false) || name == "sub") continue;
    const std::string* value = user.Find(name);
    if (!value || value->empty()) complaints += name + ": The attribute is required\n";
  }
  if (complaints.empty()) return std::nullopt;
  return NotConforming(complaints);
}

std::optional<ApiError> CheckWritable(const Client& client,
                                      const std::vector<Attribute>& attributes) {
  const auto writable = client.writable();
  for (const auto& [name, value] : attributes) {
    const bool allowed =
        !writable || std::find(writable->begin(), writable->end(), name) != writable->end();
    if (!allowed || name == "email_verified" || name == "phone_number_verified" ||
        name.starts_with("dev:")) {
      return NotAuthorized("A client attempted to write unauthorized attribute");
    }
  }
  return std::nullopt;
}

std::optional<ApiError> CheckMutable(const Pool& pool, const User& user,
                                     const std::vector<Attribute>& attributes) {
  for (const auto& [name, value] : attributes) {
    const json* entry = pool.FindAttribute(name);
    if (entry && !entry->value("Mutable", true) && user.Find(name)) {
      return InvalidParameter("user." + name + ": Attribute cannot be updated.\n");
    }
    if (entry && value.empty() && entry->value("Required", false)) {
      return NotConforming(name + ": The attribute is required\n");
    }
  }
  return std::nullopt;
}

bool IsEmailAddress(std::string_view text) {
  const size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || text.rfind('@') != at) return false;
  const std::string_view domain = text.substr(at + 1);
  if (domain.empty() || domain.front() == '.' || domain.back() == '.') return false;
  return domain.find('.') != std::string_view::npos &&
         text.find_first_of(" \t\r\n") == std::string_view::npos;
}

bool IsPhoneNumber(std::string_view text) {
  return text.size() >= 2 && text.size() <= 16 && text.front() == '+' &&
         std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace fractus::cognito
