#include "gateway/openapi.h"

#include <algorithm>

#include "emulator/core/encoding.h"
#include "emulator/core/http_message.h"
#include "emulator/yaml/yaml.h"
#include "gateway/gateway_responses.h"
#include "gateway/openapi_parts.h"
#include "gateway/rest_api_document.h"

namespace fractus::gateway {
namespace {

using openapi::Member;
using openapi::ReadIntegration;
using openapi::Text;
using openapi::TextMap;
using openapi::Upper;

// One description being read. The methods answer nothing but an error.
class Import {
 public:
  Import(json& document, IdSource& ids, const json& description, ImportMode mode, json& warnings)
      : document_(document),
        ids_(ids),
        description_(description),
        mode_(mode),
        warnings_(warnings) {}

  Result<json> Run() {
    ReadApi();
    ReadModels();
    ReadGatewayResponses();
    ReadRequestValidators();
    if (auto done = ReadAuthorizers(); !done) return done;
    return ReadPaths();
  }

 private:
  bool IsSwagger() const { return description_.contains("swagger"); }
  const json& SecuritySchemes() const {
    return IsSwagger() ? Member(description_, "securityDefinitions")
                       : Member(Member(description_, "components"), "securitySchemes");
  }

  void ReadApi() {
    json& api = document_["api"];
    const json& info = Member(description_, "info");
    if (!Text(info, "title").empty()) api["name"] = Text(info, "title");
    for (const char* const member : {"description", "version"}) {
      if (!Text(info, member).empty()) api[member] = Text(info, member);
    }
    const json& types = Member(description_, "x-amazon-apigateway-binary-media-types");
    if (mode_ == ImportMode::kOverwrite && !types.is_null()) api.erase("binaryMediaTypes");
    if (types.is_array() && !types.empty()) {
      json& kept = api["binaryMediaTypes"];
      if (!kept.is_array()) kept = json::array();
      for (const json& type : types) {
        if (!type.is_string()) continue;
        if (std::find(kept.begin(), kept.end(), type) == kept.end()) kept.push_back(type);
      }
    }
    const json& policy = Member(description_, "x-amazon-apigateway-policy");
    if (!policy.is_null()) api["policy"] = policy.is_string() ? policy : json(policy.dump());
    const std::string source = Text(description_, "x-amazon-apigateway-api-key-source");
    if (!source.empty()) api["apiKeySource"] = Upper(source);
    const json& size = Member(description_, "x-amazon-apigateway-minimum-compression-size");
    if (size.is_number_integer()) api["minimumCompressionSize"] = size;
    const json& endpoint = Member(description_, "x-amazon-apigateway-endpoint-configuration");
    const json& disabled = Member(endpoint, "disableExecuteApiEndpoint");
    if (disabled.is_boolean()) api["disableExecuteApiEndpoint"] = disabled;
  }

  void ReadModels() {
    const json& schemas = IsSwagger() ? Member(description_, "definitions")
                                      : Member(Member(description_, "components"), "schemas");
    json& models = document_["models"];
    if (mode_ == ImportMode::kOverwrite && schemas.is_object()) models = json::object();
    if (!schemas.is_object()) return;
    for (const auto& [name, schema] : schemas.items()) {
      models[name] = {{"id", ids_.LowerAlnum(6)},
                      {"name", name},
                      {"contentType", "application/json"},
                      {"schema", schema.dump(2)}};
    }
  }

  void ReadGatewayResponses() {
    const json& responses = Member(description_, "x-amazon-apigateway-gateway-responses");
    if (mode_ == ImportMode::kOverwrite) document_["gatewayResponses"] = json::object();
    if (!responses.is_object()) return;
    for (const auto& [type, given] : responses.items()) {
      if (!GatewayResponseTypes().contains(type)) {
        warnings_.push_back("Unknown gateway response type " + type);
        continue;
      }
      json response = json::object();
      if (!Text(given, "statusCode").empty()) response["statusCode"] = Text(given, "statusCode");
      for (const char* const member : {"responseParameters", "responseTemplates"}) {
        if (Member(given, member).is_object()) response[member] = TextMap(Member(given, member));
      }
      document_["gatewayResponses"][type] = NewGatewayResponse(type, response);
    }
  }

