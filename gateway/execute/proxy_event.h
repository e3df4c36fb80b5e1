// The events that functions receive: Lambda proxy integration (version 1.0) and REQUEST
// authorizers.
#pragma once

#include <string>

#include "gateway/execute/exchange.h"

namespace fractus::gateway::execute {

// Source:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
std::string ProxyEvent(const Exchange& exchange);

std::string RequestAuthorizerEvent(const Exchange& exchange, const std::string& method_arn);

std::string TokenAuthorizerEvent(const std::string& method_arn, std::string_view token);

}  // namespace fractus::gateway::execute
