#include "emulator/services/secretsmanager/secretsmanager.h"

#include "emulator/services/service_test.h"

namespace fractus::secretsmanager {
namespace {

class SecretsManagerTest : public ServiceTest<SecretsManager> {
 protected:
  json Create(const std::string& name = "s", json more = json::object()) {
    json input = {{"Name", name}, {"SecretString", "first"}, {"ClientRequestToken", "v1"}};
    input.update(more);
    return Call("CreateSecret", input);
  }

  json Value(json more = json::object()) {
    json input = {{"SecretId", "s"}};
    input.update(more);
    return Call("GetSecretValue", input);
  }

  static bool Contains(const std::string& text, std::string_view characters) {
    return text.find_first_of(characters) != std::string::npos;
  }
};

TEST_F(SecretsManagerTest, ASecretIsMadeReadAndDescribedAsOnAws) {
  const auto created =
      Create("app/s", {{"Description", "d"}, {"Tags", {{{"Key", "k"}, {"Value", "v"}}}}});
  const auto arn = created.at("ARN").get<std::string>();
  EXPECT_TRUE(arn.starts_with("arn:aws:secretsmanager:us-east-1:000000000000:secret:app/s-"));
  EXPECT_EQ(created.at("VersionId"), "v1");
  const auto value = Call("GetSecretValue", {{"SecretId", arn}});
  EXPECT_EQ(value, (json{{"ARN", arn},
                         {"Name", "app/s"},
                         {"CreatedDate", EpochSeconds(clock_.Now())},
                         {"SecretString", "first"},
                         {"VersionId", "v1"},
                         {"VersionStages", {"AWSCURRENT"}}}));
  const auto description = Call("DescribeSecret", {{"SecretId", "app/s"}});
  EXPECT_EQ(description.at("VersionIdsToStages"), (json{{"v1", json::array({"AWSCURRENT"})}}));
  EXPECT_EQ(description.at("Description"), "d");
  EXPECT_EQ(description.at("Tags"), json::parse(R"([{"Key": "k", "Value": "v"}])"));
  EXPECT_TRUE(description.contains("LastAccessedDate"));
}

TEST_F(SecretsManagerTest, ASecretIsFoundByItsArnWithoutTheRandomCharacters) {
  Create();
  EXPECT_EQ(Call("DescribeSecret",
                 {{"SecretId", "arn:aws:secretsmanager:us-east-1:000000000000:secret:s"}})
                .at("Name"),
            "s");
  const auto error =
      Fail("DescribeSecret",
           {{"SecretId", "arn:aws:secretsmanager:us-east-1:000000000000:secret:s-aaaaaa"}});
  EXPECT_EQ(error.code, "ResourceNotFoundException");
  EXPECT_EQ(error.message, "Secrets Manager can't find the specified secret.");
  // Source: recorded: AWS takes the end of this name for the random characters.
  Create("name-a1b2c3");
  Fail("DescribeSecret",
       {{"SecretId", "arn:aws:secretsmanager:us-east-1:000000000000:secret:name-a1b2c3"}});
  EXPECT_EQ(Call("DescribeSecret", {{"SecretId", "name-a1b2c3"}}).at("Name"), "name-a1b2c3");
}

TEST_F(SecretsManagerTest, NamesThatExistOrAreMalformedAreRefused) {
  Create();
  const auto error = Fail("CreateSecret", {{"Name", "s"}, {"SecretString", "x"}});
  EXPECT_EQ(error.code, "ResourceExistsException");
  EXPECT_EQ(error.message, "The operation failed because the secret s already exists.");
  EXPECT_EQ(Create().at("VersionId"), "v1");
  EXPECT_EQ(Fail("CreateSecret", {{"Name", "Inv Name"}}).message,
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the "
            "following: -/_+=.@!");
}

TEST_F(SecretsManagerTest, ANewValueTakesTheCurrentStageAndLeavesThePreviousBehind) {
  Create();
  EXPECT_EQ(Fail("GetSecretValue", {{"SecretId", "s"}, {"VersionStage", "AWSPREVIOUS"}}).message,
            "Secrets Manager can't find the specified secret value for staging label: AWSPREVIOUS");
  const auto put =
      Call("PutSecretValue",
           {{"SecretId", "s"}, {"SecretString", "second"}, {"ClientRequestToken", "v2"}});
  EXPECT_EQ(put.at("VersionStages"), json::array({"AWSCURRENT"}));
  Call("UpdateSecret",
       {{"SecretId", "s"}, {"SecretString", "third"}, {"ClientRequestToken", "v3"}});
  EXPECT_EQ(Value().at("SecretString"), "third");
  EXPECT_EQ(Value({{"VersionStage", "AWSPREVIOUS"}}).at("SecretString"), "second");
  EXPECT_EQ(Value({{"VersionId", "v1"}}).at("SecretString"), "first");
  EXPECT_EQ(Fail("GetSecretValue",
                 {{"SecretId", "s"}, {"VersionId", "v2"}, {"VersionStage", "AWSCURRENT"}})
                .message,
            "You provided a VersionStage that is not associated to the provided VersionId.");
  EXPECT_EQ(Call("DescribeSecret", {{"SecretId", "s"}}).at("VersionIdsToStages"),
            json::parse(R"({"v2": ["AWSPREVIOUS"], "v3": ["AWSCURRENT"]})"));
  EXPECT_EQ(Call("ListSecretVersionIds", {{"SecretId", "s"}}).at("Versions").size(), 2u);
  EXPECT_EQ(Call("ListSecretVersionIds", {{"SecretId", "s"}, {"IncludeDeprecated", true}})
                .at("Versions")
                .size(),
            3u);
  EXPECT_EQ(Fail("PutSecretValue",
                 {{"SecretId", "s"}, {"SecretString", "other"}, {"ClientRequestToken", "v3"}})
                .code,
            "ResourceExistsException");
}

TEST_F(SecretsManagerTest, AStageIsMovedByHand) {
  Create();
  Call("PutSecretValue", {{"SecretId", "s"},
                          {"SecretString", "2"},
                          {"ClientRequestToken", "v2"},
                          {"VersionStages", {"AWSPENDING"}}});
  EXPECT_EQ(Value().at("SecretString"), "first");
  Call("UpdateSecretVersionStage", {{"SecretId", "s"},
                                    {"VersionStage", "AWSCURRENT"},
                                    {"MoveToVersionId", "v2"},
                                    {"RemoveFromVersionId", "v1"}});
  EXPECT_EQ(Call("DescribeSecret", {{"SecretId", "s"}}).at("VersionIdsToStages"),
            json::parse(R"({"v1": ["AWSPREVIOUS"], "v2": ["AWSPENDING", "AWSCURRENT"]})"));
  EXPECT_EQ(Fail("UpdateSecretVersionStage",
                 {{"SecretId", "s"}, {"VersionStage", "AWSCURRENT"}, {"MoveToVersionId", "v1"}})
                .code,
            "InvalidParameterException");
}

TEST_F(SecretsManagerTest, BinaryValuesComeBackAsTheyWere) {
  const json bytes = json::binary({0, 1, 255});
  Call("CreateSecret", {{"Name", "s"}, {"SecretBinary", bytes}});
  Restart();
  EXPECT_EQ(Value().at("SecretBinary"), bytes);
  EXPECT_FALSE(Value().contains("SecretString"));
}

TEST_F(SecretsManagerTest, ADeletedSecretCanBeRestoredUntilItsWindowHasPassedOnTheClock) {
  Create();
  const auto deleted = Call("DeleteSecret", {{"SecretId", "s"}, {"RecoveryWindowInDays", 7}});
  EXPECT_EQ(deleted.at("DeletionDate"), EpochSeconds(clock_.Now()) + 7 * 24 * 3600);
  EXPECT_EQ(Fail("GetSecretValue", {{"SecretId", "s"}}).message,
            "You can't perform this operation on the secret because it was marked for deletion.");
  EXPECT_EQ(Fail("TagResource", {{"SecretId", "s"}, {"Tags", json::array()}}).code,
            "InvalidRequestException");
  EXPECT_EQ(Fail("CreateSecret", {{"Name", "s"}}).message,
            "You can't create this secret because a secret with this name is already scheduled for "
            "deletion.");
  EXPECT_TRUE(Call("ListSecrets").at("SecretList").empty());
  EXPECT_EQ(Call("ListSecrets", {{"IncludePlannedDeletion", true}}).at("SecretList").size(), 1u);
  Call("RestoreSecret", {{"SecretId", "s"}});
  EXPECT_EQ(Value().at("SecretString"), "first");

  Call("DeleteSecret", {{"SecretId", "s"}});
  clock_.Advance(std::chrono::hours(24 * 30));
  EXPECT_EQ(Fail("RestoreSecret", {{"SecretId", "s"}}).code, "ResourceNotFoundException");
  Create();
}

TEST_F(SecretsManagerTest, AForcedDeletionIsAtOnceAndAlwaysSucceeds) {
  Create();
  Call("DeleteSecret", {{"SecretId", "s"}, {"ForceDeleteWithoutRecovery", true}});
  Fail("DescribeSecret", {{"SecretId", "s"}});
  Call("DeleteSecret", {{"SecretId", "s"}, {"ForceDeleteWithoutRecovery", true}});
  EXPECT_EQ(Fail("DeleteSecret", {{"SecretId", "s"}}).code, "ResourceNotFoundException");
  EXPECT_EQ(
      Fail("DeleteSecret",
           {{"SecretId", "s"}, {"ForceDeleteWithoutRecovery", true}, {"RecoveryWindowInDays", 7}})
          .code,
      "InvalidParameterException");
  EXPECT_EQ(Fail("DeleteSecret", {{"SecretId", "s"}, {"RecoveryWindowInDays", 6}}).code,
            "InvalidParameterException");
}

TEST_F(SecretsManagerTest, SecretsAreListedNewestFirstFilteredAndInPages) {
  for (const auto* name : {"app/a", "app/b", "web/c"}) {
    Create(name);
    clock_.Advance(std::chrono::seconds(1));
  }
  Call("TagResource", {{"SecretId", "web/c"}, {"Tags", {{{"Key", "team"}, {"Value", "blue"}}}}});
  const auto names = [&](json input) {
    const auto output = Call("ListSecrets", std::move(input));
    std::string text;
    for (const auto& secret : output.at("SecretList"))
      text += secret.at("Name").get<std::string>() + " ";
    return text;
  };
  const auto filter = [](const char* key, const char* value) {
    return json{{"Filters", json::array({{{"Key", key}, {"Values", json::array({value})}}})}};
  };
  EXPECT_EQ(names({}), "web/c app/b app/a ");
  EXPECT_EQ(names({{"SortOrder", "asc"}}), "app/a app/b web/c ");
  EXPECT_EQ(names(filter("name", "app/")), "app/b app/a ");
  EXPECT_EQ(names(filter("name", "!app/")), "web/c ");
  EXPECT_EQ(names(filter("tag-key", "team")), "web/c ");
  EXPECT_EQ(names(filter("tag-value", "blue")), "web/c ");
  EXPECT_EQ(names(filter("all", "BLUE")), "web/c ");
  const auto page = Call("ListSecrets", {{"MaxResults", 2}});
  EXPECT_EQ(names({{"MaxResults", 2}, {"NextToken", page.at("NextToken")}}), "app/a ");
  EXPECT_EQ(Fail("ListSecrets", {{"NextToken", "x"}}).code, "InvalidNextTokenException");
}

TEST_F(SecretsManagerTest, TagsAndDescriptionChange) {
  Create();
  Call("TagResource", {{"SecretId", "s"},
                       {"Tags", {{{"Key", "a"}, {"Value", "1"}}, {{"Key", "b"}, {"Value", "2"}}}}});
  Call("UntagResource", {{"SecretId", "s"}, {"TagKeys", {"a"}}});
  const auto updated = Call("UpdateSecret", {{"SecretId", "s"}, {"Description", "new"}});
  EXPECT_FALSE(updated.contains("VersionId"));
  const auto secret = Call("DescribeSecret", {{"SecretId", "s"}});
  EXPECT_EQ(secret.at("Tags"), json::parse(R"([{"Key": "b", "Value": "2"}])"));
  EXPECT_EQ(secret.at("Description"), "new");
}

TEST_F(SecretsManagerTest, AResourcePolicyIsKept) {
  Create();
  EXPECT_FALSE(Call("GetResourcePolicy", {{"SecretId", "s"}}).contains("ResourcePolicy"));
  Call("PutResourcePolicy", {{"SecretId", "s"}, {"ResourcePolicy", "{}"}});
  EXPECT_EQ(Call("GetResourcePolicy", {{"SecretId", "s"}}).at("ResourcePolicy"), "{}");
  Call("DeleteResourcePolicy", {{"SecretId", "s"}});
  EXPECT_FALSE(Call("GetResourcePolicy", {{"SecretId", "s"}}).contains("ResourcePolicy"));
  EXPECT_EQ(Fail("PutResourcePolicy", {{"SecretId", "s"}, {"ResourcePolicy", "{"}}).code,
            "MalformedPolicyDocumentException");
}

TEST_F(SecretsManagerTest, APasswordHasEveryTypeUnlessExcluded) {
  for (int i = 0; i < 50; ++i) {
    const auto password = Call("GetRandomPassword",
                               {{"ExcludeCharacters", "\"@/\\"}, {"RequireEachIncludedType", true}})
                              .at("RandomPassword")
                              .get<std::string>();
    EXPECT_EQ(password.size(), 32u);
    EXPECT_TRUE(Contains(password, "abcdefghijklmnopqrstuvwxyz"));
    EXPECT_TRUE(Contains(password, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
    EXPECT_TRUE(Contains(password, "0123456789"));
    EXPECT_TRUE(Contains(password, "!#$%&'()*+,-.:;<=>?[]^_`{|}~"));
    EXPECT_FALSE(Contains(password, "\"@/\\ "));
  }
  const auto digits = Call("GetRandomPassword", {{"PasswordLength", 4},
                                                 {"ExcludeLowercase", true},
                                                 {"ExcludeUppercase", true},
                                                 {"ExcludePunctuation", true}})
                          .at("RandomPassword")
                          .get<std::string>();
  EXPECT_EQ(digits.size(), 4u);
  EXPECT_EQ(digits.find_first_not_of("0123456789"), std::string::npos);
}

TEST_F(SecretsManagerTest, PasswordsThatCannotBeMadeAreRefused) {
  EXPECT_EQ(Fail("GetRandomPassword", {{"PasswordLength", 3}}).message,
            "Password length is too short based on the required types.");
  EXPECT_EQ(Fail("GetRandomPassword", {{"PasswordLength", 5000}}).code,
            "InvalidParameterException");
  EXPECT_EQ(Fail("GetRandomPassword", {{"ExcludeCharacters", "0123456789"}}).code,
            "InvalidParameterException");
  EXPECT_EQ(Fail("GetRandomPassword", {{"ExcludeLowercase", true},
                                       {"ExcludeUppercase", true},
                                       {"ExcludeNumbers", true},
                                       {"ExcludePunctuation", true}})
                .code,
            "InvalidParameterException");
}

TEST_F(SecretsManagerTest, TheSameSeedGivesTheSamePassword) {
  const auto first = Call("GetRandomPassword");
  Close();
  std::filesystem::remove_all(folder_ + "/data");
  database_ = std::make_unique<storage::Database>(folder_ + "/data", storage::Durability::kNone);
  IdSource same_seed(1);
  service_ = std::make_unique<SecretsManager>(*database_, clock_, same_seed);
  operations_ = service_->Operations();
  EXPECT_EQ(Call("GetRandomPassword"), first);
  Close();
}

TEST_F(SecretsManagerTest, SecretsSurviveARestart) {
  Create();
  Restart();
  EXPECT_EQ(Value().at("SecretString"), "first");
}

}  // namespace
}  // namespace fractus::secretsmanager
