// How AWS reports what became of an invocation: its answer, its error object, its log lines.
#pragma once

#include <chrono>

#include "emulator/ports/function_invoker.h"
#include "lambdas/environment_log.h"
#include "lambdas/runtime/runtime_host.h"

namespace fractus::lambdas {

// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
inline constexpr size_t kMostRequestBytes = 6291456;
// Observed: the text of Function.ResponseSizeTooLarge names this number.
inline constexpr size_t kMostResponseBytes = 6291556;

// The answer to the caller, without request id, version and log.
ports::InvocationResult ToResult(InvokeOutcome outcome, const std::string& request_id,
                                 std::chrono::seconds timeout);

// Adds the platform's lines about a failure to the log and the report.
void Describe(const InvokeOutcome& outcome, const std::string& request_id,
              std::chrono::seconds timeout, Time now, EnvironmentLog& log,
              InvocationReport& report);

// "Runtime.ImportModuleError" of an error object; "Runtime.Unknown" when it has none.
std::string ErrorTypeOf(const std::string& payload);

}  // namespace fractus::lambdas
