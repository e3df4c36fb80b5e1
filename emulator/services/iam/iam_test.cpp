#include "emulator/services/iam/iam.h"

#include "emulator/auth/access_key.h"
#include "emulator/core/encoding.h"
#include "emulator/services/service_test.h"

namespace fractus::iam {
namespace {

constexpr auto kTrust =
    R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})";
constexpr auto kAllow =
    R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})";
constexpr auto kLambdaBasic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

class IamTest : public ServiceTest<Iam> {
 protected:
  json Role(const std::string& name, json more = json::object()) {
    json input = {{"RoleName", name}, {"AssumeRolePolicyDocument", kTrust}};
    input.update(more);
    return Call("CreateRole", input).at("Role");
  }

  std::string Policy(const std::string& name = "p") {
    return Call("CreatePolicy", {{"PolicyName", name}, {"PolicyDocument", kAllow}})["Policy"]["Arn"]
        .get<std::string>();
  }
};

TEST_F(IamTest, ARoleIsAnsweredWithTheMembersOfAws) {
  const auto created = Role("r", {{"Path", "/app/"}, {"Tags", {{{"Key", "k"}, {"Value", "v"}}}}});
  EXPECT_EQ(created.at("Arn"), "arn:aws:iam::000000000000:role/app/r");
  EXPECT_TRUE(created.at("RoleId").get<std::string>().starts_with("AROA"));
  EXPECT_EQ(created.at("RoleId").get<std::string>().size(), 21u);
  EXPECT_EQ(PercentDecode(created.at("AssumeRolePolicyDocument").get<std::string>()), kTrust);
  EXPECT_FALSE(created.contains("MaxSessionDuration"));

  const auto role = Call("GetRole", {{"RoleName", "r"}}).at("Role");
  EXPECT_EQ(role.at("MaxSessionDuration"), 3600);
  EXPECT_EQ(role.at("RoleLastUsed"), json::object());
  EXPECT_EQ(role.at("Tags"), json::parse(R"([{"Key": "k", "Value": "v"}])"));
  const auto listed = Call("ListRoles").at("Roles").at(0);
  EXPECT_FALSE(listed.contains("Tags"));
  EXPECT_FALSE(listed.contains("RoleLastUsed"));
}

TEST_F(IamTest, ErrorsAboutRolesHaveTheWordsOfAws) {
  Role("r");
  auto error = Fail("CreateRole", {{"RoleName", "r"}, {"AssumeRolePolicyDocument", kTrust}});
  EXPECT_EQ(error.code, "EntityAlreadyExistsException");
  EXPECT_EQ(error.message, "Role with name r already exists.");
  error = Fail("GetRole", {{"RoleName", "x"}});
  EXPECT_EQ(error.code, "NoSuchEntityException");
  EXPECT_EQ(error.message, "The role with name x cannot be found.");
  EXPECT_EQ(Fail("DeleteRole", {{"RoleName", "x"}}).code, "NoSuchEntityException");
}

TEST_F(IamTest, MalformedDocumentsAreRefused) {
  const auto refused = [&](const std::string& document) {
    const auto error =
        Fail("CreateRole", {{"RoleName", "r"}, {"AssumeRolePolicyDocument", document}});
    EXPECT_EQ(error.code, "MalformedPolicyDocumentException");
    return error.message;
  };
  EXPECT_EQ(refused("{"), "This policy contains invalid Json");
  EXPECT_EQ(refused(R"({"Version": "x", "Statement": []})"),
            "The policy must contain a valid version string");
  EXPECT_EQ(refused(R"({"Version": "2012-10-17"})"), "Syntax errors in policy.");
  EXPECT_EQ(refused(kAllow), "Has prohibited field Resource");
  Role("r");
  const auto inline_refused = [&](const std::string& document) {
    return Fail("PutRolePolicy",
                {{"RoleName", "r"}, {"PolicyName", "p"}, {"PolicyDocument", document}})
        .message;
  };
  EXPECT_EQ(inline_refused(kTrust), "Policy document should not specify a principal.");
  EXPECT_EQ(inline_refused(R"({"Statement": {"Effect": "Allow", "Action": "*"}})"),
            "Policy statement must contain resources.");
  EXPECT_EQ(inline_refused(R"({"Statement": {"Effect": "Allow", "Resource": "*"}})"),
            "Policy statement must contain actions.");
}

