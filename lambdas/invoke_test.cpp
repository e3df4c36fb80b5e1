#include "emulator/core/encoding.h"
#include "lambdas/outcome.h"
#include "lambdas/testing_room.h"

namespace fractus::lambdas {
namespace {

using testing::Answer;
using testing::PayloadText;

class InvokeTest : public testing::RoomTest {
 protected:
  InvokeTest() { EXPECT_TRUE(Create("echo")); }

  void Outcome(OutcomeKind kind, const std::string& payload = "",
               const std::string& exit_reason = "") {
    InvokeOutcome outcome;
    outcome.kind = kind;
    outcome.payload = payload;
    outcome.exit_reason = exit_reason;
    host_.Handle([outcome](const InvokeInput&, const OutputSink&) { return outcome; });
  }

  json Input(const char* more = "{}") {
    json input = json::parse(more);
    input["FunctionName"] = "echo";
    return input;
  }
};

TEST_F(InvokeTest, AnswerIsThePayload) {
  const auto output = Invoke("echo", R"({"a":1})");
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(PayloadText(*output), R"({"a":1})");
  EXPECT_EQ(output->at("StatusCode"), 200);
  EXPECT_EQ(output->at("ExecutedVersion"), "$LATEST");
  EXPECT_FALSE(output->contains("FunctionError"));
  EXPECT_FALSE(output->contains("LogResult"));
}

TEST_F(InvokeTest, NoPayloadIsAnEmptyObject) { EXPECT_EQ(PayloadText(*InvokeWith(Input())), "{}"); }

TEST_F(InvokeTest, EnvironmentIsReusedWarm) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Invoke("echo"));
  EXPECT_EQ(host_.Started(), 1u);
  EXPECT_EQ(room_->CountOf(FunctionId{"000000000000", "us-east-1", "echo"}).idle, 1);
}

TEST_F(InvokeTest, HandlerSeesWhatItWasInvokedWith) {
  InvokeInput seen;
  host_.Handle([&](const InvokeInput& input, const OutputSink&) {
    seen = input;
    return Answer("null");
  });
  json input = Input(R"({"Qualifier": "$LATEST", "ClientContext": "eyJhIjoxfQ=="})");
  const auto before = std::chrono::steady_clock::now();
  ASSERT_TRUE(InvokeWith(input));
  EXPECT_EQ(seen.invoked_function_arn,
            "arn:aws:lambda:us-east-1:000000000000:function:echo:$LATEST");
  EXPECT_EQ(seen.client_context, R"({"a":1})");
  EXPECT_EQ(seen.request_id.size(), 36u);
  EXPECT_THAT(seen.trace_id, ::testing::StartsWith("Root=1-695735a5-"));
  EXPECT_GE(seen.deadline, before + std::chrono::seconds(3));
}

// Source: recorded test_invoke_exceptions.
TEST_F(InvokeTest, UnknownFunctionIsNotFoundWithItsVersion) {
  const auto output = Invoke("nope");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, "ResourceNotFoundException");
  EXPECT_EQ(output.error().message,
            "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nope:$LATEST");
}

TEST_F(InvokeTest, HandlerErrorIsUnhandledAndTheEnvironmentLivesOn) {
  Outcome(OutcomeKind::kHandlerFailed, R"({"errorMessage":"x","errorType":"E"})");
  const auto output = Invoke("echo");
  ASSERT_TRUE(output);
  EXPECT_EQ(output->at("StatusCode"), 200);
  EXPECT_EQ(output->at("FunctionError"), "Unhandled");
  EXPECT_EQ(PayloadText(*output), R"({"errorMessage":"x","errorType":"E"})");
  ASSERT_TRUE(Invoke("echo"));
  EXPECT_EQ(host_.Started(), 1u);
}

TEST_F(InvokeTest, TimeOutEndsTheEnvironment) {
  Outcome(OutcomeKind::kTimedOut);
  const auto output = Invoke("echo");
  ASSERT_TRUE(output);
  EXPECT_EQ(output->at("FunctionError"), "Unhandled");
  EXPECT_THAT(
      PayloadText(*output),
      ::testing::MatchesRegex(R"(\{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: )"
                              R"([-0-9a-f]+ Error: Task timed out after 3.00 seconds"\})"));
  host_.AwaitDestroyed(1);
  ASSERT_TRUE(Invoke("echo"));
  EXPECT_EQ(host_.Started(), 2u);
}

TEST_F(InvokeTest, ExitEndsTheEnvironmentAndNamesTheStatus) {
  Outcome(OutcomeKind::kExited, "", "exit status 4");
  auto output = Invoke("echo");
  EXPECT_THAT(PayloadText(*output),
              ::testing::MatchesRegex(
                  R"(\{"errorType":"Runtime.ExitError","errorMessage":"RequestId: [-0-9a-f]+ )"
                  R"(Error: Runtime exited with error: exit status 4"\})"));
  Outcome(OutcomeKind::kExited, "", "exit status 0");
  output = Invoke("echo");
  EXPECT_THAT(PayloadText(*output),
              ::testing::HasSubstr("Runtime exited without providing a reason"));
  host_.AwaitDestroyed(2);
}