  void ReadRequestValidators() {
    const json& validators = Member(description_, "x-amazon-apigateway-request-validators");
    if (mode_ == ImportMode::kOverwrite) document_["requestValidators"] = json::object();
    if (!validators.is_object()) return;
    for (const auto& [name, given] : validators.items()) {
      const std::string id = ids_.LowerAlnum(6);
      document_["requestValidators"][id] = {
          {"id", id},
          {"name", name},
          {"validateRequestBody", Member(given, "validateRequestBody") == true},
          {"validateRequestParameters", Member(given, "validateRequestParameters") == true}};
    }
  }

  Result<json> ReadAuthorizers() {
    json old = std::move(document_["authorizers"]);
    json& authorizers = document_["authorizers"];
    authorizers = mode_ == ImportMode::kMerge ? old : json::object();
    const json& schemes = SecuritySchemes();
    if (!schemes.is_object()) return json();
    for (const auto& [name, scheme] : schemes.items()) {
      const json& given = Member(scheme, "x-amazon-apigateway-authorizer");
      if (!given.is_object()) continue;
      std::string id = ids_.LowerAlnum(6);
      for (const json& known : old) {
        if (known.at("name") == name) id = known.at("id").get<std::string>();
      }
      const std::string type = Upper(Text(given, "type"));
      if (type != "TOKEN" && type != "REQUEST" && type != "COGNITO_USER_POOLS") {
        return BadRequest("Unable to put authorizer: unsupported type '" + Text(given, "type") +
                          "' in security scheme '" + name + "'");
      }
      json authorizer = {{"id", id}, {"name", name}, {"type", type}};
      std::string auth_type = Text(scheme, "x-amazon-apigateway-authtype");
      if (auth_type.empty()) {
        auth_type = type == "COGNITO_USER_POOLS" ? "cognito_user_pools" : "custom";
      }
      authorizer["authType"] = auth_type;
      for (const char* const member : {"authorizerUri", "authorizerCredentials", "identitySource",
                                       "identityValidationExpression"}) {
        if (!Text(given, member).empty()) authorizer[member] = Text(given, member);
      }
      const json& ttl = Member(given, "authorizerResultTtlInSeconds");
      if (ttl.is_number_integer()) {
        authorizer["authorizerResultTtlInSeconds"] = ttl;
      } else if (ttl.is_string() && !ttl.get_ref<const std::string&>().empty() &&
                 ttl.get_ref<const std::string&>().size() <= 6 &&
                 ttl.get_ref<const std::string&>().find_first_not_of("0123456789") ==
                     std::string::npos) {
        authorizer["authorizerResultTtlInSeconds"] = std::stoi(ttl.get<std::string>());
      }
      if (Member(given, "providerARNs").is_array()) {
        authorizer["providerARNs"] = Member(given, "providerARNs");
      }
      if (type != "REQUEST" && !authorizer.contains("identitySource")) {
        const std::string header = Text(scheme, "name");
        authorizer["identitySource"] =
            "method.request.header." + (header.empty() ? "Authorization" : header);
      }
      authorizers[id] = std::move(authorizer);
    }
    return json();
  }

