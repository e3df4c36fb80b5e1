#include <fstream>

#include "lambdas/testing_room.h"

namespace fractus::lambdas {
namespace {

using testing::Blob;
using testing::MakeZip;

class CreateFunctionTest : public testing::RoomTest {
 protected:
  void ExpectInvalid(const json& more, const std::string& message) {
    const auto output = Create("bad", more);
    ASSERT_FALSE(output) << more.dump();
    EXPECT_EQ(output.error().code, "InvalidParameterValueException");
    EXPECT_EQ(output.error().message, message);
    EXPECT_FALSE(CallText("GetFunction", R"({"FunctionName": "bad"})"));
  }
};

// Source: recorded test_function_lifecycle.
TEST_F(CreateFunctionTest, AnswersWithAllMembersAndDefaults) {
  const auto output = Create("echo");
  ASSERT_TRUE(output) << output.error().message;
  json configuration = *output;
  EXPECT_EQ(configuration["CodeSha256"].get<std::string>().size(), 44u);
  EXPECT_GT(configuration["CodeSize"].get<int>(), 100);
  EXPECT_EQ(configuration["RevisionId"].get<std::string>().size(), 36u);
  EXPECT_TRUE(
      configuration["RuntimeVersionConfig"]["RuntimeVersionArn"].get<std::string>().starts_with(
          "arn:aws:lambda:us-east-1::runtime:"));
  for (const char* member : {"CodeSha256", "CodeSize", "RevisionId", "RuntimeVersionConfig"}) {
    configuration.erase(member);
  }
  EXPECT_EQ(configuration, json::parse(R"({
      "FunctionName": "echo",
      "FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:echo",
      "Runtime": "python3.11", "Handler": "app.handler",
      "Role": "arn:aws:iam::000000000000:role/r",
      "Description": "", "Timeout": 3, "MemorySize": 128, "Version": "$LATEST",
      "LastModified": "2026-01-02T03:04:05.000+0000", "PackageType": "Zip",
      "Architectures": ["x86_64"], "EphemeralStorage": {"Size": 512},
      "TracingConfig": {"Mode": "PassThrough"},
      "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
      "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/echo"},
      "State": "Active", "LastUpdateStatus": "Successful"})"));
}

TEST_F(CreateFunctionTest, TakesOverSettings) {
  const auto output = Create("echo", json::parse(R"({
      "Timeout": 900, "MemorySize": 512, "Description": "d", "Architectures": ["arm64"],
      "Environment": {"Variables": {"A": "b"}}, "EphemeralStorage": {"Size": 1024},
      "TracingConfig": {"Mode": "Active"}, "Tags": {"team": "x"},
      "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}})"));
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->at("Timeout"), 900);
  EXPECT_EQ(output->at("Environment"), json::parse(R"({"Variables": {"A": "b"}})"));
  EXPECT_EQ(output->at("TracingConfig").at("Mode"), "Active");
  EXPECT_EQ(output->at("VpcConfig").at("SubnetIds"), json::parse(R"(["subnet-1"])"));
  EXPECT_EQ(output->at("Architectures"), json::parse(R"(["arm64"])"));
  const auto shown = CallText("GetFunction", R"({"FunctionName": "echo"})");
  EXPECT_EQ(shown->at("Tags"), json::parse(R"({"team": "x"})"));
}

TEST_F(CreateFunctionTest, SecondFunctionOfANameIsAConflict) {
  ASSERT_TRUE(Create("echo"));
  const auto output = Create("echo");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, "ResourceConflictException");
  EXPECT_EQ(output.error().http_status, 409);
  EXPECT_EQ(output.error().message, "Function already exist: echo");
}

TEST_F(CreateFunctionTest, BadValuesAreRefusedInAwsWords) {
  ExpectInvalid(json::parse(R"({"Runtime": null})"),
                "Runtime and Handler are mandatory parameters for functions created with "
                "deployment packages.");
  ExpectInvalid(json::parse(R"({"Runtime": "go1.x"})"),
                "The runtime parameter of go1.x is no longer supported for creating or updating "
                "AWS Lambda functions. We recommend you use a supported runtime while creating or "
                "updating functions.");
  ExpectInvalid(json::parse(R"({"Environment": {"Variables": {"AWS_REGION": "x"}}})"),
                "Lambda was unable to configure your environment variables because the environment "
                "variables you have provided contains reserved keys that are currently not "
                "supported for modification. Reserved keys used in this request: AWS_REGION");
  ExpectInvalid(json::parse(R"({"Code": {}})"), "Please provide a source for function code.");
  json broken = json::object();
  broken["Code"]["ZipFile"] = Blob("no zip");
  ExpectInvalid(broken,
                "Could not unzip uploaded file. Please check your file, then try to upload again.");
}

