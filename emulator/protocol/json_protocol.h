// The protocols json 1.0 and json 1.1: the operation in X-Amz-Target, one JSON document each way.
#pragma once

#include "emulator/protocol/protocol.h"

namespace fractus::protocol {

class JsonProtocol : public Protocol {
 public:
  Result<const model::Operation*> FindOperation(const model::ServiceModel& service,
                                                const HttpRequest& request) const override;
  Result<json> ParseInput(const model::ServiceModel& service, const model::Operation& operation,
                          const HttpRequest& request) const override;
  HttpResponse Reply(const model::ServiceModel& service, const model::Operation& operation,
                     json output, const RequestContext& context) const override;
  HttpResponse Fail(const model::ServiceModel& service, const ApiError& error,
                    const RequestContext& context) const override;

  // An answer whose body is already in wire form.
  static HttpResponse ReplyRaw(const model::ServiceModel& service, std::string body,
                               const RequestContext& context);
};

}  // namespace fractus::protocol
