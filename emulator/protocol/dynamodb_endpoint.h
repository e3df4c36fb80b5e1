// What DynamoDB's endpoint does beside the JSON protocol: its health line, which requests are
// operations at all, and packed answers.
#pragma once

#include <optional>

#include "emulator/core/http_message.h"
#include "emulator/core/request.h"
#include "emulator/model/service_model.h"

namespace fractus::protocol {

bool IsDynamoDb(const model::ServiceModel& service);

// The answer to GET /, which load balancers and scripts wait for; nothing for other requests.
std::optional<HttpResponse> HealthLine(const HttpRequest& request, const RequestContext& context);

// The answer to what is no JSON sent by POST; nothing for what may be an operation.
std::optional<HttpResponse> RefuseForm(const HttpRequest& request, const RequestContext& context);

// Answers in the content type of the request, packed where the client takes that. The checksum is
// over the bytes that are sent.
void FitAnswer(const HttpRequest& request, HttpResponse& response);

}  // namespace fractus::protocol
