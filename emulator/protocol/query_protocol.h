// The query protocol: a form with Action and flattened members in, XML out.
#pragma once

#include "emulator/protocol/protocol.h"

namespace fractus::protocol {

class QueryProtocol : public Protocol {
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

// The form's or the query string's value of that name; empty when absent.
std::string FormValue(const HttpRequest& request, std::string_view name);

}  // namespace fractus::protocol
