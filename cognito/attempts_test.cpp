#include "cognito/attempts.h"

#include "cognito/cognito_fixture.h"

namespace fractus::cognito {
namespace {

using namespace std::chrono_literals;

class AttemptsTest : public CognitoTest {
 protected:
  AttemptsTest() : pool_(MakePool()), client_(MakeClient(pool_)) {
    MakeUser(pool_, client_, "jane");
  }

  std::string Wrong(const std::string& name = "jane") {
    return Refusal("InitiateAuth", PasswordAuth(client_, name, "Wrong-Pass1"));
  }

  static constexpr char kWrong[] = "NotAuthorizedException: Incorrect username or password.";
  static constexpr char kLocked[] = "NotAuthorizedException: Password attempts exceeded";
  std::string pool_, client_;
};

TEST_F(AttemptsTest, FiveWrongPasswordsCostNothingAndEachFurtherOneTwiceTheTime) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Wrong(), kWrong);
  for (const auto wait : {1s, 2s, 4s, 8s}) {
    EXPECT_EQ(Wrong(), kLocked);
    clock_.Advance(wait - 1us);
    EXPECT_EQ(Wrong(), kLocked);
    clock_.Advance(1us);
    EXPECT_EQ(Wrong(), kWrong);
  }
}

TEST_F(AttemptsTest, ALockIsNeverLongerThanAQuarterOfAnHour) {
  for (int i = 0; i < 4; ++i) Wrong();
  // The tenth after the fifth would cost 1024 seconds.
  for (int doublings = 0; doublings <= 10; ++doublings) {
    EXPECT_EQ(Wrong(), kWrong);
    if (doublings < 10) clock_.Advance(1s * (1 << doublings));
  }
  clock_.Advance(15min - 1us);
  EXPECT_EQ(Wrong(), kLocked);
  clock_.Advance(1us);
  EXPECT_TRUE(SignIn(client_, "jane").contains("AccessToken"));
}

TEST_F(AttemptsTest, ARightPasswordAndAQuietQuarterOfAnHourForgetAll) {
  for (int i = 0; i < 5; ++i) Wrong();
  clock_.Advance(1s);
  SignIn(client_, "jane");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Wrong(), kWrong);
  clock_.Advance(15min);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Wrong(), kWrong);
}

TEST_F(AttemptsTest, ALockSurvivesARestart) {
  for (int i = 0; i < 5; ++i) Wrong();
  Close();
  Open();
  EXPECT_EQ(Wrong(), kLocked);
}

// A name that does not exist must not be told by that it is never locked.
TEST_F(AttemptsTest, SomebodyWhoDoesNotExistIsLockedOutToo) {
  const std::string client = MakeClient(pool_, {{"PreventUserExistenceErrors", "ENABLED"}});
  const json input = PasswordAuth(client, "nobody", "Wrong-Pass1");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Refusal("InitiateAuth", input), kWrong);
  EXPECT_EQ(Refusal("InitiateAuth", input), kLocked);
}

constexpr char kTooMany[] =
    "LimitExceededException: Attempt limit exceeded, please try after some time.";

TEST_F(AttemptsTest, TheSixthCodeInAnHourIsRefusedToWhomeverItWouldGo) {
  const std::string pool = MakeEmailPool();
  const std::string client = MakeClient(pool, {{"PreventUserExistenceErrors", "ENABLED"}});
  Do("SignUp", {{"ClientId", client},
                {"Username", "new@example.com"},
                {"Password", kPassword},
                {"UserAttributes", {{{"Name", "name"}, {"Value", "New"}}}}});
  MakeUser(pool, client, "jane@example.com", {{{"Name", "name"}, {"Value", "Jane"}}});
  Do("AdminUpdateUserAttributes",
     {{"UserPoolId", pool},
      {"Username", "jane@example.com"},
      {"UserAttributes", {{{"Name", "email_verified"}, {"Value", "true"}}}}});
  const std::pair<const char*, const char*> asked[] = {
      {"ResendConfirmationCode", "new@example.com"},
      {"ResendConfirmationCode", "nobody@example.com"},
      {"ForgotPassword", "jane@example.com"},
      {"ForgotPassword", "nobody@example.com"}};
  for (const auto& [operation, name] : asked) {
    const json input = {{"ClientId", client}, {"Username", name}};
    for (int i = 0; i < 5; ++i) Do(operation, input);
    EXPECT_EQ(Refusal(operation, input), kTooMany) << operation << name;
  }
  clock_.Advance(1h);
  for (const auto& [operation, name] : asked) {
    Do(operation, {{"ClientId", client}, {"Username", name}});
  }
}

TEST_F(AttemptsTest, APasswordIsChangedFiveTimesInAnHour) {
  const std::string token = SignIn(client_, "jane").at("AccessToken").get<std::string>();
  const json wrong = {{"AccessToken", token},
                      {"PreviousPassword", "Wrong-Pass1"},
                      {"ProposedPassword", "Other-Pass1!"}};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Refusal("ChangePassword", wrong), kWrong);
  EXPECT_EQ(Refusal("ChangePassword", wrong), kTooMany);
  EXPECT_TRUE(SignIn(client_, "jane").contains("AccessToken"))
      << "whoever has a token cannot lock the password";
}

}  // namespace
}  // namespace fractus::cognito
