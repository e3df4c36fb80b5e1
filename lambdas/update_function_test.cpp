#include "lambdas/testing_room.h"

namespace fractus::lambdas {
namespace {

class UpdateFunctionTest : public testing::RoomTest {
 protected:
  UpdateFunctionTest() { created_ = *Create("echo", json::parse(R"({"Description": "first"})")); }

  json CodeInput(const std::string& content) {
    std::vector<testing::ZipEntry> entries(1);
    entries[0].name = "app.py";
    entries[0].content = content;
    json input = json::object();
    input["FunctionName"] = "echo";
    input["ZipFile"] = testing::Blob(testing::MakeZip(entries));
    return input;
  }

  json created_;
};

TEST_F(UpdateFunctionTest, NewCodeHasANewDigestAndRunsInANewEnvironment) {
  ASSERT_TRUE(Invoke("echo"));
  const std::string old_folder = host_.Specs().at(0).code_folder;
  const auto output = Call("UpdateFunctionCode", CodeInput("new"));
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_NE(output->at("CodeSha256"), created_.at("CodeSha256"));
  EXPECT_NE(output->at("RevisionId"), created_.at("RevisionId"));
  EXPECT_EQ(output->at("Description"), "first");
  host_.AwaitDestroyed(1);
  ASSERT_TRUE(Invoke("echo"));
  EXPECT_EQ(host_.Started(), 2u);
  EXPECT_NE(host_.Specs().at(1).code_folder, old_folder);
}

TEST_F(UpdateFunctionTest, OldCodeStaysUntilItsInvocationIsOver) {
  std::promise<void> entered;
  std::promise<void> leave;
  auto may_leave = leave.get_future().share();
  host_.Handle([&](const InvokeInput& input, const OutputSink&) {
    entered.set_value();
    may_leave.wait();
    return testing::Answer(input.payload);
  });
  json input = json::object();
  input["FunctionName"] = "echo";
  auto running = InvokeLater(input);
  entered.get_future().wait();
  const std::string file = host_.Specs().at(0).code_folder + "/app.py";
  ASSERT_TRUE(Call("UpdateFunctionCode", CodeInput("new")));
  EXPECT_TRUE(std::filesystem::exists(file));
  leave.set_value();
  ASSERT_TRUE(running.get());
  host_.AwaitDestroyed(1);
}

TEST_F(UpdateFunctionTest, DryRunChangesNothing) {
  json input = CodeInput("new");
  input["DryRun"] = true;
  const auto output = Call("UpdateFunctionCode", input);
  ASSERT_TRUE(output);
  EXPECT_NE(output->at("CodeSha256"), created_.at("CodeSha256"));
  const auto shown = CallText("GetFunctionConfiguration", R"({"FunctionName": "echo"})");
  EXPECT_EQ(shown->at("CodeSha256"), created_.at("CodeSha256"));
}

TEST_F(UpdateFunctionTest, ConfigurationChangesOnlyWhatIsGiven) {
  clock_.Advance(std::chrono::minutes(1));
  const auto output = CallText("UpdateFunctionConfiguration", R"({
      "FunctionName": "echo", "Timeout": 10, "Environment": {"Variables": {"A": "1"}}})");
  ASSERT_TRUE(output);
  EXPECT_EQ(output->at("Timeout"), 10);
  EXPECT_EQ(output->at("Description"), "first");
  EXPECT_EQ(output->at("LastModified"), "2026-01-02T03:05:05.000+0000");
  EXPECT_EQ(output->at("CodeSha256"), created_.at("CodeSha256"));
  ASSERT_TRUE(Invoke("echo"));
  EXPECT_EQ(host_.Specs().at(0).variables.at("A"), "1");
  EXPECT_EQ(host_.Specs().at(0).timeout, std::chrono::seconds(10));
}

TEST_F(UpdateFunctionTest, OldRevisionIsRefused) {
  for (const char* operation : {"UpdateFunctionCode", "UpdateFunctionConfiguration"}) {
    json input = CodeInput("new");
    input["RevisionId"] = "wrong";
    const auto output = Call(operation, input);
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().code, "PreconditionFailedException");
    EXPECT_EQ(output.error().http_status, 412);
    EXPECT_EQ(output.error().message,
              "The Revision Id provided does not match the latest Revision Id. Call the "
              "GetFunction/GetAlias API to retrieve the latest Revision Id");
  }
}

TEST_F(UpdateFunctionTest, UnknownFunctionIsNotFound) {
  for (const char* operation : {"UpdateFunctionCode", "UpdateFunctionConfiguration"}) {
    json input = CodeInput("new");
    input["FunctionName"] = "nope";
    const auto output = Call(operation, input);
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().message,
              "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nope");
  }
}

TEST_F(UpdateFunctionTest, BadSettingsChangeNothing) {
  EXPECT_FALSE(CallText("UpdateFunctionConfiguration", R"({
      "FunctionName": "echo", "Timeout": 10, "Runtime": "cobol"})"));
  const auto shown = CallText("GetFunctionConfiguration", R"({"FunctionName": "echo"})");
  EXPECT_EQ(shown->at("Timeout"), 3);
}

}  // namespace
}  // namespace fractus::lambdas
