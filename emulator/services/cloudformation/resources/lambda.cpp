// AWS::Lambda::Function, Permission.
#include "emulator/core/arn.h"
#include "emulator/core/encoding.h"
#include "emulator/services/cloudformation/resources/inline_zip.h"
#include "emulator/services/cloudformation/resources/resource_type.h"

namespace fractus::cloudformation {
namespace {

const std::vector<std::string_view> kConfiguration = {
    "Role",      "Handler",           "Description",      "Timeout",          "MemorySize",
    "VpcConfig", "Environment",       "Runtime",          "DeadLetterConfig", "TracingConfig",
    "Layers",    "FileSystemConfigs", "EphemeralStorage", "ImageConfig",      "SnapStart"};

// The function's code as CreateFunction takes it: inline code becomes a zip with one file.
json CodeInput(const json& properties) {
  json code = Property(properties, "Code");
  if (code.is_object() && code.contains("ZipFile") && code["ZipFile"].is_string()) {
    const bool node = TextProperty(properties, "Runtime").starts_with("nodejs");
    const std::string zip =
        ZipOfOneFile(node ? "index.js" : "index.py", code["ZipFile"].get<std::string>());
    code["ZipFile"] = json::binary(std::vector<uint8_t>(zip.begin(), zip.end()));
  }
  return code;
}

json ConfigurationInput(const json& properties) {
  json input = Pick(properties, kConfiguration);
  if (properties.contains("KmsKeyArn")) input["KMSKeyArn"] = properties["KmsKeyArn"];
  return input;
}

std::string ArnOf(const Scene& scene, const std::string& name) {
  Arn arn;
  arn.service = "lambda";
  arn.region = scene.context.region;
  arn.account = scene.context.account;
  arn.resource = "function:" + name;
  return arn.ToString();
}

std::optional<ApiError> ApplyConcurrency(Scene& scene, const std::string& name, const json& before,
                                         const json& after) {
  if (!Differs(before, after, "ReservedConcurrentExecutions")) return std::nullopt;
  const json& reserved = Property(after, "ReservedConcurrentExecutions");
  const auto done =
      reserved.is_null()
          ? scene.Call("lambda", "DeleteFunctionConcurrency", {{"FunctionName", name}})
          : scene.Call("lambda", "PutFunctionConcurrency",
                       {{"FunctionName", name}, {"ReservedConcurrentExecutions", reserved}});
  if (!done) return done.error();
  return std::nullopt;
}

Result<Made> CreateFunction(Scene& scene, const json& properties) {
  json input = ConfigurationInput(properties);
  std::string name = TextProperty(properties, "FunctionName");
  if (name.empty()) name = scene.GeneratedName(64);
  input["FunctionName"] = name;
  input["Code"] = CodeInput(properties);
  for (const char* member : {"PackageType", "Architectures", "CodeSigningConfigArn"}) {
    if (properties.contains(member)) input[member] = properties[member];
  }
  if (const json tags = TagMap(scene, Property(properties, "Tags")); !tags.empty())
    input["Tags"] = tags;
  const auto created = scene.Call("lambda", "CreateFunction", input);
  if (!created) return created.error();
  if (auto error = ApplyConcurrency(scene, name, json::object(), properties)) {
    (void)scene.Call("lambda", "DeleteFunction", {{"FunctionName", name}});
    return *error;
  }
  std::string arn = TextProperty(*created, "FunctionArn");
  if (arn.empty()) arn = ArnOf(scene, name);
  return Made{name, {{"Arn", arn}}};
}

Result<Made> UpdateFunction(Scene& scene, const std::string& name, const json& before,
                            const json& after) {
  if (Differs(before, after, "Code") || Differs(before, after, "Architectures")) {
    json input = CodeInput(after);
    input["FunctionName"] = name;
    if (after.contains("Architectures")) input["Architectures"] = after["Architectures"];
    const auto done = scene.Call("lambda", "UpdateFunctionCode", input);
    if (!done) return done.error();
  }
  json input = ConfigurationInput(after);
  const json old_input = ConfigurationInput(before);
  if (input != old_input) {
    // What the template no longer says goes back to its default.
    const json defaults = {{"Description", ""},
                           {"Timeout", 3},
                           {"MemorySize", 128},
                           {"Environment", {{"Variables", json::object()}}},
                           {"TracingConfig", {{"Mode", "PassThrough"}}},
                           {"Layers", json::array()},
                           {"KMSKeyArn", ""}};
    for (const auto& [member, value] : old_input.items()) {
      if (!input.contains(member) && defaults.contains(member)) input[member] = defaults[member];
    }
    input["FunctionName"] = name;
    const auto done = scene.Call("lambda", "UpdateFunctionConfiguration", input);
    if (!done) return done.error();
  }
  if (auto error = ApplyConcurrency(scene, name, before, after)) return *error;
  const std::string arn = ArnOf(scene, name);
  if (auto error = UpdateTags(scene, "lambda", arn, before, after)) return *error;
  return Made{name, {{"Arn", arn}}};
}

std::optional<ApiError> DeleteFunction(Scene& scene, const std::string& name, const json&) {
  return UnlessGone(scene.Call("lambda", "DeleteFunction", {{"FunctionName", name}}));
}

Result<Made> CreatePermission(Scene& scene, const json& properties) {
  json input =
      Pick(properties, {"FunctionName", "Action", "Principal", "SourceArn", "SourceAccount",
                        "EventSourceToken", "PrincipalOrgID", "FunctionUrlAuthType"});
  const std::string statement = scene.GeneratedName(100);
  input["StatementId"] = statement;
  const auto created = scene.Call("lambda", "AddPermission", input);
  if (!created) return created.error();
  return Made{statement, {{"Id", statement}}};
}

std::optional<ApiError> DeletePermission(Scene& scene, const std::string& statement,
                                         const json& properties) {
  return UnlessGone(scene.Call(
      "lambda", "RemovePermission",
      {{"FunctionName", Property(properties, "FunctionName")}, {"StatementId", statement}}));
}

}  // namespace

std::vector<ResourceType> LambdaTypes() {
  return {
      {
          .name = "AWS::Lambda::Function",
          .properties = {"FunctionName",
                         "Code",
                         "Role",
                         "Handler",
                         "Description",
                         "Timeout",
                         "MemorySize",
                         "VpcConfig",
                         "Environment",
                         "Runtime",
                         "DeadLetterConfig",
                         "TracingConfig",
                         "Layers",
                         "FileSystemConfigs",
                         "EphemeralStorage",
                         "ImageConfig",
                         "SnapStart",
                         "KmsKeyArn",
                         "PackageType",
                         "Architectures",
                         "CodeSigningConfigArn",
                         "Tags",
                         "ReservedConcurrentExecutions"},
          .create_only = {"FunctionName", "PackageType"},
          .name_property = "FunctionName",
          .required = {"Code", "Role"},
          .create = CreateFunction,
          .update = UpdateFunction,
          .remove = DeleteFunction,
      },
      {
          .name = "AWS::Lambda::Permission",
          .properties = {"FunctionName", "Action", "Principal", "SourceArn", "SourceAccount",
                         "EventSourceToken", "PrincipalOrgID", "FunctionUrlAuthType"},
          .create_only = {},
          .name_property = "",
          .required = {"FunctionName", "Action", "Principal"},
          .create = CreatePermission,
          .update = {},
          .remove = DeletePermission,
      },
  };
}

}  // namespace fractus::cloudformation
