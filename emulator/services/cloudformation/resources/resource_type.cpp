#include "emulator/services/cloudformation/resources/resource_type.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>

namespace fractus::cloudformation {
namespace {

bool SameButFirstLetter(std::string_view a, std::string_view b) {
  if (a.size() != b.size() || a.empty()) return false;
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return lower(a[0]) == lower(b[0]) && a.substr(1) == b.substr(1);
}

const model::Member* FindMember(const model::Shape& shape, std::string_view name) {
  if (const auto* exact = shape.Find(name)) return exact;
  for (const auto& member : shape.members) {
    if (SameButFirstLetter(member.name, name)) return &member;
  }
  return nullptr;
}

template <class Number>
std::optional<Number> ParseNumber(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The value in the type that the shape asks for, where that is possible; else as it is, for the
// service to refuse.
json Scalar(const model::Shape& shape, const json& value) {
  using model::ShapeType;
  switch (shape.type) {
    case ShapeType::kString:
      if (value.is_number() || value.is_boolean()) return value.dump();
      // Policies and other documents: services take them as JSON text.
      if (value.is_structured()) return value.dump();
      return value;
    case ShapeType::kInteger:
    case ShapeType::kLong:
      if (value.is_string()) {
        if (const auto number = ParseNumber<long long>(value.get<std::string>())) return *number;
      }
      if (value.is_number_float() &&
          value.get<double>() == static_cast<double>(value.get<long long>())) {
        return value.get<long long>();
      }
      return value;
    case ShapeType::kFloat:
    case ShapeType::kDouble:
      if (value.is_string()) {
        if (const auto number = ParseNumber<double>(value.get<std::string>())) return *number;
      }
      return value;
    case ShapeType::kBoolean:
      if (value == "true" || value == "True") return true;
      if (value == "false" || value == "False") return false;
      return value;
    case ShapeType::kBlob:
      if (value.is_string()) {
        const auto text = value.get<std::string>();
        return json::binary(std::vector<uint8_t>(text.begin(), text.end()));
      }
      return value;
    default:
      return value;
  }
}

}  // namespace

json Scene::Shaped(const model::Shape& shape, const json& value, const std::string& path) {
  using model::ShapeType;
  if (shape.type == ShapeType::kStructure && value.is_object()) {
    json object = json::object();
    for (const auto& [name, member] : value.items()) {
      const auto* found = FindMember(shape, name);
      const std::string member_path = path.empty() ? name : path + "." + name;
      if (found) {
        object[found->name] = Shaped(*found->shape, member, member_path);
      } else if (!path.empty()) {
        Ignore(member_path);
      }
    }
    return object;
  }
  if (shape.type == ShapeType::kList) {
    json list = json::array();
    // One value stands for a list of it.
    if (!value.is_array()) return json::array({Shaped(*shape.element.shape, value, path)});
    for (const json& element : value) list.push_back(Shaped(*shape.element.shape, element, path));
    return list;
  }
  if (shape.type == ShapeType::kMap && value.is_object()) {
    json map = json::object();
    for (const auto& [name, member] : value.items()) {
      map[name] = Shaped(*shape.value.shape, member, path + "." + name);
    }
    return map;
  }
  return Scalar(shape, value);
}

Result<json> Scene::Call(std::string_view service, std::string_view operation, const json& input) {
  const auto* service_model = catalog_.Find(service);
  const auto* found = service_model ? service_model->FindOperation(operation) : nullptr;
  if (found && found->input)
    return api_.Call(service, operation, Shaped(*found->input, input, ""), context);
  return api_.Call(service, operation, input, context);
}

std::string Scene::GeneratedName(size_t max_length) {
  const std::string suffix = "-" + ids_.UpperAlnum(12);
  std::string name = stack_name + "-" + logical_id;
  if (name.size() + suffix.size() > max_length) {
    // AWS keeps a part of both names.
    const size_t room = max_length - suffix.size();
    const size_t logical = std::min(logical_id.size(), room / 2);
    const size_t stack = std::min(stack_name.size(), room - logical - 1);
    name = stack_name.substr(0, stack) + "-" +
           logical_id.substr(0, std::min(logical_id.size(), room - stack - 1));
  }
  return name + suffix;
}

const ResourceType* FindResourceType(std::string_view name) {
  static const std::map<std::string_view, ResourceType> kTypes = [] {
    std::map<std::string_view, ResourceType> types;
    for (auto make : {DynamoDbTypes, LambdaTypes, IamTypes, RestApiTypes, RestApiPartTypes,
                      CognitoTypes, ObservabilityTypes, SupportTypes}) {
      for (auto& type : make()) types.emplace(type.name, std::move(type));
    }
    return types;
  }();
  const auto found = kTypes.find(name);
  return found == kTypes.end() ? nullptr : &found->second;
}

const json& Property(const json& properties, std::string_view name) {
  static const json kNull;
  const auto found = properties.find(std::string(name));
  return found == properties.end() ? kNull : *found;
}

std::string TextProperty(const json& properties, std::string_view name) {
  const json& value = Property(properties, name);
  if (value.is_string()) return value.get<std::string>();
  return value.is_number() || value.is_boolean() ? value.dump() : "";
}

json Pick(const json& properties, const std::vector<std::string_view>& names) {
  json picked = json::object();
  for (const auto name : names) {
    const json& value = Property(properties, name);
    if (!value.is_null()) picked[std::string(name)] = value;
  }
  return picked;
}

bool Differs(const json& before, const json& after, std::string_view name) {
  return Property(before, name) != Property(after, name);
}

std::optional<ApiError> UnlessGone(const Result<json>& result) {
  if (result) return std::nullopt;
  const std::string& code = result.error().code;
  const bool gone =
      code.find("NotFound") != std::string::npos || code.find("NoSuchEntity") != std::string::npos;
  if (gone) return std::nullopt;
  return result.error();
}

}  // namespace fractus::cloudformation
