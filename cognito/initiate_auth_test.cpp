#include "cognito/cognito_fixture.h"
#include "emulator/auth/digest.h"

namespace fractus::cognito {
namespace {

using namespace std::chrono_literals;

class InitiateAuthTest : public CognitoTest {
 protected:
  InitiateAuthTest() : pool_(MakeEmailPool()), client_(MakeClient(pool_)) {
    sub_ = MakeUser(pool_, client_, "jane@example.com", {{{"Name", "name"}, {"Value", "Jane"}}});
  }

  json Refresh(const json& token) const {
    return {{"ClientId", client_},
            {"AuthFlow", "REFRESH_TOKEN_AUTH"},
            {"AuthParameters", {{"REFRESH_TOKEN", token}}}};
  }

  std::string pool_, client_, sub_;
};

TEST_F(InitiateAuthTest, TheIdTokenCarriesTheClaimsOfAwsAndNoMore) {
  const json result = SignIn(client_, "jane@example.com");
  EXPECT_EQ(result.at("TokenType"), "Bearer");
  EXPECT_EQ(result.at("ExpiresIn"), 3600);
  json claims = Claims(result.at("IdToken"));
  const json access = Claims(result.at("AccessToken"));
  for (const char* random : {"jti", "origin_jti", "event_id"})
    EXPECT_EQ(claims.at(random).get<std::string>().size(), 36u);
  EXPECT_EQ(claims.at("origin_jti"), access.at("origin_jti"));
  EXPECT_EQ(claims.at("event_id"), access.at("event_id"));
  for (const char* random : {"jti", "origin_jti", "event_id"}) claims.erase(random);
  EXPECT_EQ(claims, (json{{"sub", sub_},
                          {"email_verified", false},
                          {"iss", "https://cognito-idp.us-east-1.amazonaws.com/" + pool_},
                          {"cognito:username", sub_},
                          {"aud", client_},
                          {"token_use", "id"},
                          {"auth_time", 1767225600},
                          {"name", "Jane"},
                          {"exp", 1767229200},
                          {"iat", 1767225600},
                          {"email", "jane@example.com"}}));
}

TEST_F(InitiateAuthTest, TheAccessTokenNamesTheClientAndTheScope) {
  json claims = Claims(SignIn(client_, "jane@example.com").at("AccessToken"));
  for (const char* random : {"jti", "origin_jti", "event_id"}) claims.erase(random);
  EXPECT_EQ(claims, (json{{"sub", sub_},
                          {"iss", "https://cognito-idp.us-east-1.amazonaws.com/" + pool_},
                          {"client_id", client_},
                          {"token_use", "access"},
                          {"scope", "aws.cognito.signin.user.admin"},
                          {"auth_time", 1767225600},
                          {"exp", 1767229200},
                          {"iat", 1767225600},
                          {"username", sub_}}));
}

TEST_F(InitiateAuthTest, GroupsAndRolesComeInOrderOfPrecedence) {
  const auto group = [&](const char* name, json settings) {
    settings["UserPoolId"] = pool_;
    settings["GroupName"] = name;
    Do("CreateGroup", settings);
    Do("AdminAddUserToGroup",
       {{"UserPoolId", pool_}, {"Username", "jane@example.com"}, {"GroupName", name}});
  };
  group("a-plain", {{"Description", "no precedence"}});
  group("readers", {{"Precedence", 5}, {"RoleArn", "arn:aws:iam::000000000000:role/read"}});
  group("z-admins", {{"Precedence", 0}, {"RoleArn", "arn:aws:iam::000000000000:role/admin"}});
  const json result = SignIn(client_, "jane@example.com");
  const json claims = Claims(result.at("IdToken"));
  EXPECT_EQ(claims.at("cognito:groups"), (json{"z-admins", "readers", "a-plain"}));
  EXPECT_EQ(claims.at("cognito:roles"),
            (json{"arn:aws:iam::000000000000:role/admin", "arn:aws:iam::000000000000:role/read"}));
  EXPECT_EQ(claims.at("cognito:preferred_role"), "arn:aws:iam::000000000000:role/admin");
  EXPECT_EQ(Claims(result.at("AccessToken")).at("cognito:groups"), claims.at("cognito:groups"));
}

TEST_F(InitiateAuthTest, ARefreshTokenLooksLikeAJweAndGivesNewTokensOfTheSameSession) {
  const json result = SignIn(client_, "jane@example.com");
  EXPECT_EQ(Split(result.at("RefreshToken").get<std::string>(), '.').size(), 5u);
  clock_.Advance(2h);
  const json fresh =
      Do("InitiateAuth", Refresh(result.at("RefreshToken"))).at("AuthenticationResult");
  EXPECT_FALSE(fresh.contains("RefreshToken"));
  const json before = Claims(result.at("IdToken")), after = Claims(fresh.at("IdToken"));
  EXPECT_EQ(after.at("auth_time"), before.at("auth_time"));
  EXPECT_EQ(after.at("origin_jti"), before.at("origin_jti"));
  EXPECT_EQ(after.at("event_id"), before.at("event_id"));
  EXPECT_NE(after.at("jti"), before.at("jti"));
  EXPECT_EQ(after.at("iat"), 1767225600 + 7200);
}

TEST_F(InitiateAuthTest, RefreshTokensExpireAndAreRevoked) {
  const json result = SignIn(client_, "jane@example.com");
  EXPECT_EQ(Refusal("InitiateAuth", Refresh("x.y.z")),
            "NotAuthorizedException: Invalid Refresh Token");
  json other = Refresh(result.at("RefreshToken"));
  other["ClientId"] = MakeClient(pool_);
  EXPECT_EQ(Refusal("InitiateAuth", other), "NotAuthorizedException: Invalid Refresh Token");
  Do("RevokeToken", {{"ClientId", client_}, {"Token", result.at("RefreshToken")}});
  EXPECT_EQ(Refusal("InitiateAuth", Refresh(result.at("RefreshToken"))),
            "NotAuthorizedException: Refresh Token has been revoked");
  EXPECT_EQ(Refusal("GetUser", {{"AccessToken", result.at("AccessToken")}}),
            "NotAuthorizedException: Access Token has been revoked");
  const json later = SignIn(client_, "jane@example.com");
  clock_.Advance(30 * 24h);
  EXPECT_EQ(Refusal("InitiateAuth", Refresh(later.at("RefreshToken"))),
            "NotAuthorizedException: Refresh Token has expired");
}

TEST_F(InitiateAuthTest, WrongPasswordsAndMissingUsers) {
  EXPECT_EQ(Refusal("InitiateAuth", PasswordAuth(client_, "jane@example.com", "Wrong-Pass1")),
            "NotAuthorizedException: Incorrect username or password.");
  EXPECT_EQ(Refusal("InitiateAuth", PasswordAuth(client_, "no@example.com")),
            "UserNotFoundException: User does not exist.");
  const std::string discreet = MakeClient(pool_, {{"PreventUserExistenceErrors", "ENABLED"}});
  EXPECT_EQ(Refusal("InitiateAuth", PasswordAuth(discreet, "no@example.com")),
            "NotAuthorizedException: Incorrect username or password.");
  EXPECT_EQ(Refusal("InitiateAuth", PasswordAuth("nope", "jane@example.com")),
            "ResourceNotFoundException: User pool client nope does not exist.");
}

TEST_F(InitiateAuthTest, DisabledUsersAreToldSoAndTheirTokensStop) {
  const json result = SignIn(client_, "jane@example.com");
  Do("AdminDisableUser", {{"UserPoolId", pool_}, {"Username", "jane@example.com"}});
  EXPECT_EQ(Refusal("InitiateAuth", PasswordAuth(client_, "jane@example.com")),
            "NotAuthorizedException: User is disabled.");
  EXPECT_EQ(Refusal("InitiateAuth", Refresh(result.at("RefreshToken"))),
            "NotAuthorizedException: Refresh Token has been revoked");
  Do("AdminEnableUser", {{"UserPoolId", pool_}, {"Username", "jane@example.com"}});
  SignIn(client_, "jane@example.com");
}

TEST_F(InitiateAuthTest, FlowsTheClientDoesNotAllowAreRefused) {
  const std::string client = MakeClient(pool_, {{"ExplicitAuthFlows", {"ALLOW_USER_SRP_AUTH"}}});
  EXPECT_EQ(Refusal("InitiateAuth", PasswordAuth(client, "jane@example.com")),
            "InvalidParameterException: USER_PASSWORD_AUTH flow not enabled for this client");
  json input = PasswordAuth(client, "jane@example.com");
  input["UserPoolId"] = pool_;
  input["AuthFlow"] = "ADMIN_USER_PASSWORD_AUTH";
  EXPECT_EQ(Refusal("AdminInitiateAuth", input),
            "InvalidParameterException: Auth flow not enabled for this client");
  EXPECT_EQ(Refusal("InitiateAuth", input),
            "InvalidParameterException: Initiate Auth method not supported.");
  input["ClientId"] = client_;
  EXPECT_TRUE(Call("AdminInitiateAuth", input));
  input["AuthFlow"] = "USER_SRP_AUTH";
  EXPECT_EQ(Refusal("InitiateAuth", input),
            "InvalidParameterException: USER_SRP_AUTH is not enabled for the client.");
}

TEST_F(InitiateAuthTest, SrpBeginsWithTheClientsPublicValue) {
  const std::string client = MakeClient(pool_, {{"ExplicitAuthFlows", {"ALLOW_USER_SRP_AUTH"}}});
  json input = {{"ClientId", client},
                {"AuthFlow", "USER_SRP_AUTH"},
                {"AuthParameters", {{"USERNAME", "jane@example.com"}}}};
  EXPECT_EQ(Refusal("InitiateAuth", input),
            "InvalidParameterException: Missing required parameter SRP_A");
  input["AuthParameters"]["SRP_A"] = "0";
  EXPECT_EQ(Refusal("InitiateAuth", input), "InvalidParameterException: Invalid SRP_A value.");
  input["AuthParameters"]["SRP_A"] = "abc";
  const json challenge = Do("InitiateAuth", input);
  EXPECT_EQ(challenge.at("ChallengeName"), "PASSWORD_VERIFIER");
  EXPECT_EQ(challenge.at("ChallengeParameters").at("USER_ID_FOR_SRP"), sub_);
}

TEST_F(InitiateAuthTest, MissingParametersAreNamed) {
  json input = PasswordAuth(client_, "jane@example.com");
  input["AuthParameters"].erase("PASSWORD");
  EXPECT_EQ(Refusal("InitiateAuth", input),
            "InvalidParameterException: Missing required parameter PASSWORD");
  input["AuthParameters"] = json::object();
  EXPECT_EQ(Refusal("InitiateAuth", input),
            "InvalidParameterException: Missing required parameter USERNAME");
}

TEST_F(InitiateAuthTest, AnAnswerWithoutASessionIsIncomplete) {
  EXPECT_EQ(Refusal("RespondToAuthChallenge",
                    {{"ClientId", client_},
                     {"ChallengeName", "SMS_MFA"},
                     {"ChallengeResponses",
                      {{"USERNAME", "jane@example.com"}, {"SMS_MFA_CODE", "123456"}}}}),
            "InvalidParameterException: Missing required parameter Session");
}

TEST_F(InitiateAuthTest, TheSecretHashLetsAClientWithASecretIn) {
  const json created =
      Do("CreateUserPoolClient",
         {{"UserPoolId", pool_},
          {"ClientName", "secret"},
          {"GenerateSecret", true},
          {"ExplicitAuthFlows", {"ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}}})
          .at("UserPoolClient");
  const std::string id = created.at("ClientId").get<std::string>();
  const auto hash = [&](const std::string& name) {
    return Base64Encode(auth::HmacSha256(created.at("ClientSecret").get<std::string>(), name + id));
  };
  json input = PasswordAuth(id, "jane@example.com");
  EXPECT_EQ(Refusal("InitiateAuth", input),
            "NotAuthorizedException: Client " + id +
                " is configured with secret but SECRET_HASH was not received");
  input["AuthParameters"]["SECRET_HASH"] = hash("jane@example.com");
  json refresh = Refresh(Do("InitiateAuth", input).at("AuthenticationResult").at("RefreshToken"));
  refresh["ClientId"] = id;
  refresh["AuthParameters"]["SECRET_HASH"] = hash(sub_);
  EXPECT_TRUE(Call("InitiateAuth", refresh));
  refresh["AuthParameters"]["SECRET_HASH"] = hash("somebody else");
  EXPECT_EQ(Refusal("InitiateAuth", refresh),
            "NotAuthorizedException: Unable to verify secret hash for client " + id);
}

TEST_F(InitiateAuthTest, ValidityUnitsOfTheClientAreKept) {
  const std::string client =
      MakeClient(pool_, {{"AccessTokenValidity", 10},
                         {"IdTokenValidity", 2},
                         {"TokenValidityUnits", {{"AccessToken", "minutes"}}}});
  const json result = SignIn(client, "jane@example.com");
  EXPECT_EQ(result.at("ExpiresIn"), 600);
  EXPECT_EQ(Claims(result.at("AccessToken")).at("exp"), 1767225600 + 600);
  EXPECT_EQ(Claims(result.at("IdToken")).at("exp"), 1767225600 + 7200);
}

TEST_F(InitiateAuthTest, WithoutRevocationTokensHaveNoOrigin) {
  const std::string client = MakeClient(pool_, {{"EnableTokenRevocation", false}});
  const json result = SignIn(client, "jane@example.com");
  EXPECT_FALSE(Claims(result.at("IdToken")).contains("origin_jti"));
  EXPECT_FALSE(Claims(result.at("AccessToken")).contains("origin_jti"));
  Do("GlobalSignOut", {{"AccessToken", result.at("AccessToken")}});
  EXPECT_EQ(Refusal("GetUser", {{"AccessToken", result.at("AccessToken")}}),
            "NotAuthorizedException: Access Token has been revoked");
}

TEST_F(InitiateAuthTest, PoolsIgnoringCaseFindTheUserHoweverItIsSpelt) {
  const std::string pool = MakePool(
      {{"UsernameConfiguration", {{"CaseSensitive", false}}}, {"UsernameAttributes", {"email"}}});
  const std::string client = MakeClient(pool);
  MakeUser(pool, client, "Jane@Example.com");
  SignIn(client, "jane@EXAMPLE.com");
  EXPECT_EQ(Refusal("InitiateAuth", PasswordAuth(client_, "JANE@example.com")),
            "UserNotFoundException: User does not exist.");
}

}  // namespace
}  // namespace fractus::cognito
