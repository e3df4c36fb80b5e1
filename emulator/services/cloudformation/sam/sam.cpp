#include "emulator/services/cloudformation/sam/sam.h"

#include <fmt/format.h>

#include <array>
#include <optional>

namespace fractus::cloudformation {
namespace {

constexpr std::string_view kPrefix = "AWS::Serverless::";

// Maps are merged, lists are joined, the resource's own scalars win.
json Merge(const json& global, const json& local) {
  if (global.is_object() && local.is_object()) {
    // A function call is a value, not a map to merge into.
    const auto is_call = [](const json& value) {
      return value.size() == 1 &&
             (value.begin().key() == "Ref" || value.begin().key().starts_with("Fn::"));
    };
    if (is_call(global) || is_call(local)) return local;
    json merged = global;
    for (const auto& [key, value] : local.items()) {
      merged[key] = merged.contains(key) ? Merge(merged[key], value) : value;
    }
    return merged;
  }
  if (global.is_array() && local.is_array()) {
    json merged = global;
    merged.insert(merged.end(), local.begin(), local.end());
    return merged;
  }
  return local;
}

std::optional<std::string> CheckGlobals(const json& globals) {
  static constexpr std::array<std::string_view, 7> kSections = {
      "Function",     "Api",          "HttpApi",         "SimpleTable",
      "StateMachine", "LayerVersion", "CapacityProvider"};
  if (!globals.is_object())
    return "'Globals' section is invalid. It must be a non-empty dictionary";
  for (const auto& [name, section] : globals.items()) {
    if (std::find(kSections.begin(), kSections.end(), name) == kSections.end()) {
      return fmt::format(
          "'Globals' section is invalid. '{}' is not supported. Must be one of the following "
          "values - ['{}']",
          name, fmt::join(kSections, "', '"));
    }
    if (!section.is_object()) {
      return "'Globals' section is invalid. Value of ${" + name + "} must be a dictionary";
    }
  }
  return std::nullopt;
}

// "Api.Stage" and "Api.Deployment", which stand for resources whose names the transform chooses.
class ReferenceRewriter {
 public:
  explicit ReferenceRewriter(std::map<std::string, std::string> names) : names_(std::move(names)) {}

  void Rewrite(json& value) const {
    if (value.is_array()) {
      for (json& element : value) Rewrite(element);
    }
    if (!value.is_object()) return;
    for (auto& [key, member] : value.items()) {
      if (key == "Ref" && member.is_string()) {
        if (const auto found = names_.find(member.get<std::string>()); found != names_.end())
          member = found->second;
      } else if (key == "Fn::Sub" && member.is_string()) {
        member = InText(member.get<std::string>());
      } else {
        if (key == "Fn::Sub" && member.is_array() && !member.empty() && member[0].is_string()) {
          member[0] = InText(member[0].get<std::string>());
        }
        Rewrite(member);
      }
    }
  }

 private:
  std::string InText(std::string text) const {
    for (const auto& [from, to] : names_) {
      const std::string variable = "${" + from + "}";
      for (size_t at = text.find(variable); at != std::string::npos; at = text.find(variable, at)) {
        text.replace(at, variable.size(), "${" + to + "}");
      }
    }
    return text;
  }

