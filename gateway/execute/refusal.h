// The answers that API Gateway itself gives instead of an integration.
#pragma once

#include <optional>
#include <string>

#include "gateway/execute/exchange.h"

namespace fractus::gateway::execute {

struct Refusal {
  // The gateway response type, e.g. "MISSING_AUTHENTICATION_TOKEN".
  std::string type;
  int status = 500;
  // For x-amzn-ErrorType.
  std::string error;
  // The message to the client; nothing stands for null.
  std::optional<std::string> message;
  // Why, for the request log.
  std::string reason;
};

Refusal MissingAuthenticationToken(std::string reason);
Refusal Forbidden(std::string reason);
Refusal Unauthorized(std::string reason);
Refusal AccessDenied(std::string message, std::string reason);
Refusal AuthorizerFailed(std::string reason);
// 502: the integration answered something that is no answer.
Refusal BadIntegrationAnswer(std::string reason);
// 500: the integration could not be called.
Refusal IntegrationRefused(std::string reason);
Refusal IntegrationTimeout(std::string reason);
Refusal BadRequestParameters(std::string message, std::string reason);
Refusal UnsupportedMediaType(std::string reason);

// The HTTP answer: AWS's own, or as the API's gateway responses say. Notes the error in the
// exchange.
HttpResponse Refuse(Exchange& exchange, const Refusal& refusal);

// The headers that every answer carries.
void AddGatewayHeaders(const Exchange& exchange, HttpHeaders& headers);

}  // namespace fractus::gateway::execute
