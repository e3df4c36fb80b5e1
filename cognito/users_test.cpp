#include "cognito/cognito_fixture.h"

namespace fractus::cognito {
namespace {

using namespace std::chrono_literals;

class UsersTest : public CognitoTest {
 protected:
  UsersTest() : pool_(MakeEmailPool()), client_(MakeClient(pool_)) {}

  json Create(const std::string& username, json more = json::object()) {
    more["UserPoolId"] = pool_;
    more["Username"] = username;
    return Do("AdminCreateUser", std::move(more)).value("User", json::object());
  }

  json Named(const std::string& username) const {
    return {{"UserPoolId", pool_}, {"Username", username}};
  }

  std::string Jane() {
    return MakeUser(pool_, client_, "jane@example.com", {{{"Name", "name"}, {"Value", "Jane"}}});
  }

  std::string pool_, client_;
};

TEST_F(UsersTest, AnInvitedUserSetsANewPasswordOnce) {
  const json user = Create("jane@example.com",
                           {{"TemporaryPassword", "Temp-Pass1"}, {"MessageAction", "SUPPRESS"}});
  EXPECT_EQ(user.at("UserStatus"), "FORCE_CHANGE_PASSWORD");
  EXPECT_EQ(user.at("Username").get<std::string>().size(), 36u);
  EXPECT_EQ(user.at("Attributes").at(0).at("Value"), user.at("Username"));
  EXPECT_EQ(CodeFor("jane@example.com"), "");

  const json challenge =
      Do("InitiateAuth", PasswordAuth(client_, "jane@example.com", "Temp-Pass1"));
  EXPECT_EQ(challenge.at("ChallengeName"), "NEW_PASSWORD_REQUIRED");
  EXPECT_FALSE(challenge.contains("AuthenticationResult"));
  const json& parameters = challenge.at("ChallengeParameters");
  EXPECT_EQ(parameters.at("USER_ID_FOR_SRP"), user.at("Username"));
  EXPECT_EQ(parameters.at("requiredAttributes"), "[\"userAttributes.name\"]");
  EXPECT_EQ(parameters.at("userAttributes"), "{\"email\":\"jane@example.com\"}");

  json answer = {
      {"ClientId", client_},
      {"ChallengeName", "NEW_PASSWORD_REQUIRED"},
      {"Session", challenge.at("Session")},
      {"ChallengeResponses", {{"USERNAME", "jane@example.com"}, {"NEW_PASSWORD", "weak"}}}};
  EXPECT_EQ(
      Refusal("RespondToAuthChallenge", answer),
      "InvalidPasswordException: Password did not conform with policy: Password not long enough");
  answer["ChallengeResponses"]["NEW_PASSWORD"] = kPassword;
  EXPECT_EQ(Refusal("RespondToAuthChallenge", answer),
            "InvalidParameterException: Invalid attributes given, name is missing");
  answer["ChallengeResponses"]["userAttributes.name"] = "Jane";
  const json result = Do("RespondToAuthChallenge", answer).at("AuthenticationResult");
  EXPECT_EQ(Claims(result.at("IdToken")).at("name"), "Jane");
  EXPECT_EQ(Refusal("RespondToAuthChallenge", answer),
            "NotAuthorizedException: Invalid session for the user, session can only be used once.");
  SignIn(client_, "jane@example.com");
}

TEST_F(UsersTest, SessionsAndTemporaryPasswordsExpire) {
  Create("jane@example.com", {{"TemporaryPassword", "Temp-Pass1"}});
  EXPECT_EQ(CodeFor("jane@example.com"), "Temp-Pass1");
  const json challenge =
      Do("InitiateAuth", PasswordAuth(client_, "jane@example.com", "Temp-Pass1"));
  json answer = {
      {"ClientId", client_},
      {"ChallengeName", "NEW_PASSWORD_REQUIRED"},
      {"Session", "AYABenonsenseAYABenonsense"},
      {"ChallengeResponses", {{"USERNAME", "jane@example.com"}, {"NEW_PASSWORD", kPassword}}}};
  EXPECT_EQ(Refusal("RespondToAuthChallenge", answer),
            "NotAuthorizedException: Invalid session for the user.");
  clock_.Advance(3min);
  answer["Session"] = challenge.at("Session");
  EXPECT_EQ(Refusal("RespondToAuthChallenge", answer),
            "NotAuthorizedException: Invalid session for the user, session is expired.");
  clock_.Advance(7 * 24h);
  EXPECT_EQ(Refusal("InitiateAuth", PasswordAuth(client_, "jane@example.com", "Temp-Pass1")),
            "NotAuthorizedException: Temporary password has expired and must be reset by an "
            "administrator.");
}

TEST_F(UsersTest, AGeneratedPasswordSatisfiesThePolicyAndCanBeSentAgain) {
  Create("jane@example.com");
  const std::string first = CodeFor("jane@example.com");
  Do("InitiateAuth", PasswordAuth(client_, "jane@example.com", first));
  Create("jane@example.com", {{"MessageAction", "RESEND"}});
  EXPECT_NE(CodeFor("jane@example.com"), first);
  EXPECT_EQ(Refusal("InitiateAuth", PasswordAuth(client_, "jane@example.com", first)),
            "NotAuthorizedException: Incorrect username or password.");
}

TEST_F(UsersTest, AnAdministratorSetsPasswords) {
  Create("jane@example.com", {{"MessageAction", "SUPPRESS"}});
  json set = Named("jane@example.com");
  set["Password"] = "short";
  set["Permanent"] = true;
  EXPECT_EQ(
      Refusal("AdminSetUserPassword", set),
      "InvalidPasswordException: Password did not conform with policy: Password not long enough");
  set["Password"] = kPassword;
  Do("AdminSetUserPassword", set);
  EXPECT_EQ(Do("AdminGetUser", Named("jane@example.com")).at("UserStatus"), "CONFIRMED");
  SignIn(client_, "jane@example.com");
  set["Permanent"] = false;
  Do("AdminSetUserPassword", set);
  EXPECT_EQ(Do("InitiateAuth", PasswordAuth(client_, "jane@example.com")).at("ChallengeName"),
            "NEW_PASSWORD_REQUIRED");
}

TEST_F(UsersTest, ADeletedUserIsGoneAndTheNameIsFree) {
  const std::string old_sub = Jane();
  const json tokens = SignIn(client_, "jane@example.com");
  Do("AdminDeleteUser", Named("jane@example.com"));
  EXPECT_EQ(Refusal("AdminDeleteUser", Named("jane@example.com")),
            "UserNotFoundException: User does not exist.");
  EXPECT_EQ(Refusal("GetUser", {{"AccessToken", tokens.at("AccessToken")}}),
            "UserNotFoundException: User does not exist.");
  EXPECT_NE(Jane(), old_sub);
  EXPECT_EQ(
      Do("DescribeUserPool", {{"UserPoolId", pool_}}).at("UserPool").at("EstimatedNumberOfUsers"),
      1);
}

TEST_F(UsersTest, AChangedAddressIsTheNewSignInAndNoLongerVerified) {
  Jane();
  json update = Named("jane@example.com");
  update["UserAttributes"] = {{{"Name", "email"}, {"Value", "jd@example.com"}}};
  Do("AdminUpdateUserAttributes", update);
  EXPECT_EQ(Refusal("AdminGetUser", Named("jane@example.com")),
            "UserNotFoundException: User does not exist.");
  EXPECT_EQ(Claims(SignIn(client_, "jd@example.com").at("IdToken")).at("email_verified"), false);
  update = Named("jd@example.com");
  update["UserAttributes"] = {{{"Name", "email_verified"}, {"Value", "true"}},
                              {{"Name", "sub"}, {"Value", "x"}}};
  EXPECT_EQ(Refusal("AdminUpdateUserAttributes", update),
            "InvalidParameterException: Cannot modify the non-mutable attribute sub");
  update["UserAttributes"].erase(1);
  Do("AdminUpdateUserAttributes", update);
  EXPECT_EQ(Claims(SignIn(client_, "jd@example.com").at("IdToken")).at("email_verified"), true);
}

TEST_F(UsersTest, AUserReadsAndChangesTheirOwnAccount) {
  const std::string sub = Jane();
  const json token = SignIn(client_, "jane@example.com").at("AccessToken");
  EXPECT_EQ(Do("GetUser", {{"AccessToken", token}}).at("Username"), sub);
  Do("UpdateUserAttributes",
     {{"AccessToken", token}, {"UserAttributes", {{{"Name", "nickname"}, {"Value", "J"}}}}});
  EXPECT_EQ(Do("GetUser", {{"AccessToken", token}}).at("UserAttributes").back().at("Value"), "J");
  Do("GetUserAttributeVerificationCode", {{"AccessToken", token}, {"AttributeName", "email"}});
  Do("VerifyUserAttribute",
     {{"AccessToken", token}, {"AttributeName", "email"}, {"Code", CodeFor("jane@example.com")}});
  EXPECT_EQ(Claims(SignIn(client_, "jane@example.com").at("IdToken")).at("email_verified"), true);
  EXPECT_EQ(Refusal("ChangePassword", {{"AccessToken", token},
                                       {"PreviousPassword", "Wrong-Pass1"},
                                       {"ProposedPassword", "Other-Pass1"}}),
            "NotAuthorizedException: Incorrect username or password.");
  Do("ChangePassword", {{"AccessToken", token},
                        {"PreviousPassword", kPassword},
                        {"ProposedPassword", "Other-Pass1"}});
  Do("InitiateAuth", PasswordAuth(client_, "jane@example.com", "Other-Pass1"));
  Do("DeleteUser", {{"AccessToken", token}});
  EXPECT_EQ(Refusal("AdminGetUser", Named("jane@example.com")),
            "UserNotFoundException: User does not exist.");
}

TEST_F(UsersTest, BadAccessTokensAreToldApart) {
  Jane();
  const json result = SignIn(client_, "jane@example.com");
  EXPECT_EQ(Refusal("GetUser", {{"AccessToken", "nonsense"}}),
            "NotAuthorizedException: Invalid Access Token");
  EXPECT_EQ(Refusal("GetUser", {{"AccessToken", result.at("IdToken")}}),
            "NotAuthorizedException: Invalid Access Token");
  clock_.Advance(1h);
  EXPECT_EQ(Refusal("GetUser", {{"AccessToken", result.at("AccessToken")}}),
            "NotAuthorizedException: Access Token has expired");
}

TEST_F(UsersTest, SigningOutEverywhereStopsAllTokens) {
  Jane();
  const json one = SignIn(client_, "jane@example.com"), two = SignIn(client_, "jane@example.com");
  Do("AdminUserGlobalSignOut", Named("jane@example.com"));
  for (const json& result : {one, two}) {
    EXPECT_EQ(Refusal("GetUser", {{"AccessToken", result.at("AccessToken")}}),
              "NotAuthorizedException: Access Token has been revoked");
  }
}

TEST_F(UsersTest, AForgottenPasswordIsResetByACode) {
  Jane();
  const json forgot = {{"ClientId", client_}, {"Username", "jane@example.com"}};
  EXPECT_EQ(Refusal("ForgotPassword", forgot),
            "InvalidParameterException: Cannot reset password for the user as there is no "
            "registered/verified email or "
            "phone_number");
  json verify = Named("jane@example.com");
  verify["UserAttributes"] = {{{"Name", "email_verified"}, {"Value", "true"}}};
  Do("AdminUpdateUserAttributes", verify);
  EXPECT_EQ(Do("ForgotPassword", forgot).at("CodeDeliveryDetails").at("Destination"), "j***@e***");
  json confirm = {{"ClientId", client_},
                  {"Username", "jane@example.com"},
                  {"ConfirmationCode", "x"},
                  {"Password", "Other-Pass1"}};
  EXPECT_EQ(Refusal("ConfirmForgotPassword", confirm),
            "CodeMismatchException: Invalid verification code provided, please try again.");
  confirm["ConfirmationCode"] = CodeFor("jane@example.com");
  Do("ConfirmForgotPassword", confirm);
  EXPECT_EQ(Refusal("ConfirmForgotPassword", confirm),
            "ExpiredCodeException: Invalid code provided, please request a code again.");
  Do("InitiateAuth", PasswordAuth(client_, "jane@example.com", "Other-Pass1"));

  Do("AdminResetUserPassword", Named("jane@example.com"));
  EXPECT_EQ(Refusal("InitiateAuth", PasswordAuth(client_, "jane@example.com", "Other-Pass1")),
            "PasswordResetRequiredException: Password reset required for the user");
  confirm["ConfirmationCode"] = CodeFor("jane@example.com");
  clock_.Advance(1h);
  EXPECT_EQ(Refusal("ConfirmForgotPassword", confirm),
            "ExpiredCodeException: Invalid code provided, please request a code again.");
}

// Source:
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
TEST_F(UsersTest, WhoeverCannotBeReachedLooksLikeEverybodyElseWhereTheClientWantsThat) {
  Jane();
  const std::string hiding = MakeClient(pool_, {{"PreventUserExistenceErrors", "ENABLED"}});
  const json forgot = {{"ClientId", hiding}, {"Username", "jane@example.com"}};
  const json told = {
      {"CodeDeliveryDetails",
       {{"Destination", "j***@e***"}, {"DeliveryMedium", "EMAIL"}, {"AttributeName", "email"}}}};
  const size_t sent = mailbox_.messages.size();
  // The address is not verified.
  EXPECT_EQ(Do("ForgotPassword", forgot), told);
  Do("AdminDisableUser", Named("jane@example.com"));
  EXPECT_EQ(Do("ForgotPassword", forgot), told);
  EXPECT_EQ(mailbox_.messages.size(), sent);
  json confirm = {{"ClientId", hiding},
                  {"Username", "jane@example.com"},
                  {"ConfirmationCode", "123456"},
                  {"Password", "Other-Pass1"}};
  EXPECT_EQ(Refusal("ConfirmForgotPassword", confirm),
            "CodeMismatchException: Invalid verification code provided, please try again.");
  confirm["ClientId"] = client_;
  EXPECT_EQ(Refusal("ConfirmForgotPassword", confirm), "NotAuthorizedException: User is disabled.");
}

TEST_F(UsersTest, ABlankValueTakesAnAttributeAway) {
  Jane();
  const auto set = [&](const char* name, const char* value) {
    json input = Named("jane@example.com");
    input["UserAttributes"] = {{{"Name", name}, {"Value", value}}};
    return input;
  };
  const auto has = [&](const std::string& attribute) {
    const json user = Do("AdminGetUser", Named("jane@example.com"));
    for (const json& entry : user.at("UserAttributes")) {
      if (entry.at("Name") == attribute) return true;
    }
    return false;
  };
  Do("AdminUpdateUserAttributes", set("nickname", "J"));
  EXPECT_TRUE(has("nickname"));
  Do("AdminUpdateUserAttributes", set("nickname", ""));
  EXPECT_FALSE(has("nickname"));
  EXPECT_EQ(Refusal("AdminUpdateUserAttributes", set("name", "")),
            "InvalidParameterException: Attributes did not conform to the schema: name: The "
            "attribute is required\n");
}

TEST_F(UsersTest, APageTokenThatIsNoneIsRefused) {
  Jane();
  EXPECT_EQ(Refusal("ListUsers", {{"UserPoolId", pool_}, {"PaginationToken", "abc"}}),
            "InvalidParameterException: Invalid pagination token.");
}

TEST_F(UsersTest, UsersAreFilteredAndPaged) {
  for (const char* name : {"ann", "anna", "bob"}) {
    Create(std::string(name) + "@example.com",
           {{"MessageAction", "SUPPRESS"},
            {"UserAttributes", {{{"Name", "given_name"}, {"Value", name}}}}});
  }
  const auto count = [&](const std::string& filter) {
    return Do("ListUsers", {{"UserPoolId", pool_}, {"Filter", filter}}).at("Users").size();
  };
  EXPECT_EQ(count("email = \"ann@example.com\""), 1u);
  EXPECT_EQ(count("email ^= \"ann\""), 2u);
  EXPECT_EQ(count("\"given_name\"=\"bob\""), 1u);
  EXPECT_EQ(count("cognito:user_status = \"force_change_password\""), 3u);
  EXPECT_EQ(count("status = \"Enabled\""), 3u);
  EXPECT_EQ(count("status = \"Disabled\""), 0u);
  const json one = Do("ListUsers", {{"UserPoolId", pool_},
                                    {"Filter", "email = \"bob@example.com\""},
                                    {"AttributesToGet", {"email"}}});
  EXPECT_EQ(one.at("Users").at(0).at("Attributes"),
            (json{{{"Name", "email"}, {"Value", "bob@example.com"}}}));
  EXPECT_EQ(count("sub = \"" + one.at("Users").at(0).at("Username").get<std::string>() + "\""), 1u);
  EXPECT_EQ(Refusal("ListUsers", {{"UserPoolId", pool_}, {"Filter", "email"}}),
            "InvalidParameterException: Error while parsing filter");

  json page = Do("ListUsers", {{"UserPoolId", pool_}, {"Limit", 2}});
  EXPECT_EQ(page.at("Users").size(), 2u);
  page = Do("ListUsers",
            {{"UserPoolId", pool_}, {"Limit", 2}, {"PaginationToken", page.at("PaginationToken")}});
  EXPECT_EQ(page.at("Users").size(), 1u);
  EXPECT_FALSE(page.contains("PaginationToken"));
}

TEST_F(UsersTest, AnInvitationSaysNameAndPassword) {
  Create("bob@example.com");
  ASSERT_EQ(mailbox_.messages.size(), 1u);
  const Message& message = mailbox_.messages.front();
  EXPECT_EQ(message.to, "bob@example.com");
  EXPECT_EQ(message.kind, "temporary password");
  EXPECT_EQ(message.body,
            "Your username is bob@example.com and temporary password is " + message.code + ".");
}

TEST_F(UsersTest, WhereACodeIsEnoughAnAdministratorMakesPeopleWithoutPasswords) {
  const std::string pool = MakePool(
      {{"Policies", {{"SignInPolicy", {{"AllowedFirstAuthFactors", {"PASSWORD", "EMAIL_OTP"}}}}}}});
  const json email = {{{"Name", "email"}, {"Value", "new@example.com"}}};
  const json input = {{"UserPoolId", pool}, {"Username", "new"}, {"UserAttributes", email}};
  EXPECT_EQ(Do("AdminCreateUser", input).at("User").at("UserStatus"), "CONFIRMED");
  EXPECT_EQ(CodeFor("new@example.com"), "");

  json with = input;
  with["Username"] = "with";
  with["TemporaryPassword"] = kPassword;
  EXPECT_EQ(Do("AdminCreateUser", with).at("User").at("UserStatus"), "FORCE_CHANGE_PASSWORD");
  EXPECT_EQ(CodeFor("new@example.com"), kPassword);
}

}  // namespace
}  // namespace fractus::cognito
