// AWS::Cognito::UserPool, UserPoolClient, UserPoolDomain, UserPoolGroup, UserPoolResourceServer,
// UserPoolIdentityProvider, UserPoolUser, UserPoolUserToGroupAttachment.
#include <fmt/format.h>

#include "emulator/services/cloudformation/resources/resource_type.h"

namespace fractus::cloudformation {
namespace {

const std::vector<std::string_view> kPoolSettings = {"Policies",
                                                     "DeletionProtection",
                                                     "LambdaConfig",
                                                     "AutoVerifiedAttributes",
                                                     "SmsVerificationMessage",
                                                     "EmailVerificationMessage",
                                                     "EmailVerificationSubject",
                                                     "VerificationMessageTemplate",
                                                     "SmsAuthenticationMessage",
                                                     "UserAttributeUpdateSettings",
                                                     "MfaConfiguration",
                                                     "DeviceConfiguration",
                                                     "EmailConfiguration",
                                                     "SmsConfiguration",
                                                     "UserPoolTags",
                                                     "AdminCreateUserConfig",
                                                     "UserPoolAddOns",
                                                     "AccountRecoverySetting",
                                                     "UserPoolTier"};

const std::vector<std::string_view> kClientSettings = {"ClientName",
                                                       "RefreshTokenValidity",
                                                       "AccessTokenValidity",
                                                       "IdTokenValidity",
                                                       "TokenValidityUnits",
                                                       "ReadAttributes",
                                                       "WriteAttributes",
                                                       "ExplicitAuthFlows",
                                                       "SupportedIdentityProviders",
                                                       "CallbackURLs",
                                                       "LogoutURLs",
                                                       "DefaultRedirectURI",
                                                       "AllowedOAuthFlows",
                                                       "AllowedOAuthScopes",
                                                       "AllowedOAuthFlowsUserPoolClient",
                                                       "AnalyticsConfiguration",
                                                       "PreventUserExistenceErrors",
                                                       "EnableTokenRevocation",
                                                       "EnablePropagateAdditionalUserContextData",
                                                       "AuthSessionValidity",
                                                       "RefreshTokenRotation"};

const std::vector<std::string_view> kDomainSettings = {"Domain", "UserPoolId", "CustomDomainConfig",
                                                       "ManagedLoginVersion"};

std::vector<std::string_view> With(std::vector<std::string_view> names,
                                   std::initializer_list<std::string_view> more) {
  names.insert(names.end(), more);
  return names;
}

Made DescribePool(const Scene& scene, const std::string& id, const json& pool) {
  std::string arn = TextProperty(pool, "Arn");
  if (arn.empty()) {
    arn = fmt::format("arn:aws:cognito-idp:{}:{}:userpool/{}", scene.context.region,
                      scene.context.account, id);
  }
  const std::string provider =
      fmt::format("cognito-idp.{}.amazonaws.com/{}", scene.context.region, id);
  return Made{id,
              {{"Arn", arn},
               {"ProviderName", provider},
               {"ProviderURL", "https://" + provider},
               {"UserPoolId", id}}};
}

// CloudFormation has EnabledMfas, an operation of its own in the API.
std::optional<ApiError> ApplyMfa(Scene& scene, const std::string& id, const json& before,
                                 const json& after) {
  if (!Differs(before, after, "EnabledMfas")) return std::nullopt;
  json input = {{"UserPoolId", id}};
  if (after.contains("MfaConfiguration")) input["MfaConfiguration"] = after["MfaConfiguration"];
  for (const json& kind : Property(after, "EnabledMfas")) {
    if (kind == "SOFTWARE_TOKEN_MFA") input["SoftwareTokenMfaConfiguration"] = {{"Enabled", true}};
    if (kind == "SMS_MFA") {
      input["SmsMfaConfiguration"] = Pick(after, {"SmsAuthenticationMessage", "SmsConfiguration"});
    }
    if (kind == "EMAIL_OTP") {
      json& email = input["EmailMfaConfiguration"] = json::object();
      if (after.contains("EmailAuthenticationMessage"))
        email["Message"] = after["EmailAuthenticationMessage"];
      if (after.contains("EmailAuthenticationSubject"))
        email["Subject"] = after["EmailAuthenticationSubject"];
    }
  }
  const auto done = scene.Call("cognito-idp", "SetUserPoolMfaConfig", input);
  if (!done) return done.error();
  return std::nullopt;
}

json PoolSettings(const Scene& scene, const json& properties) {
  json input = Pick(properties, kPoolSettings);
  if (const json tags = TagMap(scene, Property(properties, "UserPoolTags")); !tags.empty()) {
    input["UserPoolTags"] = tags;
  }
  return input;
}

Result<Made> CreatePool(Scene& scene, const json& properties) {
  json input = PoolSettings(scene, properties);
  input.update(Pick(properties,
                    {"Schema", "AliasAttributes", "UsernameAttributes", "UsernameConfiguration"}));
  std::string name = TextProperty(properties, "UserPoolName");
  if (name.empty()) name = scene.GeneratedName(128);
  input["PoolName"] = name;
  const auto created = scene.Call("cognito-idp", "CreateUserPool", input);
  if (!created) return created.error();
  const json& pool = Property(*created, "UserPool");
  const auto id = TextProperty(pool, "Id");
  if (auto error = ApplyMfa(scene, id, json::object(), properties)) {
    (void)scene.Call("cognito-idp", "DeleteUserPool", {{"UserPoolId", id}});
    return *error;
  }
  return DescribePool(scene, id, pool);
}

Result<Made> UpdatePool(Scene& scene, const std::string& id, const json& before,
                        const json& after) {
  // First: UpdateUserPool turns MFA on only where there is a factor.
  if (auto error = ApplyMfa(scene, id, before, after)) return *error;
  json input = PoolSettings(scene, after);
  input["UserPoolId"] = id;
  const auto done = scene.Call("cognito-idp", "UpdateUserPool", input);
  if (!done) return done.error();
  if (Differs(before, after, "Schema")) {
    // Attributes can be added; they are never changed or taken away.
    json added = json::array();
    const json& old_schema = Property(before, "Schema");
    for (const json& attribute : Property(after, "Schema")) {
      bool known = false;
      for (const json& old_attribute : old_schema) {
        known = known || TextProperty(old_attribute, "Name") == TextProperty(attribute, "Name");
      }
      if (!known) added.push_back(attribute);
    }
    if (!added.empty()) {
      const auto put = scene.Call("cognito-idp", "AddCustomAttributes",
                                  {{"UserPoolId", id}, {"CustomAttributes", added}});
      if (!put) return put.error();
    } else {
      return ApiError{
          "InvalidParameterException",
          "Invalid AttributeDataType input, consider using the provided AttributeDataType enum."};
    }
  }
  return DescribePool(scene, id, json::object());
}

std::optional<ApiError> DeletePool(Scene& scene, const std::string& id, const json&) {
  return UnlessGone(scene.Call("cognito-idp", "DeleteUserPool", {{"UserPoolId", id}}));
}

Made DescribeClient(const json& answer) {
  const json& client = Property(answer, "UserPoolClient");
  const auto id = TextProperty(client, "ClientId");
  Made made{id, {{"ClientId", id}, {"Name", TextProperty(client, "ClientName")}}};
  if (client.contains("ClientSecret")) made.attributes["ClientSecret"] = client["ClientSecret"];
  return made;
}

Result<Made> CreateClient(Scene& scene, const json& properties) {
  json input = Pick(properties, With(kClientSettings, {"UserPoolId", "GenerateSecret"}));
  if (TextProperty(properties, "ClientName").empty())
    input["ClientName"] = scene.GeneratedName(128);
  const auto created = scene.Call("cognito-idp", "CreateUserPoolClient", input);
  if (!created) return created.error();
  return DescribeClient(*created);
}

Result<Made> UpdateClient(Scene& scene, const std::string& id, const json&, const json& after) {
  json input = Pick(after, With(kClientSettings, {"UserPoolId"}));
  input["ClientId"] = id;
  const auto done = scene.Call("cognito-idp", "UpdateUserPoolClient", input);
  if (!done) return done.error();
  return DescribeClient(*done);
}

std::optional<ApiError> DeleteClient(Scene& scene, const std::string& id, const json& properties) {
  return UnlessGone(
      scene.Call("cognito-idp", "DeleteUserPoolClient",
                 {{"UserPoolId", Property(properties, "UserPoolId")}, {"ClientId", id}}));
}

Result<Made> PutDomain(Scene& scene, const char* operation, const json& properties) {
  const auto done = scene.Call("cognito-idp", operation, Pick(properties, kDomainSettings));
  if (!done) return done.error();
  Made made{TextProperty(properties, "Domain"), json::object()};
  made.attributes["CloudFrontDistribution"] = TextProperty(*done, "CloudFrontDomain");
  return made;
}

Result<Made> CreateDomain(Scene& scene, const json& properties) {
  return PutDomain(scene, "CreateUserPoolDomain", properties);
}

Result<Made> UpdateDomain(Scene& scene, const std::string&, const json&, const json& after) {
  return PutDomain(scene, "UpdateUserPoolDomain", after);
}

std::optional<ApiError> DeleteDomain(Scene& scene, const std::string& domain,
                                     const json& properties) {
  return UnlessGone(
      scene.Call("cognito-idp", "DeleteUserPoolDomain",
                 {{"UserPoolId", Property(properties, "UserPoolId")}, {"Domain", domain}}));
}

Result<Made> CreateGroup(Scene& scene, const json& properties) {
  json input =
      Pick(properties, {"GroupName", "UserPoolId", "Description", "RoleArn", "Precedence"});
  if (TextProperty(properties, "GroupName").empty()) input["GroupName"] = scene.GeneratedName(128);
  const auto created = scene.Call("cognito-idp", "CreateGroup", input);
  if (!created) return created.error();
  return Made{TextProperty(input, "GroupName"), json::object()};
}

Result<Made> UpdateGroup(Scene& scene, const std::string& name, const json&, const json& after) {
  json input = Pick(after, {"UserPoolId", "Description", "RoleArn", "Precedence"});
  input["GroupName"] = name;
  const auto done = scene.Call("cognito-idp", "UpdateGroup", input);
  if (!done) return done.error();
  return Made{name, json::object()};
}

std::optional<ApiError> DeleteGroup(Scene& scene, const std::string& name, const json& properties) {
  return UnlessGone(
      scene.Call("cognito-idp", "DeleteGroup",
                 {{"UserPoolId", Property(properties, "UserPoolId")}, {"GroupName", name}}));
}

Result<Made> CreateServer(Scene& scene, const json& properties) {
  const auto created = scene.Call("cognito-idp", "CreateResourceServer",
                                  Pick(properties, {"UserPoolId", "Identifier", "Name", "Scopes"}));
  if (!created) return created.error();
  return Made{TextProperty(properties, "Identifier"), json::object()};
}

Result<Made> UpdateServer(Scene& scene, const std::string& identifier, const json&,
                          const json& after) {
  const auto done = scene.Call("cognito-idp", "UpdateResourceServer",
                               Pick(after, {"UserPoolId", "Identifier", "Name", "Scopes"}));
  if (!done) return done.error();
  return Made{identifier, json::object()};
}

std::optional<ApiError> DeleteServer(Scene& scene, const std::string& identifier,
                                     const json& properties) {
  return UnlessGone(
      scene.Call("cognito-idp", "DeleteResourceServer",
                 {{"UserPoolId", Property(properties, "UserPoolId")}, {"Identifier", identifier}}));
}

Result<Made> CreateProvider(Scene& scene, const json& properties) {
  const auto created =
      scene.Call("cognito-idp", "CreateIdentityProvider",
                 Pick(properties, {"UserPoolId", "ProviderName", "ProviderType", "ProviderDetails",
                                   "AttributeMapping", "IdpIdentifiers"}));
  if (!created) return created.error();
  return Made{TextProperty(properties, "ProviderName"), json::object()};
}

Result<Made> UpdateProvider(Scene& scene, const std::string& name, const json&, const json& after) {
  const auto done = scene.Call("cognito-idp", "UpdateIdentityProvider",
                               Pick(after, {"UserPoolId", "ProviderName", "ProviderDetails",
                                            "AttributeMapping", "IdpIdentifiers"}));
  if (!done) return done.error();
  return Made{name, json::object()};
}

std::optional<ApiError> DeleteProvider(Scene& scene, const std::string& name,
                                       const json& properties) {
  return UnlessGone(
      scene.Call("cognito-idp", "DeleteIdentityProvider",
                 {{"UserPoolId", Property(properties, "UserPoolId")}, {"ProviderName", name}}));
}

const std::vector<std::string_view> kUserProperties = {
    "UserPoolId",     "Username",      "UserAttributes",     "DesiredDeliveryMediums",
    "ClientMetadata", "MessageAction", "ForceAliasCreation", "ValidationData"};

// The temporary password goes to the user, as one that AdminCreateUser makes.
Result<Made> CreateUser(Scene& scene, const json& properties) {
  json input = Pick(properties, kUserProperties);
  if (TextProperty(properties, "Username").empty()) input["Username"] = scene.GeneratedName(128);
  const auto created = scene.Call("cognito-idp", "AdminCreateUser", input);
  if (!created) return created.error();
  return Made{TextProperty(Property(*created, "User"), "Username"), json::object()};
}

std::optional<ApiError> DeleteUser(Scene& scene, const std::string& name, const json& properties) {
  return UnlessGone(
      scene.Call("cognito-idp", "AdminDeleteUser",
                 {{"UserPoolId", Property(properties, "UserPoolId")}, {"Username", name}}));
}

Result<Made> CreateMembership(Scene& scene, const json& properties) {
  const auto created = scene.Call("cognito-idp", "AdminAddUserToGroup",
                                  Pick(properties, {"UserPoolId", "Username", "GroupName"}));
  if (!created) return created.error();
  return Made{scene.GeneratedName(128), json::object()};
}

std::optional<ApiError> DeleteMembership(Scene& scene, const std::string&, const json& properties) {
  return UnlessGone(scene.Call("cognito-idp", "AdminRemoveUserFromGroup",
                               Pick(properties, {"UserPoolId", "Username", "GroupName"})));
}

}  // namespace

std::vector<ResourceType> CognitoTypes() {
  return {
      {
          .name = "AWS::Cognito::UserPool",
          .properties =
              With(kPoolSettings, {"UserPoolName", "Schema", "AliasAttributes",
                                   "UsernameAttributes", "UsernameConfiguration", "EnabledMfas",
                                   "EmailAuthenticationMessage", "EmailAuthenticationSubject"}),
          .create_only = {"UserPoolName", "AliasAttributes", "UsernameAttributes",
                          "UsernameConfiguration"},
          .name_property = "",
          .required = {},
          .create = CreatePool,
          .update = UpdatePool,
          .remove = DeletePool,
      },
      {
          .name = "AWS::Cognito::UserPoolClient",
          .properties = With(kClientSettings, {"UserPoolId", "GenerateSecret"}),
          .create_only = {"UserPoolId", "GenerateSecret"},
          .name_property = "",
          .required = {"UserPoolId"},
          .create = CreateClient,
          .update = UpdateClient,
          .remove = DeleteClient,
      },
      {
          .name = "AWS::Cognito::UserPoolDomain",
          .properties = kDomainSettings,
          .create_only = {"Domain", "UserPoolId"},
          .name_property = "Domain",
          .required = {"Domain", "UserPoolId"},
          .create = CreateDomain,
          .update = UpdateDomain,
          .remove = DeleteDomain,
      },
      {
          .name = "AWS::Cognito::UserPoolGroup",
          .properties = {"GroupName", "UserPoolId", "Description", "RoleArn", "Precedence"},
          .create_only = {"GroupName", "UserPoolId"},
          .name_property = "GroupName",
          .required = {"UserPoolId"},
          .create = CreateGroup,
          .update = UpdateGroup,
          .remove = DeleteGroup,
      },
      {
          .name = "AWS::Cognito::UserPoolResourceServer",
          .properties = {"UserPoolId", "Identifier", "Name", "Scopes"},
          .create_only = {"UserPoolId", "Identifier"},
          .name_property = "Identifier",
          .required = {"UserPoolId", "Identifier", "Name"},
          .create = CreateServer,
          .update = UpdateServer,
          .remove = DeleteServer,
      },
      {
          .name = "AWS::Cognito::UserPoolIdentityProvider",
          .properties = {"UserPoolId", "ProviderName", "ProviderType", "ProviderDetails",
                         "AttributeMapping", "IdpIdentifiers"},
          .create_only = {"UserPoolId", "ProviderName", "ProviderType"},
          .name_property = "ProviderName",
          .required = {"UserPoolId", "ProviderName", "ProviderType"},
          .create = CreateProvider,
          .update = UpdateProvider,
          .remove = DeleteProvider,
      },
      {
          .name = "AWS::Cognito::UserPoolUser",
          .properties = kUserProperties,
          .create_only = kUserProperties,
          .name_property = "Username",
          .required = {"UserPoolId"},
          .create = CreateUser,
          .update = {},
          .remove = DeleteUser,
      },
      {
          .name = "AWS::Cognito::UserPoolUserToGroupAttachment",
          .properties = {"UserPoolId", "Username", "GroupName"},
          .create_only = {"UserPoolId", "Username", "GroupName"},
          .name_property = "",
          .required = {"UserPoolId", "Username", "GroupName"},
          .create = CreateMembership,
          .update = {},
          .remove = DeleteMembership,
      },
  };
}

}  // namespace fractus::cloudformation
