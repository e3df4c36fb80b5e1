#include "lambdas/configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "emulator/auth/digest.h"
#include "emulator/core/encoding.h"
#include "lambdas/environment_variables.h"

namespace fractus::lambdas {
namespace {

constexpr int kLongestTimeout = 900;

// Source: recorded answer to an unknown runtime.
constexpr std::string_view kRuntimes[] = {
    "nodejs20.x", "python3.14", "provided.al2023", "python3.12",   "python3.13",
    "nodejs24.x", "nodejs22.x", "java25",          "python3.10",   "python3.11",
    "java21",     "ruby3.3",    "ruby3.4",         "ruby3.2",      "python3.8",
    "python3.9",  "java17",     "nodejs16.x",      "dotnet10",     "dotnet8",
    "java11",     "dotnet6",    "nodejs18.x",      "provided.al2", "java8.al2"};

constexpr std::string_view kOldRuntimes[] = {
    "java8",         "go1.x",         "provided",      "ruby2.5",      "ruby2.7",
    "nodejs",        "nodejs4.3",     "nodejs6.10",    "nodejs8.10",   "nodejs10.x",
    "nodejs12.x",    "nodejs14.x",    "python2.7",     "python3.6",    "python3.7",
    "dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1"};

ApiError Invalid(std::string message) {
  return {"InvalidParameterValueException", std::move(message)};
}

template <size_t count>
bool Contains(const std::string_view (&list)[count], std::string_view text) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

std::optional<ApiError> CheckRuntime(const std::string& runtime) {
  if (Contains(kRuntimes, runtime)) return std::nullopt;
  if (Contains(kOldRuntimes, runtime)) {
    return Invalid(fmt::format(
        "The runtime parameter of {} is no longer supported for creating or updating AWS Lambda "
        "functions. We recommend you use a supported runtime while creating or updating functions.",
        runtime));
  }
  std::string listed;
  for (const auto name : kRuntimes) listed += (listed.empty() ? "" : ", ") + std::string(name);
  return Invalid(
      fmt::format("Value {} at 'runtime' failed to satisfy constraint: Member must satisfy enum "
                  "value set: [{}] or be a valid ARN",
                  runtime, listed));
}

std::optional<ApiError> CheckArchitectures(const json& architectures) {
  for (const json& architecture : architectures) {
    if (architecture != "x86_64" && architecture != "arm64") {
      return ApiError{"ValidationException",
                      fmt::format("1 validation error detected: Value '[{}]' at 'architectures' "
                                  "failed to satisfy constraint: Member must satisfy constraint: "
                                  "[Member must satisfy enum value set: [x86_64, arm64], Member "
                                  "must not be null]",
                                  architecture.get<std::string>())};
    }
  }
  return std::nullopt;
}

std::optional<ApiError> CheckEmulated(const Request& request) {
  if (!request.Array("Layers").empty()) {
    std::string layers;
    for (const json& layer : request.Array("Layers")) {
      layers += (layers.empty() ? "" : ", ") + layer.get<std::string>();
    }
    return Invalid("Layers are not emulated yet: " + layers);
  }
  if (request.Text("PackageType") == "Image" || !request.Object("ImageConfig").empty()) {
    return Invalid("Functions of package type Image are not emulated.");
  }
  if (!request.Array("FileSystemConfigs").empty()) {
    return Invalid("FileSystemConfigs are not emulated.");
  }
  if (request.Has("CodeSigningConfigArn")) return Invalid("Code signing is not emulated.");
  if (request.Object("LoggingConfig").value("LogFormat", "Text") != "Text") {
    return Invalid("LoggingConfig with LogFormat JSON is not emulated.");
  }
  return std::nullopt;
}

json RuntimeVersion(const std::string& region, const std::string& runtime) {
  json version;
  version["RuntimeVersionArn"] =
      fmt::format("arn:aws:lambda:{}::runtime:{}", region, HexEncode(auth::Sha256(runtime)));
  return version;
}

// A text of AWS's that is empty removes the setting.
void SetOrErase(const Request& request, const char* member, json& configuration) {
  if (!request.Has(member)) return;
  if (request.Text(member).empty()) {
    configuration.erase(member);
  } else {
    configuration[member] = request.Text(member);
  }
}

void ApplyStructures(const Request& request, json& configuration) {
  if (request.Has("VpcConfig")) {
    // Differs from AWS: a VpcConfig is kept and shown, but there is no network to join.
    json vpc = request.Object("VpcConfig");
    for (const char* list : {"SubnetIds", "SecurityGroupIds"}) {
      if (!vpc.contains(list)) vpc[list] = json::array();
    }
    vpc["VpcId"] = "";
    configuration["VpcConfig"] = std::move(vpc);
  }
  if (request.Has("DeadLetterConfig")) {
    configuration.erase("DeadLetterConfig");
    if (!request.Object("DeadLetterConfig").value("TargetArn", "").empty()) {
      configuration["DeadLetterConfig"] = request.Object("DeadLetterConfig");
    }
  }
  if (request.Has("TracingConfig")) {
    configuration["TracingConfig"]["Mode"] =
        request.Object("TracingConfig").value("Mode", "PassThrough");
  }
  if (request.Has("EphemeralStorage")) {
    configuration["EphemeralStorage"] = request.Object("EphemeralStorage");
  }
  if (request.Has("SnapStart")) {
    configuration["SnapStart"]["ApplyOn"] = request.Object("SnapStart").value("ApplyOn", "None");
  }
  for (const auto& [member, value] : request.Object("LoggingConfig").items()) {
    configuration["LoggingConfig"][member] = value;
  }
  if (request.Has("Environment")) {
    json environment = json::object();
    environment["Variables"] = request.Object("Environment").value("Variables", json::object());
    configuration["Environment"] = std::move(environment);
  }
}

}  // namespace

json DefaultConfiguration(const FunctionId& id) {
  json configuration = json::object();
  configuration["Description"] = "";
  configuration["Timeout"] = 3;
  configuration["MemorySize"] = 128;
  configuration["PackageType"] = "Zip";
  configuration["Architectures"] = json::array({"x86_64"});
  configuration["EphemeralStorage"]["Size"] = 512;
  configuration["TracingConfig"]["Mode"] = "PassThrough";
  configuration["SnapStart"]["ApplyOn"] = "None";
  configuration["SnapStart"]["OptimizationStatus"] = "Off";
  configuration["LoggingConfig"]["LogFormat"] = "Text";
  configuration["LoggingConfig"]["LogGroup"] = "/aws/lambda/" + id.name;
  return configuration;
}

std::optional<ApiError> ApplySettings(const Request& request, json& configuration) {
  if (auto error = CheckEmulated(request)) return error;
  if (request.Has("Runtime")) {
    if (auto error = CheckRuntime(request.Text("Runtime"))) return error;
    configuration["Runtime"] = request.Text("Runtime");
    configuration["RuntimeVersionConfig"] =
        RuntimeVersion(request.context.region, request.Text("Runtime"));
  }
  if (request.Integer("Timeout", 1) > kLongestTimeout) {
    return ApiError{"ValidationException",
                    fmt::format("1 validation error detected: Value '{}' at 'timeout' failed to "
                                "satisfy constraint: Member must have value less than or equal to "
                                "{}",
                                request.Integer("Timeout", 0), kLongestTimeout)};
  }
  if (auto error = CheckArchitectures(request.Array("Architectures"))) return error;
  if (request.Has("Environment")) {
    const json variables = request.Object("Environment").value("Variables", json::object());
    if (auto error = CheckVariables(variables)) return error;
  }
  for (const char* member : {"Role", "Handler", "Description", "Timeout", "MemorySize"}) {
    if (request.Has(member)) configuration[member] = request.input.at(member);
  }
  if (!request.Array("Architectures").empty()) {
    configuration["Architectures"] = request.Array("Architectures");
  }
  SetOrErase(request, "KMSKeyArn", configuration);
  ApplyStructures(request, configuration);
  return std::nullopt;
}

}  // namespace fractus::lambdas
