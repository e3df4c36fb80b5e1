#include "lambdas/environment_variables.h"

#include <algorithm>
#include <string_view>

#include "emulator/core/encoding.h"

namespace fractus::lambdas {
namespace {

constexpr size_t kMostBytes = 4096;

constexpr std::string_view kReserved[] = {
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
};

// The ways to the emulator for code that nobody changed: new SDKs read AWS_ENDPOINT_URL, the others
// go through the proxy and find AWS's own names there, certified by the local CA.
void AddWayToEmulator(std::map<std::string, std::string>& variables, const Settings& settings) {
  if (!settings.endpoint.empty()) {
    const std::string url = "http://" + settings.endpoint;
    variables["AWS_ENDPOINT_URL"] = url;
    for (const char* name : {"HTTPS_PROXY", "https_proxy"}) variables[name] = url;
    for (const char* name : {"NO_PROXY", "no_proxy"}) variables[name] = "localhost,127.0.0.1,::1";
  }
  if (!settings.ca_file.empty()) {
    // botocore reads this file anew for every client, so it holds nothing but the one CA.
    variables["AWS_CA_BUNDLE"] = settings.ca_file;
    variables["NODE_EXTRA_CA_CERTS"] = settings.ca_file;
    const std::string& bundle =
        settings.ca_bundle_file.empty() ? settings.ca_file : settings.ca_bundle_file;
    for (const char* name : {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}) {
      variables[name] = bundle;
    }
  }
}

}  // namespace

std::map<std::string, std::string> EnvironmentVariables(const FunctionId& id,
                                                        const FunctionVersion& version,
                                                        const std::string& log_stream,
                                                        const Settings& settings) {
  const std::string& root = version.code->folder();
  std::map<std::string, std::string> variables{
      {"AWS_REGION", id.region},
      {"AWS_DEFAULT_REGION", id.region},
      {"AWS_LAMBDA_FUNCTION_NAME", id.name},
      {"AWS_LAMBDA_FUNCTION_VERSION", version.version},
      {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", std::to_string(version.memory_mb)},
      {"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
      {"AWS_LAMBDA_LOG_GROUP_NAME", version.log_group},
      {"AWS_LAMBDA_LOG_STREAM_NAME", log_stream},
      // Differs from AWS: LAMBDA_TASK_ROOT is the code's real folder, not /var/task.
      {"LAMBDA_TASK_ROOT", root},
      {"LAMBDA_RUNTIME_DIR", "/var/runtime"},
      {"LD_LIBRARY_PATH", "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:" + root +
                              ":" + root + "/lib:/opt/lib"},
      {"PATH", "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin"},
      {"PWD", root},
      {"SHLVL", "0"},
      {"LANG", "en_US.UTF-8"},
      {"TZ", ":UTC"},
      {"_HANDLER", version.handler},
      {"AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"},
      {"AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000"},
      {"_AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1"},
      {"_AWS_XRAY_DAEMON_PORT", "2000"},
      // Differs from AWS: a handler's access key is its account's number, so that its requests find
      // the account they belong to; it has no temporary credentials of its role.
      {"AWS_ACCESS_KEY_ID", id.account},
      {"AWS_SECRET_ACCESS_KEY", "test"},
      {"AWS_SESSION_TOKEN", "test"},
  };
  if (!version.runtime.starts_with("provided")) {
    variables["AWS_EXECUTION_ENV"] = "AWS_Lambda_" + version.runtime;
  }
  AddWayToEmulator(variables, settings);
  for (const auto& [name, value] : version.variables) variables[name] = value;
  return variables;
}

std::optional<ApiError> CheckVariables(const json& variables) {
  constexpr char kUnable[] =
      "Lambda was unable to configure your environment variables because the environment "
      "variables you have provided ";
  std::vector<std::string> reserved;
  for (const auto& [name, value] : variables.items()) {
    if (std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved)) {
      reserved.push_back(name);
    }
  }
  if (!reserved.empty()) {
    return ApiError{"InvalidParameterValueException",
                    kUnable +
                        std::string("contains reserved keys that are currently not supported for "
                                    "modification. Reserved keys used in this request: ") +
                        Join(reserved, ", ")};
  }
  const std::string measured = variables.dump(-1, ' ', false, json::error_handler_t::replace);
  if (measured.size() > kMostBytes) {
    return ApiError{"InvalidParameterValueException",
                    kUnable + ("exceeded the 4KB limit. String measured: " + measured)};
  }
  return std::nullopt;
}

}  // namespace fractus::lambdas
