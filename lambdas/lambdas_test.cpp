#include "lambdas/lambdas.h"

#include "lambdas/testing_room.h"

namespace fractus::lambdas {
namespace {

class LambdasTest : public testing::RoomTest {
 protected:
  const FunctionId echo_{"000000000000", "us-east-1", "echo"};
};

TEST_F(LambdasTest, EverythingSurvivesARestart) {
  const json created = *Create("echo", json::parse(R"({"Tags": {"a": "b"},
      "Environment": {"Variables": {"K": "v"}}})"));
  ASSERT_TRUE(CallText("AddPermission", R"({"FunctionName": "echo", "StatementId": "s",
      "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"})"));
  ASSERT_TRUE(CallText("PutFunctionConcurrency",
                       R"({"FunctionName": "echo", "ReservedConcurrentExecutions": 7})"));
  ASSERT_TRUE(CallText("PublishVersion", R"({"FunctionName": "echo"})"));
  ASSERT_TRUE(CallText("CreateAlias",
                       R"({"FunctionName": "echo", "Name": "live", "FunctionVersion": "1"})"));
  const json policy = *CallText("GetPolicy", R"({"FunctionName": "echo"})");
  const json shown = *CallText("GetFunction", R"({"FunctionName": "echo"})");
  Restart();
  EXPECT_EQ(*CallText("GetFunction", R"({"FunctionName": "echo"})"), shown);
  EXPECT_EQ(*CallText("GetPolicy", R"({"FunctionName": "echo"})"), policy);
  json input = json::parse(R"({"FunctionName": "echo", "Qualifier": "live"})");
  const auto output = InvokeWith(input);
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->at("ExecutedVersion"), "1");
  EXPECT_TRUE(std::filesystem::exists(host_.Specs().at(0).code_folder + "/app.py"));
  EXPECT_EQ(host_.Specs().at(0).variables.at("K"), "v");
  // The policy is in force without having been shown.
  ports::Invocation invocation;
  invocation.function = echo_.Arn();
  invocation.payload = "{}";
  invocation.principal = "s3.amazonaws.com";
  EXPECT_TRUE(InvokeAs(invocation));
}

TEST_F(LambdasTest, FunctionDeletedBeforeTheRestartStaysDeleted) {
  ASSERT_TRUE(Create("echo"));
  ASSERT_TRUE(CallText("DeleteFunction", R"({"FunctionName": "echo"})"));
  Restart();
  EXPECT_FALSE(CallText("GetFunction", R"({"FunctionName": "echo"})"));
}

// What a killed emulator left between unpacking and storing.
TEST_F(LambdasTest, CodeOfNobodyIsSweptAtTheStart) {
  ASSERT_TRUE(Create("echo"));
  const auto function = folder_ / "files/lambda-code/000000000000/us-east-1/echo";
  std::filesystem::create_directories(function / "0123456789abcdef/task");
  Restart();
  EXPECT_FALSE(std::filesystem::exists(function / "0123456789abcdef"));
  ASSERT_TRUE(Invoke("echo"));
  EXPECT_TRUE(std::filesystem::exists(host_.Specs().at(0).code_folder + "/app.py"));
}

TEST_F(LambdasTest, IdleEnvironmentsAreReclaimedByTheClock) {
  ASSERT_TRUE(Create("echo"));
  ASSERT_TRUE(Invoke("echo"));
  clock_.Advance(std::chrono::minutes(9));
  ASSERT_TRUE(Invoke("echo"));
  EXPECT_EQ(host_.Started(), 1u);
  clock_.Advance(std::chrono::minutes(11));
  host_.AwaitDestroyed(1);
  ASSERT_TRUE(Invoke("echo"));
  EXPECT_EQ(host_.Started(), 2u);
}

TEST_F(LambdasTest, FailedEventRunsAgainAfterOneAndTwoMinutesThenIsDropped) {
  ASSERT_TRUE(Create("echo"));
  std::mutex mutex;
  std::vector<std::string> request_ids;
  std::atomic<int> runs = 0;
  host_.Handle([&](const InvokeInput& input, const OutputSink&) {
    {
      const std::lock_guard lock(mutex);
      request_ids.push_back(input.request_id);
    }
    ++runs;
    runs.notify_all();
    InvokeOutcome outcome;
    outcome.kind = OutcomeKind::kHandlerFailed;
    outcome.payload = "{}";
    return outcome;
  });
  json input = json::parse(R"({"FunctionName": "echo", "InvocationType": "Event"})");
  EXPECT_EQ(*InvokeWith(input), json::parse(R"({"StatusCode": 202})"));
  for (int attempt = 1; attempt <= 3; ++attempt) {
    for (int seen = runs; seen < attempt; seen = runs) runs.wait(seen);
    // The retry is planned a moment after the handler is done.
    while (attempt < 3 && room_->CountRetries() == 0) std::this_thread::yield();
    clock_.Advance(std::chrono::minutes(attempt));
  }
  while (room_->CountOf(echo_).busy > 0) std::this_thread::yield();
  EXPECT_EQ(room_->CountRetries(), 0u);
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(request_ids, std::vector<std::string>(3, request_ids[0]));
}

TEST_F(LambdasTest, EventOverOneMegabyteIsRefused) {
  ASSERT_TRUE(Create("echo"));
  json input = json::parse(R"({"FunctionName": "echo", "InvocationType": "Event"})");
  input["Payload"] = testing::Blob('"' + std::string(1048576, 'x') + '"');
  const auto output = InvokeWith(input);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, "RequestTooLargeException");
  EXPECT_EQ(output.error().message,
            "1048578 byte payload is too large for the Event invocation type (limit 1048576 "
            "bytes)");
}

}  // namespace
}  // namespace fractus::lambdas
