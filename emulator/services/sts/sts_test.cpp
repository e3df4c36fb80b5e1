#include "emulator/services/sts/sts.h"

#include "emulator/auth/access_key.h"
#include "emulator/services/service_test.h"

namespace fractus::sts {
namespace {

class StsTest : public ServiceTest<Sts> {
 protected:
  json Assume(const std::string& role_arn, json more = json::object()) {
    json input = {{"RoleArn", role_arn}, {"RoleSessionName", "s1"}};
    input.update(more);
    return Call("AssumeRole", input);
  }

  static constexpr auto kRole = "arn:aws:iam::111111111111:role/app/deployer";
};

// Knows one user's key and one role.
class Directory : public ports::IdentityDirectory {
 public:
  std::optional<ports::Credential> FindCredential(std::string_view key) const override {
    if (key != "AKIAANN") return std::nullopt;
    ports::Credential credential;
    credential.account = "222222222222";
    credential.principal_arn = "arn:aws:iam::222222222222:user/ann";
    credential.user_id = "AIDAANN";
    return credential;
  }
  std::optional<ports::Role> FindRole(std::string_view, std::string_view name) const override {
    if (name != "known") return std::nullopt;
    return ports::Role{"AROAKNOWN", "arn:aws:iam::222222222222:role/known", 7200};
  }
};

TEST_F(StsTest, TheCallerOfAnOrdinaryKeyIsTheRootOfItsAccount) {
  context_.account = "123456789012";
  EXPECT_EQ(Call("GetCallerIdentity"), (json{{"Account", "123456789012"},
                                             {"UserId", "123456789012"},
                                             {"Arn", "arn:aws:iam::123456789012:root"}}));
}

TEST_F(StsTest, AnAssumedRoleIsTheCallerOfItsCredentials) {
  const auto output = Assume(kRole, {{"DurationSeconds", 900}});
  const auto& credentials = output.at("Credentials");
  const auto key = credentials.at("AccessKeyId").get<std::string>();
  EXPECT_TRUE(key.starts_with("ASIA"));
  EXPECT_EQ(auth::AccountOfAccessKey(key), "111111111111");
  EXPECT_EQ(credentials.at("Expiration"), EpochSeconds(clock_.Now()) + 900);
  const auto& user = output.at("AssumedRoleUser");
  EXPECT_EQ(user.at("Arn"), "arn:aws:sts::111111111111:assumed-role/deployer/s1");
  EXPECT_TRUE(user.at("AssumedRoleId").get<std::string>().starts_with("AROA"));
  EXPECT_TRUE(user.at("AssumedRoleId").get<std::string>().ends_with(":s1"));
  EXPECT_EQ(Assume(kRole).at("AssumedRoleUser"), user);

  context_.access_key = key;
  EXPECT_EQ(Call("GetCallerIdentity"), (json{{"Account", "111111111111"},
                                             {"UserId", user.at("AssumedRoleId")},
                                             {"Arn", user.at("Arn")}}));
  EXPECT_EQ(Fail("GetSessionToken").code, "AccessDenied");
  EXPECT_EQ(
      Fail("AssumeRole", {{"RoleArn", kRole}, {"RoleSessionName", "s"}, {"DurationSeconds", 7200}})
          .code,
      "ValidationError");
}

TEST_F(StsTest, CredentialsSurviveARestart) {
  const auto credentials = Assume(kRole).at("Credentials");
  Restart();
  const auto credential =
      service_->FindCredential(credentials.at("AccessKeyId").get<std::string>());
  ASSERT_TRUE(credential);
  EXPECT_EQ(credential->secret, credentials.at("SecretAccessKey"));
  EXPECT_EQ(credential->session_token, credentials.at("SessionToken"));
  EXPECT_EQ(credential->expires, clock_.Now() + std::chrono::hours(1));
}

TEST_F(StsTest, MalformedRolesAreRefusedInTheWordsOfAws) {
  for (const auto* arn : {"nothing-valid-in-here", "arn:a:::something/test-role",
                          "arn:aws:iam::111111111111:user/x"}) {
    const auto error = Fail("AssumeRole", {{"RoleArn", arn}, {"RoleSessionName", "s"}});
    EXPECT_EQ(error.code, "ValidationError");
    EXPECT_EQ(error.message, std::string(arn) + " is invalid");
  }
}

TEST_F(StsTest, SessionTagsAreChecked) {
  const json tag = {{"Key", "a"}, {"Value", "1"}}, same = {{"Key", "A"}, {"Value", "2"}};
  EXPECT_EQ(
      Fail("AssumeRole", {{"RoleArn", kRole}, {"RoleSessionName", "s"}, {"Tags", {tag, same}}})
          .message,
      "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  EXPECT_EQ(Fail("AssumeRole", {{"RoleArn", kRole},
                                {"RoleSessionName", "s"},
                                {"Tags", {tag}},
                                {"TransitiveTagKeys", {"b"}}})
                .message,
            "The specified transitive tag key must be included in the requested tags.");
}

TEST_F(StsTest, ASessionTokenSpeaksForItsCaller) {
  const auto credentials = Call("GetSessionToken").at("Credentials");
  EXPECT_EQ(credentials.at("Expiration"), EpochSeconds(clock_.Now()) + 12 * 3600);
  context_.access_key = credentials.at("AccessKeyId").get<std::string>();
  EXPECT_EQ(Call("GetCallerIdentity").at("Arn"), "arn:aws:iam::000000000000:root");
}

TEST_F(StsTest, TheAccountOfAKeyIsTold) {
  const auto key = Assume(kRole).at("Credentials").at("AccessKeyId");
  EXPECT_EQ(Call("GetAccessKeyInfo", {{"AccessKeyId", key}}).at("Account"), "111111111111");
  EXPECT_EQ(Call("GetAccessKeyInfo", {{"AccessKeyId", "AKIAIOSFODNN7EXAMPLE"}}).at("Account"),
            "000000000000");
}

TEST_F(StsTest, UsersAndRolesOfIamAreKnown) {
  const Directory directory;
  service_ = std::make_unique<Sts>(*database_, clock_, ids_, &directory);
  operations_ = service_->Operations();
  context_.access_key = "AKIAANN";
  EXPECT_EQ(Call("GetCallerIdentity"), (json{{"Account", "222222222222"},
                                             {"UserId", "AIDAANN"},
                                             {"Arn", "arn:aws:iam::222222222222:user/ann"}}));
  EXPECT_EQ(
      Assume("arn:aws:iam::222222222222:role/known").at("AssumedRoleUser").at("AssumedRoleId"),
      "AROAKNOWN:s1");
  EXPECT_EQ(Fail("AssumeRole", {{"RoleArn", "arn:aws:iam::222222222222:role/known"},
                                {"RoleSessionName", "s"},
                                {"DurationSeconds", 9000}})
                .message,
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
}

}  // namespace
}  // namespace fractus::sts