  // Sets the method's authorization from a list of security requirements.
  void ReadSecurity(const json& requirements, json& method) const {
    if (!requirements.is_array()) return;
    for (const json& requirement : requirements) {
      if (!requirement.is_object()) continue;
      for (const auto& [name, scopes] : requirement.items()) {
        const json& scheme = Member(SecuritySchemes(), name.c_str());
        const auto& authorizers = document_.at("authorizers");
        const auto found =
            std::find_if(authorizers.begin(), authorizers.end(),
                         [&n = name](const json& known) { return known.at("name") == n; });
        if (found != authorizers.end()) {
          const bool is_pool = found->at("type") == "COGNITO_USER_POOLS";
          method["authorizationType"] = is_pool ? "COGNITO_USER_POOLS" : "CUSTOM";
          method["authorizerId"] = found->at("id");
          if (scopes.is_array() && !scopes.empty()) method["authorizationScopes"] = scopes;
        } else if (EqualsIgnoreCase(Text(scheme, "x-amazon-apigateway-authtype"), "awsSigv4")) {
          method["authorizationType"] = "AWS_IAM";
        } else if (Text(scheme, "type") == "apiKey" &&
                   EqualsIgnoreCase(Text(scheme, "name"), "x-api-key")) {
          method["apiKeyRequired"] = true;
        }
      }
    }
  }

  // Follows "#/parameters/x" and other references within the description.
  const json& Resolve(const json& value) const {
    const std::string reference = Text(value, "$ref");
    if (!reference.starts_with("#/")) return value;
    const json* found = &description_;
    for (const std::string& part : Split(reference.substr(2), '/')) {
      found = &Member(*found, part.c_str());
    }
    return *found;
  }

  void ReadParameters(const json& parameters, json& method) const {
    if (!parameters.is_array()) return;
    for (const json& unresolved : parameters) {
      const json& parameter = Resolve(unresolved);
      const std::string place = Text(parameter, "in");
      if (place == "body") {
        const std::string model = ModelName(Member(parameter, "schema"));
        if (!model.empty()) method["requestModels"]["application/json"] = model;
        continue;
      }
      const char* const kind = place == "header"  ? "header"
                               : place == "query" ? "querystring"
                               : place == "path"  ? "path"
                                                  : nullptr;
      if (kind == nullptr) continue;
      method["requestParameters"]["method.request." + std::string(kind) + "." +
                                  Text(parameter, "name")] = Member(parameter, "required") == true;
    }
  }

  static std::string ModelName(const json& schema) {
    const std::string reference = Text(schema, "$ref");
    return reference.empty() ? "" : reference.substr(reference.rfind('/') + 1);
  }

  void ReadResponses(const json& responses, json& method) const {
    if (!responses.is_object()) return;
    for (const auto& [status, unresolved] : responses.items()) {
      if (status.size() != 3 || status.find_first_not_of("0123456789") != std::string::npos) {
        continue;
      }
      const json& given = Resolve(unresolved);
      json response = {{"statusCode", status}};
      const json& headers = Member(given, "headers");
      if (headers.is_object()) {
        for (const auto& [name, header] : headers.items()) {
          response["responseParameters"]["method.response.header." + name] = false;
        }
      }
      if (const std::string model = ModelName(Member(given, "schema")); !model.empty()) {
        response["responseModels"]["application/json"] = model;
      }
      const json& content = Member(given, "content");
      if (content.is_object()) {
        for (const auto& [type, media] : content.items()) {
          const std::string model = ModelName(Member(media, "schema"));
          if (!model.empty()) response["responseModels"][type] = model;
        }
      }
      method["methodResponses"][status] = std::move(response);
    }
  }

