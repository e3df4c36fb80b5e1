#include "cognito/cognito_fixture.h"
#include "emulator/auth/digest.h"

namespace fractus::cognito {
namespace {

class ClientSecretTest : public CognitoTest {
 protected:
  ClientSecretTest() : pool_(MakePool()), client_(MakeClient(pool_, {{"GenerateSecret", true}})) {
    first_ = Named("DescribeUserPoolClient")["UserPoolClient"]["ClientSecret"].get<std::string>();
    MakeUser(pool_, MakeClient(pool_), "jane");
  }

  json Named(const std::string& operation, json input = json::object()) {
    input.update({{"UserPoolId", pool_}, {"ClientId", client_}});
    return Do(operation, std::move(input));
  }

  bool SignsInWith(const std::string& secret) {
    json input = PasswordAuth(client_, "jane");
    input["AuthParameters"]["SECRET_HASH"] =
        Base64Encode(auth::HmacSha256(secret, "jane" + client_));
    return Call("InitiateAuth", std::move(input)).has_value();
  }

  std::string pool_, client_, first_;
};

TEST_F(ClientSecretTest, ASecretIsRotatedWithoutAMomentWithoutOne) {
  const json added = Named("AddUserPoolClientSecret").at("ClientSecretDescriptor");
  const auto second = added.at("ClientSecretValue").get<std::string>();
  EXPECT_TRUE(SignsInWith(first_));
  EXPECT_TRUE(SignsInWith(second));
  EXPECT_FALSE(SignsInWith("another"));

  const json listed = Named("ListUserPoolClientSecrets").at("ClientSecrets");
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_FALSE(listed.at(0).contains("ClientSecretValue"));
  EXPECT_TRUE(listed.at(0).at("ClientSecretId").get<std::string>().starts_with(client_ + "--"));
  EXPECT_EQ(listed.at(1).at("ClientSecretId"), added.at("ClientSecretId"));

  Named("DeleteUserPoolClientSecret", {{"ClientSecretId", listed.at(0).at("ClientSecretId")}});
  EXPECT_FALSE(SignsInWith(first_));
  EXPECT_TRUE(SignsInWith(second));
  const json client = Named("DescribeUserPoolClient").at("UserPoolClient");
  EXPECT_EQ(client.at("ClientSecret"), second);
  EXPECT_FALSE(client.contains("Secrets"));
}

TEST_F(ClientSecretTest, SecretsSurviveARestartAndAnUpdate) {
  const json mine = {{"ClientSecret", "a_secret_of_my_own_0123456789"}};
  EXPECT_FALSE(Named("AddUserPoolClientSecret", mine)
                   .at("ClientSecretDescriptor")
                   .contains("ClientSecretValue"));
  Named("UpdateUserPoolClient", {{"ExplicitAuthFlows", {"ALLOW_USER_PASSWORD_AUTH"}}});
  Close();
  Open();
  EXPECT_TRUE(SignsInWith(first_));
  EXPECT_TRUE(SignsInWith(mine.at("ClientSecret").get<std::string>()));
}

TEST_F(ClientSecretTest, AClientHasOneOrTwoSecretsUnlessItWasMadeWithout) {
  Named("AddUserPoolClientSecret");
  const json input = {{"UserPoolId", pool_}, {"ClientId", client_}};
  EXPECT_EQ(Refusal("AddUserPoolClientSecret", input),
            "LimitExceededException: An app client has at most two secrets.");
  const json secrets = Named("ListUserPoolClientSecrets").at("ClientSecrets");
  Named("DeleteUserPoolClientSecret", {{"ClientSecretId", secrets.at(1).at("ClientSecretId")}});
  json last = input;
  last["ClientSecretId"] = secrets.at(0).at("ClientSecretId");
  EXPECT_EQ(Refusal("DeleteUserPoolClientSecret", last),
            "InvalidParameterException: The last secret of an app client stays.");
  EXPECT_EQ(
      Refusal("AddUserPoolClientSecret", {{"UserPoolId", pool_}, {"ClientId", MakeClient(pool_)}}),
      "InvalidParameterException: The app client was made without a secret.");
}

}  // namespace
}  // namespace fractus::cognito
