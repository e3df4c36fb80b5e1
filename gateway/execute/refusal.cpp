#include "gateway/execute/refusal.h"

#include <charconv>

#include "gateway/execute/json_text.h"
#include "gateway/execute/mapping.h"

namespace fractus::gateway::execute {
namespace {

// AWS's own bodies. The spelling differs between the stages of a request, down to the blank.
std::string DefaultBody(const Refusal& refusal) {
  std::string body;
  if (refusal.type == "ACCESS_DENIED") {
    body = "{\"Message\":";
  } else if (refusal.error == "InternalServerErrorException") {
    body = "{\"message\": ";
  } else {
    body = "{\"message\":";
  }
  if (refusal.message) {
    AppendQuoted(body, *refusal.message);
  } else {
    body += "null";
  }
  return body + "}";
}

// The API's own answer for this type or its class; null when AWS's default stands.
const json* CustomResponse(const Exchange& exchange, const Refusal& refusal) {
  if (exchange.stage == nullptr) return nullptr;
  const json& responses = exchange.stage->gateway_responses;
  auto found = responses.find(refusal.type);
  if (found == responses.end()) {
    found = responses.find(refusal.status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX");
  }
  return found == responses.end() ? nullptr : &*found;
}

void ApplyCustomResponse(const Exchange& exchange, const json& custom, HttpResponse& response) {
  if (const auto status = custom.find("statusCode"); status != custom.end()) {
    const auto text = status->get<std::string>();
    std::from_chars(text.data(), text.data() + text.size(), response.status);
  }
  const json templates = custom.value("responseTemplates", json::object());
  auto chosen = templates.find("application/json");
  if (chosen == templates.end()) chosen = templates.begin();
  // AWS's default template gives AWS's default body.
  if (chosen != templates.end() && chosen->is_string() &&
      *chosen != "{\"message\":$context.error.messageString}") {
    auto body = ExpandTemplate(exchange, chosen->get<std::string>(), "");
    if (body) {
      response.body = *std::move(body);
      response.headers.Set("Content-Type", chosen.key());
    } else {
      response.log_reason += "; gateway response: " + body.error().message;
    }
  }
  constexpr std::string_view kHeader = "gatewayresponse.header.";
  const json parameters = custom.value("responseParameters", json::object());
  for (const auto& [target, source] : parameters.items()) {
    if (!std::string_view(target).starts_with(kHeader) || !source.is_string()) continue;
    if (auto value = MappedValue(exchange, source.get<std::string>())) {
      response.headers.Set(std::string_view(target).substr(kHeader.size()), *std::move(value));
    }
  }
}

}  // namespace

Refusal MissingAuthenticationToken(std::string reason) {
  return {"MISSING_AUTHENTICATION_TOKEN", 403, "MissingAuthenticationTokenException",
          "Missing Authentication Token", std::move(reason)};
}

Refusal Forbidden(std::string reason) {
  return {"INVALID_API_KEY", 403, "ForbiddenException", "Forbidden", std::move(reason)};
}

Refusal Unauthorized(std::string reason) {
  return {"UNAUTHORIZED", 401, "UnauthorizedException", "Unauthorized", std::move(reason)};
}

Refusal AccessDenied(std::string message, std::string reason) {
  return {"ACCESS_DENIED", 403, "AccessDeniedException", std::move(message), std::move(reason)};
}

Refusal AuthorizerFailed(std::string reason) {
  return {"AUTHORIZER_CONFIGURATION_ERROR", 500, "AuthorizerConfigurationException", std::nullopt,
          std::move(reason)};
}

Refusal BadIntegrationAnswer(std::string reason) {
  return {"DEFAULT_5XX", 502, "InternalServerErrorException", "Internal server error",
          std::move(reason)};
}

Refusal IntegrationRefused(std::string reason) {
  return {"API_CONFIGURATION_ERROR", 500, "InternalServerErrorException", "Internal server error",
          std::move(reason)};
}

Refusal IntegrationTimeout(std::string reason) {
  return {"INTEGRATION_TIMEOUT", 504, "InternalServerErrorException", "Endpoint request timed out",
          std::move(reason)};
}

Refusal BadRequestParameters(std::string message, std::string reason) {
  return {"BAD_REQUEST_PARAMETERS", 400, "BadRequestException", std::move(message),
          std::move(reason)};
}

Refusal UnsupportedMediaType(std::string reason) {
  return {"UNSUPPORTED_MEDIA_TYPE", 415, "BadRequestException", "Unsupported Media Type",
          std::move(reason)};
}

void AddGatewayHeaders(const Exchange& exchange, HttpHeaders& headers) {
  headers.Add("x-amzn-RequestId", exchange.request.context.request_id);
  headers.Add("x-amz-apigw-id", exchange.extended_id);
}

HttpResponse Refuse(Exchange& exchange, const Refusal& refusal) {
  exchange.error_type = refusal.type;
  exchange.error_message = refusal.message;
  HttpResponse response;
  response.status = refusal.status;
  response.body = DefaultBody(refusal);
  response.log_reason = refusal.reason;
  response.headers.Reserve(5, 512);
  response.headers.Add("Content-Type", "application/json");
  AddGatewayHeaders(exchange, response.headers);
  response.headers.Add("x-amzn-ErrorType", refusal.error);
  if (const json* const custom = CustomResponse(exchange, refusal)) {
    ApplyCustomResponse(exchange, *custom, response);
  }
  return response;
}

}  // namespace fractus::gateway::execute
