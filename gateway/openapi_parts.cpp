#include "gateway/openapi_parts.h"

#include <cctype>

#include "gateway/rest_api_document.h"

namespace fractus::gateway::openapi {

namespace {

const json& Nothing() {
  static const json nothing;
  return nothing;
}

}  // namespace

const json& Member(const json& object, const char* name) {
  if (!object.is_object()) return Nothing();
  const auto found = object.find(name);
  return found == object.end() ? Nothing() : *found;
}

std::string Text(const json& object, const char* name) {
  const json& value = Member(object, name);
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  return "";
}

std::string Upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

json TextMap(const json& object) {
  json map = json::object();
  if (!object.is_object()) return map;
  for (const auto& [name, value] : object.items()) {
    map[name] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return map;
}

Result<json> ReadIntegration(const json& given, const std::string& resource_id) {
  json integration = {
      {"type", Upper(Text(given, "type"))},
      {"passthroughBehavior", "WHEN_NO_MATCH"},
      {"timeoutInMillis", 29000},
      {"cacheNamespace", resource_id},
      {"cacheKeyParameters", json::array()},
  };
  const auto type = integration["type"].get<std::string>();
  if (type == "HTTP" || type == "HTTP_PROXY") integration["connectionType"] = "INTERNET";
  if (const std::string verb = Text(given, "httpMethod"); !verb.empty() && type != "MOCK") {
    integration["httpMethod"] = Upper(verb);
  }
  for (const char* const member : {"passthroughBehavior", "contentHandling", "connectionType"}) {
    if (!Text(given, member).empty()) integration[member] = Upper(Text(given, member));
  }
  for (const char* const member : {"uri", "credentials", "connectionId", "cacheNamespace"}) {
    if (!Text(given, member).empty()) integration[member] = Text(given, member);
  }
  const json& timeout = Member(given, "timeoutInMillis");
  if (timeout.is_number_integer()) integration["timeoutInMillis"] = timeout;
  if (Member(given, "cacheKeyParameters").is_array()) {
    integration["cacheKeyParameters"] = Member(given, "cacheKeyParameters");
  }
  for (const char* const member : {"requestParameters", "requestTemplates"}) {
    json map = TextMap(Member(given, member));
    if (!map.empty()) integration[member] = std::move(map);
  }
  const json& responses = Member(given, "responses");
  if (responses.is_object()) {
    for (const auto& [pattern, answer] : responses.items()) {
      json response = {{"statusCode", Text(answer, "statusCode")}};
      if (pattern != "default") response["selectionPattern"] = pattern;
      for (const char* const member : {"responseParameters", "responseTemplates"}) {
        if (Member(answer, member).is_object()) response[member] = TextMap(Member(answer, member));
      }
      if (!Text(answer, "contentHandling").empty()) {
        response["contentHandling"] = Upper(Text(answer, "contentHandling"));
      }
      const auto status = response["statusCode"].get<std::string>();
      integration["integrationResponses"][status] = std::move(response);
    }
  }
  if (auto checked = CheckIntegration(integration); !checked) return checked;
  return integration;
}

}  // namespace fractus::gateway::openapi
