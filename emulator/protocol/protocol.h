// Wire protocols: an HTTP request to an operation's input, an output or error to an HTTP response.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "emulator/core/api_error.h"
#include "emulator/core/http_message.h"
#include "emulator/core/request.h"
#include "emulator/model/service_model.h"

namespace fractus::protocol {

// One wire protocol. Stateless and thread-safe.
class Protocol {
 public:
  virtual ~Protocol() = default;

  // Which operation the request names. Fails with UnknownOperationException (json), InvalidAction
  // (query) or AccessDeniedException / 404 (rest-json), each in AWS's words.
  virtual Result<const model::Operation*> FindOperation(const model::ServiceModel& service,
                                                        const HttpRequest& request) const = 0;
  // The input tree with the model's member names. Unknown members are dropped as AWS does; a wrong
  // type fails with SerializationException.
  virtual Result<json> ParseInput(const model::ServiceModel& service,
                                  const model::Operation& operation,
                                  const HttpRequest& request) const = 0;
  virtual HttpResponse Reply(const model::ServiceModel& service, const model::Operation& operation,
                             json output, const RequestContext& context) const = 0;
  virtual HttpResponse Fail(const model::ServiceModel& service, const ApiError& error,
                            const RequestContext& context) const = 0;
};

const Protocol& For(const model::ServiceModel& service);

// The status that an error is answered with: its own, the model's, or 400.
int StatusOf(const model::ServiceModel& service, const ApiError& error);

// Headers that every answer of an AWS API carries, then the body.
HttpResponse MakeResponse(int status, std::string content_type, std::string body,
                          const RequestContext& context);

}  // namespace fractus::protocol
