#include "gateway/gateway_responses.h"

#include <map>

#include "gateway/operations.h"

namespace fractus::gateway {
namespace {

constexpr const char* kDefaultTemplate = "{\"message\":$context.error.messageString}";

json DefaultResponse(const std::string& type) {
  json response = {{"responseType", type},
                   {"defaultResponse", true},
                   {"responseParameters", json::object()},
                   {"responseTemplates", {{"application/json", kDefaultTemplate}}}};
  if (const std::string status = GatewayResponseTypes().at(type); !status.empty()) {
    response["statusCode"] = status;
  }
  return response;
}

// What a type answers with: its own response, the one put for its class, or AWS's default.
json Effective(const json& document, const std::string& type) {
  const json& put = document.at("gatewayResponses");
  if (put.contains(type)) return put[type];
  json response = DefaultResponse(type);
  const std::string status = response.value("statusCode", "");
  const char* const fallback = status.starts_with('4') ? "DEFAULT_4XX" : "DEFAULT_5XX";
  if (!status.empty() && put.contains(fallback)) {
    CopyMembers(put[fallback], response, {"responseParameters", "responseTemplates", "statusCode"});
  }
  return response;
}

}  // namespace

const std::map<std::string, std::string>& GatewayResponseTypes() {
  static const std::map<std::string, std::string> types = {
      {"ACCESS_DENIED", "403"},
      {"API_CONFIGURATION_ERROR", "500"},
      {"AUTHORIZER_CONFIGURATION_ERROR", "500"},
      {"AUTHORIZER_FAILURE", "500"},
      {"BAD_REQUEST_BODY", "400"},
      {"BAD_REQUEST_PARAMETERS", "400"},
      {"DEFAULT_4XX", ""},
      {"DEFAULT_5XX", ""},
      {"EXPIRED_TOKEN", "403"},
      {"INTEGRATION_FAILURE", "504"},
      {"INTEGRATION_TIMEOUT", "504"},
      {"INVALID_API_KEY", "403"},
      {"INVALID_SIGNATURE", "403"},
      {"MISSING_AUTHENTICATION_TOKEN", "403"},
      {"QUOTA_EXCEEDED", "429"},
      {"REQUEST_TOO_LARGE", "413"},
      {"RESOURCE_NOT_FOUND", "404"},
      {"THROTTLED", "429"},
      {"UNAUTHORIZED", "401"},
      {"UNSUPPORTED_MEDIA_TYPE", "415"},
      {"WAF_FILTERED", "403"},
  };
  return types;
}

json NewGatewayResponse(const std::string& type, const json& given) {
  json response = DefaultResponse(type);
  response["defaultResponse"] = false;
  CopyMembers(given, response, {"statusCode", "responseParameters", "responseTemplates"});
  return response;
}

Result<json> PutGatewayResponse(ApiStore& store, const Request& request) {
  return store.Change(request.context, request.Text("restApiId"),
                      [&](json& document) -> Result<json> {
                        const std::string type = request.Text("responseType");
                        if (!GatewayResponseTypes().contains(type)) {
                          return BadRequest("Invalid response type specified: " + type);
                        }
                        json response = NewGatewayResponse(type, request.input);
                        document["gatewayResponses"][type] = response;
                        return response;
                      });
}

Result<json> GetGatewayResponse(ApiStore& store, const Request& request) {
  return store.Read(request.context, request.Text("restApiId"),
                    [&](const json& document) -> Result<json> {
                      const std::string type = request.Text("responseType");
                      if (!GatewayResponseTypes().contains(type)) {
                        return BadRequest("Invalid response type specified: " + type);
                      }
                      return Effective(document, type);
                    });
}

Result<json> GetGatewayResponses(ApiStore& store, const Request& request) {
  return store.Read(request.context, request.Text("restApiId"),
                    [&](const json& document) -> Result<json> {
                      json items = json::array();
                      for (const auto& [type, status] : GatewayResponseTypes()) {
                        items.push_back(Effective(document, type));
                      }
                      return json{{"items", std::move(items)}};
                    });
}

Result<json> DeleteGatewayResponse(ApiStore& store, const Request& request) {
  return store.Change(request.context, request.Text("restApiId"),
                      [&](json& document) -> Result<json> {
                        const std::string type = request.Text("responseType");
                        if (!document["gatewayResponses"].contains(type)) {
                          return NotFound("Gateway response type not defined on api");
                        }
                        document["gatewayResponses"].erase(type);
                        return json::object();
                      });
}

}  // namespace fractus::gateway
