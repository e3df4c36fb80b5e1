#include "lambdas/testing_room.h"

namespace fractus::lambdas {
namespace {

class VersionsTest : public testing::RoomTest {
 protected:
  VersionsTest() { EXPECT_TRUE(Create("echo")); }
};

TEST_F(VersionsTest, PublishingNumbersTheCurrentStateOnceOnly) {
  const auto first = CallText("PublishVersion", R"({"FunctionName": "echo", "Description": "d"})");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->at("Version"), "1");
  EXPECT_EQ(first->at("Description"), "d");
  EXPECT_EQ(first->at("FunctionArn"), "arn:aws:lambda:us-east-1:000000000000:function:echo:1");
  // Nothing changed.
  EXPECT_EQ(CallText("PublishVersion", R"({"FunctionName": "echo"})")->at("Version"), "1");
  ASSERT_TRUE(CallText("UpdateFunctionConfiguration", R"({"FunctionName": "echo", "Timeout": 9})"));
  EXPECT_EQ(CallText("PublishVersion", R"({"FunctionName": "echo"})")->at("Version"), "2");
  const auto list = CallText("ListVersionsByFunction", R"({"FunctionName": "echo"})");
  ASSERT_EQ(list->at("Versions").size(), 3u);
  EXPECT_EQ(list->at("Versions")[0].at("Version"), "$LATEST");
  EXPECT_EQ(list->at("Versions")[1].at("Timeout"), 3);
  EXPECT_EQ(list->at("Versions")[2].at("Timeout"), 9);
}

TEST_F(VersionsTest, VersionKeepsItsCodeAndEnvironmentWhenLatestChanges) {
  ASSERT_TRUE(CallText("PublishVersion", R"({"FunctionName": "echo"})"));
  const json one = json::parse(R"({"FunctionName": "echo", "Qualifier": "1"})");
  EXPECT_EQ(InvokeWith(one)->at("ExecutedVersion"), "1");
  const std::string folder = host_.Specs().at(0).code_folder;
  std::vector<testing::ZipEntry> entries(1);
  entries[0].name = "other.py";
  json input = json::object();
  input["FunctionName"] = "echo";
  input["ZipFile"] = testing::Blob(testing::MakeZip(entries));
  ASSERT_TRUE(Call("UpdateFunctionCode", input));
  ASSERT_TRUE(InvokeWith(one));
  EXPECT_EQ(host_.Started(), 1u);
  EXPECT_TRUE(std::filesystem::exists(folder + "/app.py"));
  ASSERT_TRUE(CallText("DeleteFunction", R"({"FunctionName": "echo", "Qualifier": "1"})"));
  EXPECT_FALSE(InvokeWith(one));
}

TEST_F(VersionsTest, WrongDigestIsRefused) {
  const auto output = CallText("PublishVersion", R"({"FunctionName": "echo", "CodeSha256": "x"})");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, "InvalidParameterValueException");
}

TEST_F(VersionsTest, AliasPointsToAVersion) {
  ASSERT_TRUE(CallText("PublishVersion", R"({"FunctionName": "echo"})"));
  const auto alias = CallText(
      "CreateAlias", R"({"FunctionName": "echo", "Name": "live", "FunctionVersion": "1"})");
  ASSERT_TRUE(alias);
  EXPECT_EQ(alias->at("AliasArn"), "arn:aws:lambda:us-east-1:000000000000:function:echo:live");
  EXPECT_EQ(*CallText("GetAlias", R"({"FunctionName": "echo", "Name": "live"})"), *alias);
  EXPECT_EQ(InvokeWith(json::parse(R"({"FunctionName": "echo:live"})"))->at("ExecutedVersion"),
            "1");
  ASSERT_TRUE(CallText(
      "UpdateAlias", R"({"FunctionName": "echo", "Name": "live", "FunctionVersion": "$LATEST"})"));
  EXPECT_EQ(InvokeWith(json::parse(R"({"FunctionName": "echo:live"})"))->at("ExecutedVersion"),
            "$LATEST");
  EXPECT_EQ(CallText("ListAliases", R"({"FunctionName": "echo"})")->at("Aliases").size(), 1u);
  ASSERT_TRUE(CallText("DeleteAlias", R"({"FunctionName": "echo", "Name": "live"})"));
  const auto gone = CallText("GetAlias", R"({"FunctionName": "echo", "Name": "live"})");
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().message,
            "Cannot find alias arn: arn:aws:lambda:us-east-1:000000000000:function:echo:live");
}

TEST_F(VersionsTest, VersionWithAnAliasIsNotDeleted) {
  ASSERT_TRUE(CallText("PublishVersion", R"({"FunctionName": "echo"})"));
  ASSERT_TRUE(CallText("CreateAlias",
                       R"({"FunctionName": "echo", "Name": "live", "FunctionVersion": "1"})"));
  const auto output = CallText("DeleteFunction", R"({"FunctionName": "echo", "Qualifier": "1"})");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, "ResourceConflictException");
}

}  // namespace
}  // namespace fractus::lambdas
