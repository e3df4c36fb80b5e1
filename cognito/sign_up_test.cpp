#include "cognito/cognito_fixture.h"

namespace fractus::cognito {
namespace {

using namespace std::chrono_literals;

class SignUpTest : public CognitoTest {
 protected:
  SignUpTest() : pool_(MakeEmailPool()), client_(MakeClient(pool_)) {}

  json Input(const std::string& username, const std::string& password = kPassword) {
    return {{"ClientId", client_},
            {"Username", username},
            {"Password", password},
            {"UserAttributes", {{{"Name", "name"}, {"Value", "Jane"}}}}};
  }

  std::string pool_, client_;
};

TEST_F(SignUpTest, TheEmailIsFilledFromTheUsernameAndTheUsernameBecomesTheSub) {
  const json output = Do("SignUp", Input("jane@example.com"));
  EXPECT_EQ(output.at("UserConfirmed"), false);
  EXPECT_EQ(output.at("CodeDeliveryDetails"), (json{{"Destination", "j***@e***"},
                                                    {"DeliveryMedium", "EMAIL"},
                                                    {"AttributeName", "email"}}));
  const json user = Do("AdminGetUser", {{"UserPoolId", pool_}, {"Username", "jane@example.com"}});
  EXPECT_EQ(user.at("Username"), output.at("UserSub"));
  EXPECT_EQ(user.at("UserStatus"), "UNCONFIRMED");
  EXPECT_EQ(user.at("Enabled"), true);
  EXPECT_EQ(user.at("UserAttributes"), (json{{{"Name", "sub"}, {"Value", output.at("UserSub")}},
                                             {{"Name", "name"}, {"Value", "Jane"}},
                                             {{"Name", "email"}, {"Value", "jane@example.com"}},
                                             {{"Name", "email_verified"}, {"Value", "false"}}}));
  EXPECT_TRUE(Call("AdminGetUser", {{"UserPoolId", pool_}, {"Username", output.at("UserSub")}}));
}

TEST_F(SignUpTest, ARequiredAttributeThatIsMissingIsNamed) {
  json input = Input("jane@example.com");
  input.erase("UserAttributes");
  EXPECT_EQ(Refusal("SignUp", input),
            "InvalidParameterException: Attributes did not conform to the schema: name: The "
            "attribute is required\n");
}

TEST_F(SignUpTest, AnAttributeOutsideTheSchemaIsRefused) {
  json input = Input("jane@example.com");
  input["UserAttributes"].push_back({{"Name", "custom:tier"}, {"Value", "gold"}});
  EXPECT_EQ(Refusal("SignUp", input),
            "InvalidParameterException: Attributes did not conform to the schema: Type for "
            "attribute {custom:tier} "
            "could not be determined");
}

TEST_F(SignUpTest, ClientsMayNotVerifyTheirOwnAddress) {
  json input = Input("jane@example.com");
  input["UserAttributes"].push_back({{"Name", "email_verified"}, {"Value", "true"}});
  EXPECT_EQ(Refusal("SignUp", input),
            "NotAuthorizedException: A client attempted to write unauthorized attribute");
}

TEST_F(SignUpTest, AUsernameThatIsNoEmailIsRefused) {
  EXPECT_EQ(Refusal("SignUp", Input("jane")),
            "InvalidParameterException: Username should be an email.");
}

TEST_F(SignUpTest, TheSameEmailTwiceIsRefused) {
  Do("SignUp", Input("jane@example.com"));
  EXPECT_EQ(Refusal("SignUp", Input("jane@example.com")),
            "UsernameExistsException: An account with the given email already exists.");
}

TEST_F(SignUpTest, PlainUsernamesAreUniqueToo) {
  const std::string pool = MakePool(), client = MakeClient(pool);
  MakeUser(pool, client, "jane");
  EXPECT_EQ(
      Refusal("SignUp", {{"ClientId", client}, {"Username", "jane"}, {"Password", kPassword}}),
      "UsernameExistsException: User already exists");
  EXPECT_EQ(Refusal("AdminCreateUser", {{"UserPoolId", pool}, {"Username", "jane"}}),
            "UsernameExistsException: User account already exists");
}

TEST_F(SignUpTest, ThePolicyIsExplainedOneReasonAtATime) {
  const std::string prefix = "InvalidPasswordException: Password did not conform with policy: ";
  EXPECT_EQ(Refusal("SignUp", Input("a@example.com", "Ab1!")), prefix + "Password not long enough");
  EXPECT_EQ(Refusal("SignUp", Input("a@example.com", "abcdef1!")),
            prefix + "Password must have uppercase characters");
  EXPECT_EQ(Refusal("SignUp", Input("a@example.com", "ABCDEF1!")),
            prefix + "Password must have lowercase characters");
  EXPECT_EQ(Refusal("SignUp", Input("a@example.com", "Abcdefg!")),
            prefix + "Password must have numeric characters");
  EXPECT_EQ(Refusal("SignUp", Input("a@example.com", "Abcdefg1")),
            prefix + "Password must have symbol characters");
}

TEST_F(SignUpTest, TheCodeConfirmsTheUserAndVerifiesTheAddressOnce) {
  Do("SignUp", Input("jane@example.com"));
  EXPECT_EQ(Refusal("InitiateAuth", PasswordAuth(client_, "jane@example.com")),
            "UserNotConfirmedException: User is not confirmed.");
  json confirm = {
      {"ClientId", client_}, {"Username", "jane@example.com"}, {"ConfirmationCode", "nonsense"}};
  EXPECT_EQ(Refusal("ConfirmSignUp", confirm),
            "CodeMismatchException: Invalid verification code provided, please try again.");
  confirm["ConfirmationCode"] = CodeFor("jane@example.com");
  EXPECT_EQ(CodeFor("jane@example.com").size(), 6u);
  Do("ConfirmSignUp", confirm);
  EXPECT_EQ(Refusal("ConfirmSignUp", confirm),
            "NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED");
  EXPECT_EQ(Claims(SignIn(client_, "jane@example.com").at("IdToken")).at("email_verified"), true);
}

TEST_F(SignUpTest, CodesExpireOnTheClockAndCanBeSentAgain) {
  Do("SignUp", Input("jane@example.com"));
  const std::string old_code = CodeFor("jane@example.com");
  clock_.Advance(24h);
  json confirm = {
      {"ClientId", client_}, {"Username", "jane@example.com"}, {"ConfirmationCode", old_code}};
  EXPECT_EQ(Refusal("ConfirmSignUp", confirm),
            "ExpiredCodeException: Invalid code provided, please request a code again.");
  Do("ResendConfirmationCode", {{"ClientId", client_}, {"Username", "jane@example.com"}});
  confirm["ConfirmationCode"] = CodeFor("jane@example.com");
  EXPECT_NE(confirm["ConfirmationCode"], old_code);
  Do("ConfirmSignUp", confirm);
  EXPECT_EQ(
      Refusal("ResendConfirmationCode", {{"ClientId", client_}, {"Username", "jane@example.com"}}),
      "InvalidParameterException: User is already confirmed.");
}

TEST_F(SignUpTest, MissingUsersShowOnlyWhereTheClientAllowsIt) {
  json confirm = {
      {"ClientId", client_}, {"Username", "no@example.com"}, {"ConfirmationCode", "123456"}};
  EXPECT_EQ(Refusal("ConfirmSignUp", confirm),
            "UserNotFoundException: Username/client id combination not found.");
  confirm["ClientId"] = MakeClient(pool_, {{"PreventUserExistenceErrors", "ENABLED"}});
  EXPECT_EQ(Refusal("ConfirmSignUp", confirm),
            "ExpiredCodeException: Invalid code provided, please request a code again.");
}

TEST_F(SignUpTest, PoolsForAdministratorsOnlyRefuse) {
  const std::string pool =
      MakePool({{"AdminCreateUserConfig", {{"AllowAdminCreateUserOnly", true}}}});
  EXPECT_EQ(
      Refusal("SignUp",
              {{"ClientId", MakeClient(pool)}, {"Username", "jane"}, {"Password", kPassword}}),
      "NotAuthorizedException: SignUp is not permitted for this user pool");
}

TEST_F(SignUpTest, AClientWithASecretWantsItsHash) {
  const std::string client = MakeClient(pool_, {{"GenerateSecret", true}});
  json input = Input("jane@example.com");
  input["ClientId"] = client;
  EXPECT_EQ(Refusal("SignUp", input),
            "NotAuthorizedException: Client " + client +
                " is configured with secret but SECRET_HASH was not received");
  input["SecretHash"] = "bm9uc2Vuc2U=";
  EXPECT_EQ(Refusal("SignUp", input),
            "NotAuthorizedException: Unable to verify secret hash for client " + client);
}

TEST_F(SignUpTest, AnUnknownClientIsNamed) {
  json input = Input("jane@example.com");
  input["ClientId"] = "nope";
  EXPECT_EQ(Refusal("SignUp", input),
            "ResourceNotFoundException: User pool client nope does not exist.");
}

TEST_F(SignUpTest, AnAliasIsClaimedWhenItIsConfirmed) {
  const std::string pool =
      MakePool({{"AliasAttributes", {"email"}}, {"AutoVerifiedAttributes", {"email"}}});
  const std::string client = MakeClient(pool);
  const json email = {{{"Name", "email"}, {"Value", "jane@example.com"}}};
  for (const char* name : {"jane", "june"}) {
    Do("SignUp", {{"ClientId", client},
                  {"Username", name},
                  {"Password", kPassword},
                  {"UserAttributes", email}});
    const json confirm = {{"ClientId", client},
                          {"Username", name},
                          {"ConfirmationCode", CodeFor("jane@example.com")}};
    if (name == std::string_view("jane")) {
      Do("ConfirmSignUp", confirm);
    } else {
      EXPECT_EQ(Refusal("ConfirmSignUp", confirm),
                "AliasExistsException: An account with the email already exists.");
    }
  }
  EXPECT_EQ(Claims(SignIn(client, "jane@example.com").at("IdToken")).at("cognito:username"),
            "jane");
  json invited = {{"UserPoolId", pool}, {"Username", "joan"}, {"UserAttributes", email}};
  invited["UserAttributes"].push_back({{"Name", "email_verified"}, {"Value", "true"}});
  EXPECT_EQ(Refusal("AdminCreateUser", invited),
            "UsernameExistsException: An account with the email already exists.");
}

TEST_F(SignUpTest, AnAliasTakenByForceStaysWithTheNewOwner) {
  const std::string pool =
      MakePool({{"AliasAttributes", {"email"}}, {"AutoVerifiedAttributes", {"email"}}});
  const std::string client = MakeClient(pool);
  for (const char* name : {"jane", "june"}) {
    Do("SignUp", {{"ClientId", client},
                  {"Username", name},
                  {"Password", kPassword},
                  {"UserAttributes", {{{"Name", "email"}, {"Value", "jane@example.com"}}}}});
    Do("ConfirmSignUp", {{"ClientId", client},
                         {"Username", name},
                         {"ForceAliasCreation", true},
                         {"ConfirmationCode", CodeFor("jane@example.com")}});
  }
  EXPECT_EQ(Claims(SignIn(client, "jane").at("IdToken")).at("email_verified"), false);
  // Whatever happens to the former owner.
  const json jane = {{"UserPoolId", pool}, {"Username", "jane"}};
  Do("AdminDisableUser", jane);
  Do("AdminEnableUser", jane);
  EXPECT_EQ(Claims(SignIn(client, "jane@example.com").at("IdToken")).at("cognito:username"),
            "june");
  Do("AdminDeleteUser", jane);
  EXPECT_EQ(Claims(SignIn(client, "jane@example.com").at("IdToken")).at("cognito:username"),
            "june");
}

}  // namespace
}  // namespace fractus::cognito
