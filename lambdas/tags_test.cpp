#include "lambdas/testing_room.h"

namespace fractus::lambdas {
namespace {

constexpr char kArn[] = "arn:aws:lambda:us-east-1:000000000000:function:echo";

class TagsTest : public testing::RoomTest {
 protected:
  Result<json> With(const std::string& operation, const std::string& arn, const char* members) {
    json input = json::parse(members);
    input["Resource"] = arn;
    return Call(operation, input);
  }
};

TEST_F(TagsTest, AreAddedReplacedAndRemoved) {
  ASSERT_TRUE(Create("echo"));
  EXPECT_EQ(With("ListTags", kArn, "{}")->at("Tags"), json::object());
  ASSERT_TRUE(With("TagResource", kArn, R"({"Tags": {"A": "1", "B": "2"}})"));
  ASSERT_TRUE(With("TagResource", kArn, R"({"Tags": {"B": "3"}})"));
  EXPECT_EQ(With("ListTags", kArn, "{}")->at("Tags"), json::parse(R"({"A": "1", "B": "3"})"));
  ASSERT_TRUE(With("UntagResource", kArn, R"({"TagKeys": ["A", "nope"]})"));
  EXPECT_EQ(With("ListTags", kArn, "{}")->at("Tags"), json::parse(R"({"B": "3"})"));
}

TEST_F(TagsTest, FailuresAreInAwsWords) {
  ASSERT_TRUE(Create("echo"));
  const auto version = With("ListTags", std::string(kArn) + ":1", "{}");
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().message,
            "Tags on function aliases and versions are not supported. Please specify a function "
            "ARN.");
  const auto missing =
      With("ListTags", "arn:aws:lambda:us-east-1:000000000000:function:nope", "{}");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "ResourceNotFoundException");
  const auto empty = With("TagResource", kArn, R"({"Tags": {}})");
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().message, "An error occurred and the request cannot be processed.");
}

}  // namespace
}  // namespace fractus::lambdas
