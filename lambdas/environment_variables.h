// The environment that a handler finds: AWS's variables, the way to the emulator, and the
// function's own.
#pragma once

#include <map>
#include <string>

#include "lambdas/function.h"
#include "lambdas/settings.h"

namespace fractus::lambdas {

// Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
std::map<std::string, std::string> EnvironmentVariables(const FunctionId& id,
                                                        const FunctionVersion& version,
                                                        const std::string& log_stream,
                                                        const Settings& settings);

// What is wrong with the variables a user wants to set: a reserved name, more than 4 KB in all.
std::optional<ApiError> CheckVariables(const json& variables);

}  // namespace fractus::lambdas