TEST_F(CreateFunctionTest, UnknownRuntimeListsTheKnownOnes) {
  const auto output = Create("echo", json::parse(R"({"Runtime": "PYTHON3.9"})"));
  ASSERT_FALSE(output);
  EXPECT_THAT(output.error().message,
              ::testing::StartsWith("Value PYTHON3.9 at 'runtime' failed to satisfy constraint: "
                                    "Member must satisfy enum value set: [nodejs20.x, "));
}

TEST_F(CreateFunctionTest, VariablesOverFourKilobytesAreRefused) {
  json more = json::object();
  more["Environment"]["Variables"]["LARGE_VAR"] = std::string(4096, 'x');
  const auto output = Create("echo", more);
  ASSERT_FALSE(output);
  EXPECT_THAT(output.error().message,
              ::testing::HasSubstr("exceeded the 4KB limit. String measured: "
                                   "{\"LARGE_VAR\":\"xxx"));
}

TEST_F(CreateFunctionTest, NamesOverSixtyFourCharactersAreRefused) {
  const auto output = Create(std::string(65, 'a'));
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, "InvalidParameterValueException");
  EXPECT_EQ(output.error().message,
            "1 validation error detected: Value '" + std::string(65, 'a') +
                "' at 'functionName' failed to satisfy constraint: Member must have length less "
                "than or equal to 64");
}

TEST_F(CreateFunctionTest, TimeoutOverFifteenMinutesIsRefused) {
  const auto output = Create("echo", json::parse(R"({"Timeout": 901})"));
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, "ValidationException");
}

// What is not emulated never looks as if it were.
TEST_F(CreateFunctionTest, WhatIsNotEmulatedIsRefusedByName) {
  ExpectInvalid(json::parse(R"({"Layers": ["arn:aws:lambda:us-east-1:0:layer:x:1"]})"),
                "Layers are not emulated yet: arn:aws:lambda:us-east-1:0:layer:x:1");
  ExpectInvalid(json::parse(R"({"Code": {"S3Bucket": "b", "S3Key": "k"}})"),
                "Code from S3 is not emulated yet (s3://b/k). Send a zip, or name a local folder "
                "with S3Bucket hot-reload and its path as S3Key.");
  ExpectInvalid(json::parse(R"({"PackageType": "Image", "Code": {"ImageUri": "x"}})"),
                "Functions of package type Image are not emulated.");
}

TEST_F(CreateFunctionTest, CodeCanBeALocalFolderOrALocalZip) {
  std::filesystem::create_directories(folder_ / "source");
  std::ofstream(folder_ / "source/app.py") << "x";
  json more = json::object();
  more["Code"]["S3Bucket"] = "hot-reload";
  more["Code"]["S3Key"] = (folder_ / "source").string();
  ASSERT_TRUE(Create("folder", more));
  ASSERT_TRUE(Invoke("folder"));
  EXPECT_EQ(host_.Specs().at(0).code_folder, (folder_ / "source").string());

  std::vector<testing::ZipEntry> entries(1);
  entries[0].name = "app.py";
  std::ofstream(folder_ / "code.zip") << MakeZip(entries);
  more["Code"]["S3Key"] = (folder_ / "code.zip").string();
  ASSERT_TRUE(Create("zip", more));
  ASSERT_TRUE(Invoke("zip"));
  EXPECT_TRUE(std::filesystem::exists(host_.Specs().at(1).code_folder + "/app.py"));
}

TEST_F(CreateFunctionTest, RefusedFunctionLeavesNoFilesBehind) {
  ASSERT_TRUE(Create("echo"));
  ASSERT_FALSE(Create("echo"));
  json broken = json::object();
  broken["Code"]["ZipFile"] = Blob("no zip");
  ASSERT_FALSE(Create("bad", broken));
  int archives = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "files")) {
    archives += entry.path().filename() == "code.zip" ? 1 : 0;
  }
  EXPECT_EQ(archives, 1);
}

}  // namespace
}  // namespace fractus::lambdas
