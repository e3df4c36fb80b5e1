#include <algorithm>

#include "cognito/cognito_fixture.h"

namespace fractus::cognito {
namespace {

class UserPoolTest : public CognitoTest {
 protected:
  json DescribePool(const std::string& pool) {
    return Do("DescribeUserPool", {{"UserPoolId", pool}}).at("UserPool");
  }
};

TEST_F(UserPoolTest, ABarePoolHasTheDefaultsOfAws) {
  json pool = Do("CreateUserPool", {{"PoolName", "bare"}}).at("UserPool");
  const std::string id = pool.at("Id").get<std::string>();
  EXPECT_EQ(id.substr(0, 10), "us-east-1_");
  EXPECT_EQ(id.size(), 19u);
  EXPECT_EQ(pool.at("Arn"), "arn:aws:cognito-idp:us-east-1:000000000000:userpool/" + id);
  EXPECT_EQ(pool.at("Policies").at("PasswordPolicy"), (json{{"MinimumLength", 8},
                                                            {"RequireUppercase", true},
                                                            {"RequireLowercase", true},
                                                            {"RequireNumbers", true},
                                                            {"RequireSymbols", true},
                                                            {"TemporaryPasswordValidityDays", 7}}));
  EXPECT_EQ(pool.at("MfaConfiguration"), "OFF");
  EXPECT_EQ(pool.at("DeletionProtection"), "INACTIVE");
  EXPECT_EQ(pool.at("EstimatedNumberOfUsers"), 0);
  EXPECT_EQ(pool.at("EmailConfiguration"), (json{{"EmailSendingAccount", "COGNITO_DEFAULT"}}));
  EXPECT_EQ(pool.at("VerificationMessageTemplate"),
            (json{{"DefaultEmailOption", "CONFIRM_WITH_CODE"}}));
  EXPECT_EQ(pool.at("SchemaAttributes").size(), 20u);
  EXPECT_EQ(pool.at("CreationDate"), 1767225600.0);
  EXPECT_FALSE(pool.contains("UsernameAttributes"));
  EXPECT_EQ(DescribePool(id), pool);
}

TEST_F(UserPoolTest, TheSchemaKeepsRequiredAndCustomAttributes) {
  const json pool = DescribePool(
      MakePool({{"Schema",
                 {{{"Name", "email"},
                   {"Required", true},
                   {"Mutable", true},
                   {"AttributeDataType", "String"}},
                  {{"Name", "tier"},
                   {"AttributeDataType", "Number"},
                   {"Mutable", true},
                   {"NumberAttributeConstraints", {{"MinValue", "1"}, {"MaxValue", "3"}}}}}}}));
  const json& schema = pool.at("SchemaAttributes");
  EXPECT_EQ(schema.back(),
            (json{{"Name", "custom:tier"},
                  {"AttributeDataType", "Number"},
                  {"DeveloperOnlyAttribute", false},
                  {"Mutable", true},
                  {"Required", false},
                  {"NumberAttributeConstraints", {{"MinValue", "1"}, {"MaxValue", "3"}}}}));
  const auto email = std::find_if(schema.begin(), schema.end(),
                                  [](const json& entry) { return entry.at("Name") == "email"; });
  EXPECT_EQ(email->at("Required"), true);
}

TEST_F(UserPoolTest, AnUpdateResetsWhatItLeavesOutButNotTheSchema) {
  const std::string id = MakePool({{"Policies", {{"PasswordPolicy", {{"MinimumLength", 12}}}}},
                                   {"AutoVerifiedAttributes", {"email"}},
                                   {"UserPoolTags", {{"team", "shop"}}},
                                   {"UsernameAttributes", {"email"}}});
  EXPECT_EQ(DescribePool(id).at("Policies").at("PasswordPolicy").at("RequireSymbols"), false);
  Do("UpdateUserPool", {{"UserPoolId", id}, {"DeletionProtection", "ACTIVE"}});
  const json pool = DescribePool(id);
  EXPECT_EQ(pool.at("Policies").at("PasswordPolicy").at("MinimumLength"), 8);
  EXPECT_FALSE(pool.contains("AutoVerifiedAttributes"));
  EXPECT_EQ(pool.at("UsernameAttributes"), json::array({"email"}));
  EXPECT_EQ(pool.at("UserPoolTags"), (json{{"team", "shop"}}));
  EXPECT_EQ(Refusal("DeleteUserPool", {{"UserPoolId", id}}),
            "InvalidParameterException: The user pool cannot be deleted because deletion "
            "protection is activated. "
            "Deletion protection must be inactivated first.");
}

TEST_F(UserPoolTest, ATagNamesThePool) {
  EXPECT_EQ(MakePool({{"UserPoolTags", {{"_custom_id_", "shop1"}}}}), "us-east-1_shop1");
  EXPECT_EQ(Refusal("CreateUserPool",
                    {{"PoolName", "again"}, {"UserPoolTags", {{"_custom_id_", "shop1"}}}}),
            "InvalidParameterException: User pool us-east-1_shop1 already exists.");
}

TEST_F(UserPoolTest, TriggersAreStoredAndDescribed) {
  const json triggers = {{"PreSignUp", "arn:aws:lambda:us-east-1:000000000000:function:check"}};
  EXPECT_EQ(DescribePool(MakePool({{"LambdaConfig", triggers}})).at("LambdaConfig"), triggers);
}

TEST_F(UserPoolTest, PoolsAreListedPageByPage) {
  for (int i = 0; i < 3; ++i) MakePool({{"PoolName", "pool"}});
  json page = Do("ListUserPools", {{"MaxResults", 2}});
  EXPECT_EQ(page.at("UserPools").size(), 2u);
  page = Do("ListUserPools", {{"MaxResults", 2}, {"NextToken", page.at("NextToken")}});
  EXPECT_EQ(page.at("UserPools").size(), 1u);
  EXPECT_FALSE(page.contains("NextToken"));
}

TEST_F(UserPoolTest, ADeletedPoolTakesEverythingWithIt) {
  const std::string pool = MakePool({{"UserPoolTags", {{"_custom_id_", "gone"}}}}),
                    client = MakeClient(pool);
  MakeUser(pool, client, "jane");
  const json tokens = SignIn(client, "jane");
  Do("DeleteUserPool", {{"UserPoolId", pool}});
  EXPECT_EQ(Refusal("DescribeUserPool", {{"UserPoolId", pool}}),
            "ResourceNotFoundException: User pool us-east-1_gone does not exist.");
  EXPECT_EQ(Refusal("InitiateAuth", PasswordAuth(client, "jane")),
            "ResourceNotFoundException: User pool client " + client + " does not exist.");
  EXPECT_EQ(Refusal("GetUser", {{"AccessToken", tokens.at("AccessToken")}}),
            "NotAuthorizedException: Invalid Access Token");
  MakePool({{"UserPoolTags", {{"_custom_id_", "gone"}}}});
  EXPECT_EQ(Do("ListUsers", {{"UserPoolId", pool}}).at("Users").size(), 0u);
}

TEST_F(UserPoolTest, ClientsHaveDefaultsAndForgetWhatAnUpdateLeavesOut) {
  const std::string pool = MakePool();
  json client = Do("CreateUserPoolClient", {{"UserPoolId", pool},
                                            {"ClientName", "web"},
                                            {"GenerateSecret", true},
                                            {"CallbackURLs", {"http://localhost"}}})
                    .at("UserPoolClient");
  EXPECT_EQ(client.at("ClientId").get<std::string>().size(), 26u);
  EXPECT_EQ(client.at("ClientSecret").get<std::string>().size(), 51u);
  EXPECT_EQ(client.at("RefreshTokenValidity"), 30);
  EXPECT_EQ(client.at("EnableTokenRevocation"), true);
  EXPECT_EQ(client.at("AuthSessionValidity"), 3);
  EXPECT_FALSE(client.contains("ExplicitAuthFlows"));
  const json key = {{"UserPoolId", pool}, {"ClientId", client.at("ClientId")}};
  EXPECT_EQ(Do("DescribeUserPoolClient", key).at("UserPoolClient"), client);
  json update = key;
  update["RefreshTokenValidity"] = 5;
  const json after = Do("UpdateUserPoolClient", update).at("UserPoolClient");
  EXPECT_EQ(after.at("RefreshTokenValidity"), 5);
  EXPECT_EQ(after.at("ClientName"), "web");
  EXPECT_EQ(after.at("ClientSecret"), client.at("ClientSecret"));
  EXPECT_FALSE(after.contains("CallbackURLs"));
  EXPECT_EQ(Do("ListUserPoolClients", {{"UserPoolId", pool}}).at("UserPoolClients").size(), 1u);
  Do("DeleteUserPoolClient", key);
  EXPECT_EQ(Refusal("DescribeUserPoolClient", key), "ResourceNotFoundException: User pool client " +
                                                        client.at("ClientId").get<std::string>() +
                                                        " does not exist.");
}

TEST_F(UserPoolTest, AClientIsNamedByItsNameAndCheckedForSense) {
  const std::string pool = MakePool();
  EXPECT_EQ(Do("CreateUserPoolClient", {{"UserPoolId", pool}, {"ClientName", "_custom_id_:web1"}})
                .at("UserPoolClient")
                .at("ClientId"),
            "web1");
  EXPECT_EQ(Refusal("CreateUserPoolClient", {{"UserPoolId", pool},
                                             {"ClientName", "x"},
                                             {"AllowedOAuthFlowsUserPoolClient", true}}),
            "InvalidParameterException: AllowedOAuthFlows and AllowedOAuthScopes are required if "
            "user pool client is "
            "allowed to use OAuth flows.");
  EXPECT_EQ(Refusal("CreateUserPoolClient",
                    {{"UserPoolId", pool}, {"ClientName", "x"}, {"AccessTokenValidity", 25}}),
            "InvalidParameterException: Invalid range for token validity.");
}

TEST_F(UserPoolTest, OAuthFlowsOfAClientMustFitTogether) {
  json input = {{"UserPoolId", MakePool()},
                {"ClientName", "x"},
                {"AllowedOAuthFlowsUserPoolClient", true},
                {"AllowedOAuthFlows", {"code", "client_credentials"}},
                {"AllowedOAuthScopes", {"openid"}},
                {"GenerateSecret", true}};
  EXPECT_EQ(Refusal("CreateUserPoolClient", input),
            "InvalidOAuthFlowException: CallbackUrls can not be empty when code flow or implicit "
            "flow is selected");
  input["CallbackURLs"] = {"https://example.com"};
  EXPECT_EQ(Refusal("CreateUserPoolClient", input),
            "InvalidOAuthFlowException: client_credentials flow can not be selected along with "
            "code flow or implicit flow.");
  input["AllowedOAuthFlows"] = {"client_credentials"};
  json update = Do("CreateUserPoolClient", input).at("UserPoolClient");
  // A secret that is there already is as good as one that is asked for.
  Do("UpdateUserPoolClient", {{"UserPoolId", update.at("UserPoolId")},
                              {"ClientId", update.at("ClientId")},
                              {"AllowedOAuthFlows", {"client_credentials"}}});
  input["GenerateSecret"] = false;
  EXPECT_EQ(Refusal("CreateUserPoolClient", input),
            "InvalidOAuthFlowException: client_credentials flow can not be selected if client does "
            "not have a client secret.");
}

TEST_F(UserPoolTest, PlainHttpIsOnlyForThisMachine) {
  json input = {{"UserPoolId", MakePool()}, {"ClientName", "x"}};
  input["CallbackURLs"] = {"http://localhost:3000/cb", "http://127.0.0.1", "myapp://in",
                           "https://example.com"};
  input["DefaultRedirectURI"] = "myapp://in";
  Do("CreateUserPoolClient", input);
  input["DefaultRedirectURI"] = "https://example.com/";
  EXPECT_EQ(Refusal("CreateUserPoolClient", input),
            "InvalidParameterException: DefaultRedirectURI must be one of the CallbackURLs.");
  input.erase("DefaultRedirectURI");
  for (const char* member : {"CallbackURLs", "LogoutURLs"}) {
    json other = input;
    other[member] = {"http://localhost.example.com"};
    EXPECT_EQ(Refusal("CreateUserPoolClient", other),
              "InvalidParameterException: http://localhost.example.com cannot use the HTTP "
              "protocol.");
  }
}

TEST_F(UserPoolTest, MfaIsTurnedOnTogetherWithAFactorAndOffWithout) {
  const std::string pool = MakePool();
  const json on = {{"UserPoolId", pool}, {"MfaConfiguration", "ON"}};
  EXPECT_EQ(Refusal("UpdateUserPool", on),
            "InvalidParameterException: Cannot turn MFA functionality ON, once the user pool has "
            "been created.");
  EXPECT_EQ(Refusal("SetUserPoolMfaConfig", on),
            "InvalidParameterException: Invalid MFA configuration given, can't disable all MFAs "
            "with a required or optional configuration.");
  json config = {{"UserPoolId", pool},
                 {"MfaConfiguration", "OFF"},
                 {"SoftwareTokenMfaConfiguration", {{"Enabled", true}}}};
  EXPECT_EQ(Refusal("SetUserPoolMfaConfig", config),
            "InvalidParameterException: Invalid MFA configuration given, can't turn off MFA and "
            "configure an MFA together.");
  config["MfaConfiguration"] = "OPTIONAL";
  Do("SetUserPoolMfaConfig", config);
  Do("UpdateUserPool", on);
  EXPECT_EQ(DescribePool(pool).at("MfaConfiguration"), "ON");
  Do("SetUserPoolMfaConfig", {{"UserPoolId", pool}, {"MfaConfiguration", "OFF"}});
  config["UserPoolId"] =
      MakePool({{"SmsConfiguration", {{"SnsCallerArn", "arn:aws:iam::000000000000:role/sms"}}}});
  EXPECT_EQ(Refusal("SetUserPoolMfaConfig", config),
            "InvalidParameterException: Can't turn off SMS_MFA when SMS configuration is set for "
            "the user pool");
}

TEST_F(UserPoolTest, OnlyWhatACodeProvesCanWaitForItsProof) {
  json input = {
      {"UserAttributeUpdateSettings", {{"AttributesRequireVerificationBeforeUpdate", {"email"}}}},
      {"AutoVerifiedAttributes", {"email"}}};
  const std::string pool = MakePool(input);
  input["UserPoolId"] = pool;
  input.erase("AutoVerifiedAttributes");
  EXPECT_EQ(Refusal("UpdateUserPool", input),
            "InvalidParameterException: All attributes in "
            "AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes");
}

TEST_F(UserPoolTest, ACustomAttributeIsDeclaredOnce) {
  const json tier = {{"Name", "tier"}, {"AttributeDataType", "String"}};
  EXPECT_EQ(Refusal("CreateUserPool", {{"PoolName", "x"}, {"Schema", {tier, tier}}}),
            "InvalidParameterException: custom:tier: Existing attribute already has name "
            "custom:tier.");
}

TEST_F(UserPoolTest, ADomainBelongsToOnePoolAndKeepsItFromBeingDeleted) {
  const std::string pool = MakePool(), other = MakePool({{"PoolName", "other"}});
  Do("CreateUserPoolDomain", {{"UserPoolId", pool}, {"Domain", "shop"}});
  EXPECT_EQ(Refusal("CreateUserPoolDomain", {{"UserPoolId", other}, {"Domain", "shop"}}),
            "InvalidParameterException: Domain already associated with another user pool.");
  EXPECT_EQ(Refusal("CreateUserPoolDomain", {{"UserPoolId", pool}, {"Domain", "shop2"}}),
            "InvalidParameterException: User pool already has a domain configured.");
  EXPECT_EQ(Refusal("CreateUserPoolDomain", {{"UserPoolId", other}, {"Domain", "my-aws"}}),
            "InvalidParameterException: Domain cannot contain reserved word: aws");
  const json domain = Do("DescribeUserPoolDomain", {{"Domain", "shop"}}).at("DomainDescription");
  EXPECT_EQ(domain.at("UserPoolId"), pool);
  EXPECT_EQ(domain.at("Status"), "ACTIVE");
  EXPECT_EQ(DescribePool(pool).at("Domain"), "shop");
  EXPECT_EQ(Refusal("DeleteUserPool", {{"UserPoolId", pool}}),
            "InvalidParameterException: User pool cannot be deleted. It has a domain configured "
            "that should be deleted "
            "first.");
  Do("DeleteUserPoolDomain", {{"UserPoolId", pool}, {"Domain", "shop"}});
  EXPECT_EQ(Do("DescribeUserPoolDomain", {{"Domain", "shop"}}).at("DomainDescription"),
            json::object());
  Do("DeleteUserPool", {{"UserPoolId", pool}});
}

TEST_F(UserPoolTest, ADomainTellsItsVersionOfTheLogin) {
  const std::string pool = MakePool();
  json input = {{"UserPoolId", pool}, {"Domain", "shop"}};
  EXPECT_EQ(Do("CreateUserPoolDomain", input), (json{{"ManagedLoginVersion", 1}}));
  input["ManagedLoginVersion"] = 2;
  EXPECT_EQ(Do("UpdateUserPoolDomain", input), (json{{"ManagedLoginVersion", 2}}));
  const json domain = Do("DescribeUserPoolDomain", {{"Domain", "shop"}}).at("DomainDescription");
  EXPECT_EQ(domain.at("ManagedLoginVersion"), 2);
  EXPECT_EQ(domain.at("CustomDomainConfig"), json::object());
  input.erase("ManagedLoginVersion");
  EXPECT_EQ(Do("UpdateUserPoolDomain", input), (json{{"ManagedLoginVersion", 2}}));
}

TEST_F(UserPoolTest, AnUpdateMayRenameAPool) {
  const std::string pool = MakePool({{"PoolName", "old"}});
  Do("UpdateUserPool", {{"UserPoolId", pool}, {"PoolName", "new"}});
  EXPECT_EQ(DescribePool(pool).at("Name"), "new");
  Do("UpdateUserPool", {{"UserPoolId", pool}});
  EXPECT_EQ(DescribePool(pool).at("Name"), "new");
}

TEST_F(UserPoolTest, GroupsAreKeptWithTheirMembers) {
  const std::string pool = MakePool(), client = MakeClient(pool);
  MakeUser(pool, client, "jane");
  const json key = {{"UserPoolId", pool}, {"GroupName", "admins"}};
  json create = key;
  create["Description"] = "all rights";
  create["Precedence"] = 0;
  const json group = Do("CreateGroup", create).at("Group");
  EXPECT_EQ(group.at("Precedence"), 0);
  EXPECT_EQ(Refusal("CreateGroup", create),
            "GroupExistsException: A group with the name already exists.");
  EXPECT_EQ(Do("GetGroup", key).at("Group"), group);
  json member = key;
  member["Username"] = "jane";
  Do("AdminAddUserToGroup", member);
  EXPECT_EQ(Do("ListUsersInGroup", key).at("Users").at(0).at("Username"), "jane");
  EXPECT_EQ(
      Do("AdminListGroupsForUser", {{"UserPoolId", pool}, {"Username", "jane"}}).at("Groups").at(0),
      group);
  Do("AdminRemoveUserFromGroup", member);
  EXPECT_EQ(Do("ListUsersInGroup", key).at("Users").size(), 0u);
  Do("AdminAddUserToGroup", member);
  json update = key;
  update["Precedence"] = 3;
  EXPECT_EQ(Do("UpdateGroup", update).at("Group").at("Description"), "all rights");
  EXPECT_EQ(Do("ListGroups", {{"UserPoolId", pool}}).at("Groups").at(0).at("Precedence"), 3);
  Do("DeleteGroup", key);
  EXPECT_EQ(Do("AdminListGroupsForUser", {{"UserPoolId", pool}, {"Username", "jane"}})
                .at("Groups")
                .size(),
            0u);
  EXPECT_EQ(Refusal("AdminAddUserToGroup", member), "ResourceNotFoundException: Group not found.");
  member["Username"] = "nobody";
  EXPECT_EQ(Refusal("AdminAddUserToGroup", member), "UserNotFoundException: User does not exist.");
}

TEST_F(UserPoolTest, TagsOfAPoolCanBeChanged) {
  const std::string pool = MakePool({{"UserPoolTags", {{"a", "1"}}}});
  const std::string arn = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/" + pool;
  Do("TagResource", {{"ResourceArn", arn}, {"Tags", {{"b", "2"}}}});
  Do("UntagResource", {{"ResourceArn", arn}, {"TagKeys", {"a"}}});
  EXPECT_EQ(Do("ListTagsForResource", {{"ResourceArn", arn}}).at("Tags"), (json{{"b", "2"}}));
}

}  // namespace
}  // namespace fractus::cognito
