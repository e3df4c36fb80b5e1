#include "emulator/services/cloudformation/package.h"

#include <gtest/gtest.h>

#include <fstream>

namespace fractus::cloudformation {
namespace {

class PackageTest : public testing::Test {
 protected:
  PackageTest() {
    folder_ =
        std::filesystem::path(testing::TempDir()) /
        ("package_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::create_directories(folder_ / "src");
  }
  ~PackageTest() override { std::filesystem::remove_all(folder_); }

  json Function(const json& properties) {
    const json packaged = PackageTemplate(
        {{"Resources",
          {{"F", {{"Type", "AWS::Serverless::Function"}, {"Properties", properties}}}}}},
        folder_);
    return packaged["Resources"]["F"]["Properties"];
  }

  std::filesystem::path folder_;
};

TEST_F(PackageTest, AFunctionWithoutCodeIsInTheTemplatesFolder) {
  EXPECT_EQ(Function({{"Handler", "x"}})["CodeUri"], "s3://hot-reload/" + folder_.string());
}

TEST_F(PackageTest, LocalPathsBecomeAbsolute) {
  EXPECT_EQ(Function({{"CodeUri", "src/"}})["CodeUri"],
            "s3://hot-reload/" + (folder_ / "src").string());
  EXPECT_EQ(Function({{"CodeUri", "./src"}})["CodeUri"],
            "s3://hot-reload/" + (folder_ / "src").string());
  EXPECT_THROW(Function({{"CodeUri", "missing"}}), std::runtime_error);
}

TEST_F(PackageTest, OtherCodeStays) {
  EXPECT_EQ(Function({{"CodeUri", "s3://bucket/key"}})["CodeUri"], "s3://bucket/key");
  EXPECT_FALSE(Function({{"InlineCode", "x = 1"}}).contains("CodeUri"));
  EXPECT_FALSE(Function({{"ImageUri", "repo:tag"}}).contains("CodeUri"));
}

TEST_F(PackageTest, GlobalCodeCountsForAllFunctions) {
  const json packaged = PackageTemplate(json::parse(R"({"Globals": {"Function": {"CodeUri": "src"}},
                                      "Resources": {"F": {"Type": "AWS::Serverless::Function"}}})"),
                                        folder_);
  EXPECT_EQ(packaged["Globals"]["Function"]["CodeUri"],
            "s3://hot-reload/" + (folder_ / "src").string());
  EXPECT_FALSE(packaged["Resources"]["F"].contains("Properties"));
}

TEST_F(PackageTest, PlainFunctionsAndDefinitions) {
  std::ofstream(folder_ / "api.yaml") << "swagger: '2.0'\npaths: {}\n";
  const json packaged = PackageTemplate(json::parse(R"({"Resources": {
        "L": {"Type": "AWS::Lambda::Function", "Properties": {"Code": "src"}},
        "M": {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"ZipFile": "x"}}},
        "A": {"Type": "AWS::Serverless::Api", "Properties": {"DefinitionUri": "api.yaml"}},
        "T": {"Type": "AWS::SNS::Topic"}}})"),
                                        folder_);
  const json& resources = packaged["Resources"];
  EXPECT_EQ(resources["L"]["Properties"]["Code"],
            json({{"S3Bucket", "hot-reload"}, {"S3Key", (folder_ / "src").string()}}));
  EXPECT_EQ(resources["M"]["Properties"]["Code"], json({{"ZipFile", "x"}}));
  EXPECT_EQ(resources["A"]["Properties"]["DefinitionBody"]["swagger"], "2.0");
  EXPECT_EQ(resources["T"], json({{"Type", "AWS::SNS::Topic"}}));
}

}  // namespace
}  // namespace fractus::cloudformation
