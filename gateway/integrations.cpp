#include <algorithm>

#include "emulator/core/arn.h"
#include "gateway/operations.h"
#include "gateway/patch.h"
#include "gateway/rest_api_document.h"

namespace fractus::gateway {
namespace {

enum class WhenNoIntegration { kAllowed, kUnknownIntegration };

ApiError UnknownIntegration() { return NotFound("Invalid Integration identifier specified"); }
ApiError UnknownStatusCode() { return NotFound("Invalid Response status code specified"); }

Result<json> WithMethod(ApiStore& store, const Request& request, const ApiError& no_method,
                        WhenNoIntegration when_none,
                        const std::function<Result<json>(json& method)>& use) {
  const std::string api_id = request.Text("restApiId");
  if (!store.Find(request.context, api_id)) return UnknownResource();
  return store.Change(request.context, api_id, [&](json& document) -> Result<json> {
    const std::string resource_id = request.Text("resourceId");
    if (!document["resources"].contains(resource_id)) return UnknownResource();
    json* const method = FindMethod(document, resource_id, request.Text("httpMethod"));
    if (method == nullptr) return no_method;
    if (when_none == WhenNoIntegration::kUnknownIntegration &&
        !method->contains("methodIntegration")) {
      return UnknownIntegration();
    }
    return use(*method);
  });
}

Result<json> WithIntegration(ApiStore& store, const Request& request,
                             const std::function<Result<json>(json& integration)>& use) {
  return WithMethod(store, request, UnknownMethod(), WhenNoIntegration::kUnknownIntegration,
                    [&](json& method) { return use(method["methodIntegration"]); });
}

}  // namespace

Result<json> CheckIntegration(const json& integration) {
  const std::string type = integration.value("type", "");
  const std::string uri = integration.value("uri", "");
  if (type == "MOCK") return json();
  if (integration.value("httpMethod", "").empty()) {
    return BadRequest("Enumeration value for HttpMethod must be non-empty");
  }
  if (type == "HTTP" || type == "HTTP_PROXY") {
    if (!uri.starts_with("http://") && !uri.starts_with("https://") && !uri.starts_with("${")) {
      return BadRequest("Invalid HTTP endpoint specified for URI");
    }
    return json();
  }
  // "arn:aws:apigateway:{region}:{service}:path/…" or ":action/…"
  const auto arn = Arn::Parse(uri);
  if (!arn) return BadRequest("Invalid ARN specified in the request");
  if (!arn->resource.starts_with("path/") && !arn->resource.starts_with("action/")) {
    return BadRequest("AWS ARN for integration must contain path or action");
  }
  if (type == "AWS_PROXY") {
    const bool is_lambda = arn->account == "lambda" &&
                           arn->resource.starts_with("path/2015-03-31/functions/") &&
                           arn->resource.ends_with("/invocations");
    const bool is_firehose = arn->account == "firehose" && arn->resource == "action/PutRecord";
    if (!is_lambda && !is_firehose) {
      return BadRequest(
          "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose "
          "stream invocations.");
    }
  }
  return json();
}

Result<json> PutIntegration(ApiStore& store, const Request& request) {
  return WithMethod(
      store, request, UnknownMethod(), WhenNoIntegration::kAllowed,
      [&](json& method) -> Result<json> {
        json integration = {
            {"type", request.Text("type")},
            {"passthroughBehavior", request.Text("passthroughBehavior", "WHEN_NO_MATCH")},
            {"timeoutInMillis", request.Integer("timeoutInMillis", 29000)},
            {"cacheNamespace", request.Text("cacheNamespace", request.Text("resourceId"))},
            {"cacheKeyParameters", request.Array("cacheKeyParameters")}};
        if (request.Has("integrationHttpMethod")) {
          integration["httpMethod"] = request.Text("integrationHttpMethod");
        }
        CopyMembers(request.input, integration,
                    {"uri", "connectionType", "connectionId", "credentials", "requestParameters",
                     "requestTemplates", "contentHandling", "tlsConfig"});
        const std::string type = request.Text("type");
        if ((type == "HTTP" || type == "HTTP_PROXY") && !integration.contains("connectionType")) {
          integration["connectionType"] = "INTERNET";
        }
        if (auto checked = CheckIntegration(integration); !checked) return checked;
        // A renewed integration keeps its responses no more than on AWS: it starts over.
        method["methodIntegration"] = integration;
        return integration;
      });
}

Result<json> GetIntegration(ApiStore& store, const Request& request) {
  return WithIntegration(store, request,
                         [](json& integration) -> Result<json> { return integration; });
}

Result<json> UpdateIntegration(ApiStore& store, const Request& request) {
  return WithIntegration(store, request, [&](json& integration) -> Result<json> {
    for (const PatchOperation& operation : PatchOperations(request)) {
      const std::string& name = operation.parts[0];
      const bool removes = operation.op == "remove";
      if (operation.parts.size() == 2 &&
          (name == "requestTemplates" || name == "requestParameters")) {
        if (removes) {
          if (integration.contains(name)) integration[name].erase(operation.parts[1]);
          if (integration.contains(name) && integration[name].empty()) integration.erase(name);
        } else {
          integration[name][operation.parts[1]] = operation.value;
        }
      } else if (operation.Is({"timeoutInMillis"})) {
        if (operation.value.empty() || operation.value.size() > 6 ||
            operation.value.find_first_not_of("0123456789") != std::string::npos) {
          return BadRequest("Timeout should be between 50 ms and 29000 ms");
        }
        integration["timeoutInMillis"] = std::stoi(operation.value);
      } else if (operation.Is({"uri"}) || operation.Is({"httpMethod"}) ||
                 operation.Is({"credentials"}) || operation.Is({"passthroughBehavior"}) ||
                 operation.Is({"contentHandling"}) || operation.Is({"connectionType"}) ||
                 operation.Is({"connectionId"}) || operation.Is({"cacheNamespace"})) {
        if (removes || operation.value.empty()) {
          integration.erase(name);
        } else {
          integration[name] = operation.value;
        }
      } else {
        return InvalidPatchPath(operation);
      }
    }
    if (auto checked = CheckIntegration(integration); !checked) return checked;
    return integration;
  });
}

Result<json> DeleteIntegration(ApiStore& store, const Request& request) {
  return WithMethod(store, request, UnknownMethod(), WhenNoIntegration::kUnknownIntegration,
                    [](json& method) -> Result<json> {
                      method.erase("methodIntegration");
                      return json::object();
                    });
}

Result<json> PutIntegrationResponse(ApiStore& store, const Request& request) {
  return WithIntegration(store, request, [&](json& integration) -> Result<json> {
    const std::string status = request.Text("statusCode");
    json response = {{"statusCode", status}};
    CopyMembers(request.input, response,
                {"selectionPattern", "responseParameters", "responseTemplates", "contentHandling"});
    integration["integrationResponses"][status] = response;
    return response;
  });
}

Result<json> GetIntegrationResponse(ApiStore& store, const Request& request) {
  return WithIntegration(store, request, [&](json& integration) -> Result<json> {
    const std::string status = request.Text("statusCode");
    if (!integration.contains("integrationResponses") ||
        !integration["integrationResponses"].contains(status)) {
      return UnknownStatusCode();
    }
    return integration["integrationResponses"][status];
  });
}

Result<json> DeleteIntegrationResponse(ApiStore& store, const Request& request) {
  return WithMethod(store, request, UnknownIntegration(), WhenNoIntegration::kUnknownIntegration,
                    [&](json& method) -> Result<json> {
                      json& integration = method["methodIntegration"];
                      const std::string status = request.Text("statusCode");
                      if (!integration.contains("integrationResponses") ||
                          !integration["integrationResponses"].contains(status)) {
                        return UnknownStatusCode();
                      }
                      integration["integrationResponses"].erase(status);
                      if (integration["integrationResponses"].empty()) {
                        integration.erase("integrationResponses");
                      }
                      return json::object();
                    });
}

}  // namespace fractus::gateway