TEST_F(IamTest, ARoleIsUpdated) {
  Role("r");
  Call("UpdateRole", {{"RoleName", "r"}, {"Description", "d"}, {"MaxSessionDuration", 7200}});
  const std::string trust =
      R"({"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}})";
  Call("UpdateAssumeRolePolicy", {{"RoleName", "r"}, {"PolicyDocument", trust}});
  Call("PutRolePermissionsBoundary", {{"RoleName", "r"}, {"PermissionsBoundary", kLambdaBasic}});
  auto role = Call("GetRole", {{"RoleName", "r"}}).at("Role");
  EXPECT_EQ(role.at("Description"), "d");
  EXPECT_EQ(role.at("MaxSessionDuration"), 7200);
  EXPECT_EQ(role.at("AssumeRolePolicyDocument"), PercentEncode(trust));
  EXPECT_EQ(role.at("PermissionsBoundary").at("PermissionsBoundaryArn"), kLambdaBasic);
  Call("DeleteRolePermissionsBoundary", {{"RoleName", "r"}});
  EXPECT_FALSE(Call("GetRole", {{"RoleName", "r"}}).at("Role").contains("PermissionsBoundary"));
}

TEST_F(IamTest, RolesAreListedByPathInPages) {
  Role("a", {{"Path", "/x/"}});
  Role("b");
  Role("c", {{"Path", "/x/"}});
  EXPECT_EQ(Call("ListRoles", {{"PathPrefix", "/x/"}}).at("Roles").size(), 2u);
  const auto page = Call("ListRoles", {{"MaxItems", 2}});
  EXPECT_EQ(page.at("IsTruncated"), true);
  const auto rest = Call("ListRoles", {{"MaxItems", 2}, {"Marker", page.at("Marker")}});
  EXPECT_EQ(rest.at("IsTruncated"), false);
  EXPECT_EQ(rest["Roles"][0]["RoleName"], "c");
}

