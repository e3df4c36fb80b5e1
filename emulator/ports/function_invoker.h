// How a service runs a Lambda function.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "emulator/core/api_error.h"
#include "emulator/core/request.h"

namespace fractus::ports {

struct Invocation {
  // A function name, partial or full ARN, with or without a qualifier.
  std::string function;
  // The event as JSON text, at most 6 MB.
  std::string payload;
  // Who calls, e.g. "apigateway.amazonaws.com"; checked against the function's resource policy together with
  // `source_arn`. Empty: the account's own credentials, not checked.
  std::string principal;
  std::string source_arn;
  RequestContext context;
  // Base64 JSON of the ClientContext, or empty.
  std::string client_context;
  bool tail_log = false;
};

struct InvocationResult {
  // The handler's answer, or the error object when function_error is set; JSON text.
  std::string payload;
  // "Unhandled", "Handled" or empty.
  std::string function_error;
  std::string executed_version = "$LATEST";
  std::string request_id;
  // The last 4 KB of the log of this invocation when asked for, not encoded.
  std::string log_tail;
};

class FunctionInvoker {
 public:
  virtual ~FunctionInvoker() = default;

  // Runs the function once and waits for its answer (InvocationType RequestResponse).
  //
  // A handler that throws is a result with function_error set, not an ApiError: AWS answers 200 for it. Fails with
  // ResourceNotFoundException, TooManyRequestsException (concurrency used up), AccessDeniedException (the resource policy does
  // not let `principal` in) or ServiceException (the environment would not start). Waits no longer than the function's
  // Timeout, in whole seconds, 1 to 900. Any executor; resumes on the caller's.
  // Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
  virtual boost::asio::awaitable<Result<InvocationResult>> Invoke(Invocation invocation) = 0;
};

}  // namespace fractus::ports