  Result<json> ReadMethod(const std::string& verb, const json& path_item, const json& operation,
                          const std::string& resource_id) {
    json method = {{"httpMethod", verb}, {"authorizationType", "NONE"}, {"apiKeyRequired", false}};
    if (!Text(operation, "operationId").empty()) {
      method["operationName"] = Text(operation, "operationId");
    }
    ReadParameters(Member(path_item, "parameters"), method);
    ReadParameters(Member(operation, "parameters"), method);
    const json& content = Member(Resolve(Member(operation, "requestBody")), "content");
    if (content.is_object()) {
      for (const auto& [type, media] : content.items()) {
        const std::string model = ModelName(Member(media, "schema"));
        if (!model.empty()) method["requestModels"][type] = model;
      }
    }
    ReadResponses(Member(operation, "responses"), method);
    ReadSecurity(operation.contains("security") ? operation.at("security")
                                                : Member(description_, "security"),
                 method);
    const json& own_validator = Member(operation, "x-amazon-apigateway-request-validator");
    const json& validator = own_validator.is_null()
                                ? Member(description_, "x-amazon-apigateway-request-validator")
                                : own_validator;
    for (const json& known : document_["requestValidators"]) {
      if (known.at("name") == validator) method["requestValidatorId"] = known.at("id");
    }
    const json& integration = Resolve(Member(operation, "x-amazon-apigateway-integration"));
    if (integration.is_object()) {
      auto read = ReadIntegration(integration, resource_id);
      if (!read) {
        return BadRequest("Unable to put integration on '" + verb + "' for resource at path '" +
                          path_ + "': " + read.error().message);
      }
      method["methodIntegration"] = *std::move(read);
    }
    document_["resources"][resource_id]["resourceMethods"][verb] = std::move(method);
    return json();
  }

  Result<json> ReadPaths() {
    json& resources = document_["resources"];
    json old;
    if (mode_ == ImportMode::kOverwrite) {
      old = resources;
      for (json& resource : resources) resource.erase("resourceMethods");
    }
    const json& paths = Member(description_, "paths");
    if (!paths.is_object()) return json();
    std::vector<std::string> mentioned;
    for (const auto& [path, item] : paths.items()) {
      path_ = path;
      auto id = EnsureResource(document_, ids_, path);
      if (!id) {
        return BadRequest("Unable to create resource at path '" + path +
                          "': " + id.error().message);
      }
      mentioned.push_back(*id);
      if (!item.is_object()) continue;
      for (const auto& [name, operation] : item.items()) {
        std::string verb = Upper(name);
        if (name == "x-amazon-apigateway-any-method") verb = "ANY";
        static constexpr std::string_view kVerbs[] = {"GET",   "PUT",     "POST", "DELETE",
                                                      "PATCH", "OPTIONS", "HEAD", "ANY"};
        if (std::find(std::begin(kVerbs), std::end(kVerbs), verb) == std::end(kVerbs)) continue;
        if (!operation.is_object()) continue;
        if (auto read = ReadMethod(verb, item, operation, *id); !read) return read;
      }
    }
    if (mode_ == ImportMode::kOverwrite) DropUnmentioned(mentioned);
    return json();
  }

  // Keeps the resources of the description and their parents.
  void DropUnmentioned(const std::vector<std::string>& mentioned) {
    json& resources = document_["resources"];
    json kept = json::object();
    const auto root = document_["api"]["rootResourceId"].get<std::string>();
    kept[root] = resources[root];
    for (std::string id : mentioned) {
      while (!kept.contains(id)) {
        kept[id] = resources[id];
        id = resources[id].at("parentId").get<std::string>();
      }
    }
    resources = std::move(kept);
  }

  json& document_;
  IdSource& ids_;
  const json& description_;
  const ImportMode mode_;
  json& warnings_;
  std::string path_;
};

}  // namespace

Result<json> ImportDescription(json& document, IdSource& ids, std::string_view text,
                               ImportMode mode, json& warnings) {
  json description = json::parse(text, nullptr, false);
  if (description.is_discarded()) {
    auto parsed = yaml::Parse(text);
    if (!parsed) return BadRequest("Invalid OpenAPI input.");
    description = *std::move(parsed);
  }
  if (!description.is_object() ||
      (!description.contains("swagger") && !description.contains("openapi"))) {
    return BadRequest("Invalid OpenAPI input.");
  }
  return Import(document, ids, description, mode, warnings).Run();
}

}  // namespace fractus::gateway