TEST_F(InvokeTest, FailedInitIsTriedAgainByTheNextInvocation) {
  Outcome(OutcomeKind::kInitFailed,
          R"({"errorMessage":"m","errorType":"Runtime.ImportModuleError"})");
  EXPECT_EQ(Invoke("echo")->at("FunctionError"), "Unhandled");
  host_.AwaitDestroyed(1);
  host_.Handle(nullptr);
  EXPECT_FALSE(Invoke("echo")->contains("FunctionError"));
}

TEST_F(InvokeTest, RuntimeWithoutHostFailsByName) {
  ASSERT_TRUE(Create("node", json::parse(R"({"Runtime": "nodejs20.x"})")));
  const auto output = Invoke("node");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, "InvalidRuntimeException");
  EXPECT_EQ(output.error().message, "The runtime nodejs20.x is not emulated.");
}

TEST_F(InvokeTest, HostThatThrowsFailsTheInvocationAlone) {
  host_.Handle([](const InvokeInput&, const OutputSink&) -> InvokeOutcome {
    throw std::runtime_error("broken host");
  });
  const auto output = Invoke("echo");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, "ServiceException");
  host_.Handle(nullptr);
  EXPECT_TRUE(Invoke("echo"));
}

TEST_F(InvokeTest, PayloadOverSixMegabytesIsRefused) {
  const auto output = Invoke("echo", '"' + std::string(kMostRequestBytes, 'x') + '"');
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, "RequestTooLargeException");
  EXPECT_EQ(output.error().http_status, 413);
  EXPECT_EQ(output.error().message,
            "Request must be smaller than 6291456 bytes for the InvokeFunction operation");
}

TEST_F(InvokeTest, AnswerOverSixMegabytesIsAnErrorObject) {
  Outcome(OutcomeKind::kAnswered, '"' + std::string(kMostResponseBytes, 'x') + '"');
  const auto output = Invoke("echo");
  ASSERT_TRUE(output);
  EXPECT_EQ(output->at("FunctionError"), "Unhandled");
  EXPECT_EQ(
      PayloadText(*output),
      R"({"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"})");
}

TEST_F(InvokeTest, PayloadThatIsNotJsonIsRefused) {
  const auto output = Invoke("echo", "nope");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, "InvalidRequestContentException");
  EXPECT_THAT(output.error().message,
              ::testing::StartsWith("Could not parse request body into json: Could not parse "
                                    "payload into json: Unrecognized token 'nope'"));
}

TEST_F(InvokeTest, DryRunChecksWithoutRunning) {
  const auto output = InvokeWith(Input(R"({"InvocationType": "DryRun"})"));
  EXPECT_EQ(*output, json::parse(R"({"StatusCode": 204})"));
  EXPECT_EQ(host_.Started(), 0u);
  json input = Input(R"({"InvocationType": "DryRun"})");
  input["FunctionName"] = "nope";
  EXPECT_FALSE(InvokeWith(input));
}

TEST_F(InvokeTest, UnknownInvocationTypeIsRefused) {
  const auto output = InvokeWith(Input(R"({"InvocationType": "Later"})"));
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, "ValidationException");
}

TEST_F(InvokeTest, ReportHasTheProcessesMemoryWhenTheHandlersIsUnknown) {
  host_.Handle([](const InvokeInput&, const OutputSink&) { return Answer("null"); });
  ASSERT_TRUE(Invoke("echo"));
  EXPECT_THAT(logs_.Messages("/aws/lambda/echo"),
              ::testing::Contains(::testing::ContainsRegex("Max Memory Used: [1-9][0-9]* MB\t")));
}

TEST_F(InvokeTest, LogHasThePlatformsLinesAroundTheHandlers) {
  host_.Handle([](const InvokeInput&, const OutputSink& output) {
    output("hello");
    InvokeOutcome outcome = Answer("null");
    outcome.max_memory_bytes = 39'500'000;
    return outcome;
  });
  ASSERT_TRUE(Invoke("echo"));
  ASSERT_TRUE(Invoke("echo"));
  const auto lines = logs_.Messages("/aws/lambda/echo");
  ASSERT_EQ(lines.size(), 9u);
  EXPECT_THAT(lines[0], ::testing::MatchesRegex(
                            "INIT_START Runtime Version: python:3.11.v0\tRuntime Version ARN: "
                            "arn:aws:lambda:us-east-1::runtime:[0-9a-f]+\n"));
  EXPECT_THAT(lines[1], ::testing::MatchesRegex("START RequestId: [-0-9a-f]+ Version: .LATEST\n"));
  EXPECT_EQ(lines[2], "hello\n");
  EXPECT_THAT(lines[3], ::testing::MatchesRegex("END RequestId: [-0-9a-f]+\n"));
  EXPECT_THAT(lines[4],
              ::testing::MatchesRegex(
                  "REPORT RequestId: [-0-9a-f]+\tDuration: [0-9]+[.][0-9][0-9] ms\tBilled "
                  "Duration: [0-9]+ ms\tMemory Size: 128 MB\tMax Memory Used: 38 MB\tInit "
                  "Duration: [0-9]+[.][0-9][0-9] ms\t\n"));
  // Only an environment's first invocation reports the init.
  EXPECT_THAT(lines[8], ::testing::MatchesRegex("REPORT .*Max Memory Used: 38 MB\t\n"));
  EXPECT_THAT(logs_.Streams("/aws/lambda/echo")[0],
              ::testing::MatchesRegex("2026/01/02/[[].LATEST[]][0-9a-f]+"));
  EXPECT_EQ(logs_.Streams("/aws/lambda/echo")[8], logs_.Streams("/aws/lambda/echo")[0]);
  EXPECT_EQ(host_.Specs().at(0).log_stream, logs_.Streams("/aws/lambda/echo")[0]);
}

