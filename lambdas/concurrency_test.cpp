#include "lambdas/testing_room.h"

namespace fractus::lambdas {
namespace {

class ConcurrencyTest : public testing::RoomTest {
 protected:
  ConcurrencyTest() { EXPECT_TRUE(Create("echo")); }

  Result<json> Put(int count) {
    json input = json::object();
    input["FunctionName"] = "echo";
    input["ReservedConcurrentExecutions"] = count;
    return Call("PutFunctionConcurrency", input);
  }
};

TEST_F(ConcurrencyTest, IsKeptShownAndDeleted) {
  EXPECT_EQ(*CallText("GetFunctionConcurrency", R"({"FunctionName": "echo"})"), json::object());
  EXPECT_EQ(*Put(3), json::parse(R"({"ReservedConcurrentExecutions": 3})"));
  EXPECT_EQ(*CallText("GetFunctionConcurrency", R"({"FunctionName": "echo"})"),
            json::parse(R"({"ReservedConcurrentExecutions": 3})"));
  ASSERT_TRUE(CallText("DeleteFunctionConcurrency", R"({"FunctionName": "echo"})"));
  EXPECT_EQ(*CallText("GetFunctionConcurrency", R"({"FunctionName": "echo"})"), json::object());
}

TEST_F(ConcurrencyTest, AHundredMustStayUnreserved) {
  EXPECT_TRUE(Put(900));
  // Its own reservation does not count twice.
  EXPECT_TRUE(Put(899));
  const auto output = Put(901);
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, "InvalidParameterValueException");
  EXPECT_EQ(output.error().message,
            "Specified ReservedConcurrentExecutions for function decreases account's "
            "UnreservedConcurrentExecution below its minimum value of [100].");
}

TEST_F(ConcurrencyTest, FailuresAreInAwsWords) {
  auto output = CallText("PutFunctionConcurrency",
                         R"({"FunctionName": "nope", "ReservedConcurrentExecutions": 1})");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().message,
            "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nope:$LATEST");
  output = CallText("PutFunctionConcurrency",
                    R"({"FunctionName": "echo:1", "ReservedConcurrentExecutions": 1})");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().message,
            "This operation is permitted on Lambda functions only. Aliases and versions do not "
            "support this operation. Please specify either a function name or an unqualified "
            "function ARN.");
}

TEST_F(ConcurrencyTest, NoneAtAllRefusesEveryInvocation) {
  ASSERT_TRUE(Put(0));
  const auto output = Invoke("echo");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().code, "TooManyRequestsException");
  EXPECT_EQ(output.error().http_status, 429);
  EXPECT_EQ(output.error().message, "Rate Exceeded.");
  EXPECT_EQ(output.error().extra,
            json::parse(R"({"Reason": "ReservedFunctionConcurrentInvocationLimitExceeded",
                            "Type": "User"})"));
}

TEST_F(ConcurrencyTest, InvocationsBeyondTheReservationAreRefusedUntilOneEnds) {
  ASSERT_TRUE(Put(2));
  std::promise<void> leave;
  auto may_leave = leave.get_future().share();
  std::atomic<int> entered = 0;
  host_.Handle([&](const InvokeInput& input, const OutputSink&) {
    ++entered;
    entered.notify_all();
    may_leave.wait();
    return testing::Answer(input.payload);
  });
  json input = json::object();
  input["FunctionName"] = "echo";
  auto first = InvokeLater(input);
  auto second = InvokeLater(input);
  for (int seen = entered; seen < 2; seen = entered) entered.wait(seen);
  EXPECT_EQ(room_->CountOf(FunctionId{"000000000000", "us-east-1", "echo"}).busy, 2);
  const auto third = InvokeWith(input);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, "TooManyRequestsException");
  leave.set_value();
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
  EXPECT_TRUE(InvokeWith(input));
  EXPECT_EQ(host_.Started(), 2u) << "the third found an environment that was idle again";
}

}  // namespace
}  // namespace fractus::lambdas
