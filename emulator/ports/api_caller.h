// How one service calls an operation of another: CloudFormation creates its resources through it.
#pragma once

#include <string_view>

#include "emulator/core/api_error.h"
#include "emulator/core/request.h"

namespace fractus::ports {

class ApiCaller {
 public:
  virtual ~ApiCaller() = default;

  // Validates `input` against the service model and runs the operation, as if a client of `context`'s account and
  // region had called it. `service` is the model's name ("dynamodb", "cognito-idp", "lambda"). Members the model does
  // not know are refused with ValidationException; an operation that is not emulated fails with NotImplemented. Blocks
  // until the operation is done, which may wait for a handler: call it from a thread of your own.
  virtual Result<json> Call(std::string_view service, std::string_view operation, json input,
                            const RequestContext& context) = 0;
};

}  // namespace fractus::ports