TEST_F(InvokeTest, TimeOutIsLogged) {
  Outcome(OutcomeKind::kTimedOut);
  ASSERT_TRUE(Invoke("echo"));
  const auto lines = logs_.Messages("/aws/lambda/echo");
  EXPECT_THAT(lines, ::testing::Contains(::testing::MatchesRegex(
                         "2026-01-02T03:04:05.000Z [-0-9a-f]+ Task timed out after 3.00 "
                         "seconds\n\n")));
  EXPECT_THAT(lines.back(), ::testing::EndsWith("Status: timeout\n"));
}

TEST_F(InvokeTest, TailIsTheLastFourKilobytesOfTheLog) {
  host_.Handle([](const InvokeInput&, const OutputSink& output) {
    output("first");
    for (int i = 0; i < 100; ++i) output(std::string(99, 'x'));
    return Answer("null");
  });
  auto output = InvokeWith(Input(R"({"LogType": "Tail"})"));
  ASSERT_TRUE(output);
  std::string tail = *Base64Decode(output->at("LogResult").get<std::string>());
  EXPECT_EQ(tail.size(), 4096u);
  EXPECT_THAT(tail, ::testing::HasSubstr("\nEND RequestId: "));
  host_.Handle(nullptr);
  output = InvokeWith(Input(R"({"LogType": "Tail"})"));
  tail = *Base64Decode(output->at("LogResult").get<std::string>());
  EXPECT_THAT(tail, ::testing::StartsWith("START RequestId: "));
  EXPECT_THAT(tail, ::testing::HasSubstr("REPORT RequestId: "));
}

TEST_F(InvokeTest, LocalFolderIsLookedAtAgain) {
  // The look itself is tested with Code; here: that an environment of an older revision is not
  // used.
  std::filesystem::create_directories(folder_ / "source");
  json more = json::object();
  more["Code"]["S3Bucket"] = "hot-reload";
  more["Code"]["S3Key"] = (folder_ / "source").string();
  ASSERT_TRUE(Create("hot", more));
  ASSERT_TRUE(Invoke("hot"));
  ASSERT_TRUE(Invoke("hot"));
  EXPECT_EQ(host_.Started(), 1u);
}

TEST_F(InvokeTest, PortInvokesByArnAndReturnsTheTail) {
  ports::Invocation invocation;
  invocation.function = "arn:aws:lambda:us-east-1:000000000000:function:echo";
  invocation.payload = R"({"k":2})";
  invocation.tail_log = true;
  const auto result = InvokeAs(invocation);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->payload, R"({"k":2})");
  EXPECT_EQ(result->executed_version, "$LATEST");
  EXPECT_THAT(result->log_tail, ::testing::StartsWith("START RequestId: " + result->request_id));
}

// All eight run at once, each in its own environment; afterwards all are warm.
TEST_F(InvokeTest, ConcurrentInvocationsHaveEnvironmentsOfTheirOwn) {
  std::atomic<int> entered = 0;
  host_.Handle([&](const InvokeInput& input, const OutputSink&) {
    ++entered;
    entered.notify_all();
    for (int seen = entered; seen < 8; seen = entered) entered.wait(seen);
    return Answer(input.payload);
  });
  std::vector<std::future<Result<json>>> running;
  for (int i = 0; i < 8; ++i) running.push_back(InvokeLater(Input()));
  for (auto& one : running) EXPECT_TRUE(one.get());
  EXPECT_EQ(host_.Started(), 8u);
  EXPECT_EQ(room_->CountOf(FunctionId{"000000000000", "us-east-1", "echo"}).idle, 8);
}

TEST_F(InvokeTest, RoomEndsWhileAHandlerHangs) {
  auto leave = std::make_shared<std::promise<void>>();
  auto entered = std::make_shared<std::promise<void>>();
  auto may_leave = leave->get_future().share();
  host_.Handle([may_leave, entered](const InvokeInput&, const OutputSink& output) {
    entered->set_value();
    may_leave.wait();
    output("too late");
    return Answer("null");
  });
  auto running = InvokeLater(Input());
  entered->get_future().wait();
  guard_.reset();
  io_.stop();
  operations_.clear();
  room_.reset();
  leave->set_value();
  host_.AwaitDestroyed(1);
  EXPECT_THAT(logs_.Messages("/aws/lambda/echo"),
              ::testing::Not(::testing::Contains("too late\n")));
}

}  // namespace
}  // namespace fractus::lambdas
