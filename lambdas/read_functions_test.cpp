#include "lambdas/testing_room.h"

namespace fractus::lambdas {
namespace {

class ReadFunctionsTest : public testing::RoomTest {};

TEST_F(ReadFunctionsTest, GetFunctionShowsConfigurationCodeAndConcurrency) {
  const json created = *Create("echo");
  ASSERT_TRUE(CallText("PutFunctionConcurrency",
                       R"({"FunctionName": "echo", "ReservedConcurrentExecutions": 5})"));
  const auto output = CallText("GetFunction", R"({"FunctionName": "echo"})");
  ASSERT_TRUE(output);
  EXPECT_EQ(output->at("Configuration"), created);
  EXPECT_EQ(output->at("Code").at("RepositoryType"), "S3");
  EXPECT_THAT(output->at("Code").at("Location").get<std::string>(),
              ::testing::EndsWith("/code.zip"));
  EXPECT_EQ(output->at("Concurrency").at("ReservedConcurrentExecutions"), 5);
  EXPECT_FALSE(output->contains("Tags"));
}

TEST_F(ReadFunctionsTest, QualifierShowsInTheArn) {
  ASSERT_TRUE(Create("echo"));
  const auto output =
      CallText("GetFunctionConfiguration", R"({"FunctionName": "echo", "Qualifier": "$LATEST"})");
  ASSERT_TRUE(output);
  EXPECT_EQ(output->at("FunctionArn"),
            "arn:aws:lambda:us-east-1:000000000000:function:echo:$LATEST");
}

TEST_F(ReadFunctionsTest, UnknownFunctionAndVersionAreNotFound) {
  const auto nobody = CallText("GetFunction", R"({"FunctionName": "nope"})");
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, "ResourceNotFoundException");
  EXPECT_EQ(nobody.error().message,
            "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nope");
  ASSERT_TRUE(Create("echo"));
  const auto version = CallText("GetFunction", R"({"FunctionName": "echo", "Qualifier": "1221"})");
  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().message,
            "Function not found: arn:aws:lambda:us-east-1:000000000000:function:echo:1221");
}

TEST_F(ReadFunctionsTest, ListingIsPagedAndLeavesTheStateOut) {
  for (const char* name : {"c", "a", "b"}) ASSERT_TRUE(Create(name));
  auto page = CallText("ListFunctions", R"({"MaxItems": 2})");
  ASSERT_TRUE(page);
  ASSERT_EQ(page->at("Functions").size(), 2u);
  EXPECT_EQ(page->at("Functions")[0].at("FunctionName"), "a");
  EXPECT_FALSE(page->at("Functions")[0].contains("State"));
  json next = json::object();
  next["Marker"] = page->at("NextMarker");
  page = Call("ListFunctions", next);
  ASSERT_EQ(page->at("Functions").size(), 1u);
  EXPECT_EQ(page->at("Functions")[0].at("FunctionName"), "c");
  EXPECT_FALSE(page->contains("NextMarker"));
}

TEST_F(ReadFunctionsTest, ListingTakesOnlyAllAsVersion) {
  EXPECT_TRUE(CallText("ListFunctions", R"({"FunctionVersion": "ALL"})"));
  const auto output = CallText("ListFunctions", R"({"FunctionVersion": "invalid"})");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, "ValidationException");
}

TEST_F(ReadFunctionsTest, AccountSettingsCountFunctionsAndReservations) {
  ASSERT_TRUE(Create("echo"));
  ASSERT_TRUE(CallText("PutFunctionConcurrency",
                       R"({"FunctionName": "echo", "ReservedConcurrentExecutions": 5})"));
  const auto output = CallText("GetAccountSettings", "{}");
  ASSERT_TRUE(output);
  EXPECT_EQ(output->at("AccountLimit").at("ConcurrentExecutions"), 1000);
  EXPECT_EQ(output->at("AccountLimit").at("UnreservedConcurrentExecutions"), 995);
  EXPECT_EQ(output->at("AccountUsage").at("FunctionCount"), 1);
}

TEST_F(ReadFunctionsTest, DeletedFunctionIsGoneWithItsFiles) {
  ASSERT_TRUE(Create("echo"));
  ASSERT_TRUE(Invoke("echo"));
  const std::string folder = host_.Specs().at(0).code_folder;
  ASSERT_TRUE(CallText("DeleteFunction", R"({"FunctionName": "echo"})"));
  host_.AwaitDestroyed(1);
  EXPECT_FALSE(CallText("GetFunction", R"({"FunctionName": "echo"})"));
  const auto again = CallText("DeleteFunction", R"({"FunctionName": "echo"})");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "ResourceNotFoundException");
  // A function of the same name starts afresh.
  ASSERT_TRUE(Create("echo"));
  ASSERT_TRUE(Invoke("echo"));
  ASSERT_TRUE(Invoke("echo"));
  EXPECT_EQ(host_.Started(), 2u);
}

TEST_F(ReadFunctionsTest, LatestAndAliasesCannotBeDeletedByQualifier) {
  ASSERT_TRUE(Create("echo"));
  auto output = CallText("DeleteFunction", R"({"FunctionName": "echo", "Qualifier": "$LATEST"})");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().message,
            "$LATEST version cannot be deleted without deleting the function.");
  output = CallText("DeleteFunction", R"({"FunctionName": "echo", "Qualifier": "live"})");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().message, "Deletion of aliases is not currently supported.");
}

}  // namespace
}  // namespace fractus::lambdas
