// The rest-json protocol: method and path name the operation; members travel in path, query,
// headers and body.
#pragma once

#include "emulator/protocol/protocol.h"

namespace fractus::protocol {

class RestJsonProtocol : public Protocol {
 public:
  Result<const model::Operation*> FindOperation(const model::ServiceModel& service,
                                                const HttpRequest& request) const override;
  Result<json> ParseInput(const model::ServiceModel& service, const model::Operation& operation,
                          const HttpRequest& request) const override;
  HttpResponse Reply(const model::ServiceModel& service, const model::Operation& operation,
                     json output, const RequestContext& context) const override;
  HttpResponse Fail(const model::ServiceModel& service, const ApiError& error,
                    const RequestContext& context) const override;
};

}  // namespace fractus::protocol
