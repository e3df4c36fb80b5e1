#include "emulator/model/validate.h"

#include <gtest/gtest.h>

#include "emulator/model/catalog.h"

namespace fractus::model {
namespace {

class ValidateTest : public testing::Test {
 protected:
  std::optional<std::string> Check(const char* service, const char* operation, const json& input) {
    return Validate(*catalog_.Find(service)->FindOperation(operation)->input, input);
  }
  Catalog catalog_;
};

TEST_F(ValidateTest, AMissingMemberIsNamedAsAwsNamesIt) {
  EXPECT_EQ(Check("dynamodb", "DeleteTable", json::object()),
            "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: "
            "Member must not be null");
}

TEST_F(ValidateTest, AllFindingsAreListed) {
  const auto message = Check("dynamodb", "GetItem", json::object());
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->starts_with("2 validation errors detected: ")) << *message;
}

TEST_F(ValidateTest, LengthsAndPatternsAreChecked) {
  EXPECT_EQ(Check("cognito-idp", "DescribeUserPool", {{"UserPoolId", "nonsense"}}),
            "1 validation error detected: Value 'nonsense' at 'userPoolId' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: "
            "[\\w-]+_[0-9a-zA-Z]+");
  EXPECT_EQ(Check("logs", "CreateLogGroup", {{"logGroupName", ""}})->substr(0, 58),
            "2 validation errors detected: Value '' at 'logGroupName' f");
}

TEST_F(ValidateTest, ASensitiveValueIsNotPrinted) {
  const auto message =
      Check("cognito-idp", "SignUp",
            {{"ClientId", "c1"}, {"Username", "u"}, {"Password", std::string(300, 'x')}});
  ASSERT_TRUE(message);
  EXPECT_NE(message->find("Value at 'password'"), std::string::npos) << *message;
  EXPECT_EQ(message->find("xxx"), std::string::npos);
}

TEST_F(ValidateTest, UnicodeClassesOfPatternsMatchUtf8) {
  EXPECT_FALSE(Check("cognito-idp", "AdminGetUser",
                     {{"UserPoolId", "us-east-1_abc"}, {"Username", "jürgen+x@example.com"}}));
}

TEST(CatalogTest, EveryEmbeddedModelParses) {
  Catalog catalog;
  for (const char* service : {"dynamodb", "cognito-idp", "lambda", "apigateway", "cloudformation",
                              "logs", "sns", "cloudwatch", "iam", "sts", "secretsmanager"}) {
    const auto* model = catalog.Find(service);
    ASSERT_NE(model, nullptr) << service;
    EXPECT_FALSE(model->operations().empty()) << service;
  }
  EXPECT_EQ(catalog.Find("no-such-service"), nullptr);
}

TEST(CatalogTest, ErrorsAreFoundByShapeAndByCode) {
  Catalog catalog;
  const auto* iam = catalog.Find("iam");
  ASSERT_NE(iam->FindError("NoSuchEntityException"), nullptr);
  EXPECT_EQ(iam->FindError("NoSuchEntity")->name, "NoSuchEntityException");
  EXPECT_EQ(iam->FindError("NoSuchEntity")->http_status, 404);
}

}  // namespace
}  // namespace fractus::model