  const std::map<std::string, std::string> names_;
};

std::map<std::string, std::string> GeneratedNames(const ServerlessTransform& transform) {
  std::map<std::string, std::string> names;
  for (const auto& [logical_id, resource] : transform.resources.items()) {
    const std::string type = TextOf(resource, "Type");
    const bool stage = type == "AWS::ApiGateway::Stage";
    if (!stage && type != "AWS::ApiGateway::Deployment") continue;
    for (const auto& [api_id, api] : transform.apis) {
      const json& properties = MemberOf(resource, "Properties");
      if (logical_id.starts_with(api_id) &&
          MemberOf(properties, "RestApiId") == json{{"Ref", api_id}}) {
        names[api_id + (stage ? ".Stage" : ".Deployment")] = logical_id;
      }
    }
  }
  return names;
}

ApiError InvalidDocument(const std::string& message) {
  return ApiError{
      "ValidationError",
      "Invalid Serverless Application Specification document. Number of errors found: 1. " +
          message};
}

}  // namespace

const json& MemberOf(const json& object, std::string_view name) {
  static const json kNull;
  const auto found = object.find(std::string(name));
  return found == object.end() ? kNull : *found;
}

std::string TextOf(const json& object, std::string_view name, std::string otherwise) {
  const json& value = MemberOf(object, name);
  return value.is_string() ? value.get<std::string>() : otherwise;
}

bool FlagOf(const json& object, std::string_view name, bool otherwise) {
  const json& value = MemberOf(object, name);
  return value.is_boolean() ? value.get<bool>()
                            : value == "true" || (value != "false" && otherwise);
}

json TagsAsList(const json& tags) {
  json list = json::array();
  if (!tags.is_object()) return list;
  for (const auto& [key, value] : tags.items()) list.push_back({{"Key", key}, {"Value", value}});
  return list;
}

void ServerlessTransform::Add(const std::string& logical_id, std::string_view type, json properties,
                              const json& attributes) {
  json resource = {{"Type", type}, {"Properties", std::move(properties)}};
  resource.update(attributes);
  resources[logical_id] = std::move(resource);
}

json ServerlessTransform::WithoutParameter(const json& value) const {
  if (!value.is_object() || value.size() != 1 || !value.contains("Ref") ||
      !value["Ref"].is_string())
    return value;
  const json& known = MemberOf(parameters, value["Ref"].get<std::string>());
  return known.is_null() ? value : known;
}

Result<json> TransformServerless(const json& document, const json& parameters) {
  ServerlessTransform transform;
  transform.parameters = parameters;
  const json globals = document.contains("Globals") ? document["Globals"] : json::object();
  if (auto error = CheckGlobals(globals)) return InvalidDocument(*error);

  json output = document;
  output.erase("Globals");
  output.erase("Transform");
  std::map<std::string, json> functions;
  try {
    for (const auto& [logical_id, original] : document.at("Resources").items()) {
      const std::string type = TextOf(original, "Type");
      if (!type.starts_with(kPrefix)) {
        transform.resources[logical_id] = original;
        continue;
      }
      const std::string kind = type.substr(kPrefix.size());
      json resource = original;
      if (!resource.contains("Properties") || resource["Properties"].is_null())
        resource["Properties"] = json::object();
      if (globals.contains(kind))
        resource["Properties"] = Merge(globals[kind], resource["Properties"]);
      if (kind == "Function") {
        functions[logical_id] = std::move(resource);
      } else if (kind == "Api") {
        transform.apis[logical_id] = MakeApi(logical_id, resource);
      } else if (kind == "SimpleTable") {
        ExpandSimpleTable(transform, logical_id, resource);
      } else {
        throw InvalidResource{logical_id, type + " is not emulated by fractus"};
      }
    }
    if (globals.contains("Api")) {
      // The API that events without a RestApiId share; dropped below when there are none.
      transform.apis["ServerlessRestApi"] =
          MakeApi("ServerlessRestApi",
                  {{"Properties", Merge(globals["Api"], json{{"StageName", "Prod"}})}});
    }
    for (const auto& [logical_id, resource] : functions)
      ExpandFunction(transform, logical_id, resource);
    for (auto& [logical_id, api] : transform.apis) {
      if (logical_id == "ServerlessRestApi" && api.managed_body &&
          MemberOf(api.body, "paths").empty())
        continue;
      ExpandApi(transform, api);
    }
  } catch (const InvalidResource& invalid) {
    return InvalidDocument(
        fmt::format("Resource with id [{}] is invalid. {}", invalid.logical_id, invalid.message));
  } catch (const json::exception& error) {
    // A member of a kind that no part of the transform expects.
    return InvalidDocument(fmt::format("Unexpected structure: {}", error.what()));
  }
  const ReferenceRewriter rewriter(GeneratedNames(transform));
  rewriter.Rewrite(transform.resources);
  if (output.contains("Outputs")) rewriter.Rewrite(output["Outputs"]);
  output["Resources"] = std::move(transform.resources);
  return output;
}

void ExpandSimpleTable(ServerlessTransform& transform, const std::string& logical_id,
                       const json& resource) {
  const json& properties = MemberOf(resource, "Properties");
  const json& key = MemberOf(properties, "PrimaryKey");
  const json name = key.is_object() ? MemberOf(key, "Name") : json("id");
  const std::string type = TextOf(key, "Type", "String");
  static const std::map<std::string, std::string> kTypes = {
      {"String", "S"}, {"Number", "N"}, {"Binary", "B"}};
  const auto attribute_type = kTypes.find(type);
  if (attribute_type == kTypes.end()) {
    throw InvalidResource{logical_id, "'Type' \"" + type + "\" is invalid."};
  }
  json table = {
      {"AttributeDefinitions",
       json::array({{{"AttributeName", name}, {"AttributeType", attribute_type->second}}})},
      {"KeySchema", json::array({{{"AttributeName", name}, {"KeyType", "HASH"}}})}};
  if (properties.contains("ProvisionedThroughput")) {
    table["ProvisionedThroughput"] = properties["ProvisionedThroughput"];
  } else {
    table["BillingMode"] = "PAY_PER_REQUEST";
  }
  for (const char* member : {"TableName", "SSESpecification", "PointInTimeRecoverySpecification"}) {
    if (properties.contains(member)) table[member] = properties[member];
  }
  if (properties.contains("Tags")) table["Tags"] = TagsAsList(properties["Tags"]);
  json attributes = resource;
  attributes.erase("Type");
  attributes.erase("Properties");
  transform.Add(logical_id, "AWS::DynamoDB::Table", std::move(table), attributes);
}

}  // namespace fractus::cloudformation
