// From a function's answer to an HTTP response, by the rules of Lambda proxy integrations.
#pragma once

#include <string>

#include "emulator/core/api_error.h"
#include "emulator/core/http_message.h"
#include "gateway/execute/exchange.h"

namespace fractus::gateway::execute {

// Fails with a sentence for the log when the answer is malformed: the client then gets a 502.
// Source: test_apigateway_lambda, test_aws_proxy_response_payload_format_validation
Result<HttpResponse> FromProxyAnswer(const Exchange& exchange, const std::string& payload);

}  // namespace fractus::gateway::execute