TEST_F(IamTest, InlinePoliciesOfARoleAreKeptEncodedAndBlockItsDeletion) {
  Role("r");
  Call("PutRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}, {"PolicyDocument", kAllow}});
  const auto policy = Call("GetRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}});
  EXPECT_EQ(policy.at("PolicyDocument"), PercentEncode(kAllow));
  EXPECT_EQ(policy.at("RoleName"), "r");
  EXPECT_EQ(Call("ListRolePolicies", {{"RoleName", "r"}}).at("PolicyNames"), json::array({"p"}));
  EXPECT_EQ(Fail("DeleteRole", {{"RoleName", "r"}}).message,
            "Cannot delete entity, must delete policies first.");
  Call("DeleteRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}});
  EXPECT_EQ(Fail("GetRolePolicy", {{"RoleName", "r"}, {"PolicyName", "p"}}).message,
            "The role policy with name p cannot be found.");
  Call("DeleteRole", {{"RoleName", "r"}});
}

TEST_F(IamTest, PoliciesOfTheCustomerAndOfAwsAreAttached) {
  Role("r");
  const auto arn = Policy();
  Call("AttachRolePolicy", {{"RoleName", "r"}, {"PolicyArn", arn}});
  Call("AttachRolePolicy", {{"RoleName", "r"}, {"PolicyArn", arn}});
  Call("AttachRolePolicy", {{"RoleName", "r"}, {"PolicyArn", kLambdaBasic}});
  EXPECT_EQ(Call("ListAttachedRolePolicies", {{"RoleName", "r"}}).at("AttachedPolicies"),
            (json{{{"PolicyName", "p"}, {"PolicyArn", arn}},
                  {{"PolicyName", "AWSLambdaBasicExecutionRole"}, {"PolicyArn", kLambdaBasic}}}));
  EXPECT_EQ(Call("GetPolicy", {{"PolicyArn", arn}})["Policy"]["AttachmentCount"], 1);
  EXPECT_EQ(Fail("DeletePolicy", {{"PolicyArn", arn}}).code, "DeleteConflictException");
  EXPECT_EQ(Fail("DeleteRole", {{"RoleName", "r"}}).message,
            "Cannot delete entity, must detach all policies first.");
  Call("DetachRolePolicy", {{"RoleName", "r"}, {"PolicyArn", arn}});
  EXPECT_EQ(Fail("DetachRolePolicy", {{"RoleName", "r"}, {"PolicyArn", arn}}).code,
            "NoSuchEntityException");
  Call("DeletePolicy", {{"PolicyArn", arn}});

  EXPECT_EQ(Fail("AttachRolePolicy", {{"RoleName", "r"}, {"PolicyArn", "p"}}).message,
            "Invalid ARN:  Could not be parsed!");
  EXPECT_EQ(Fail("AttachRolePolicy", {{"RoleName", "r"}, {"PolicyArn", arn}}).message,
            "Policy " + arn + " does not exist or is not attachable.");
}

TEST_F(IamTest, APolicyHasVersions) {
  const auto arn = Policy();
  EXPECT_EQ(Fail("CreatePolicy", {{"PolicyName", "p"}, {"PolicyDocument", kAllow}}).message,
            "A policy called p already exists. Duplicate names are not allowed.");
  const json version = {{"PolicyArn", arn}, {"PolicyDocument", kAllow}, {"SetAsDefault", true}};
  EXPECT_EQ(Call("CreatePolicyVersion", version)["PolicyVersion"]["VersionId"], "v2");
  EXPECT_EQ(Call("GetPolicy", {{"PolicyArn", arn}})["Policy"]["DefaultVersionId"], "v2");
  EXPECT_EQ(Call("GetPolicyVersion",
                 {{"PolicyArn", arn}, {"VersionId", "v1"}})["PolicyVersion"]["Document"],
            PercentEncode(kAllow));
  EXPECT_EQ(Fail("DeletePolicyVersion", {{"PolicyArn", arn}, {"VersionId", "v2"}}).code,
            "DeleteConflictException");
  EXPECT_EQ(Fail("DeletePolicy", {{"PolicyArn", arn}}).code, "DeleteConflictException");
  for (int i = 0; i < 3; ++i) Call("CreatePolicyVersion", version);
  EXPECT_EQ(Fail("CreatePolicyVersion", version).code, "LimitExceededException");
  const auto versions = Call("ListPolicyVersions", {{"PolicyArn", arn}}).at("Versions");
  EXPECT_EQ(versions.size(), 5u);
  EXPECT_EQ(versions[0].at("VersionId"), "v5");
  Call("SetDefaultPolicyVersion", {{"PolicyArn", arn}, {"VersionId", "v1"}});
  Call("DeletePolicyVersion", {{"PolicyArn", arn}, {"VersionId", "v5"}});
  EXPECT_EQ(Fail("GetPolicyVersion", {{"PolicyArn", arn}, {"VersionId", "v5"}}).code,
            "NoSuchEntityException");
  EXPECT_EQ(Fail("GetPolicy", {{"PolicyArn", arn + "x"}}).message,
            "Policy " + arn + "x was not found.");
  EXPECT_EQ(Call("ListPolicies", {{"Scope", "Local"}}).at("Policies").size(), 1u);
}

TEST_F(IamTest, AwsManagedPoliciesAreKnownByNameOnly) {
  const auto policy = Call("GetPolicy", {{"PolicyArn", kLambdaBasic}}).at("Policy");
  EXPECT_EQ(policy.at("PolicyName"), "AWSLambdaBasicExecutionRole");
  EXPECT_EQ(policy.at("Path"), "/service-role/");
  EXPECT_EQ(
      Fail("GetPolicyVersion", {{"PolicyArn", kLambdaBasic}, {"VersionId", "v1"}}).http_status,
      501);
}

TEST_F(IamTest, TagsOfARoleAreAddedAndRemoved) {
  Role("r");
  Call("TagRole", {{"RoleName", "r"},
                   {"Tags", {{{"Key", "a"}, {"Value", "1"}}, {{"Key", "b"}, {"Value", "2"}}}}});
  Call("UntagRole", {{"RoleName", "r"}, {"TagKeys", {"a"}}});
  EXPECT_EQ(Call("ListRoleTags", {{"RoleName", "r"}}).at("Tags"),
            json::parse(R"([{"Key": "b", "Value": "2"}])"));
}

TEST_F(IamTest, AUserHasAtMostTwoAccessKeysThatNameHim) {
  Call("CreateUser", {{"UserName", "ann"}});
  EXPECT_EQ(Fail("CreateUser", {{"UserName", "ann"}}).message,
            "User with name ann already exists.");
  const auto key = Call("CreateAccessKey", {{"UserName", "ann"}}).at("AccessKey");
  const auto id = key.at("AccessKeyId").get<std::string>();
  EXPECT_TRUE(id.starts_with("AKIA"));
  EXPECT_EQ(auth::AccountOfAccessKey(id), "000000000000");

  const auto credential = service_->FindCredential(id);
  ASSERT_TRUE(credential);
  EXPECT_EQ(credential->secret, key.at("SecretAccessKey"));
  EXPECT_EQ(credential->principal_arn, "arn:aws:iam::000000000000:user/ann");
  context_.access_key = id;
  EXPECT_EQ(Call("GetUser").at("User").at("UserName"), "ann");
  Call("UpdateAccessKey", {{"AccessKeyId", id}, {"Status", "Inactive"}});
  EXPECT_FALSE(service_->FindCredential(id));

  Call("CreateAccessKey", {{"UserName", "ann"}});
  EXPECT_EQ(Fail("CreateAccessKey", {{"UserName", "ann"}}).code, "LimitExceededException");
  EXPECT_EQ(Fail("DeleteUser", {{"UserName", "ann"}}).code, "DeleteConflictException");
  const auto keys = Call("ListAccessKeys", {{"UserName", "ann"}}).at("AccessKeyMetadata");
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_FALSE(keys[0].contains("SecretAccessKey"));
  for (const auto& each : keys)
    Call("DeleteAccessKey", {{"UserName", "ann"}, {"AccessKeyId", each.at("AccessKeyId")}});
  EXPECT_EQ(Fail("DeleteAccessKey", {{"AccessKeyId", id}}).message,
            "The Access Key with id " + id + " cannot be found.");
  Call("DeleteUser", {{"UserName", "ann"}});
  EXPECT_EQ(Fail("GetUser", {{"UserName", "ann"}}).message,
            "The user with name ann cannot be found.");
  EXPECT_EQ(Call("GetUser")["User"]["Arn"], "arn:aws:iam::000000000000:root");
}

TEST_F(IamTest, PoliciesHangOnUsersAsOnRoles) {
  Call("CreateUser", {{"UserName", "ann"}});
  Call("PutUserPolicy", {{"UserName", "ann"}, {"PolicyName", "p"}, {"PolicyDocument", kAllow}});
  EXPECT_EQ(Call("GetUserPolicy", {{"UserName", "ann"}, {"PolicyName", "p"}}).at("UserName"),
            "ann");
  Call("AttachUserPolicy", {{"UserName", "ann"}, {"PolicyArn", kLambdaBasic}});
  EXPECT_EQ(Call("ListAttachedUserPolicies", {{"UserName", "ann"}}).at("AttachedPolicies").size(),
            1u);
  EXPECT_EQ(Call("ListUsers").at("Users").size(), 1u);
}

TEST_F(IamTest, EverythingSurvivesARestartAndBelongsToItsAccountInAllRegions) {
  Role("r");
  Restart();
  context_.region = "eu-west-1";
  Call("GetRole", {{"RoleName", "r"}});
  const auto role = service_->FindRole("000000000000", "r");
  ASSERT_TRUE(role);
  EXPECT_EQ(role->arn, "arn:aws:iam::000000000000:role/r");
  context_.account = "111111111111";
  Fail("GetRole", {{"RoleName", "r"}});
  EXPECT_FALSE(service_->FindRole("111111111111", "r"));
}

}  // namespace
}  // namespace fractus::iam
