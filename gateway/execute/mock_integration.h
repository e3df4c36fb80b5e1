// MOCK integrations: the answer is made of templates alone, as for CORS preflight requests.
#pragma once

#include "emulator/core/http_message.h"
#include "gateway/execute/exchange.h"

namespace fractus::gateway::execute {

HttpResponse AnswerMock(Exchange& exchange);

}  // namespace fractus::gateway::execute
