#include "emulator/services/cloudformation/template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "emulator/yaml/yaml.h"

namespace fractus::cloudformation {
namespace {

constexpr std::array<std::string_view, 11> kSections = {"AWSTemplateFormatVersion",
                                                        "Description",
                                                        "Metadata",
                                                        "Parameters",
                                                        "Rules",
                                                        "Mappings",
                                                        "Conditions",
                                                        "Transform",
                                                        "Resources",
                                                        "Outputs",
                                                        "Globals"};

constexpr std::array<std::string_view, 11> kResourceMembers = {
    "Type",           "Properties",   "DependsOn",      "Condition",           "Metadata",
    "DeletionPolicy", "UpdatePolicy", "CreationPolicy", "UpdateReplacePolicy", "Description",
    "Connectors"};

constexpr std::array<std::string_view, 17> kParameterTypes = {"String",
                                                              "Number",
                                                              "CommaDelimitedList",
                                                              "List<Number>",
                                                              "List<String>",
                                                              "AWS::EC2::AvailabilityZone::Name",
                                                              "AWS::EC2::Image::Id",
                                                              "AWS::EC2::Instance::Id",
                                                              "AWS::EC2::KeyPair::KeyName",
                                                              "AWS::EC2::SecurityGroup::GroupName",
                                                              "AWS::EC2::SecurityGroup::Id",
                                                              "AWS::EC2::Subnet::Id",
                                                              "AWS::EC2::Volume::Id",
                                                              "AWS::EC2::VPC::Id",
                                                              "AWS::Route53::HostedZone::Id",
                                                              "AWS::SSM::Parameter::Name",
                                                              "AWS::CloudFormation::Interface"};

template <size_t N>
bool Contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsAlphanumeric(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](unsigned char c) { return std::isalnum(c) != 0; });
}

ApiError FormatError(std::string message) {
  return ValidationError("Template format error: " + std::move(message));
}

// The path of the first null below `value`.
std::optional<std::string> FindNull(const json& value, const std::string& path) {
  if (value.is_null()) return path;
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      if (auto found = FindNull(member, path + "/" + key)) return found;
    }
  } else if (value.is_array()) {
    for (size_t i = 0; i < value.size(); ++i) {
      if (auto found = FindNull(value[i], path + "/" + std::to_string(i))) return found;
    }
  }
  return std::nullopt;
}

std::optional<ApiError> CheckParameters(const json& parameters) {
  if (!parameters.is_object())
    return FormatError("[/Parameters] Every Parameters member must be an object.");
  for (const auto& [name, parameter] : parameters.items()) {
    if (!IsAlphanumeric(name)) {
      return FormatError(fmt::format("Parameter name {} is non alphanumeric.", name));
    }
    if (!parameter.is_object() || !parameter.contains("Type") || !parameter["Type"].is_string()) {
      return FormatError("Every Parameters object must contain a Type member.");
    }
    std::string type = parameter["Type"].get<std::string>();
    if (type.starts_with("AWS::SSM::Parameter::Value<")) {
      return ValidationError(
          fmt::format("Parameter type {} of parameter {} is not emulated by fractus", type, name));
    }
    if (type.starts_with("List<AWS::") && type.ends_with(">"))
      type = type.substr(5, type.size() - 6);
    if (!Contains(kParameterTypes, type)) {
      return FormatError("Unrecognized parameter type: " + type);
    }
  }
  return std::nullopt;
}

std::optional<ApiError> CheckMappings(const json& mappings) {
  if (!mappings.is_object()) return FormatError("Every Mappings member must be a map");
  for (const auto& [name, mapping] : mappings.items()) {
    if (name == "Fn::Transform") return ValidationError("Fn::Transform is not emulated by fractus");
    if (!mapping.is_object())
      return FormatError(fmt::format("Every Mappings member {} must be a map", name));
    for (const auto& [key, attributes] : mapping.items()) {
      if (!attributes.is_object()) {
        return FormatError(fmt::format("Every Mappings member {} must be a map", key));
      }
      for (const auto& attribute : attributes) {
        if (attribute.is_object()) {
          return FormatError("Every Mappings attribute must be a String or a List.");
        }
      }
    }
  }
  return std::nullopt;
}

