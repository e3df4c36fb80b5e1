#include "lambdas/outcome.h"

#include <fmt/format.h>

namespace fractus::lambdas {
namespace {

std::string ErrorObject(std::string_view type, const std::string& message) {
  return fmt::format(R"({{"errorType":"{}","errorMessage":{}}})", type, json(message).dump());
}

std::string ExitMessage(const InvokeOutcome& outcome, const std::string& request_id) {
  // An exit with status 0 gives no reason.
  if (outcome.exit_reason.empty() || outcome.exit_reason == "exit status 0") {
    return fmt::format("RequestId: {} Error: Runtime exited without providing a reason",
                       request_id);
  }
  return fmt::format("RequestId: {} Error: Runtime exited with error: {}", request_id,
                     outcome.exit_reason);
}

}  // namespace

ports::InvocationResult ToResult(InvokeOutcome outcome, const std::string& request_id,
                                 std::chrono::seconds timeout) {
  ports::InvocationResult result;
  switch (outcome.kind) {
    case OutcomeKind::kAnswered:
      result.payload = std::move(outcome.payload);
      if (result.payload.size() > kMostResponseBytes) {
        result.function_error = "Unhandled";
        result.payload = fmt::format(
            R"({{"errorMessage":"Response payload size exceeded maximum allowed payload size ({} bytes).","errorType":"Function.ResponseSizeTooLarge"}})",
            kMostResponseBytes);
      }
      return result;
    case OutcomeKind::kHandlerFailed:
    case OutcomeKind::kInitFailed:
      result.payload = std::move(outcome.payload);
      break;
    case OutcomeKind::kExited:
      result.payload = ErrorObject("Runtime.ExitError", ExitMessage(outcome, request_id));
      break;
    case OutcomeKind::kTimedOut:
      result.payload = ErrorObject(
          "Sandbox.Timedout", fmt::format("RequestId: {} Error: Task timed out after {}.00 seconds",
                                          request_id, timeout.count()));
      break;
  }
  result.function_error = "Unhandled";
  return result;
}

void Describe(const InvokeOutcome& outcome, const std::string& request_id,
              std::chrono::seconds timeout, Time now, EnvironmentLog& log,
              InvocationReport& report) {
  switch (outcome.kind) {
    case OutcomeKind::kAnswered:
    case OutcomeKind::kHandlerFailed:
      return;
    case OutcomeKind::kInitFailed:
      report.status = "error";
      report.error_type = ErrorTypeOf(outcome.payload);
      return;
    case OutcomeKind::kExited:
      log.Platform(ExitMessage(outcome, request_id) + "\nRuntime.ExitError");
      report.status = "error";
      report.error_type = "Runtime.ExitError";
      return;
    case OutcomeKind::kTimedOut:
      log.Platform(fmt::format("{} {} Task timed out after {}.00 seconds\n",
                               FormatIso8601Millis(now), request_id, timeout.count()));
      report.status = "timeout";
      return;
  }
}

std::string ErrorTypeOf(const std::string& payload) {
  const json error = json::parse(payload, nullptr, false);
  if (error.is_object()) {
    if (const auto type = error.find("errorType"); type != error.end() && type->is_string()) {
      return type->get<std::string>();
    }
  }
  return "Runtime.Unknown";
}

}  // namespace fractus::lambdas
