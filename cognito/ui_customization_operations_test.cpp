#include "cognito/cognito_fixture.h"

namespace fractus::cognito {
namespace {

class UiCustomizationTest : public CognitoTest {
 protected:
  UiCustomizationTest() : pool_(MakePool()), client_(MakeClient(pool_)) {}

  void MakeDomain() { Do("CreateUserPoolDomain", {{"UserPoolId", pool_}, {"Domain", "shop"}}); }
  json Get(const std::string& client) {
    return Do("GetUICustomization", {{"UserPoolId", pool_}, {"ClientId", client}})
        .at("UICustomization");
  }

  std::string pool_, client_;
};

TEST_F(UiCustomizationTest, PagesNeedADomainBeforeTheyHaveALook) {
  const json input = {{"UserPoolId", pool_}, {"CSS", ".label-customizable{color:red}"}};
  EXPECT_EQ(Refusal("SetUICustomization", input),
            "InvalidParameterException: There has to be an existing domain associated with this "
            "user pool");
  MakeDomain();
  EXPECT_EQ(Get(client_), json::object());
  const json set = Do("SetUICustomization", input).at("UICustomization");
  EXPECT_EQ(set.at("ClientId"), "ALL");
  EXPECT_EQ(Get(client_), set);
}

TEST_F(UiCustomizationTest, AClientsOwnLookWinsAndKeepsWhatIsNotNamed) {
  MakeDomain();
  Do("SetUICustomization", {{"UserPoolId", pool_}, {"CSS", "of all"}});
  Do("SetUICustomization", {{"UserPoolId", pool_}, {"ClientId", client_}, {"CSS", "of one"}});
  const std::string png = "\x89PNG\r\n";
  Do("SetUICustomization",
     {{"UserPoolId", pool_},
      {"ClientId", client_},
      {"ImageFile", json::binary(std::vector<uint8_t>(png.begin(), png.end()))}});
  EXPECT_EQ(Get(client_).at("CSS"), "of one");
  EXPECT_EQ(Get(client_).at("ImageUrl"), "data:image/png;base64,iVBORw0K");
  EXPECT_EQ(Get("ALL").at("CSS"), "of all");
}

TEST_F(UiCustomizationTest, WhatIsNoStyleAndNoImageIsRefused) {
  MakeDomain();
  EXPECT_EQ(Refusal("SetUICustomization", {{"UserPoolId", pool_}, {"CSS", "</style><script>"}}),
            "InvalidParameterException: The CSS is not valid.");
  EXPECT_EQ(Refusal("SetUICustomization",
                    {{"UserPoolId", pool_}, {"ImageFile", json::binary({'<', 's', 'v', 'g'})}}),
            "InvalidParameterException: The image must be in the format PNG or JPEG.");
  EXPECT_EQ(
      Refusal("SetUICustomization", {{"UserPoolId", pool_}, {"ClientId", "nobody"}, {"CSS", "x"}}),
      "ResourceNotFoundException: User pool client nobody does not exist.");
}

}  // namespace
}  // namespace fractus::cognito