std::optional<ApiError> CheckResources(const json& document) {
  const json& resources = Section(document, "Resources");
  if (!document.contains("Resources") || (resources.is_object() && resources.empty()) ||
      document["Resources"].is_null()) {
    return FormatError("At least one Resources member must be defined.");
  }
  if (!document["Resources"].is_object()) {
    return FormatError("Resources must be an object.");
  }
  for (const auto& [name, resource] : resources.items()) {
    if (name.starts_with("Fn::ForEach") || name == "Fn::Transform") {
      return ValidationError(name.substr(0, 13) + " is not emulated by fractus");
    }
    if (!IsAlphanumeric(name)) {
      return FormatError(fmt::format("Resource name {} is non alphanumeric.", name));
    }
    if (!resource.is_object()) return FormatError("Any Resources member must be an object.");
    if (!resource.contains("Type") || !resource["Type"].is_string()) {
      return FormatError(
          fmt::format("[/Resources/{}] Every Resources object must contain a Type member.", name));
    }
    for (const auto& [member, value] : resource.items()) {
      if (!Contains(kResourceMembers, member)) {
        return ValidationError(fmt::format("Invalid template resource property '{}'", member));
      }
      if (member == "Properties" && !value.is_object() && !value.is_null()) {
        return FormatError(
            fmt::format("[/Resources/{}/Properties] Properties must be an object.", name));
      }
      if (member == "Condition" && !value.is_string()) {
        return FormatError("Every Condition member must be a string.");
      }
      if (member == "DependsOn") {
        const bool texts =
            value.is_string() ||
            (value.is_array() && std::all_of(value.begin(), value.end(),
                                             [](const json& entry) { return entry.is_string(); }));
        if (!texts) return FormatError("DependsOn must be a string or list of strings.");
      }
      if ((member == "DeletionPolicy" || member == "UpdateReplacePolicy") && value.is_string() &&
          value != "Delete" && value != "Retain" && value != "Snapshot" &&
          value != "RetainExceptOnCreate") {
        return FormatError(fmt::format("Unrecognized {} {} for resource {}", member,
                                       value.get<std::string>(), name));
      }
    }
  }
  return std::nullopt;
}

std::optional<ApiError> CheckOutputs(const json& outputs) {
  if (!outputs.is_object()) return FormatError("Outputs must be an object.");
  for (const auto& [name, output] : outputs.items()) {
    if (!IsAlphanumeric(name)) {
      return FormatError(fmt::format("Output name {} is non alphanumeric.", name));
    }
    if (!output.is_object() || !output.contains("Value")) {
      return FormatError("Every Outputs member must contain a Value object");
    }
  }
  return std::nullopt;
}

}  // namespace

ApiError ValidationError(std::string message) {
  return ApiError{"ValidationError", std::move(message)};
}

ApiError TemplateError(std::string message) {
  return ValidationError("Template error: " + std::move(message));
}

const json& Section(const json& document, std::string_view name) {
  static const json kEmpty = json::object();
  const auto found = document.find(std::string(name));
  return found == document.end() || found->is_null() ? kEmpty : *found;
}

bool IsScalar(const json& value) {
  return value.is_string() || value.is_number() || value.is_boolean();
}

std::string ScalarText(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

Result<json> ParseTemplate(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  const bool looks_like_json = first != std::string_view::npos && text[first] == '{';
  auto document = yaml::Parse(text);
  if (!document) {
    const auto& error = document.error();
    return FormatError(fmt::format("{} not well-formed. (line {}, column {})",
                                   looks_like_json ? "JSON" : "YAML", error.line, error.column));
  }
  if (!document->is_object()) return FormatError("unsupported structure.");
  return *std::move(document);
}

std::optional<ApiError> CheckForm(const json& document) {
  std::string unknown;
  for (const auto& [name, section] : document.items()) {
    if (!Contains(kSections, name)) unknown += (unknown.empty() ? "" : ", ") + name;
  }
  if (!unknown.empty()) {
    return ValidationError(fmt::format("Invalid template property or properties [{}]", unknown));
  }
  const json& version = Section(document, "AWSTemplateFormatVersion");
  if (document.contains("AWSTemplateFormatVersion") && version != "2010-09-09") {
    return FormatError("unsupported value for AWSTemplateFormatVersion.");
  }
  if (document.contains("Description") && !document["Description"].is_string()) {
    return FormatError("every Description must be a string.");
  }
  if (document.contains("Rules") && !Section(document, "Rules").empty()) {
    return ValidationError("The Rules section is not emulated by fractus");
  }
  if (auto error = CheckResources(document)) return error;
  if (auto error = CheckParameters(Section(document, "Parameters"))) return error;
  if (auto error = CheckMappings(Section(document, "Mappings"))) return error;
  if (!Section(document, "Conditions").is_object())
    return FormatError("Conditions must be an object.");
  if (auto error = CheckOutputs(Section(document, "Outputs"))) return error;
  for (const auto& [name, section] : document.items()) {
    if (section.is_null()) continue;
    if (auto path = FindNull(section, "/" + name)) {
      return ValidationError(fmt::format("[{}] 'null' values are not allowed in templates", *path));
    }
  }
  return std::nullopt;
}

Result<std::vector<std::string>> Transforms(const json& document) {
  std::vector<std::string> names;
  const auto found = document.find("Transform");
  if (found == document.end() || found->is_null()) return names;
  const json list = found->is_array() ? *found : json::array({*found});
  for (const auto& entry : list) {
    const json* name = entry.is_object() && entry.contains("Name") ? &entry["Name"] : &entry;
    if (!name->is_string()) {
      return ValidationError("Key Name of transform definition must be a string.");
    }
    names.push_back(name->get<std::string>());
  }
  return names;
}

}  // namespace fractus::cloudformation
