// AWS::SecretsManager::Secret, AWS::CloudFormation::WaitConditionHandle.
#include <fmt/format.h>

#include "emulator/services/cloudformation/resources/resource_type.h"

namespace fractus::cloudformation {
namespace {

// The text of a secret whose template asks for a generated password.
Result<std::string> GeneratedSecret(Scene& scene, const json& rules) {
  json input = rules;
  input.erase("SecretStringTemplate");
  input.erase("GenerateStringKey");
  const auto password = scene.Call("secretsmanager", "GetRandomPassword", input);
  if (!password) return password.error();
  const std::string text = TextProperty(*password, "RandomPassword");
  const std::string key = TextProperty(rules, "GenerateStringKey");
  if (key.empty()) return text;
  json document = json::parse(TextProperty(rules, "SecretStringTemplate"), nullptr, false);
  if (!document.is_object()) {
    return ApiError{"InvalidRequestException", "SecretStringTemplate must be a JSON object"};
  }
  document[key] = text;
  return document.dump();
}

Result<Made> CreateSecret(Scene& scene, const json& properties) {
  json input = Pick(properties, {"Name", "Description", "KmsKeyId", "SecretString"});
  if (TextProperty(properties, "Name").empty()) input["Name"] = scene.GeneratedName(512);
  if (const json& rules = Property(properties, "GenerateSecretString"); rules.is_object()) {
    const auto text = GeneratedSecret(scene, rules);
    if (!text) return text.error();
    input["SecretString"] = *text;
  }
  input["ClientRequestToken"] = scene.ids().Uuid();
  if (const json tags = TagList(scene, Property(properties, "Tags")); !tags.empty())
    input["Tags"] = tags;
  const auto created = scene.Call("secretsmanager", "CreateSecret", input);
  if (!created) return created.error();
  const auto arn = TextProperty(*created, "ARN");
  return Made{arn, {{"Id", arn}}};
}

Result<Made> UpdateSecret(Scene& scene, const std::string& arn, const json& before,
                          const json& after) {
  json input = Pick(after, {"Description", "KmsKeyId", "SecretString"});
  if (const json& rules = Property(after, "GenerateSecretString");
      rules.is_object() && Differs(before, after, "GenerateSecretString")) {
    const auto text = GeneratedSecret(scene, rules);
    if (!text) return text.error();
    input["SecretString"] = *text;
  }
  input["SecretId"] = arn;
  input["ClientRequestToken"] = scene.ids().Uuid();
  const auto done = scene.Call("secretsmanager", "UpdateSecret", input);
  if (!done) return done.error();
  return Made{arn, {{"Id", arn}}};
}

std::optional<ApiError> DeleteSecret(Scene& scene, const std::string& arn, const json&) {
  return UnlessGone(scene.Call("secretsmanager", "DeleteSecret",
                               {{"SecretId", arn}, {"ForceDeleteWithoutRecovery", true}}));
}

// Just a name: often used as a resource that does nothing.
Result<Made> CreateHandle(Scene& scene, const json&) {
  return Made{fmt::format("https://cloudformation-waitcondition-{}.s3.amazonaws.com/{}",
                          scene.context.region, scene.GeneratedName(255)),
              json::object()};
}

Result<Made> KeepHandle(Scene&, const std::string& id, const json&, const json&) {
  return Made{id, json::object()};
}

std::optional<ApiError> DeleteHandle(Scene&, const std::string&, const json&) {
  return std::nullopt;
}

}  // namespace

std::vector<ResourceType> SupportTypes() {
  return {
      {
          .name = "AWS::SecretsManager::Secret",
          .properties = {"Name", "Description", "KmsKeyId", "SecretString", "GenerateSecretString",
                         "Tags"},
          .create_only = {"Name"},
          .name_property = "Name",
          .required = {},
          .create = CreateSecret,
          .update = UpdateSecret,
          .remove = DeleteSecret,
      },
      {
          .name = "AWS::CloudFormation::WaitConditionHandle",
          .properties = {},
          .create_only = {},
          .name_property = "",
          .required = {},
          .create = CreateHandle,
          .update = KeepHandle,
          .remove = DeleteHandle,
      },
  };
}

}  // namespace fractus::cloudformation
