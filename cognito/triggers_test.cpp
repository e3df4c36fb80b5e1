#include "cognito/triggers.h"

#include "cognito/cognito_fixture.h"

namespace fractus::cognito {
namespace {

constexpr char kFunction[] = "arn:aws:lambda:us-east-1:000000000000:function:trigger";

class TriggersTest : public CognitoTest {
 protected:
  // A pool of plain usernames whose triggers are all one handler.
  void Start(std::initializer_list<const char*> triggers, FakeFunctions::Handler handler) {
    json config = json::object();
    for (const char* trigger : triggers) config[trigger] = kFunction;
    pool_ = MakePool({{"LambdaConfig", config}});
    client_ = MakeClient(pool_);
    functions_.handlers[kFunction] = std::move(handler);
  }

  json SignUpInput() const {
    return {{"ClientId", client_}, {"Username", "jane"}, {"Password", kPassword}};
  }

  std::string pool_, client_;
};

TEST_F(TriggersTest, TheHandlersMessageIsTheClients) {
  Start({"PreSignUp"}, [](const json&) { return std::string("No room"); });
  EXPECT_EQ(Refusal("SignUp", SignUpInput()),
            "UserLambdaValidationException: PreSignUp failed with error No room.");
  EXPECT_EQ(Refusal("AdminGetUser", {{"UserPoolId", pool_}, {"Username", "jane"}}),
            "UserNotFoundException: User does not exist.");
}

TEST_F(TriggersTest, AFunctionThatIsNotThereIsNamedByItsError) {
  Start({"PreSignUp"}, [](json event) { return event; });
  functions_.handlers.clear();
  EXPECT_EQ(Refusal("SignUp", SignUpInput()),
            "UnexpectedLambdaException: PreSignUp invocation failed due to error "
            "ResourceNotFoundException.");
}

TEST_F(TriggersTest, AnAnswerWithoutAResponseIsNotUnderstood) {
  for (const json& answer : {json(), json("yes"), json::object(), json{{"response", 1}}}) {
    Start({"PreSignUp"}, [answer](const json&) { return answer; });
    EXPECT_EQ(Refusal("SignUp", SignUpInput()),
              "InvalidLambdaResponseException: Unrecognizable lambda output");
  }
}

TEST_F(TriggersTest, AnAddressThatIsNotThereCannotBeVouchedFor) {
  Start({"PreSignUp"}, [](json event) {
    event["response"]["autoVerifyEmail"] = true;
    return event;
  });
  EXPECT_TRUE(Refusal("SignUp", SignUpInput()).starts_with("InvalidLambdaResponseException"));
}

TEST_F(TriggersTest, AnAdministratorActsForNoClient) {
  Start({"PreSignUp"}, [](json event) { return event; });
  Do("AdminCreateUser", {{"UserPoolId", pool_}, {"Username", "jane"}});
  ASSERT_EQ(functions_.events.size(), 1u);
  const json& event = functions_.events[0];
  EXPECT_EQ(event.at("triggerSource"), "PreSignUp_AdminCreateUser");
  EXPECT_EQ(event.at("callerContext").at("clientId"), "CLIENT_ID_NOT_APPLICABLE");
}

TEST_F(TriggersTest, ThePasswordIsCheckedAfterPreAuthenticationAndBeforePostAuthentication) {
  Start({"PreAuthentication", "PostAuthentication"}, [](json event) { return event; });
  MakeUser(pool_, client_, "jane");
  Call("InitiateAuth", PasswordAuth(client_, "jane", "Wrong-Pass1"));
  Call("InitiateAuth", PasswordAuth(client_, "jane"));
  std::vector<std::string> sources;
  for (const json& event : functions_.events)
    sources.push_back(event.at("triggerSource").get<std::string>());
  EXPECT_EQ(sources, (std::vector<std::string>{"PreAuthentication_Authentication",
                                               "PreAuthentication_Authentication",
                                               "PostAuthentication_Authentication"}));
}

TEST_F(TriggersTest, AnEmptyGroupOverrideTakesTheGroupsAway) {
  Start({"PreTokenGeneration"}, [](json event) {
    event["response"]["claimsOverrideDetails"] = {{"groupOverrideDetails", json::object()}};
    return event;
  });
  MakeUser(pool_, client_, "jane");
  Do("CreateGroup", {{"UserPoolId", pool_}, {"GroupName", "staff"}});
  Do("AdminAddUserToGroup", {{"UserPoolId", pool_}, {"Username", "jane"}, {"GroupName", "staff"}});
  const json tokens = SignIn(client_, "jane");
  EXPECT_FALSE(Claims(tokens.at("IdToken")).contains("cognito:groups"));
  EXPECT_EQ(functions_.events.at(0).at("request").at("groupConfiguration").at("groupsToOverride"),
            json::array({"staff"}));
}

TEST_F(TriggersTest, ClaimsThatTokensLiveByCannotBeChanged) {
  Start({"PreTokenGeneration"}, [](json event) {
    event["response"]["claimsOverrideDetails"] = {
        {"claimsToAddOrOverride", {{"iss", "forged"}, {"aud", "forged"}, {"mine", "yes"}}},
        {"claimsToSuppress", {"sub", "exp"}}};
    return event;
  });
  MakeUser(pool_, client_, "jane");
  const json claims = Claims(SignIn(client_, "jane").at("IdToken"));
  EXPECT_EQ(claims.at("aud"), client_);
  EXPECT_EQ(claims.at("mine"), "yes");
  EXPECT_TRUE(claims.contains("sub") && claims.contains("exp"));
  EXPECT_NE(claims.at("iss"), "forged");
}

TEST_F(TriggersTest, AMigratedUserSignsInAtOnce) {
  Start({"UserMigration"}, [](json event) {
    event["response"]["userAttributes"] = {{"email", "jane@example.com"}};
    event["response"]["finalUserStatus"] = "CONFIRMED";
    return event;
  });
  EXPECT_TRUE(SignIn(client_, "jane").contains("IdToken"));
  EXPECT_EQ(functions_.events.at(0).at("request").at("password"), kPassword);
  EXPECT_TRUE(SignIn(client_, "jane").contains("IdToken"));
  EXPECT_EQ(functions_.events.size(), 1u);
}

}  // namespace
}  // namespace fractus::cognito
